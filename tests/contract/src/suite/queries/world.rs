//! A small world full of ties: few values, each in many objects, and among them the odd and the extreme.

use fastrand::Rng;
use orderdesk_application::ports::Store;
use orderdesk_application::views::{
    ApiTokenDetails, AuditEntryDetails, CustomerDetails, CustomerSummary, ItemDetails, MembershipDetails,
    MessageAttemptDetails, MessageDetails, MessageTemplateDetails, OrderDetails, OrderEventDetails,
    OrganizationDetails, OrganizationSummary, UserDetails, UserSummary,
};
use orderdesk_domain::{
    Account, Action, Actor, ApiToken, AttemptOutcome, AuditEntry, AuditEntryId, Charter, Course, Credential,
    Customer, CustomerId, Gateway, Item, ItemId, Letter, Listing, Member, Members, Membership, MembershipId,
    Message, MessageAttempt, MessageAttemptId, MessageEvent, MessageId, MessageTemplate, MessageTemplateId,
    Order, OrderEvent, OrderEventId, OrderEventKind, OrderId, OrderLine, OrderState, OrderStatus,
    Organization, OrganizationId, OrganizationName, Price, Profile, Resource, Standing, TemplateText,
    Timestamp, TokenId, TokenName, User, UserId, UserName, Version, Wording, fold,
};
use uuid::Uuid;

use crate::builders::{
    Maker, START, code, cost, currency, email, id_at, identity, item_name, message_states, message_text,
    odd_texts, person, phone, price, quantity, quiet_hours, scopes, text, time, time_zone,
};
use crate::kinds::{Readable, Writable, insert};

/// The objects of a store, with what is shown beside each: the reference that the store is compared with.
pub(super) struct World {
    pub(super) organizations: Vec<OrganizationDetails>,
    pub(super) users: Vec<UserDetails>,
    pub(super) memberships: Vec<MembershipDetails>,
    pub(super) api_tokens: Vec<ApiTokenDetails>,
    pub(super) audit_entries: Vec<AuditEntryDetails>,
    pub(super) customers: Vec<CustomerDetails>,
    pub(super) items: Vec<ItemDetails>,
    pub(super) orders: Vec<OrderDetails>,
    pub(super) order_events: Vec<OrderEventDetails>,
    pub(super) messages: Vec<MessageDetails>,
    pub(super) message_attempts: Vec<MessageAttemptDetails>,
    pub(super) message_templates: Vec<MessageTemplateDetails>,
}

/// A kind of object of which there are some in a world.
pub(super) trait Inhabitant: Readable {
    fn living_in(world: &World) -> &[Self::Details];
}

macro_rules! inhabitants {
    ($($kind:ty: $field:ident;)+) => {$(
        impl Inhabitant for $kind {
            fn living_in(world: &World) -> &[Self::Details] {
                &world.$field
            }
        }
    )+};
}

inhabitants! {
    Organization: organizations;
    User: users;
    Membership: memberships;
    ApiToken: api_tokens;
    AuditEntry: audit_entries;
    Customer: customers;
    Item: items;
    Order: orders;
    OrderEvent: order_events;
    Message: messages;
    MessageAttempt: message_attempts;
    MessageTemplate: message_templates;
}

/// How many organizations have customers and items; the others are there to be listed themselves.
const SETTLED: usize = 3;

/// How many users write, belong somewhere and have tokens.
const BUSY: usize = 12;

impl World {
    /// The world that comes of this random number generator.
    pub(super) fn new(rng: &mut Rng) -> Self {
        let mut dice = Dice { rng, texts: odd_texts(), minted: 0, make: Maker::default() };
        let mut world = Self {
            organizations: (0..50).map(|_| dice.organization()).collect(),
            users: (0..70).map(|_| dice.user()).collect(),
            memberships: Vec::new(),
            api_tokens: Vec::new(),
            audit_entries: Vec::new(),
            customers: Vec::new(),
            items: Vec::new(),
            orders: Vec::new(),
            order_events: Vec::new(),
            messages: Vec::new(),
            message_attempts: Vec::new(),
            message_templates: Vec::new(),
        };
        for number in 0..SETTLED {
            let organization = world.organizations[number].organization.clone();
            world.settle(&mut dice, &organization);
        }
        world.people(&mut dice);
        for _ in 0..110 {
            let order = world.order(&mut dice);
            world.orders.push(order);
        }
        for _ in 0..110 {
            let event = world.order_event(&mut dice);
            world.order_events.push(event);
        }
        for _ in 0..110 {
            let entry = world.audit_entry(&mut dice);
            world.audit_entries.push(entry);
        }
        world.post(&mut dice);
        world
    }

