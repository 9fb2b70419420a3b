//! The query string as it came: every parameter once, and none that nobody reads.

use std::collections::BTreeMap;

use poem::{FromRequest, Request, RequestBody, Result};

use crate::problem::{Failure, FieldErrors};

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
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if parameters.values.insert(name.to_string(), value.into_owned()).is_some() {
                let base = name.split("__").next().unwrap_or_default();
                let reason =
                    format!("A parameter may stand only once. To ask for several values use {base}__in=a,b.");
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
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        // Chosen before anything else is read.
        self.take("format");
        let allowed = if self.known.is_empty() { "none".to_owned() } else { self.known.join(", ") };
        for name in std::mem::take(&mut self.values).into_keys() {
            let reason = format!("There is no such parameter. The parameters here are: {allowed}.");
            self.refuse(&name, reason);
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Failure::invalid(self.errors)) }
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
