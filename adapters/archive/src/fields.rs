//! Taking the fields of a line one after the other, each as what it must be, until none is left.

use std::borrow::Cow;

use orderdesk_domain::money::{MAXIMUM_MINOR_DIGITS, MAXIMUM_PRICE, MINIMUM_PRICE, parse_decimal};
use orderdesk_domain::{Cost, Currency, Invalid, Price, Timestamp, Version};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::error::Fault;
use crate::object::{Object, Value};

/// The longest name of an unknown field that is repeated.
const LONGEST_NAME: usize = 40;

/// The fields of a line that have not been taken yet.
pub(crate) struct Fields<'l>(Object<'l>);

impl<'l> Fields<'l> {
    /// # Errors
    /// `Repeated` where a name stands there twice.
    pub(crate) fn new(object: Object<'l>) -> Result<Self, Fault> {
        let Object(members) = &object;
        for (index, (name, _)) in members.iter().enumerate() {
            if members.iter().skip(index + 1).any(|(other, _)| other == name) {
                return Err(Fault::Repeated(shown(name)));
            }
        }
        Ok(Self(object))
    }

    /// # Errors
    /// `Unknown` where a field is left.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        match self.0.0.first() {
            Some((name, _)) => Err(Fault::Unknown(shown(name))),
            None => Ok(()),
        }
    }

    /// The value of a field, if it is there.
    pub(crate) fn find(&mut self, field: &str) -> Option<Value<'l>> {
        let members = &mut self.0.0;
        let index = members.iter().position(|(name, _)| name == field)?;
        // The fields stand in the order in which they are taken, so this is the first, and hardly ever any other.
        Some(members.remove(index).1)
    }

    fn take(&mut self, field: &'static str) -> Result<Value<'l>, Fault> {
        self.find(field).ok_or(Fault::Missing(field))
    }

    pub(crate) fn text(&mut self, field: &'static str) -> Result<Cow<'l, str>, Fault> {
        match self.take(field)? {
            Value::Text(text) => Ok(text),
            _ => Err(expected(field, "expected text")),
        }
    }

    pub(crate) fn integer(&mut self, field: &'static str) -> Result<i64, Fault> {
        match self.take(field)? {
            Value::Integer(number) => Ok(number),
            _ => Err(expected(field, "expected a whole number")),
        }
    }

    pub(crate) fn number(&mut self, field: &'static str) -> Result<u32, Fault> {
        u32::try_from(self.integer(field)?)
            .map_err(|_| expected(field, "expected a number from 0 to 4294967295"))
    }

    pub(crate) fn boolean(&mut self, field: &'static str) -> Result<bool, Fault> {
        match self.take(field)? {
            Value::Boolean(answer) => Ok(answer),
            _ => Err(expected(field, "expected true or false")),
        }
    }

    pub(crate) fn object(&mut self, field: &'static str) -> Result<Fields<'l>, Fault> {
        match self.take(field)? {
            Value::Object(object) => Fields::new(object),
            _ => Err(expected(field, "expected an object")),
        }
    }

    /// Text of a kind that the domain knows, in the very form in which the domain keeps it.
    pub(crate) fn parsed<T>(
        &mut self,
        field: &'static str,
        parse: impl Fn(&str) -> Result<T, Invalid>,
        kept: impl Fn(&T) -> &str,
    ) -> Result<T, Fault> {
        read_parsed(field, &self.text(field)?, parse, kept)
    }

    /// The same, where there may be nothing.
    pub(crate) fn optional_parsed<T>(
        &mut self,
        field: &'static str,
        parse: impl Fn(&str) -> Result<T, Invalid>,
        kept: impl Fn(&T) -> &str,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.optional_text(field)? else { return Ok(None) };
        read_parsed(field, &text, parse, kept).map(Some)
    }

    pub(crate) fn optional_text(&mut self, field: &'static str) -> Result<Option<Cow<'l, str>>, Fault> {
        match self.take(field)? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(expected(field, "expected a text or null")),
        }
    }

    /// Something that a text may be, in a form of its own; `expectation` says which.
    pub(crate) fn of_text<T>(
        &mut self,
        field: &'static str,
        expectation: &str,
        find: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Fault> {
        find(&self.text(field)?).ok_or_else(|| expected(field, expectation))
    }

    /// The same, where there may be nothing.
    pub(crate) fn optional<T>(
        &mut self,
        field: &'static str,
        expectation: &str,
        find: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.optional_text(field)? else { return Ok(None) };
        find(&text).map(Some).ok_or_else(|| expected(field, expectation))
    }

    /// One of a closed set of names, or none.
    pub(crate) fn optional_named<T>(
        &mut self,
        field: &'static str,
        find: impl Fn(&str) -> Option<T>,
        names: &[&str],
    ) -> Result<Option<T>, Fault> {
        self.optional(field, &format!("expected one of {}, or null", names.join(", ")), find)
    }

    /// One of a closed set of names.
    pub(crate) fn named<T>(
        &mut self,
        field: &'static str,
        find: impl Fn(&str) -> Option<T>,
        names: &[&str],
    ) -> Result<T, Fault> {
        self.of_text(field, &format!("expected one of {}", names.join(", ")), find)
    }

    pub(crate) fn id<T>(&mut self, field: &'static str, of: fn(Uuid) -> T) -> Result<T, Fault> {
        match self.take(field)? {
            Value::Text(text) => uuid(field, &text).map(of),
            _ => Err(expected_id(field)),
        }
    }

    pub(crate) fn optional_id<T>(
        &mut self,
        field: &'static str,
        of: fn(Uuid) -> T,
    ) -> Result<Option<T>, Fault> {
        match self.take(field)? {
            Value::Null => Ok(None),
            Value::Text(text) => uuid(field, &text).map(of).map(Some),
            _ => Err(expected_id(field)),
        }
    }

    pub(crate) fn time(&mut self, field: &'static str) -> Result<Timestamp, Fault> {
        match self.take(field)? {
            Value::Text(text) => read_time(&text).ok_or_else(|| expected_time(field)),
            _ => Err(expected_time(field)),
        }
    }

    pub(crate) fn optional_time(&mut self, field: &'static str) -> Result<Option<Timestamp>, Fault> {
        match self.take(field)? {
            Value::Null => Ok(None),
            Value::Text(text) => read_time(&text).map(Some).ok_or_else(|| expected_time(field)),
            _ => Err(expected_time(field)),
        }
    }

    pub(crate) fn version(&mut self, field: &'static str) -> Result<Version, Fault> {
        Version::new(self.integer(field)?).ok_or_else(|| expected(field, "expected 1 or more"))
    }

    /// `cost` and `cost_currency`, or neither.
    pub(crate) fn cost(&mut self) -> Result<Option<Cost>, Fault> {
        const FIELD: &str = "cost";
        let range = "expected an amount from 0 with at most 6 decimal places if there is a `cost_currency`, and null \
                     otherwise";
        let amount = self.optional(FIELD, range, |text| parse_decimal(text).ok())?;
        let currency = self.optional_parsed("cost_currency", Currency::parse, |currency| currency.code())?;
        let cost = match (amount, currency) {
            (None, None) => return Ok(None),
            // What is finer would be rounded.
            (Some(amount), Some(currency)) if amount.scale() <= 6 => Cost::new(amount, currency),
            _ => None,
        };
        cost.map(Some).ok_or_else(|| expected(FIELD, range))
    }

    pub(crate) fn currency(&mut self, field: &'static str) -> Result<Currency, Fault> {
        self.parsed(field, Currency::parse, |currency| currency.code())
    }

    /// `price_per_unit` and `currency`. A currency may have lost decimal places since: what was a price remains one.
    pub(crate) fn price(&mut self) -> Result<Price, Fault> {
        const FIELD: &str = "price_per_unit";
        let amount = parse_decimal(&self.text(FIELD)?);
        let amount = amount.map_err(|invalid| expected(FIELD, &invalid.to_string()))?;
        if !(MINIMUM_PRICE..=MAXIMUM_PRICE).contains(&amount) || amount.scale() > MAXIMUM_MINOR_DIGITS {
            let range = format!(
                "expected an amount from {MINIMUM_PRICE} to {MAXIMUM_PRICE} with at most \
                 {MAXIMUM_MINOR_DIGITS} decimal places"
            );
            return Err(expected(FIELD, &range));
        }
        Ok(Price::restore(amount, self.currency("currency")?))
    }

    /// So many bytes, two hexadecimal digits each.
    pub(crate) fn bytes<const LENGTH: usize>(&mut self, field: &'static str) -> Result<[u8; LENGTH], Fault> {
        let text = self.text(field)?;
        let refusal = || expected(field, &format!("expected {} digits of 0 to 9 and a to f", 2 * LENGTH));
        let mut bytes = [0; LENGTH];
        if text.len() != 2 * LENGTH {
            return Err(refusal());
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = match digits {
                [high, low] => digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low),
                _ => None,
            }
            .ok_or_else(refusal)?;
        }
        Ok(bytes)
    }
}

fn read_parsed<T>(
    field: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, Invalid>,
    kept: impl Fn(&T) -> &str,
) -> Result<T, Fault> {
    let value = parse(text).map_err(|invalid| expected(field, &invalid.to_string()))?;
    if kept(&value) == text {
        Ok(value)
    } else {
        Err(expected(
            field,
            "expected the form in which it is kept: no blanks around it, Unicode normalisation form C, \
             codes in capital letters, e-mail addresses in small ones",
        ))
    }
}

pub(crate) fn expected(field: &'static str, expected: &str) -> Fault {
    Fault::Field { field, expected: expected.to_owned() }
}

fn expected_id(field: &'static str) -> Fault {
    expected(field, "expected an id such as 01a1fc39-8c53-769c-8ffd-c27b8a9b5d05, in small letters")
}

fn expected_time(field: &'static str) -> Fault {
    expected(field, "expected a time such as 2026-11-21T03:49:52.339Z, to the millisecond and in UTC")
}

fn uuid(field: &'static str, text: &str) -> Result<Uuid, Fault> {
    let id = Uuid::try_parse(text).ok();
    let is_plain = |id: &Uuid| *id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == *text;
    id.filter(is_plain).ok_or_else(|| expected_id(field))
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

/// The name of a field that does not exist, in a form that hides nothing and does nothing.
fn shown(name: &str) -> String {
    name.chars().take(LONGEST_NAME).flat_map(char::escape_debug).collect()
}

/// A time that is written as the domain writes it.
fn read_time(text: &str) -> Option<Timestamp> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let milliseconds = (moment - OffsetDateTime::UNIX_EPOCH).whole_milliseconds();
    let time = Timestamp::from_milliseconds(i64::try_from(milliseconds).ok()?)?;
    (time.to_string() == text).then_some(time)
}
