//! Organizations, users, memberships and tokens: their fields, as they are written and as they are read.

use orderdesk_domain::{
    Account, ApiToken, Charter, CustomerId, EmailAddress, ExternalIdentity, Issuer, Member, Members,
    Membership, MembershipId, Organization, OrganizationId, OrganizationName, QuietHours, Role, SecretDigest,
    Standing, Subject, TimeZone, TokenId, TokenName, TokenScopes, User, UserId, UserName,
};
use serde::ser::SerializeMap;

use crate::error::Fault;
use crate::fields::{Fields, expected};
use crate::format::QUIET_HOURS;
use crate::records::hexadecimal;

pub(crate) fn write_organization<M: SerializeMap>(line: &mut M, it: &Organization) -> Result<(), M::Error> {
    let (charter, members) = (it.charter(), it.members());
    line.serialize_entry("id", &it.id().to_string())?;
    line.serialize_entry("name", charter.name.as_str())?;
    line.serialize_entry("time_zone", charter.time_zone.name())?;
    line.serialize_entry("default_currency", charter.default_currency.code())?;
    line.serialize_entry("quiet_hours", &charter.quiet_hours.map(|hours| hours.to_string()))?;
    line.serialize_entry("members", &members.all)?;
    line.serialize_entry("administrators", &members.administrators)?;
    line.serialize_entry("updated_at", &it.updated_at().to_string())?;
    line.serialize_entry("version", &it.version().number())
}

pub(crate) fn read_organization(fields: &mut Fields<'_>, version: i64) -> Result<Organization, Fault> {
    let id = fields.id("id", OrganizationId::new)?;
    let charter = Charter {
        name: fields.parsed("name", OrganizationName::parse, OrganizationName::as_str)?,
        time_zone: fields.parsed("time_zone", TimeZone::parse, TimeZone::name)?,
        default_currency: fields.currency("default_currency")?,
        quiet_hours: if version >= QUIET_HOURS { quiet_hours(fields)? } else { None },
    };
    let members =
        Members { all: fields.number("members")?, administrators: fields.number("administrators")? };
    let (updated_at, version) = (fields.time("updated_at")?, fields.version("version")?);
    Ok(Organization::restore(id, charter, members, updated_at, version))
}

fn quiet_hours(fields: &mut Fields<'_>) -> Result<Option<QuietHours>, Fault> {
    fields.optional("quiet_hours", "expected two times of day such as 21:00-07:00, or null", |text| {
        QuietHours::parse(text).ok().filter(|hours| hours.to_string() == text)
    })
}

pub(crate) fn write_user<M: SerializeMap>(line: &mut M, user: &User) -> Result<(), M::Error> {
    let (account, identity) = (user.account(), user.identity().as_ref());
    line.serialize_entry("id", &user.id().to_string())?;
    line.serialize_entry("name", account.name.as_str())?;
    line.serialize_entry("email", &account.email.as_ref().map(EmailAddress::as_str))?;
    line.serialize_entry("issuer", &identity.map(|identity| identity.issuer.as_str()))?;
    line.serialize_entry("subject", &identity.map(|identity| identity.subject.as_str()))?;
    line.serialize_entry("is_staff", &account.is_staff)?;
    line.serialize_entry("is_active", &account.is_active)?;
    line.serialize_entry("updated_at", &user.updated_at().to_string())?;
    line.serialize_entry("version", &user.version().number())
}

pub(crate) fn read_user(fields: &mut Fields<'_>) -> Result<User, Fault> {
    let id = fields.id("id", UserId::new)?;
    let name = fields.parsed("name", UserName::parse, UserName::as_str)?;
    let email = fields.optional_parsed("email", EmailAddress::parse, EmailAddress::as_str)?;
    let issuer = fields.optional_parsed("issuer", Issuer::parse, Issuer::as_str)?;
    let subject = fields.optional_parsed("subject", Subject::parse, Subject::as_str)?;
    let identity = match (issuer, subject) {
        (Some(issuer), Some(subject)) => Some(ExternalIdentity { issuer, subject }),
        (None, None) => None,
        _ => return Err(expected("subject", "expected a subject if there is an issuer, and null otherwise")),
    };
    let (is_staff, is_active) = (fields.boolean("is_staff")?, fields.boolean("is_active")?);
    let account = Account { name, email, is_staff, is_active };
    Ok(User::restore(id, identity, account, fields.time("updated_at")?, fields.version("version")?))
}

