//! Reading documents: by the names of their fields, and never trusting what is in them.

use std::fmt::Display;

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Bson, Document};
use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_domain::{Timestamp, Version};
use rust_decimal::Decimal;
use uuid::Uuid;

/// Reads the fields of one document, and names the one that holds what cannot be. The value itself is not named: it may
/// be personal data.
pub(crate) struct Fields<'d> {
    collection: &'static str,
    document: &'d Document,
}

impl<'d> Fields<'d> {
    pub(crate) fn new(collection: &'static str, document: &'d Document) -> Self {
        Self { collection, document }
    }

    pub(crate) fn id(&self, name: &str) -> StoreResult<Uuid> {
        self.required(name, self.optional_id(name)?)
    }

    pub(crate) fn optional_id(&self, name: &str) -> StoreResult<Option<Uuid>> {
        match self.field(name)? {
            Bson::Null => Ok(None),
            Bson::Binary(binary) if binary.subtype == BinarySubtype::Uuid => {
                let id = Uuid::from_slice(&binary.bytes);
                id.map(Some).map_err(|_| self.corrupt(name, "is not 16 bytes long"))
            }
            _ => Err(self.corrupt(name, "is no UUID")),
        }
    }

    fn bytes(&self, name: &str) -> StoreResult<&'d [u8]> {
        match self.field(name)? {
            Bson::Binary(binary) => Ok(&binary.bytes),
            _ => Err(self.corrupt(name, "is not binary")),
        }
    }

    /// Text of a kind that the domain knows.
    pub(crate) fn parsed<T, E>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> StoreResult<T> {
        self.required(name, self.optional_parsed(name, parse)?)
    }

    /// Text of a kind that the domain knows, if there is any.
    pub(crate) fn optional_parsed<T, E>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> StoreResult<Option<T>> {
        let text = self.optional_text(name)?;
        let parsed = text.map(parse).transpose();
        parsed.map_err(|_| self.corrupt(name, "is not what the domain allows"))
    }

    pub(crate) fn text(&self, name: &str) -> StoreResult<&'d str> {
        self.required(name, self.optional_text(name)?)
    }

    pub(crate) fn optional_text(&self, name: &str) -> StoreResult<Option<&'d str>> {
        match self.field(name)? {
            Bson::Null => Ok(None),
            Bson::String(text) => Ok(Some(text)),
            _ => Err(self.corrupt(name, "is no text")),
        }
    }

    /// The digest of a secret, or of a request.
    pub(crate) fn digest(&self, name: &str) -> StoreResult<[u8; 32]> {
        let digest = self.bytes(name)?.try_into();
        digest.map_err(|_| self.corrupt(name, "is not 32 bytes long"))
    }

    /// One of a closed set of names.
    pub(crate) fn named<T>(&self, name: &str, find: impl FnOnce(&str) -> Option<T>) -> StoreResult<T> {
        self.parsed(name, |text| find(text).ok_or(()))
    }

    /// One of a closed set of names, if there is any.
    pub(crate) fn optional_named<T>(
        &self,
        name: &str,
        find: impl FnOnce(&str) -> Option<T>,
    ) -> StoreResult<Option<T>> {
        self.optional_parsed(name, |text| find(text).ok_or(()))
    }

    pub(crate) fn integer(&self, name: &str) -> StoreResult<i64> {
        self.required(name, self.optional_integer(name)?)
    }

    pub(crate) fn optional_integer(&self, name: &str) -> StoreResult<Option<i64>> {
        match self.field(name)? {
            Bson::Null => Ok(None),
            Bson::Int64(number) => Ok(Some(*number)),
            Bson::Int32(number) => Ok(Some((*number).into())),
            _ => Err(self.corrupt(name, "is no whole number")),
        }
    }

    /// How many of something.
    pub(crate) fn count<T: TryFrom<i64>>(&self, name: &str) -> StoreResult<T> {
        T::try_from(self.integer(name)?).map_err(|_| self.corrupt(name, "is out of range"))
    }

    pub(crate) fn version(&self, name: &str) -> StoreResult<Version> {
        Version::new(self.integer(name)?).ok_or_else(|| self.corrupt(name, "is below 1"))
    }

    pub(crate) fn decimal(&self, name: &str) -> StoreResult<Decimal> {
        let Bson::Decimal128(kept) = self.field(name)? else {
            return Err(self.corrupt(name, "is no decimal"));
        };
        let text = kept.to_string();
        let amount = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&text));
        let amount = amount.map_err(|_| self.corrupt(name, "has more digits than any amount"))?;
        Ok(amount.normalize())
    }

    pub(crate) fn time(&self, name: &str) -> StoreResult<Timestamp> {
        self.required(name, self.optional_time(name)?)
    }

    pub(crate) fn optional_time(&self, name: &str) -> StoreResult<Option<Timestamp>> {
        match self.field(name)? {
            Bson::Null => Ok(None),
            Bson::DateTime(moment) => {
                let moment = Timestamp::from_milliseconds(moment.timestamp_millis());
                moment.map(Some).ok_or_else(|| self.corrupt(name, "is not in the years 1 to 9999"))
            }
            _ => Err(self.corrupt(name, "is no time")),
        }
    }

    pub(crate) fn boolean(&self, name: &str) -> StoreResult<bool> {
        match self.field(name)? {
            Bson::Boolean(answer) => Ok(*answer),
            _ => Err(self.corrupt(name, "is neither yes nor no")),
        }
    }

    /// That what a field holds, or holds together with others, cannot be.
    pub(crate) fn corrupt(&self, name: &str, why: impl Display) -> StoreError {
        StoreError::Corrupt(format!("{}.{name} {why}", self.collection))
    }

    /// The document in a field.
    pub(crate) fn within(&self, name: &str) -> StoreResult<Fields<'d>> {
        match self.field(name)? {
            Bson::Document(document) => Ok(Self { collection: self.collection, document }),
            _ => Err(self.corrupt(name, "is no document")),
        }
    }

    fn field(&self, name: &str) -> StoreResult<&'d Bson> {
        self.document.get(name).ok_or_else(|| self.corrupt(name, "is missing"))
    }

    fn required<T>(&self, name: &str, value: Option<T>) -> StoreResult<T> {
        value.ok_or_else(|| self.corrupt(name, "is null"))
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;
    use orderdesk_domain::PhoneNumber;

    use super::*;
    use crate::value;

    fn corruption<T>(outcome: StoreResult<T>) -> String {
        match outcome {
            Err(StoreError::Corrupt(what)) => what,
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("it was taken for sound"),
        }
    }

    #[test]
    fn what_cannot_be_is_named_by_its_field_and_never_by_its_value() {
        let short = mongodb::bson::Binary { subtype: BinarySubtype::Uuid, bytes: vec![1] };
        let document = doc! {
            "text": "0700 secret", "number": 0_i64, "null": Bson::Null, "short": short,
            "far": mongodb::bson::DateTime::MAX, "huge": "1E+6000".parse::<mongodb::bson::Decimal128>().unwrap(),
        };
        let fields = Fields::new("orders", &document);
        assert_eq!(corruption(fields.id("text")), "orders.text is no UUID");
        assert_eq!(corruption(fields.id("null")), "orders.null is null");
        assert_eq!(corruption(fields.id("gone")), "orders.gone is missing");
        assert_eq!(corruption(fields.id("short")), "orders.short is not 16 bytes long");
        assert_eq!(corruption(fields.version("number")), "orders.number is below 1");
        assert_eq!(corruption(fields.integer("text")), "orders.text is no whole number");
        assert_eq!(corruption(fields.decimal("number")), "orders.number is no decimal");
        assert_eq!(corruption(fields.decimal("huge")), "orders.huge has more digits than any amount");
        assert_eq!(corruption(fields.time("number")), "orders.number is no time");
        assert_eq!(corruption(fields.time("far")), "orders.far is not in the years 1 to 9999");
        assert_eq!(corruption(fields.boolean("number")), "orders.number is neither yes nor no");
        let phone = fields.parsed("text", PhoneNumber::restore);
        assert_eq!(corruption(phone), "orders.text is not what the domain allows");
    }

    #[test]
    fn amounts_come_back_without_trailing_zeros() {
        let document = doc! { "price": value::decimal(Decimal::new(14_990, 2)) };
        let price = Fields::new("items", &document).decimal("price").unwrap();
        assert_eq!(price.to_string(), "149.9");
    }
}
