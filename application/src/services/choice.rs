//! The ways in which a request can name a customer, an item or a currency.

use orderdesk_domain::{Currency, CustomerCode, CustomerId, ItemId, ItemName};

/// Which customer an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerChoice {
    /// The one of this id.
    Id(CustomerId),
    /// The one of this code.
    Code(CustomerCode),
    /// The one of this id, whose code must be this.
    Both(CustomerId, CustomerCode),
}

impl CustomerChoice {
    /// What the two ways of naming a customer come to; `None` where neither is used.
    pub fn new(id: Option<CustomerId>, code: Option<CustomerCode>) -> Option<Self> {
        match (id, code) {
            (Some(id), Some(code)) => Some(Self::Both(id, code)),
            (Some(id), None) => Some(Self::Id(id)),
            (None, Some(code)) => Some(Self::Code(code)),
            (None, None) => None,
        }
    }

    /// The id, if it is named.
    pub fn id(self) -> Option<CustomerId> {
        match self {
            Self::Id(id) | Self::Both(id, _) => Some(id),
            Self::Code(_) => None,
        }
    }

    /// The code, if it is named.
    pub fn code(self) -> Option<CustomerCode> {
        match self {
            Self::Code(code) | Self::Both(_, code) => Some(code),
            Self::Id(_) => None,
        }
    }
}

/// What an order is to be of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemChoice {
    /// What it is of now.
    Keep,
    /// What it is of now, as free text that no longer refers to the catalogue.
    Detach,
    /// Something that is not in the catalogue.
    Text(ItemName),
    /// An item of the catalogue, under its own name or another.
    Catalogue(ItemId, Option<ItemName>),
}

/// The currency of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurrencyChoice {
    /// The present one.
    Keep,
    /// The catalogue's for an item of the catalogue, else the organization's.
    Default,
    /// This one.
    Is(Currency),
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_customer_is_named_by_id_by_code_or_by_both() {
        let (id, code) = (CustomerId::new(Uuid::nil()), CustomerCode::generate(0));
        for (named, choice) in [
            ((None, None), None),
            ((Some(id), None), Some(CustomerChoice::Id(id))),
            ((None, Some(code)), Some(CustomerChoice::Code(code))),
            ((Some(id), Some(code)), Some(CustomerChoice::Both(id, code))),
        ] {
            assert_eq!(CustomerChoice::new(named.0, named.1), choice);
            let told = choice.map_or((None, None), |choice| (choice.id(), choice.code()));
            assert_eq!(told, named);
        }
    }
}
