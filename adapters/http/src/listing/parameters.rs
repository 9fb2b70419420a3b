//! The query string as it came: every parameter once, and none that nobody reads.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use poem::{FromRequest, Request, RequestBody, Result};

use crate::problem::{Failure, FieldErrors, NON_FIELD};

/// The parameters that nobody has read yet, and what is wrong with those that were.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    values: BTreeMap<String, String>,
    known: Vec<String>,
    errors: FieldErrors,
}

impl Parameters {
    /// Takes a query string apart (WHATWG URL, `application/x-www-form-urlencoded`).
    pub(crate) fn parse(query: &str) -> Self {
        let mut parameters = Self::default();
        if percent_decode_str(query).decode_utf8().is_err() {
            parameters.refuse(NON_FIELD, "The query string is not UTF-8.");
        }
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if parameters.values.insert(name.to_string(), value.into_owned()).is_some() {
                let base = name.split("__").next().unwrap_or_default();
                let reason = format!(
                    "A parameter may stand only once. A filter for several values is {base}__in=a,b, where there is one."
                );
                parameters.refuse(&name, reason);
            }
        }
        parameters
    }

    /// The value of a parameter.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.known.push(name.to_owned());
        self.values.remove(name)
    }

    /// The value of a parameter as something more than text; `None`, noted as an error, if it is not.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.take(name)?;
        match parse(&value) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.refuse(name, reason);
                None
            }
        }
    }

    /// Notes a reason against a parameter.
    pub(crate) fn refuse(&mut self, name: &str, reason: impl Into<String>) {
        self.errors.entry(name.to_owned()).or_default().push(reason.into());
    }

    /// Everything has been read: what is left has no meaning.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let errors = self.into_errors();
        if errors.is_empty() { Ok(()) } else { Err(Failure::invalid(errors)) }
    }

    /// Everything that is wrong, unknown parameters included.
    pub(crate) fn into_errors(mut self) -> FieldErrors {
        // Chosen before anything else is read.
        self.take("format");
        let allowed =
            format!("There is no such parameter. The parameters here are: {}.", self.known.join(", "));
        refuse_unknown(&mut self.errors, self.values.into_keys(), &allowed);
        self.errors
    }
}

/// How many unknown names are told one by one: an answer must not grow beyond its request.
const TOLD: usize = 20;

/// Notes that these names mean nothing, the first of them with `explanation`.
pub(crate) fn refuse_unknown(
    errors: &mut FieldErrors,
    names: impl ExactSizeIterator<Item = String>,
    explanation: &str,
) {
    let more = names.len().saturating_sub(TOLD);
    for (number, name) in names.take(TOLD).enumerate() {
        let reason = if number == 0 { explanation } else { "This means nothing here either." };
        errors.entry(name).or_default().push(reason.to_owned());
    }
    if more > 0 {
        let reason = format!("{more} more names mean nothing here.");
        errors.entry(NON_FIELD.to_owned()).or_default().push(reason);
    }
}

impl<'a> FromRequest<'a> for Parameters {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self::parse(request.uri().query().unwrap_or_default()))
    }
}

/// A request that takes no parameters.
pub(crate) struct NoParameters;

impl<'a> FromRequest<'a> for NoParameters {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        Parameters::from_request(request, body).await?.finish()?;
        Ok(Self)
    }
}
