//! Test data that is the same in every run: ids, codes and names from a counter, no clock, no randomness.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

use orderdesk_domain::money::parse_decimal;
use orderdesk_domain::order::Act;
use orderdesk_domain::text::MAXIMUM_NAME;
use orderdesk_domain::token::TOKEN_PREFIX;
use orderdesk_domain::{
    ApiToken, Currency, Customer, CustomerCode, CustomerId, Invalid, Item, ItemId, ItemName, Listing, Order,
    OrderEvent, OrderEventId, OrderId, OrderLine, Organization, OrganizationId, OrganizationName, PersonName,
    PhoneNumber, Price, Profile, Quantity, Timestamp, TokenDigest, TokenId, TokenSecret, User, UserId,
    UserName,
};
use uuid::{Builder, Uuid};

/// 2026-01-01T00:00:00Z, in milliseconds since the Unix epoch.
pub const START: u64 = 1_767_225_600_000;

/// Makes objects, each with an id, a code and a name of its own, and each a millisecond younger than the one before.
#[derive(Debug, Default)]
pub struct Maker {
    made: AtomicU64,
}

impl Maker {
    fn next(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// An id like no other of this maker, of the millisecond after the last one's.
    pub fn id(&self) -> Uuid {
        let number = self.next();
        id_at(START + number, number)
    }

    /// The moment after everything made so far.
    pub fn now(&self) -> Timestamp {
        time(i64::try_from(START + self.next()).unwrap_or(i64::MAX))
    }

    /// An organization whose currency is KES.
    pub fn organization(&self) -> Organization {
        let id = OrganizationId::new(self.id());
        Organization::found(
            id,
            text(OrganizationName::parse, &format!("Shop {}", self.next())),
            currency("KES"),
        )
    }

    /// A user.
    pub fn user(&self) -> User {
        User::enrol(UserId::new(self.id()), text(UserName::parse, &format!("User {}", self.next())))
    }

    /// A token of `user`, and its secret.
    pub fn token(&self, user: UserId) -> (ApiToken, TokenSecret) {
        let secret = format!("{TOKEN_PREFIX}{:032}", self.next());
        let secret = TokenSecret::parse(&secret).unwrap_or_else(|| panic!("{secret} is no token"));
        (ApiToken { id: TokenId::new(self.id()), user, digest: secret.digest() }, secret)
    }

    /// A code, a name and a phone number; only the code is sure to be like no other.
    pub fn profile(&self) -> Profile {
        let number = self.next();
        Profile {
            code: CustomerCode::generate(number),
            first_name: person("Amina"),
            second_name: person(&format!("Otieno {number}")),
            phone: phone("+254712345678"),
        }
    }

    /// A customer of `organization`, created by nobody in particular.
    pub fn customer(&self, organization: OrganizationId) -> Customer {
        Customer::register(CustomerId::new(self.id()), organization, self.profile(), None)
    }

    /// A name, the price 149.90 KES, and that it is active.
    pub fn listing(&self) -> Listing {
        Listing {
            name: item_name(&format!("Item {}", self.next())),
            price: price("149.9", "KES"),
            is_active: true,
        }
    }

    /// An item of `organization`.
    pub fn item(&self, organization: OrganizationId) -> Item {
        Item::list(ItemId::new(self.id()), organization, self.listing())
    }

    /// Something new that happens to an order.
    pub fn act(&self, by: Option<UserId>) -> Act {
        Act { event: OrderEventId::new(self.id()), by }
    }

    /// A pending order by `customer`, entered by nobody in particular, and the first entry of its history.
    pub fn order(&self, customer: &Customer, line: OrderLine) -> (Order, OrderEvent) {
        let id = OrderId::new(self.id());
        Order::place(id, customer.organization(), customer.id(), line, self.act(None))
    }
}

/// A UUIDv7 (RFC 9562, section 5.7) of this millisecond. Those of one millisecond ascend with `number`, below 2^62.
pub fn id_at(milliseconds: u64, number: u64) -> Uuid {
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&number.to_be_bytes());
    Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
}

