//! The text of a parameter as a typed value, and a value as text that reads back the same.

use orderdesk_application::query::{Kind, Value};
use orderdesk_domain::text::normalize;
use orderdesk_domain::{PhoneNumber, Timestamp, money};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// The longest text that a filter takes, in characters: longer than any field.
const LONGEST_TEXT: usize = 200;

/// A UUID in its canonical, hyphenated form.
pub(crate) fn parse_uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == 36)
}

/// Text to compare with: bounded, and without the control characters that no field can hold.
pub(super) fn parse_text(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("This parameter may not be blank.".to_owned());
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(format!("Ensure this text has no more than {LONGEST_TEXT} characters."));
    }
    if text.chars().any(char::is_control) {
        return Err("Control characters are not allowed.".to_owned());
    }
    Ok(normalize(text))
}

/// The value that `text` writes for a field of this kind.
pub(super) fn parse(kind: Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::Id => parse_uuid(text).map(Value::Id).ok_or_else(|| format!("{text:?} is not a UUID.")),
        Kind::Text => parse_text(text).map(|text| Value::Text(text.trim().to_owned())),
        Kind::Code => parse_text(text).map(|text| Value::Text(text.trim().to_uppercase())),
        Kind::Phone => parse_phone(text),
        Kind::Integer => parse_integer(text),
        Kind::Decimal => parse_decimal(text),
        Kind::Time => {
            let time = parse_time(text).map(Value::Time);
            time.map_err(|reason| format!("{reason} In a URL write the + of an offset as %2B."))
        }
        Kind::Boolean => match text {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => Err(format!("{text:?} is neither true nor false.")),
        },
        Kind::Choice(names) if names.contains(&text) => Ok(Value::Text(text.to_owned())),
        Kind::Choice(names) => Err(format!("{text:?} is not one of the choices: {}.", names.join(", "))),
    }
}

/// A `+` that was not percent-encoded arrives as a blank: in front of a number it can only have been a plus.
pub(super) fn with_plus(text: &str) -> String {
    text.strip_prefix(' ').map_or_else(|| text.to_owned(), |digits| format!("+{digits}"))
}

fn parse_phone(text: &str) -> Result<Value, String> {
    let number = PhoneNumber::parse(&with_plus(text));
    number.map(|number| number.as_str().into()).map_err(|invalid| invalid.to_string())
}

fn parse_integer(text: &str) -> Result<Value, String> {
    let plain = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| plain);
    number.map(Value::Integer).ok_or_else(|| format!("{text:?} is not a whole number, or beyond 64 bits."))
}

fn parse_decimal(text: &str) -> Result<Value, String> {
    let places = money::MAXIMUM_MINOR_DIGITS;
    let decimal = money::parse_decimal(text).ok().filter(|decimal| decimal.scale() <= places);
    decimal.map(Value::Decimal).ok_or_else(|| {
        format!("{text:?} is not a decimal number in plain notation with at most {places} decimal places.")
    })
}

/// A moment in RFC 3339 with its offset from UTC, no finer than a millisecond.
pub(crate) fn parse_time(text: &str) -> Result<Timestamp, String> {
    let refusal = || {
        format!(
            "{text:?} is not a time such as 2026-01-31T09:30:00Z: RFC 3339, with an offset, no finer than \
             milliseconds."
        )
    };
    let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| refusal())?;
    let nanoseconds = time.unix_timestamp_nanos();
    let milliseconds = i64::try_from(nanoseconds / 1_000_000).ok().filter(|_| nanoseconds % 1_000_000 == 0);
    milliseconds.and_then(Timestamp::from_milliseconds).ok_or_else(refusal)
}

/// The text that [`parse`] reads as this value; `None` for no value.
pub(super) fn format(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Id(id) => Some(id.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Decimal(decimal) => Some(decimal.to_string()),
        Value::Time(time) => Some(time.to_string()),
        Value::Boolean(yes) => Some(yes.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_need_an_offset_and_no_more_than_milliseconds() {
        for text in ["2026-01-31T09:30:00Z", "2026-01-31T12:30:00.000+03:00", "2026-01-31T09:30:00.0000Z"] {
            assert_eq!(parse_time(text).unwrap().to_string(), "2026-01-31T09:30:00.000Z", "{text}");
        }
        for text in
            ["2026-01-31", "2026-01-31T09:30:00", "2026-01-31T09:30:00.0001Z", "2026-02-30T00:00:00Z", ""]
        {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_earliest_and_the_latest_time_read_back() {
        for time in [Timestamp::EARLIEST, Timestamp::LATEST] {
            assert_eq!(parse_time(&time.to_string()), Ok(time));
        }
    }

    #[test]
    fn numbers_are_plain() {
        assert_eq!(parse(Kind::Integer, "-12"), Ok(Value::Integer(-12)));
        for text in ["", "-", "+1", "1.0", "1e3", "99999999999999999999", "١"] {
            assert!(parse(Kind::Integer, text).is_err(), "{text:?}");
        }
        assert!(parse(Kind::Decimal, "0.12345").is_err());
    }

    #[test]
    fn an_unencoded_plus_still_finds_the_phone() {
        assert_eq!(parse(Kind::Phone, " 254712345678"), parse(Kind::Phone, "+254712345678"));
        assert!(parse(Kind::Phone, "0712").is_err());
    }

    #[test]
    fn only_the_canonical_form_is_a_uuid() {
        let canonical = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert!(parse_uuid(canonical).is_some());
        for text in [
            "",
            "1",
            &canonical.replace('-', ""),
            &format!("{{{canonical}}}"),
            &format!("urn:uuid:{canonical}"),
        ] {
            assert_eq!(parse_uuid(text), None, "{text}");
        }
    }
}
