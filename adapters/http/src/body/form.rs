//! The fields of a request's body, declared once: read, described and explained from the same lines.

use std::collections::BTreeMap;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use serde_json::{Map, Value};

use super::check::Check;
use crate::listing::refuse_unknown;
use crate::problem::FieldErrors;

/// Something that a request's body describes.
pub(crate) trait Body: Sized {
    /// Reads every field from `form`; `None` when a required one is not there, which the form then knows.
    fn read(form: &mut Form) -> Option<Self>;
}

/// A body with something wrong in it: every field's every reason, and as much of the rest as could be read.
pub(crate) struct Rejected<T> {
    pub(crate) errors: FieldErrors,
    pub(crate) draft: Option<T>,
}

/// What is required of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Every required field: `POST` and `PUT`.
    Whole,
    /// Only what is to change: `PATCH`.
    Partial,
}

/// A JSON object that is being read, or, without one, a form that is being described.
pub(crate) struct Form {
    presence: Presence,
    /// What the client sent and nobody has read yet.
    values: Map<String, Value>,
    errors: FieldErrors,
    /// The fields that there are.
    names: Vec<&'static str>,
    /// The schema that is being built, where the form is being described.
    schema: Option<MetaSchema>,
}

impl Form {
    fn new(values: Map<String, Value>, presence: Presence, schema: Option<MetaSchema>) -> Self {
        Self { presence, values, errors: BTreeMap::new(), names: Vec::new(), schema }
    }

    /// Reads a `T` out of `values`, or finds everything that is wrong with it.
    pub(crate) fn parse<T: Body>(values: Map<String, Value>, presence: Presence) -> Result<T, Rejected<T>> {
        let mut form = Self::new(values, presence, None);
        let body = T::read(&mut form);
        let unknown = std::mem::take(&mut form.values).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let explanation = format!("There is no such field. The fields are: {}.", form.names.join(", "));
        refuse_unknown(&mut form.errors, unknown.into_iter(), &explanation);
        match body {
            Some(body) if form.errors.is_empty() => Ok(body),
            draft => Err(Rejected { errors: form.errors, draft }),
        }
    }

    /// The schema of the object that [`Form::parse`] reads.
    pub(crate) fn schema<T: Body>(presence: Presence) -> MetaSchema {
        let mut form = Self::new(Map::new(), presence, Some(MetaSchema::new("object")));
        let _ = T::read(&mut form);
        form.schema.unwrap_or(MetaSchema::ANY)
    }

    /// Whether every required field must be there.
    pub(crate) fn is_whole(&self) -> bool {
        self.presence == Presence::Whole
    }

    /// Whether something is already wrong with a field.
    pub(crate) fn has_refused(&self, name: &str) -> bool {
        self.errors.contains_key(name)
    }

    /// Notes that a field is missing, unless something else is wrong with it already.
    pub(crate) fn require(&mut self, name: &str, reason: &str) {
        if !self.has_refused(name) {
            self.refuse(name, reason);
        }
    }

    /// Notes a reason against a field.
    pub(crate) fn refuse(&mut self, name: &str, reason: impl Into<String>) {
        self.errors.entry(name.to_owned()).or_default().push(reason.into());
    }

    /// A field that a whole body must have.
    pub(crate) fn required<T: Check>(&mut self, name: &'static str, help: &'static str) -> Option<T> {
        if self.is_whole() {
            match &mut self.schema {
                Some(schema) => schema.required.push(name),
                None if !self.values.contains_key(name) => self.refuse(name, "This field is required."),
                None => {}
            }
        }
        self.optional(name, help)
    }

    /// A field that may be left out, and is never `null`.
    pub(crate) fn optional<T: Check>(&mut self, name: &'static str, help: &'static str) -> Option<T> {
        let value = self.take(name, help, T::schema)?;
        if value.is_null() {
            self.refuse(name, "This field may not be null.");
            return None;
        }
        self.checked(name, &value)
    }

    /// A field that may be left out (`None`) or `null` (`Some(None)`).
    #[expect(clippy::option_option, reason = "absent, null and a value are three different wishes")]
    pub(crate) fn nullable<T: Check>(&mut self, name: &'static str, help: &'static str) -> Option<Option<T>> {
        let value = self.take(name, help, || MetaSchema { nullable: true, ..T::schema() })?;
        if value.is_null() { Some(None) } else { self.checked(name, &value).map(Some) }
    }

    /// Fields that `GET` shows and nobody can write: whatever they say is passed over.
    pub(crate) fn read_only(&mut self, names: &[&'static str]) {
        for name in names {
            let schema = || MetaSchema { read_only: true, ..MetaSchema::ANY };
            self.take(name, "Shown by GET; ignored here.", schema);
        }
    }

    fn checked<T: Check>(&mut self, name: &str, value: &Value) -> Option<T> {
        match T::check(value) {
            Ok(value) => Some(value),
            Err(reasons) => {
                self.errors.entry(name.to_owned()).or_default().extend(reasons);
                None
            }
        }
    }

    /// What the client sent under `name`; where the form is being described, nothing, but the field is noted.
    fn take(
        &mut self,
        name: &'static str,
        help: &'static str,
        schema: impl FnOnce() -> MetaSchema,
    ) -> Option<Value> {
        self.names.push(name);
        if let Some(description) = &mut self.schema {
            let property = MetaSchema { description: Some(help), ..schema() };
            description.properties.push((name, MetaSchemaRef::Inline(Box::new(property))));
        }
        self.values.remove(name)
    }
}
