//! A small world full of ties: few values, each in many objects, and among them the odd and the extreme.

use fastrand::Rng;
use orderdesk_application::ports::Store;
use orderdesk_application::views::{
    CustomerDetails, CustomerSummary, ItemDetails, OrderDetails, OrderEventDetails, OrganizationSummary,
    UserSummary,
};
use orderdesk_domain::{
    Customer, CustomerId, Item, ItemId, Listing, Order, OrderEvent, OrderEventId, OrderEventKind, OrderId,
    OrderLine, OrderState, OrderStatus, Organization, Price, Profile, Timestamp, User, Version, fold,
};
use uuid::Uuid;

use crate::builders::{
    Maker, START, code, id_at, item_name, odd_texts, person, phone, price, quantity, time,
};
use crate::kinds::{Readable, insert};

/// The objects of a store, with what is shown beside each: the reference that the store is compared with.
pub(super) struct World {
    organizations: Vec<Organization>,
    users: Vec<User>,
    pub(super) customers: Vec<CustomerDetails>,
    pub(super) items: Vec<ItemDetails>,
    pub(super) orders: Vec<OrderDetails>,
    pub(super) order_events: Vec<OrderEventDetails>,
}

/// A kind of object of which there are some in a world.
pub(super) trait Inhabitant: Readable {
    fn living_in(world: &World) -> &[Self::Details];
}

impl Inhabitant for Customer {
    fn living_in(world: &World) -> &[CustomerDetails] {
        &world.customers
    }
}

impl Inhabitant for Item {
    fn living_in(world: &World) -> &[ItemDetails] {
        &world.items
    }
}

impl Inhabitant for Order {
    fn living_in(world: &World) -> &[OrderDetails] {
        &world.orders
    }
}

impl Inhabitant for OrderEvent {
    fn living_in(world: &World) -> &[OrderEventDetails] {
        &world.order_events
    }
}

impl World {
    /// The world that comes of this random number generator.
    pub(super) fn new(rng: &mut Rng) -> Self {
        let make = Maker::default();
        let mut world = Self {
            organizations: (0..3).map(|_| make.organization()).collect(),
            users: (0..3).map(|_| make.user()).collect(),
            customers: Vec::new(),
            items: Vec::new(),
            orders: Vec::new(),
            order_events: Vec::new(),
        };
        let mut dice = Dice { rng, texts: odd_texts(), minted: 0 };
        for organization in world.organizations.clone() {
            world.settle(&mut dice, &organization);
        }
        for _ in 0..110 {
            let order = world.order(&mut dice);
            world.orders.push(order);
        }
        for _ in 0..110 {
            let event = world.order_event(&mut dice);
            world.order_events.push(event);
        }
        world
    }

    /// Gives `organization` customers and items. Codes and names are taken from the same few in each, so that they
    /// are unique within it and tied across them.
    fn settle(&mut self, dice: &mut Dice<'_>, organization: &Organization) {
        let mut codes: Vec<_> = CODES.iter().map(|input| code(input)).collect();
        dice.rng.shuffle(&mut codes);
        for code in codes.into_iter().take(20) {
            let author = dice.author(&self.users);
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

    fn order(&self, dice: &mut Dice<'_>) -> OrderDetails {
        let customer = dice.one_of(&self.customers);
        let author = dice.author(&self.users);
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
        let by = dice.author(&self.users);
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

    /// Stores all of it.
    pub(super) async fn populate(&self, store: &dyn Store) {
        let mut work = store.begin().await.unwrap();
        work.organizations().insert(&self.organizations).await.unwrap();
        work.users().insert(&self.users).await.unwrap();
        work.commit().await.unwrap();
        let customers: Vec<_> = self.customers.iter().map(|details| details.customer.clone()).collect();
        let items: Vec<_> = self.items.iter().map(|details| details.item.clone()).collect();
        let orders: Vec<_> = self.orders.iter().map(|details| details.order.clone()).collect();
        let events: Vec<_> = self.order_events.iter().map(|details| details.event.clone()).collect();
        insert(store, &customers).await.unwrap();
        insert(store, &items).await.unwrap();
        insert(store, &orders).await.unwrap();
        let mut work = store.begin().await.unwrap();
        work.order_events().append(&events).await.unwrap();
        work.commit().await.unwrap();
    }
}

const CODES: &[&str] = &[
    "AAAAA", "AAAAB", "AAABA", "A1B2C", "A1B2D", "00000", "00001", "12345", "1E308", "ZZZZZ", "ZZZZY",
    "SSSSS", "FIFIF", "NULL0", "INF00", "0X1F0", "B0B0B", "BOBOB", "9Z9Z9", "99999", "K0K0K", "I1I1I",
    "L0L0L", "OOOOO",
];

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

const QUANTITIES: &[i64] = &[1, 2, 9, 10, 11, 99, 100, 999_999, 1_000_000];

/// Draws values for objects.
struct Dice<'a> {
    rng: &'a mut Rng,
    texts: Vec<String>,
    minted: u64,
}

impl Dice<'_> {
    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.rng.usize(..choices.len())].clone()
    }

    fn text(&mut self) -> String {
        self.texts[self.rng.usize(..self.texts.len())].clone()
    }

    fn author(&mut self, users: &[User]) -> Option<UserSummary> {
        self.rng.bool().then(|| UserSummary::from(&users[self.rng.usize(..users.len())]))
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