    /// Gives `organization` customers and items. Codes and names are taken from the same few in each, so that they
    /// are unique within it and tied across them.
    fn settle(&mut self, dice: &mut Dice<'_>, organization: &Organization) {
        let mut codes: Vec<_> = CODES.iter().map(|input| code(input)).collect();
        dice.rng.shuffle(&mut codes);
        for code in codes.into_iter().take(20) {
            let author = dice.author(&self.users[..BUSY]);
            let profile = Profile {
                code,
                first_name: person(&dice.text()),
                second_name: person(&dice.text()),
                phone: phone(dice.one_of(PHONES)),
            };
            let (id, at, version) = (CustomerId::new(dice.id()), dice.time(), dice.version());
            let created_by = author.as_ref().map(|author| author.id);
            self.customers.push(CustomerDetails {
                customer: Customer::restore(id, organization.id(), profile, created_by, at, version),
                organization: OrganizationSummary::from(organization),
                created_by: author,
            });
        }

        let mut names = dice.texts.clone();
        dice.rng.shuffle(&mut names);
        let mut taken = std::collections::BTreeSet::new();
        for name in names.into_iter().map(|name| item_name(&name)) {
            if taken.len() < 22 && taken.insert(fold(name.as_str())) {
                let listing = Listing { name, price: dice.price(), is_active: dice.rng.bool() };
                let (id, at, version) = (ItemId::new(dice.id()), dice.time(), dice.version());
                self.items.push(ItemDetails {
                    item: Item::restore(id, organization.id(), listing, at, version),
                    organization: OrganizationSummary::from(organization),
                });
            }
        }
    }

    /// Gives some users memberships and tokens, and invites others.
    fn people(&mut self, dice: &mut Dice<'_>) {
        for (number, user) in self.users[..BUSY].iter().enumerate() {
            for OrganizationDetails { organization } in self.organizations.iter().skip(number % 4).step_by(5)
            {
                let member = if dice.rng.u8(..4) > 0 {
                    Member::User(user.user.id())
                } else {
                    // The same address is invited to several.
                    Member::Invited(email(&format!("guest{number}@{}", dice.one_of(DOMAINS))))
                };
                let bound = dice.rng.bool().then(|| dice.one_of(&self.customers).customer);
                let gone = CustomerId::new(dice.id());
                let standing = match dice.rng.u8(..5) {
                    0 => Standing::Guest(bound.as_ref().map_or(gone, Customer::id)),
                    1 => Standing::Viewer,
                    2 => Standing::Admin,
                    _ => Standing::Member,
                };
                let (id, at, version) = (MembershipId::new(dice.id()), dice.time(), dice.version());
                let customer = bound.filter(|bound| standing == Standing::Guest(bound.id()));
                let user = member.user().map(|_| UserSummary::from(&user.user));
                self.memberships.push(MembershipDetails {
                    membership: Membership::restore(id, organization.id(), member, standing, at, version),
                    organization: OrganizationSummary::from(organization),
                    user,
                    customer: customer.as_ref().map(CustomerSummary::from),
                });
            }
        }
        for _ in 0..100 {
            let bound = dice.rng.bool().then(|| dice.one_of(&self.organizations).organization);
            let gone = OrganizationId::new(dice.id());
            let nowhere = dice.rng.u8(..4) == 0;
            let name = text(TokenName::parse, &dice.text());
            let token = ApiToken {
                id: TokenId::new(dice.id()),
                name,
                organization: if nowhere { Some(gone) } else { bound.as_ref().map(Organization::id) },
                scopes: scopes(dice.one_of(&["write", "read", "orders:read", "items:write customers:read"])),
                expires_at: dice.rng.bool().then(|| dice.time()),
                last_used_at: dice.rng.bool().then(|| dice.time()),
                ..dice.make.token(self.users[dice.rng.usize(..BUSY)].user.id()).0
            };
            let organization = bound.filter(|_| !nowhere).as_ref().map(OrganizationSummary::from);
            self.api_tokens.push(ApiTokenDetails { token, organization });
        }
    }