pub(crate) fn write_membership<M: SerializeMap>(line: &mut M, it: &Membership) -> Result<(), M::Error> {
    let (member, standing) = (it.member(), it.standing());
    line.serialize_entry("id", &it.id().to_string())?;
    line.serialize_entry("organization_id", &it.organization().to_string())?;
    line.serialize_entry("user_id", &member.user().map(|user| user.to_string()))?;
    line.serialize_entry("email", &member.invited().map(EmailAddress::as_str))?;
    line.serialize_entry("role", standing.role().name())?;
    line.serialize_entry("customer_id", &standing.customer().map(|customer| customer.to_string()))?;
    line.serialize_entry("updated_at", &it.updated_at().to_string())?;
    line.serialize_entry("version", &it.version().number())
}

pub(crate) fn read_membership(fields: &mut Fields<'_>) -> Result<Membership, Fault> {
    let id = fields.id("id", MembershipId::new)?;
    let organization = fields.id("organization_id", OrganizationId::new)?;
    let user = fields.optional_id("user_id", UserId::new)?;
    let email = fields.optional_parsed("email", EmailAddress::parse, EmailAddress::as_str)?;
    let member = match (user, email) {
        (Some(user), None) => Member::User(user),
        (None, Some(email)) => Member::Invited(email),
        _ => return Err(expected("email", "expected an address if there is no user, and null otherwise")),
    };
    let role = fields.named("role", Role::from_name, &Role::NAMES)?;
    let standing = Standing::new(role, fields.optional_id("customer_id", CustomerId::new)?)
        .map_err(|bound| expected("customer_id", &bound.to_string()))?;
    let (updated_at, version) = (fields.time("updated_at")?, fields.version("version")?);
    Ok(Membership::restore(id, organization, member, standing, updated_at, version))
}

pub(crate) fn write_token<M: SerializeMap>(line: &mut M, token: &ApiToken) -> Result<(), M::Error> {
    line.serialize_entry("id", &token.id.to_string())?;
    line.serialize_entry("user_id", &token.user.to_string())?;
    line.serialize_entry("name", token.name.as_str())?;
    line.serialize_entry("organization_id", &token.organization.map(|it| it.to_string()))?;
    line.serialize_entry("scopes", &token.scopes.spelled())?;
    line.serialize_entry("expires_at", &token.expires_at.map(|time| time.to_string()))?;
    line.serialize_entry("last_used_at", &token.last_used_at.map(|time| time.to_string()))?;
    line.serialize_entry("digest", &hexadecimal(token.digest.bytes()))
}

pub(crate) fn read_token(fields: &mut Fields<'_>) -> Result<ApiToken, Fault> {
    Ok(ApiToken {
        id: fields.id("id", TokenId::new)?,
        user: fields.id("user_id", UserId::new)?,
        name: fields.parsed("name", TokenName::parse, TokenName::as_str)?,
        organization: fields.optional_id("organization_id", OrganizationId::new)?,
        scopes: scopes(fields)?,
        expires_at: fields.optional_time("expires_at")?,
        last_used_at: fields.optional_time("last_used_at")?,
        digest: SecretDigest::new(fields.bytes("digest")?),
    })
}

fn scopes(fields: &mut Fields<'_>) -> Result<TokenScopes, Fault> {
    const FIELD: &str = "scopes";
    let text = fields.text(FIELD)?;
    let scopes = TokenScopes::parse(&text).map_err(|invalid| expected(FIELD, &invalid.to_string()))?;
    let refusal = || expected(FIELD, "expected each of them once, in order, with one space between");
    if scopes.spelled() == text { Ok(scopes) } else { Err(refusal()) }
}
