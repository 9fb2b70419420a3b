//! Filling: what refers to nothing, or is there already, is not taken.

use std::slice::from_ref;

use orderdesk_application::ports::{Record, StoreError, Unique};
use orderdesk_domain::{
    Actor, ApiToken, AuditEntry, Credential, Customer, CustomerId, Item, ItemId, Membership, MembershipId,
    Order, OrderEvent, OrderLine, Organization, OrganizationId, Standing, TokenId, User, UserId,
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
        Record::Membership(make.membership(it.organization.id(), it.user.id(), guest)),
        Record::ApiToken(token),
        Record::AuditEntry(AuditEntry { actor, ..make.audit_entry(Some(nowhere)) }),
    ];
    let store = &*filled(harness, &records).await;
    assert_eq!(held(store).await, records);
}