    /// What somebody did to one of few objects, some of whom and of which are gone.
    fn audit_entry(&self, dice: &mut Dice<'_>) -> AuditEntryDetails {
        let user = dice.rng.bool().then(|| dice.one_of(&self.users[..BUSY]).user);
        let gone = (UserId::new(Uuid::from_u128(5)), OrganizationId::new(Uuid::from_u128(5)));
        let organization = match dice.rng.u8(..6) {
            0 => None,
            1 => Some(gone.1),
            _ => Some(dice.one_of(&self.organizations[..SETTLED]).organization.id()),
        };
        let by = user.as_ref().map(User::id).or_else(|| dice.rng.bool().then_some(gone.0));
        let entry = AuditEntry {
            id: AuditEntryId::new(dice.id()),
            organization,
            actor: Actor { user: by, credential: Credential::Local, address: None },
            action: dice.one_of(&Action::ALL[1..]),
            resource: dice.one_of(&Resource::ALL),
            object: dice.one_of(&self.customers[..8]).customer.id().uuid(),
            ..dice.make.audit_entry(None)
        };
        AuditEntryDetails { entry, user: user.as_ref().map(UserSummary::from) }
    }

    fn order(&self, dice: &mut Dice<'_>) -> OrderDetails {
        let customer = dice.one_of(&self.customers);
        let author = dice.author(&self.users[..BUSY]);
        let status = dice.one_of(&OrderStatus::ALL);
        let closed = (status != OrderStatus::Pending).then(|| dice.time());
        // An order is of its own organization's catalogue: a store may insist on it.
        let here = |item: &&ItemDetails| item.organization.id == customer.organization.id;
        let catalogue: Vec<_> = self.items.iter().filter(here).cloned().collect();
        let order = Order::restore(
            OrderId::new(dice.id()),
            customer.organization.id,
            customer.customer.id(),
            dice.line(&catalogue),
            OrderState::new(status, closed).unwrap(),
            author.as_ref().map(|author| author.id),
            dice.time(),
            dice.version(),
        );
        OrderDetails {
            order,
            customer: CustomerSummary::from(&customer.customer),
            organization: customer.organization,
            created_by: author,
        }
    }

    fn order_event(&self, dice: &mut Dice<'_>) -> OrderEventDetails {
        let OrderDetails { order, .. } = dice.one_of(&self.orders);
        let by = dice.author(&self.users[..BUSY]);
        let event = OrderEvent {
            id: OrderEventId::new(dice.id()),
            order: order.id(),
            kind: dice.one_of(&OrderEventKind::ALL),
            by: by.as_ref().map(|by| by.id),
            line: dice.line(&self.items),
            version: dice.version(),
        };
        OrderEventDetails { event, organization: order.organization(), customer: order.customer(), by }
    }

    /// Gives some organizations templates, tells customers of some events, and tries some of that several times.
    fn post(&mut self, dice: &mut Dice<'_>) {
        for OrganizationDetails { organization } in &self.organizations {
            for event in MessageEvent::ALL {
                if dice.rng.u8(..4) == 0 {
                    continue;
                }
                let wording =
                    Wording { text: text(TemplateText::parse, &dice.text()), is_active: dice.rng.bool() };
                let (id, at, version) = (MessageTemplateId::new(dice.id()), dice.time(), dice.version());
                self.message_templates.push(MessageTemplateDetails {
                    template: MessageTemplate::restore(id, organization.id(), event, wording, at, version),
                    organization: OrganizationSummary::from(organization),
                });
            }
        }
        for details in &self.orders {
            for event in MessageEvent::ALL {
                if dice.rng.bool() {
                    self.messages.push(dice.message(details, event));
                }
            }
        }
        for _ in 0..110 {
            let told = dice.one_of(&self.messages[..12]).message;
            let attempt = MessageAttempt {
                id: MessageAttemptId::new(dice.id()),
                outcome: dice.one_of(&AttemptOutcome::ALL),
                ..dice.make.attempt(told.id())
            };
            let Letter { organization, customer, .. } = *told.letter();
            self.message_attempts.push(MessageAttemptDetails { attempt, organization, customer });
        }
    }

