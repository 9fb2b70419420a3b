//! Test data that is the same in every run: ids, codes and names from a counter, no clock, no randomness.

mod messages;

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use orderdesk_application::idempotency::{Answer, IdempotencyKey, KeptAnswer};
use orderdesk_domain::money::parse_decimal;
use orderdesk_domain::order::Act;
use orderdesk_domain::text::MAXIMUM_NAME;
use orderdesk_domain::{
    Account, Action, Actor, ApiToken, AuditEntry, AuditEntryId, Charter, Credential, Currency, Customer,
    CustomerCode, CustomerId, EmailAddress, ExternalIdentity, Facts, Invalid, Issuer, Item, ItemId, ItemName,
    Listing, Member, Membership, MembershipId, Order, OrderEvent, OrderEventId, OrderId, OrderLine,
    Organization, OrganizationId, OrganizationName, PersonName, PhoneNumber, Price, Profile, Quantity,
    Resource, SecretDigest, Session, SessionId, SessionSecret, Standing, Subject, TimeZone, Timestamp,
    TokenId, TokenName, TokenScopes, TokenSecret, User, UserId, UserName, Version,
};
use uuid::{Builder, Uuid};

pub use self::messages::{cost, message_states, message_text, quiet_hours, reference, remark};

/// 2026-01-01T00:00:00Z, in milliseconds since the Unix epoch.
pub const START: u64 = 1_767_225_600_000;

/// Makes objects, each with an id, a code and a name of its own, and each a millisecond younger than the one before.
#[derive(Debug, Default)]
pub struct Maker {
    made: AtomicU64,
    templates: AtomicUsize,
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

    /// A name of its own, the clock of Nairobi, KES, and no quiet hours.
    pub fn charter(&self) -> Charter {
        Charter {
            name: text(OrganizationName::parse, &format!("Shop {}", self.next())),
            time_zone: time_zone("Africa/Nairobi"),
            default_currency: currency("KES"),
            quiet_hours: None,
        }
    }

    /// An organization whose currency is KES; it counts one member, who administers it.
    pub fn organization(&self) -> Organization {
        Organization::found(OrganizationId::new(self.id()), self.charter())
    }

    /// A name of its own, without an address or further rights.
    pub fn account(&self) -> Account {
        Account::named(text(UserName::parse, &format!("User {}", self.next())))
    }

    /// A user whom no identity provider knows.
    pub fn user(&self) -> User {
        User::enrol(UserId::new(self.id()), None, self.account())
    }

    /// A person like no other, as an issuer knows them.
    pub fn identity(&self) -> ExternalIdentity {
        identity("https://accounts.example", &format!("subject-{}", self.next()))
    }

    /// An address like no other.
    pub fn email(&self) -> EmailAddress {
        email(&format!("somebody.{}@duka.example", self.next()))
    }

    /// That `user` belongs to `organization`.
    pub fn membership(&self, organization: OrganizationId, user: UserId, standing: Standing) -> Membership {
        Membership::grant(MembershipId::new(self.id()), organization, Member::User(user), standing)
    }

    /// That an address of its own has been invited to `organization`.
    pub fn invitation(&self, organization: OrganizationId, standing: Standing) -> Membership {
        let member = Member::Invited(self.email());
        Membership::grant(MembershipId::new(self.id()), organization, member, standing)
    }

    /// A token of `user` that is good for everything and forever, and its secret.
    pub fn token(&self, user: UserId) -> (ApiToken, TokenSecret) {
        let secret = format!("{}{:032}", TokenSecret::PREFIX, self.next());
        let secret = TokenSecret::parse(&secret).unwrap_or_else(|| panic!("{secret} is no token"));
        let token = ApiToken {
            id: TokenId::new(self.id()),
            user,
            name: text(TokenName::parse, &format!("Token {}", self.next())),
            organization: None,
            scopes: TokenScopes::everything(),
            expires_at: None,
            last_used_at: None,
            digest: secret.digest(),
        };
        (token, secret)
    }

    /// A session of `user` that has just begun, without an issuer, and its secret.
    pub fn session(&self, user: UserId) -> (Session, SessionSecret) {
        let secret = format!("{}{:032}", SessionSecret::PREFIX, self.next());
        let secret = SessionSecret::parse(&secret).unwrap_or_else(|| panic!("{secret} is no session"));
        let id = SessionId::new(self.id());
        let session = Session { id, user, digest: secret.digest(), issuer: None, seen_at: id.created_at() };
        (session, secret)
    }

    /// The answer to a request of `user` under a key of its own, kept just now.
    pub fn answer(&self, user: UserId) -> KeptAnswer {
        let number = self.next();
        KeptAnswer {
            user,
            key: key(&format!("request-{number}")),
            request: [0x5A; 32],
            answer: Answer {
                status: 201,
                location: Some(format!("/api/v1/orders/{number}/")),
                etag: Some(format!("\"{number}\"")),
                body: format!("{{\"number\":{number}}}"),
            },
            kept_at: self.now(),
        }
    }

    /// That somebody on the machine itself has changed something in `organization`.
    pub fn audit_entry(&self, organization: Option<OrganizationId>) -> AuditEntry {
        AuditEntry {
            id: AuditEntryId::new(self.id()),
            organization,
            actor: Actor { user: None, credential: Credential::Local, address: None },
            action: Action::Change,
            resource: Resource::Customers,
            object: self.id(),
            before: Some(Facts::new("{\"first_name\":\"Amina\"}".to_owned())),
            after: Some(Facts::new("{\"first_name\":\"Zo\u{eb}\"}".to_owned())),
        }
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

/// A digest that belongs to nothing that a [`Maker`] makes.
pub fn unknown_digest() -> SecretDigest {
    SecretDigest::new([0xA5; 32])
}

/// A time zone.
pub fn time_zone(name: &str) -> TimeZone {
    text(TimeZone::parse, name)
}

/// An e-mail address.
pub fn email(address: &str) -> EmailAddress {
    text(EmailAddress::parse, address)
}

/// A person as an issuer knows them.
pub fn identity(issuer: &str, subject: &str) -> ExternalIdentity {
    ExternalIdentity { issuer: text(Issuer::parse, issuer), subject: text(Subject::parse, subject) }
}

/// What a token is good for, such as `scopes("read orders:write")`.
pub fn scopes(spelled: &str) -> TokenScopes {
    text(TokenScopes::parse, spelled)
}

/// By which a client knows its own request again.
pub fn key(input: &str) -> IdempotencyKey {
    IdempotencyKey::parse(input).unwrap_or_else(|error| panic!("{input}: {error}"))
}

/// The version of this number.
pub fn version(number: i64) -> Version {
    Version::new(number).unwrap_or_else(|| panic!("{number} is no version"))
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
