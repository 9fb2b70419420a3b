//! What is shown beside objects: the names of those they mention, read for a page at once.

use std::collections::{BTreeMap, BTreeSet};

use mongodb::bson::doc;
use orderdesk_application::ports::{StoreError, StoreResult};
use orderdesk_application::views::{CustomerSummary, OrganizationSummary, UserSummary};
use orderdesk_domain::{
    Currency, CustomerCode, CustomerId, OrganizationId, OrganizationName, PersonName, UserId, UserName,
};
use uuid::Uuid;

use crate::fields::Fields;
use crate::schema::{CUSTOMERS, ORGANIZATIONS, USERS};
use crate::session::{Search, Session};
use crate::value;

/// Whose names are needed.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    pub(crate) organizations: BTreeSet<Uuid>,
    pub(crate) users: BTreeSet<Uuid>,
    pub(crate) customers: BTreeSet<Uuid>,
}

/// What they are called.
#[derive(Debug, Default)]
pub(crate) struct Names {
    organizations: BTreeMap<Uuid, OrganizationSummary>,
    users: BTreeMap<Uuid, UserSummary>,
    customers: BTreeMap<Uuid, CustomerSummary>,
}

impl Names {
    /// Looks up all who are mentioned.
    pub(crate) async fn of(mentions: &Mentions, session: &mut Session) -> StoreResult<Self> {
        let mut names = Self::default();
        for document in session.find(search(ORGANIZATIONS, &mentions.organizations)).await? {
            let organization = organization(&Fields::new(ORGANIZATIONS, &document))?;
            names.organizations.insert(organization.id.uuid(), organization);
        }
        for document in session.find(search(USERS, &mentions.users)).await? {
            let user = user(&Fields::new(USERS, &document))?;
            names.users.insert(user.id.uuid(), user);
        }
        for document in session.find(search(CUSTOMERS, &mentions.customers)).await? {
            let customer = customer(&Fields::new(CUSTOMERS, &document))?;
            names.customers.insert(customer.id.uuid(), customer);
        }
        Ok(names)
    }

    pub(crate) fn organization(&self, id: OrganizationId) -> StoreResult<OrganizationSummary> {
        self.organization_if_there(id).ok_or_else(|| lost(id))
    }

    /// Where nothing keeps the organization from going.
    pub(crate) fn organization_if_there(&self, id: OrganizationId) -> Option<OrganizationSummary> {
        self.organizations.get(&id.uuid()).cloned()
    }

    pub(crate) fn customer(&self, id: CustomerId) -> StoreResult<CustomerSummary> {
        self.customer_if_there(id).ok_or_else(|| lost(id))
    }

    /// Where nothing keeps the customer from going.
    pub(crate) fn customer_if_there(&self, id: CustomerId) -> Option<CustomerSummary> {
        self.customers.get(&id.uuid()).cloned()
    }

    /// `None` also for a user who has gone since: writing something keeps nobody from leaving.
    pub(crate) fn user(&self, id: Option<UserId>) -> Option<UserSummary> {
        self.users.get(&id?.uuid()).cloned()
    }
}

/// References are checked when they are written, so somebody else has been at work.
fn lost(id: impl std::fmt::Debug) -> StoreError {
    StoreError::Corrupt(format!("{id:?} is referred to and not there"))
}

fn search(collection: &'static str, ids: &BTreeSet<Uuid>) -> Search {
    Search {
        collection,
        filter: doc! { "_id": { "$in": value::ids(ids) } },
        limit: Some(u32::try_from(ids.len()).unwrap_or(u32::MAX)),
        ..Search::default()
    }
}

pub(crate) fn organization(fields: &Fields<'_>) -> StoreResult<OrganizationSummary> {
    Ok(OrganizationSummary {
        id: OrganizationId::new(fields.id("_id")?),
        name: fields.parsed("name", OrganizationName::parse)?,
        default_currency: fields.parsed("default_currency", Currency::parse)?,
    })
}

fn user(fields: &Fields<'_>) -> StoreResult<UserSummary> {
    Ok(UserSummary { id: UserId::new(fields.id("_id")?), name: fields.parsed("name", UserName::parse)? })
}

fn customer(fields: &Fields<'_>) -> StoreResult<CustomerSummary> {
    Ok(CustomerSummary {
        id: CustomerId::new(fields.id("_id")?),
        code: fields.parsed("code", CustomerCode::parse)?,
        first_name: fields.parsed("first_name", PersonName::parse)?,
        second_name: fields.parsed("second_name", PersonName::parse)?,
    })
}