    /// Stores all of it.
    pub(super) async fn populate(&self, store: &dyn Store) {
        async fn store_all<K: Inhabitant + Writable>(store: &dyn Store, world: &World) {
            let objects: Vec<_> = K::living_in(world).iter().map(|details| K::of(details).clone()).collect();
            insert(store, &objects).await.unwrap();
        }

        store_all::<Organization>(store, self).await;
        store_all::<User>(store, self).await;
        store_all::<Customer>(store, self).await;
        store_all::<Membership>(store, self).await;
        store_all::<ApiToken>(store, self).await;
        store_all::<Item>(store, self).await;
        store_all::<Order>(store, self).await;
        store_all::<Message>(store, self).await;
        store_all::<MessageTemplate>(store, self).await;
        let events: Vec<_> = self.order_events.iter().map(|details| details.event.clone()).collect();
        let entries: Vec<_> = self.audit_entries.iter().map(|details| details.entry.clone()).collect();
        let attempts: Vec<_> = self.message_attempts.iter().map(|details| details.attempt.clone()).collect();
        let mut work = store.begin().await.unwrap();
        work.order_events().append(&events).await.unwrap();
        work.audit_entries().append(&entries).await.unwrap();
        work.message_attempts().append(&attempts).await.unwrap();
        work.commit().await.unwrap();
    }
}

const CODES: &[&str] = &[
    "AAAAA", "AAAAB", "AAABA", "A1B2C", "A1B2D", "00000", "00001", "12345", "1E308", "ZZZZZ", "ZZZZY",
    "SSSSS", "FIFIF", "NULL0", "INF00", "0X1F0", "B0B0B", "BOBOB", "9Z9Z9", "99999", "K0K0K", "I1I1I",
    "L0L0L", "OOOOO",
];

const DOMAINS: &[&str] = &["duka.example", "soko.example", "duka.test"];

const PHONES: &[&str] = &["+254712345678", "+254712345679", "+16502530000", "+442070313000"];

const PRICES: &[(&str, &str)] = &[
    ("0", "KES"),
    ("0.01", "KES"),
    ("0.1", "KES"),
    ("2", "KES"),
    ("2", "JPY"),
    ("9", "JPY"),
    ("9.99", "USD"),
    ("10", "USD"),
    ("100", "USD"),
    ("149.9", "KES"),
    ("0.001", "KWD"),
    ("10.001", "KWD"),
    ("0.0001", "CLF"),
    ("999999999.99", "KES"),
    ("999999999", "JPY"),
];

/// Beyond what a double holds exactly, and few enough to be summed up.
const COSTS: &[(i64, &str)] = &[
    (0, "KES"),
    (800_000, "KES"),
    (1, "KES"),
    (7_500, "USD"),
    (9_007_199_254_740_993, "USD"),
    (9_007_199_254_740_993, "UGX"),
    (3_000_000, "JPY"),
];

const QUANTITIES: &[i64] = &[1, 2, 9, 10, 11, 99, 100, 999_999, 1_000_000];

/// Draws values for objects.
struct Dice<'a> {
    rng: &'a mut Rng,
    texts: Vec<String>,
    minted: u64,
    /// For what is like no other.
    make: Maker,
}

