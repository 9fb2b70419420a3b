//! Requests to start from: a test names only what it is about.

use orderdesk_application::idempotency::{Answer, Once};
use orderdesk_application::services::{
    CurrencyChoice, CustomerChange, CustomerChoice, ItemChange, ItemChoice, LineDraft, MemberChange,
    NewApiToken, NewCustomer, NewItem, NewMember, NewOrder, NewOrganization, NewTemplate, OrderChange,
    Precondition, Row,
};
use orderdesk_contract::builders::{email, item_name, key, person, phone, quantity, text};
use orderdesk_domain::money::parse_decimal;
use orderdesk_domain::{
    Item, MessageEvent, OrderStatus, OrganizationName, Role, TemplateText, TokenName, TokenScopes, Version,
};
use uuid::Uuid;

/// Somebody new, whose code is to be generated.
pub(crate) fn new_customer() -> NewCustomer {
    NewCustomer {
        organization: None,
        code: None,
        first_name: person("Wanjiku"),
        second_name: person("Kamau"),
        phone: phone("+254722000111"),
    }
}

/// An active item at 10 of the organization's currency.
pub(crate) fn new_item(name: &str) -> NewItem {
    NewItem {
        organization: None,
        name: item_name(name),
        price_per_unit: 10.into(),
        currency: None,
        is_active: true,
    }
}

/// An order in the caller's only organization.
pub(crate) fn new_order(customer: CustomerChoice, line: LineDraft) -> NewOrder {
    NewOrder { organization: None, customer, line }
}

/// A line that names nothing.
pub(crate) fn draft() -> LineDraft {
    LineDraft {
        item: ItemChoice::Keep,
        quantity: None,
        price_per_unit: None,
        currency: CurrencyChoice::Keep,
        whole: false,
    }
}

/// So many units of an item of the catalogue, as a whole request names them.
pub(crate) fn catalogue(item: &Item, units: i64) -> LineDraft {
    LineDraft {
        item: ItemChoice::Catalogue(item.id(), None),
        quantity: Some(quantity(units)),
        price_per_unit: None,
        currency: CurrencyChoice::Default,
        whole: true,
    }
}

/// One unit of something that is not in the catalogue, as a whole request names it.
pub(crate) fn free_text(item: &str, price: &str) -> LineDraft {
    LineDraft {
        item: ItemChoice::Text(item_name(item)),
        quantity: Some(quantity(1)),
        price_per_unit: Some(parse_decimal(price).unwrap()),
        currency: CurrencyChoice::Default,
        whole: true,
    }
}

/// Nothing about a customer.
pub(crate) fn customer_change() -> CustomerChange {
    CustomerChange::default()
}

/// Nothing about an item.
pub(crate) fn item_change() -> ItemChange {
    ItemChange {
        organization: None,
        name: None,
        price_per_unit: None,
        currency: CurrencyChoice::Keep,
        is_active: None,
    }
}

/// Nothing about an order.
pub(crate) fn order_change() -> OrderChange {
    OrderChange { organization: None, customer: None, line: draft(), status: None }
}

/// That an order is to be closed.
pub(crate) fn close() -> OrderChange {
    OrderChange { status: Some(OrderStatus::Closed), ..order_change() }
}

/// That an order is to be cancelled.
pub(crate) fn cancel() -> OrderChange {
    OrderChange { status: Some(OrderStatus::Cancelled), ..order_change() }
}

/// An organization that says no more than what it is called.
pub(crate) fn new_organization(name: &str) -> NewOrganization {
    let name = text(OrganizationName::parse, name);
    NewOrganization { name, time_zone: None, default_currency: None, quiet_hours: None }
}

/// A token that is good for everything and forever.
pub(crate) fn new_token(name: &str) -> NewApiToken {
    NewApiToken {
        name: text(TokenName::parse, name),
        organization: None,
        scopes: TokenScopes::everything(),
        expires_at: None,
    }
}

/// Whoever signs in with this address, as what.
pub(crate) fn new_member(address: &str, role: Role) -> NewMember {
    NewMember { email: email(address), role, customer: None }
}

/// That a member is to be this from now on, bound to no customer.
pub(crate) fn reappoint(role: Role) -> MemberChange {
    MemberChange { role: Some(role), customer: Some(None) }
}

/// What customers are told of `event`, in the caller's only organization.
pub(crate) fn new_template(event: MessageEvent, wording: &str) -> NewTemplate {
    NewTemplate { organization: None, event, text: template(wording), is_active: true }
}

/// What messages are made of.
pub(crate) fn template(wording: &str) -> TemplateText {
    text(TemplateText::parse, wording)
}

/// A request under `name` that is to be carried out once; it is told by how its outcome looks.
pub(crate) fn once<T: std::fmt::Debug>(name: &str) -> Once<T> {
    Once {
        key: key(name),
        request: [7; 32],
        tell: Box::new(|outcome| Answer {
            status: 201,
            location: Some("/somewhere/".to_owned()),
            etag: None,
            body: format!("{outcome:?}"),
        }),
    }
}

/// A change of the object of this id, whatever its version.
pub(crate) fn row<C>(id: Uuid, change: C) -> Row<C> {
    Row { id, precondition: Precondition::default(), change }
}

/// That the object must be of this version.
pub(crate) fn on_version(number: i64) -> Precondition {
    Precondition::one_of(vec![Version::new(number).unwrap()])
}
