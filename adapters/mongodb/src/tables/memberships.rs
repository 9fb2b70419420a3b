//! Memberships.

use mongodb::bson::{Bson, Document, doc};
use orderdesk_application::ports::StoreResult;
use orderdesk_application::views::{MembershipDetails, MembershipField};
use orderdesk_domain::{
    CustomerId, EmailAddress, Member, Membership, MembershipId, OrganizationId, Role, Standing, UserId, fold,
};

use crate::fields::Fields;
use crate::names::{Mentions, Names};
use crate::references::{Known, References};
use crate::schema::MEMBERSHIPS;
use crate::table::{Column, Table, Written};
use crate::value;

impl Table for Membership {
    const COLLECTION: &'static str = MEMBERSHIPS;

    fn column(field: MembershipField) -> Column {
        match field {
            MembershipField::Id | MembershipField::CreatedAt => Column::Own("_id"),
            MembershipField::Organization => Column::Own("organization"),
            MembershipField::User => Column::Own("user"),
            MembershipField::Email => Column::Folded { exact: "email", folded: "email_folded" },
            MembershipField::Role => Column::Own("role"),
            MembershipField::Customer => Column::Own("customer"),
        }
    }

    fn read(fields: &Fields<'_>) -> StoreResult<Self> {
        let user = fields.optional_id("user")?.map(UserId::new);
        let member = match (user, fields.optional_parsed("email", EmailAddress::parse)?) {
            (Some(user), None) => Member::User(user),
            (None, Some(email)) => Member::Invited(email),
            _ => return Err(fields.corrupt("user", "does not go with the address")),
        };
        let role = fields.named("role", Role::from_name)?;
        let standing = Standing::new(role, fields.optional_id("customer")?.map(CustomerId::new));
        Ok(Self::restore(
            MembershipId::new(fields.id("_id")?),
            OrganizationId::new(fields.id("organization")?),
            member,
            standing.map_err(|_| fields.corrupt("customer", "does not go with the role"))?,
            fields.time("updated_at")?,
            fields.version("version")?,
        ))
    }

    fn mention(&self, mentions: &mut Mentions) {
        mentions.organizations.insert(self.organization().uuid());
        mentions.users.extend(self.member().user().map(UserId::uuid));
        mentions.customers.extend(self.standing().customer().map(CustomerId::uuid));
    }

    fn show(self, _fields: &Fields<'_>, names: &Names) -> StoreResult<MembershipDetails> {
        Ok(MembershipDetails {
            organization: names.organization(self.organization())?,
            user: names.user(self.member().user()),
            customer: self.standing().customer().and_then(|id| names.customer_if_there(id)),
            membership: self,
        })
    }
}

/// What no two memberships of one organization have in common.
pub(crate) fn unique_member(member: &Member) -> Bson {
    match member {
        Member::User(user) => value::id(user.uuid()),
        Member::Invited(email) => Bson::String(email.as_str().to_owned()),
    }
}

impl Written for Membership {
    fn fixed(&self) -> Document {
        doc! {
            "_id": value::id(self.id().uuid()),
            "organization": value::id(self.organization().uuid()),
        }
    }

    fn changing(&self) -> Document {
        let (member, standing) = (self.member(), self.standing());
        let email = member.invited().map(EmailAddress::as_str);
        doc! {
            "member": unique_member(member),
            "user": value::optional_id(member.user().map(UserId::uuid)),
            "email": value::optional_text(email),
            "email_folded": value::optional_text(email.map(fold).as_deref()),
            "role": standing.role().name(),
            "customer": value::optional_id(standing.customer().map(CustomerId::uuid)),
            "updated_at": value::time(self.updated_at()),
            "version": self.version().number(),
        }
    }

    /// The customer of a guest may go: the guest then sees nothing.
    fn refer(&self, references: &mut References) {
        references.organizations.insert(self.organization().uuid());
        references.users.extend(self.member().user().map(UserId::uuid));
    }

    /// Whoever was invited may have become a user.
    fn refer_anew(&self, _known: &Known, references: &mut References) {
        references.users.extend(self.member().user().map(UserId::uuid));
    }

    fn note(details: &MembershipDetails, known: &mut Known) {
        known.organizations.insert(details.organization.id.uuid());
        known.users.extend(details.user.as_ref().map(|user| user.id.uuid()));
    }

    fn note_written(&self, _known: &mut Known) {}
}
