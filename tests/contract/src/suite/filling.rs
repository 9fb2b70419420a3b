//! Filling: what refers to nothing, or is there already, is not taken.

use std::slice::from_ref;

use orderdesk_application::ports::{Record, StoreError, Unique};
use orderdesk_domain::{
    Actor, ApiToken, AuditEntry, Credential, Customer, CustomerId, Item, ItemId, Letter, Membership,
    MembershipId, Message, MessageId, MessageTemplate, MessageTemplateId, OptOut, Order, OrderEvent,
    OrderLine, Organization, OrganizationId, Standing, TokenId, User, UserId,
};

use crate::Harness;
use crate::builders::{Maker, free_line, quantity};
use crate::outcome::assert_fails;
use crate::records::{add, filled, held};

/// What a shop and its order are as records.
struct Records {
    make: Maker,
    organization: Organization,
    user: User,
    customer: Customer,
    item: Item,
    order: Order,
    event: OrderEvent,
}

impl Records {
    fn new() -> Self {
        let make = Maker::default();
        let (organization, user) = (make.organization(), make.user());
        let (customer, item) = (make.customer(organization.id()), make.item(organization.id()));
        let (order, event) = make.order(&customer, OrderLine::of(&item, quantity(1)));
        Self { make, organization, user, customer, item, order, event }
    }

    fn all(&self) -> Vec<Record> {
        vec![
            Record::Organization(self.organization.clone()),
            Record::User(self.user.clone()),
            Record::Customer(self.customer.clone()),
            Record::Item(self.item.clone()),
            Record::Order(self.order.clone()),
            Record::OrderEvent(self.event.clone()),
        ]
    }
}

/// Adds `records`, then the last one, which must fail, and answers how. The store is filled no further.
async fn refused(harness: &impl Harness, records: &[Record], last: Record) -> StoreError {
    let store = &*harness.fresh().await;
    let mut filling = store.fill().await.unwrap();
    add(&mut *filling, records, 100).await;
    let error = filling.add(vec![last]).await.unwrap_err();
    drop(filling);
    // Of all that came before nothing is left, so that all of it can come again.
    let mut filling = store.fill().await.unwrap();
    add(&mut *filling, records, 100).await;
    filling.finish().await.unwrap();
    assert_eq!(held(store).await.len(), records.len());
    error
}

pub async fn a_record_that_refers_to_nothing_is_not_taken(harness: &impl Harness) {
    let it = Records::new();
    let make = &it.make;
    let (nobody, nowhere) = (UserId::new(make.id()), OrganizationId::new(make.id()));
    let (user, organization) = (it.user.id(), it.organization.id());
    let membership =
        |user, organization| Record::Membership(make.membership(organization, user, Standing::Member));
    let other = make.organization();
    let elsewhere = make.item(other.id());
    let (stranger, placed) = make.order(&make.customer(organization), free_line("Soap"));
    let line = |id| OrderLine { item_id: Some(id), ..free_line("Soap") };
    let (unlisted, _) = make.order(&it.customer, line(ItemId::new(make.id())));
    let (foreign, _) = make.order(&it.customer, line(elsewhere.id()));
    let author = Customer::register(it.customer.id(), organization, make.profile(), Some(nobody));
    let actor = OrderEvent { by: Some(nobody), ..it.event.clone() };
    let all = it.all();
    let letter = Letter { organization: other.id(), ..make.letter(&it.customer) };
    let elsewhere_told = Message::queue(MessageId::new(make.id()), letter, make.now());
    let foreign_customer = [&all[..1], &[Record::Organization(other.clone())], &all[1..3]];
    let foreign_item = [&all[..1], &[Record::Organization(other)], &all[1..4], &[Record::Item(elsewhere)]];
    for (before, last) in [
        (all[..2].to_vec(), membership(nobody, organization)),
        (all[..2].to_vec(), membership(user, nowhere)),
        (all[..2].to_vec(), Record::ApiToken(make.token(nobody).0)),
        (all[..2].to_vec(), Record::Customer(make.customer(nowhere))),
        (all[..2].to_vec(), Record::Customer(author)),
        (all[..3].to_vec(), Record::Item(make.item(nowhere))),
        (all[..4].to_vec(), Record::Order(stranger)),
        (all[..4].to_vec(), Record::Order(unlisted)),
        (foreign_item.concat(), Record::Order(foreign)),
        (all[..5].to_vec(), Record::OrderEvent(placed)),
        (all[..5].to_vec(), Record::OrderEvent(actor)),
        (all[..2].to_vec(), Record::MessageTemplate(make.template(nowhere))),
        (all[..6].to_vec(), Record::Message(make.message(&make.customer(organization)))),
        (foreign_customer.concat(), Record::Message(elsewhere_told)),
        (all[..6].to_vec(), Record::MessageAttempt(make.attempt(make.message(&it.customer).id()))),
    ] {
        let kind = last.kind();
        assert_fails!(
            Err::<(), _>(refused(harness, &before, last).await),
            StoreError::Referenced,
            "{kind:?}"
        );
    }
}

