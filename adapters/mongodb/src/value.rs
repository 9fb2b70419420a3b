//! How the types of the domain are kept: ids as UUIDs (binary subtype 4), times as dates, money as `Decimal128`, whole
//! numbers as 64-bit integers. Each compares in the database as it does in the domain.

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, DateTime, Decimal128, doc};
use orderdesk_application::query::Value;
use orderdesk_domain::{MessageStatus, SecretDigest, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

/// The exponent that `Decimal128` writes for none (IEEE 754-2008).
const BIAS: u128 = 6176;

/// Where the exponent begins in the binary form of a `Decimal128`: above a coefficient of 113 bits.
const EXPONENT: u32 = 113;

/// The sign's bit.
const SIGN: u32 = 127;

pub(crate) fn id(id: Uuid) -> Bson {
    Bson::Binary(Binary { subtype: BinarySubtype::Uuid, bytes: id.as_bytes().to_vec() })
}

pub(crate) fn optional_id(value: Option<Uuid>) -> Bson {
    value.map_or(Bson::Null, id)
}

pub(crate) fn ids<'i>(values: impl IntoIterator<Item = &'i Uuid>) -> Bson {
    Bson::Array(values.into_iter().map(|value| id(*value)).collect())
}

pub(crate) fn time(moment: Timestamp) -> Bson {
    Bson::DateTime(DateTime::from_millis(moment.milliseconds()))
}

pub(crate) fn optional_time(moment: Option<Timestamp>) -> Bson {
    moment.map_or(Bson::Null, time)
}

pub(crate) fn optional_text(text: Option<&str>) -> Bson {
    text.map_or(Bson::Null, |text| Bson::String(text.to_owned()))
}

pub(crate) fn bytes(bytes: &[u8]) -> Bson {
    Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() })
}

pub(crate) fn digest(digest: &SecretDigest) -> Bson {
    bytes(digest.bytes())
}

/// The same number with the same scale. Every `Decimal` is one: its 96 bits and 28 decimal places are less than the
/// 113 bits and 6176 of a `Decimal128`, so the bits can be put in their places.
pub(crate) fn decimal(amount: Decimal) -> Bson {
    let exponent = BIAS - u128::from(amount.scale());
    let sign = u128::from(amount.is_sign_negative());
    let bits = sign << SIGN | exponent << EXPONENT | amount.mantissa().unsigned_abs();
    Bson::Decimal128(Decimal128::from_bytes(bits.to_le_bytes()))
}

/// The condition of a field that it names one of these.
pub(crate) fn one_of(statuses: &[MessageStatus]) -> Bson {
    match statuses {
        [only] => Bson::String(only.name().to_owned()),
        statuses => {
            let names: Vec<_> = statuses.iter().map(|status| status.name()).collect();
            Bson::Document(doc! { "$in": names })
        }
    }
}

/// A value that stored ones are compared with.
pub(crate) fn of(value: &Value) -> Bson {
    match value {
        Value::Null => Bson::Null,
        Value::Id(uuid) => id(*uuid),
        Value::Text(text) => Bson::String(text.clone()),
        Value::Integer(number) => Bson::Int64(*number),
        Value::Decimal(amount) => decimal(*amount),
        Value::Time(moment) => time(*moment),
        Value::Boolean(answer) => Bson::Boolean(*answer),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_decimal_is_the_same_number(mantissa in any::<i64>(), factor in 0_i64..=1_000_000_000, scale in 0_u32..=28) {
            let amount = Decimal::from_i128_with_scale(i128::from(mantissa) * i128::from(factor), scale);
            let Bson::Decimal128(kept) = decimal(amount) else { panic!("a decimal stays one") };
            let text = kept.to_string();
            let read = text.parse().or_else(|_| Decimal::from_scientific(&text));
            prop_assert_eq!(read.unwrap(), amount, "{}", text);
        }
    }

    #[test]
    fn the_largest_and_the_smallest_decimals_are_kept() {
        for (amount, text) in [
            (Decimal::MAX, "79228162514264337593543950335"),
            (Decimal::MIN, "-79228162514264337593543950335"),
            (Decimal::ZERO, "0"),
            (Decimal::new(1499, 1), "149.9"),
            (Decimal::new(-1, 4), "-0.0001"),
        ] {
            let Bson::Decimal128(kept) = decimal(amount) else { panic!("a decimal stays one") };
            assert_eq!(kept.to_string(), text);
        }
    }
}
