//! Bodies of requests that are in order, for tests to change what they are about.

use serde_json::{Value, json};

/// A customer without a code.
pub fn customer() -> Value {
    json!({ "first_name": "Amina", "second_name": "Otieno", "phone": "+254712345678" })
}

/// An item.
pub fn item(name: &str, price: &str) -> Value {
    json!({ "name": name, "price_per_unit": price })
}

/// An order by the customer that `customer` shows, of two units of free text.
pub fn order(customer: &Value) -> Value {
    json!({ "customer": customer["id"], "item": "Soap", "quantity": 2, "price_per_unit": "149.90" })
}

/// A template for messages about an event.
pub fn template(event: &str) -> Value {
    json!({ "event": event, "text": "{{ first_name }}: {{ item }}" })
}

/// What tests do to the fields of a JSON object.
pub trait Fields {
    /// The object with a field set.
    #[must_use]
    fn with(self, name: &str, value: impl Into<Value>) -> Self;

    /// The object without a field, which must be there.
    #[must_use]
    fn without(self, name: &str) -> Self;

    /// The names of the fields, sorted.
    fn names(&self) -> Vec<&str>;
}

impl Fields for Value {
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self[name] = value.into();
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.as_object_mut().unwrap().remove(name).unwrap();
        self
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}
