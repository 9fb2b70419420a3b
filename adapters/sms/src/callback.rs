//! What callbacks of all gateways have in common.

use orderdesk_application::ports::{Callback, CallbackError};
use orderdesk_domain::{GatewayReference, PhoneNumber};

/// The first field of a name that says something.
pub(crate) fn field<'c>(callback: &Callback<'c>, name: &str) -> Option<&'c str> {
    let mut fields = callback.form.iter().filter(|(key, _)| key == name).map(|(_, value)| value.trim());
    fields.find(|value| !value.is_empty())
}

/// A field without which the callback says nothing.
pub(crate) fn demand<'c>(callback: &Callback<'c>, name: &'static str) -> Result<&'c str, CallbackError> {
    field(callback, name).ok_or(CallbackError::Field(name))
}

/// What the gateway calls a message.
pub(crate) fn reference(
    callback: &Callback<'_>,
    name: &'static str,
) -> Result<GatewayReference, CallbackError> {
    GatewayReference::parse(demand(callback, name)?).map_err(|_| CallbackError::Field(name))
}

/// A number as gateways write it: in international form, if often without the plus, which is a blank once a form was
/// not encoded as it should be.
pub(crate) fn number(input: &str) -> Option<PhoneNumber> {
    let input = input.trim();
    let international = if input.starts_with('+') { input.to_owned() } else { format!("+{input}") };
    PhoneNumber::parse(&international).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_lack_its_plus() {
        for input in ["+254712345678", "254712345678", " 254712345678 ", "+254 712 345 678"] {
            assert_eq!(number(input).unwrap().as_str(), "+254712345678", "{input}");
        }
        for input in ["", "0712345678", "+", "unknown", "whatsapp:+254712345678"] {
            assert_eq!(number(input), None, "{input}");
        }
    }
}