impl Dice<'_> {
    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.rng.usize(..choices.len())].clone()
    }

    fn text(&mut self) -> String {
        self.texts[self.rng.usize(..self.texts.len())].clone()
    }

    fn author(&mut self, users: &[UserDetails]) -> Option<UserSummary> {
        self.rng.bool().then(|| UserSummary::from(&users[self.rng.usize(..users.len())].user))
    }

    fn organization(&mut self) -> OrganizationDetails {
        let charter = Charter {
            name: text(OrganizationName::parse, &self.text()),
            time_zone: time_zone(self.one_of(&["UTC", "Africa/Nairobi", "Europe/Paris"])),
            default_currency: currency(self.one_of(&["KES", "USD", "JPY"])),
            quiet_hours: self.rng.bool().then(|| quiet_hours("21:00-07:00")),
        };
        let members = Members { all: self.rng.u32(..9), administrators: self.rng.u32(..9) };
        let (id, at, version) = (OrganizationId::new(self.id()), self.time(), self.version());
        OrganizationDetails { organization: Organization::restore(id, charter, members, at, version) }
    }

    fn user(&mut self) -> UserDetails {
        let address = format!("{}@{}", self.one_of(&["amina", "a.b", "zo'e"]), self.one_of(DOMAINS));
        let account = Account {
            name: text(UserName::parse, &self.text()),
            email: self.rng.bool().then(|| email(&address)),
            is_staff: self.rng.bool(),
            is_active: self.rng.bool(),
        };
        let issuer = self.one_of(&["https://accounts.example", "https://Accounts.example"]);
        // Numbered, for no two may be the same.
        let subject = format!("{}{}", self.text(), self.minted);
        let known = self.rng.bool().then(|| identity(issuer, &subject));
        let (id, at, version) = (UserId::new(self.id()), self.time(), self.version());
        UserDetails { user: User::restore(id, known, account, at, version) }
    }

    /// A new id of one of few milliseconds, most of them next to each other.
    fn id(&mut self) -> Uuid {
        self.minted += 1;
        let milliseconds = match self.rng.u8(..20) {
            0 => 0,
            1 => 1,
            2 => (1 << 48) - 1,
            _ => START + self.rng.u64(..12),
        };
        // Random bits before the counter: ids of one millisecond do not ascend in the order of their making.
        id_at(milliseconds, (self.rng.u64(..1 << 29) << 32) | self.minted)
    }

    fn time(&mut self) -> Timestamp {
        let start = i64::try_from(START).unwrap();
        match self.rng.u8(..12) {
            0 => Timestamp::EARLIEST,
            1 => Timestamp::LATEST,
            2 => time(-1),
            3 => time(0),
            _ => time(start + self.rng.i64(0..6)),
        }
    }

    fn version(&mut self) -> Version {
        Version::new(self.rng.i64(1..1000)).unwrap()
    }

    /// What the customer of an order was told of this event, however far that has come.
    fn message(&mut self, about: &OrderDetails, event: MessageEvent) -> MessageDetails {
        let letter = Letter {
            organization: about.organization.id,
            order: about.order.id(),
            customer: about.customer.id,
            event,
            to: phone(self.one_of(PHONES)),
            text: message_text(&self.text()),
        };
        let at = self.time();
        let course = Course {
            state: self.one_of(&message_states(at)),
            expires_at: self.time(),
            attempts: self.rng.u32(..9),
            deferrals: self.rng.u32(..9),
            gateway: self.rng.bool().then(|| self.one_of(&Gateway::ALL)),
            reference: None,
            cost: (self.rng.u8(..4) > 0).then(|| self.one_of(COSTS)).map(|(amount, code)| cost(amount, code)),
        };
        let (id, at, version) = (MessageId::new(self.id()), self.time(), self.version());
        MessageDetails {
            message: Message::restore(id, letter, course, at, version),
            customer: about.customer.clone(),
            organization: about.organization.clone(),
        }
    }

    fn price(&mut self) -> Price {
        let (amount, code) = self.one_of(PRICES);
        price(amount, code)
    }

    fn line(&mut self, items: &[ItemDetails]) -> OrderLine {
        let item_id = self.rng.bool().then(|| self.one_of(items).item.id());
        OrderLine {
            item: item_name(&self.text()),
            item_id,
            quantity: quantity(self.one_of(QUANTITIES)),
            price: self.price(),
        }
    }
}