pub async fn a_record_that_is_there_already_is_not_taken(harness: &impl Harness) {
    let it = Records::new();
    let all = it.all();
    let organization = it.organization.id();
    let mut namesake = it.make.customer(organization);
    namesake.revise(it.customer.profile().clone(), it.make.now());
    let mut copy = it.make.item(organization);
    copy.revise(it.item.listing().clone(), it.make.now());
    let (token, _) = it.make.token(it.user.id());
    let again = ApiToken { id: TokenId::new(it.make.id()), ..token.clone() };
    let tokens = [&all[..2], &[Record::ApiToken(token)]].concat();
    let membership = || Record::Membership(it.make.membership(organization, it.user.id(), Standing::Member));
    let members = [&all[..2], &[membership()]].concat();
    let installed = Record::Installation(it.make.now());
    let invitation = it.make.invitation(organization, Standing::Viewer);
    let id = MembershipId::new(it.make.id());
    let invited = Membership::grant(id, organization, invitation.member().clone(), Standing::Admin);
    let invitations = [&all[..2], &[Record::Membership(invitation)]].concat();
    let same = it.make.identity();
    let known = || {
        let id = UserId::new(it.make.id());
        Record::User(User::enrol(id, Some(same.clone()), it.make.account()))
    };
    let entry = Record::AuditEntry(it.make.audit_entry(None));
    let audited = [all.as_slice(), from_ref(&entry)].concat();
    let template = it.make.template(organization);
    let event = template.event();
    let second = {
        let id = MessageTemplateId::new(it.make.id());
        MessageTemplate::draw_up(id, organization, event, it.make.wording())
    };
    let drawn_up = [&all[..2], &[Record::MessageTemplate(template.clone())]].concat();
    let message = it.make.message(&it.customer);
    let (letter, until) = (message.letter().clone(), it.make.now());
    let second_message = Message::queue(MessageId::new(it.make.id()), letter, until);
    let attempt = Record::MessageAttempt(it.make.attempt(message.id()));
    let message = Record::Message(message);
    let told = [&all[..3], from_ref(&message)].concat();
    let tried = [told.as_slice(), from_ref(&attempt)].concat();
    let opt_out = it.make.opt_out(&it.make.phone());
    let same_number = Record::OptOut(it.make.opt_out(&opt_out.number));
    let same_id = OptOut { id: opt_out.id, ..it.make.opt_out(&it.make.phone()) };
    let opted_out = [Record::OptOut(opt_out)];
    for (before, last, unique) in [
        (vec![installed.clone()], installed, Unique::Installation),
        (all[..1].to_vec(), all[0].clone(), Unique::Id),
        (all[..2].to_vec(), all[1].clone(), Unique::Id),
        (members, membership(), Unique::Membership),
        (invitations, Record::Membership(invited), Unique::Membership),
        (vec![known()], known(), Unique::Identity),
        (tokens, Record::ApiToken(again), Unique::Id),
        (all[..3].to_vec(), all[2].clone(), Unique::Id),
        (all[..3].to_vec(), Record::Customer(namesake), Unique::CustomerCode),
        (all[..4].to_vec(), Record::Item(copy), Unique::ItemName),
        (all[..5].to_vec(), all[4].clone(), Unique::Id),
        (all.clone(), all[5].clone(), Unique::Id),
        (audited, entry, Unique::Id),
        (drawn_up.clone(), Record::MessageTemplate(template), Unique::Id),
        (drawn_up, Record::MessageTemplate(second), Unique::MessageTemplate),
        (told.clone(), message, Unique::Id),
        (told, Record::Message(second_message), Unique::Message),
        (tried, attempt, Unique::Id),
        (opted_out.to_vec(), Record::OptOut(same_id), Unique::Id),
        (opted_out.to_vec(), same_number, Unique::Id),
    ] {
        let kind = last.kind();
        match refused(harness, &before, last).await {
            StoreError::AlreadyExists(found) if found == unique => {}
            other => panic!("{kind:?}: expected {unique:?}, got {other:?}"),
        }
    }
}

pub async fn history_may_name_an_item_that_is_gone(harness: &impl Harness) {
    let it = Records::new();
    let line = OrderLine { item_id: Some(ItemId::new(it.make.id())), ..it.event.line.clone() };
    let event = OrderEvent { line, ..it.event.clone() };
    let records = [&it.all()[..5], &[Record::OrderEvent(event)]].concat();
    let store = &*filled(harness, &records).await;
    assert_eq!(held(store).await, records);
}

pub async fn what_may_lead_nowhere_is_taken_all_the_same(harness: &impl Harness) {
    let it = Records::new();
    let make = &it.make;
    let (nobody, nowhere) = (UserId::new(make.id()), OrganizationId::new(make.id()));
    let guest = Standing::Guest(CustomerId::new(make.id()));
    let actor = Actor { user: Some(nobody), credential: Credential::Local, address: None };
    let token = ApiToken { organization: Some(nowhere), ..make.token(it.user.id()).0 };
    let records = [
        Record::Organization(it.organization.clone()),
        Record::User(it.user.clone()),
        Record::Customer(it.customer.clone()),
        Record::Membership(make.membership(it.organization.id(), it.user.id(), guest)),
        Record::ApiToken(token),
        Record::AuditEntry(AuditEntry { actor, ..make.audit_entry(Some(nowhere)) }),
        // The order that it is about is nowhere.
        Record::Message(make.message(&it.customer)),
        // Nobody has to be called by a number that gets no texts.
        Record::OptOut(make.opt_out(&make.phone())),
    ];
    let store = &*filled(harness, &records).await;
    assert_eq!(held(store).await, records);
}