/// A moment, in milliseconds since the Unix epoch.
pub fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(milliseconds)
        .unwrap_or_else(|| panic!("{milliseconds} ms is not in the years 1 to 9999"))
}

/// A text of the domain, such as `text(ItemName::parse, "Maize flour")`.
pub fn text<T>(parse: impl Fn(&str) -> Result<T, Invalid>, input: &str) -> T {
    valid(parse(input), &input)
}

/// A customer's code.
pub fn code(input: &str) -> CustomerCode {
    text(CustomerCode::parse, input)
}

/// A first or second name.
pub fn person(input: &str) -> PersonName {
    text(PersonName::parse, input)
}

/// A phone number.
pub fn phone(input: &str) -> PhoneNumber {
    text(PhoneNumber::parse, input)
}

/// The name of an item.
pub fn item_name(input: &str) -> ItemName {
    text(ItemName::parse, input)
}

/// A currency.
pub fn currency(code: &str) -> Currency {
    text(Currency::parse, code)
}

/// A price, such as `price("149.90", "KES")`.
pub fn price(amount: &str, code: &str) -> Price {
    valid(Price::new(text(parse_decimal, amount), currency(code)), &(amount, code))
}

/// So many units.
pub fn quantity(units: i64) -> Quantity {
    valid(Quantity::new(units), &units)
}

/// Three units of something that is not in the catalogue, at 20 KES.
pub fn free_line(item: &str) -> OrderLine {
    OrderLine { item: item_name(item), item_id: None, quantity: quantity(3), price: price("20", "KES") }
}

/// A digest that belongs to no token of a [`Maker`].
pub fn unknown_digest() -> TokenDigest {
    TokenDigest::new([0xA5; 32])
}

/// Names on which stores have stumbled: what a query language means something by, what a case fold changes or makes
/// longer, what collations take for the same, scripts that run the other way, characters beyond 16 bits, and the
/// longest that there can be. Each fits every name of the domain.
pub fn odd_texts() -> Vec<String> {
    const SHORT: &[&str] = &[
        "O'Brien",
        "'; DROP TABLE orders; --",
        "\"quoted\"",
        "100%",
        "100",
        "1000",
        "a_b",
        "axb",
        "a%b",
        "back\\slash",
        "back\\\\slash",
        "[abc]",
        "a*b",
        "a?b",
        "a.b",
        "^a.*$",
        "$1",
        "{\"$ne\": null}",
        "NULL",
        "true",
        "007",
        "1e3",
        "ab",
        "AB",
        "Ab",
        "a b",
        "a  b",
        "a-b",
        "e",
        "é",
        "É",
        "Zoë",
        "Zoe\u{308}",
        "ZOE",
        "x\u{301}\u{323}",
        "STRASSE",
        "straße",
        "Straẞe",
        "ΣΊΣΥΦΟΣ",
        "Σίσυφος",
        "İstanbul",
        "istanbul",
        "ISTANBUL",
        "ısparta",
        "ﬁn",
        "FIN",
        "Ꭰ",
        "ꭰ",
        "שלום עולם",
        "مرحبا",
        "abc \u{202e}def",
        "a\u{200d}b",
        "\u{feff}mark",
        "日本語",
        "ア",
        "ｱ",
        "\u{ff01}",
        "\u{fffd}",
        "\u{1f9ba}",
        "👩‍👩‍👧‍👦",
        "\u{10ffff}",
    ];
    let longest = ["x", "\u{1f9ba}", "\u{390}"].map(|character| character.repeat(MAXIMUM_NAME));
    SHORT.iter().copied().map(str::to_owned).chain(longest).collect()
}

fn valid<T>(outcome: Result<T, Invalid>, input: &dyn Debug) -> T {
    outcome.unwrap_or_else(|invalid| panic!("{input:?}: {invalid}"))
}
