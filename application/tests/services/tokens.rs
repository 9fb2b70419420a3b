//! What everybody can do with API tokens of their own.

use orderdesk_application::Problem;
use orderdesk_application::services::{Browse as _, NewApiToken, Precondition};
use orderdesk_contract::builders::{scopes, text};
use orderdesk_contract::kinds::stored;
use orderdesk_domain::{Action, ApiToken, Credential, Resource, Standing, TokenId, TokenName, TokenSecret};
use uuid::Uuid;

use crate::common::{TestDesk, all, done, let_in, new_token, on_version, refused};

fn any() -> Precondition {
    Precondition::default()
}

#[tokio::test]
async fn a_token_is_kept_as_it_was_asked_for_and_its_secret_lets_in() {
    let (desk, shop) = TestDesk::with_shop().await;
    let new = NewApiToken {
        name: text(TokenName::parse, "Till"),
        organization: Some(shop.organization.id()),
        scopes: scopes("read orders:write"),
        expires_at: Some(desk.clock.later(60_000)),
    };
    let created = desk.api_tokens().create(&shop.caller(), new.clone(), None).await.map(done).unwrap();
    let token = &created.details.token;
    assert_eq!((&token.name, &token.scopes, token.expires_at), (&new.name, &new.scopes, new.expires_at));
    assert_eq!((token.user, token.last_used_at), (shop.owner.id(), None));
    assert_eq!(created.details.organization, Some(shop.summary()));
    let found = desk.api_tokens().find(&shop.caller(), token.id.uuid()).await.unwrap();
    assert_eq!(found, created.details, "what is answered is what is stored");

    let caller = let_in(&desk.access(), &created.secret).await.unwrap();
    assert_eq!(caller.user.id, shop.owner.id());
    assert_eq!(caller.credential, Credential::Token(token.id));
    assert_eq!((&caller.scopes, caller.bound_to), (&new.scopes, new.organization));
    assert_eq!(caller.expires_at, new.expires_at);
}

#[tokio::test]
async fn every_token_has_a_secret_of_its_own_which_is_kept_nowhere() {
    let (desk, shop) = TestDesk::with_shop().await;
    let create = async || {
        desk.api_tokens().create(&shop.caller(), new_token("Till"), None).await.map(done).unwrap().secret
    };
    let secrets = [create().await, create().await];
    assert_ne!(secrets[0], secrets[1]);
    let records = format!("{:?}", desk.records().await);
    let entries = desk.entries().await;
    for secret in &secrets {
        let bare = secret.reveal().trim_start_matches(TokenSecret::PREFIX);
        assert!(!records.contains(bare));
        for entry in &entries {
            assert!(!entry.entry.after.as_ref().unwrap().as_str().contains(bare));
        }
    }
}

#[tokio::test]
async fn a_token_is_good_for_no_more_than_what_creates_it() {
    let (desk, shop) = TestDesk::with_shop().await;
    for (own, wanted, is_good) in [
        ("write", "write", true),
        ("write", "read orders:write", true),
        ("read api-tokens:write", "read", true),
        ("read api-tokens:write", "orders:read api-tokens:write", true),
        ("read api-tokens:write", "orders:write", false),
        ("read api-tokens:write", "write", false),
        ("api-tokens:write", "read", false),
        ("api-tokens:write", "api-tokens:read", true),
    ] {
        let caller = desk.limited(&shop.owner, |token| ApiToken { scopes: scopes(own), ..token }).await;
        let new = NewApiToken { scopes: scopes(wanted), ..new_token("Till") };
        let outcome = desk.api_tokens().create(&caller, new, None).await;
        if is_good {
            assert_eq!(done(outcome.unwrap()).details.token.scopes, scopes(wanted));
        } else {
            assert_eq!(refused(outcome), [Problem::MoreThanOwn(scopes(own))], "{own}: {wanted}");
        }
    }
    let caller = desk.limited(&shop.owner, |token| ApiToken { scopes: scopes("read"), ..token }).await;
    let outcome = desk.api_tokens().create(&caller, new_token("Till"), None).await;
    assert_eq!(refused(outcome), [Problem::Forbidden(Action::Create, Resource::ApiTokens)]);
}

#[tokio::test]
async fn a_token_lasts_no_longer_than_the_one_that_creates_it() {
    let (desk, shop) = TestDesk::with_shop().await;
    let end = desk.clock.later(60_000);
    let caller = desk.limited(&shop.owner, |token| ApiToken { expires_at: Some(end), ..token }).await;
    for (expires_at, is_good) in [
        (Some(end), true),
        (Some(desk.clock.later(59_999)), true),
        (Some(desk.clock.later(60_001)), false),
        (None, false),
    ] {
        let new = NewApiToken { expires_at, ..new_token("Till") };
        let outcome = desk.api_tokens().create(&caller, new, None).await;
        if is_good {
            assert_eq!(done(outcome.unwrap()).details.token.expires_at, expires_at);
        } else {
            assert_eq!(refused(outcome), [Problem::LongerThanOwn(end.to_string())], "{expires_at:?}");
        }
    }
}

#[tokio::test]
async fn a_token_that_would_be_worth_nothing_is_refused() {
    let (desk, shop) = TestDesk::with_shop().await;
    for (milliseconds, is_good) in [(-1, false), (0, false), (1, true)] {
        let expires_at = Some(desk.clock.later(milliseconds));
        let new = NewApiToken { expires_at, ..new_token("Till") };
        let outcome = desk.api_tokens().create(&shop.caller(), new, None).await;
        if is_good {
            outcome.unwrap();
        } else {
            assert_eq!(refused(outcome), [Problem::ExpiryPast], "{milliseconds}");
        }
    }
}

#[tokio::test]
async fn a_token_is_bound_to_an_organization_of_its_user_and_to_no_other() {
    let (desk, shop) = TestDesk::with_shop().await;
    let theirs = desk.shop().await;
    let guest = desk.member(&shop, Standing::Guest(shop.customer.id())).await;
    let staff = desk.caller(&desk.staff().await).await;
    let create = async |caller, organization| {
        let new = NewApiToken { organization: Some(organization), ..new_token("Till") };
        desk.api_tokens().create(caller, new, None).await
    };
    create(&guest, shop.organization.id()).await.unwrap();
    for caller in [&guest, &staff] {
        let refusal = refused(create(caller, theirs.organization.id()).await);
        assert_eq!(refusal, [Problem::OrganizationUnknown(theirs.organization.id())]);
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once_and_others_are_not() {
    let (desk, shop) = TestDesk::with_shop().await;
    let access = desk.access();
    let (token, secret) = desk.token_with(&shop.owner, |token| token).await;
    let other = desk.token(&shop.owner).await;
    let caller = let_in(&access, &secret).await.unwrap();
    desk.api_tokens().revoke(&caller, token.id, &any()).await.unwrap();
    assert!(let_in(&access, &secret).await.is_none());
    assert!(let_in(&access, &other).await.is_some());
    assert_eq!(stored(&*desk.store, &token).await, None);
    let again = desk.api_tokens().revoke(&shop.caller(), token.id, &any()).await;
    assert_eq!(refused(again), [Problem::NotFound]);
    let none = desk.api_tokens().revoke(&shop.caller(), TokenId::new(Uuid::nil()), &any()).await;
    assert_eq!(refused(none), [Problem::NotFound]);
}

#[tokio::test]
async fn a_token_has_one_version_and_a_precondition_on_another_is_stale() {
    let (desk, shop) = TestDesk::with_shop().await;
    let (token, _) = desk.token_with(&shop.owner, |token| token).await;
    let outcome = desk.api_tokens().revoke(&shop.caller(), token.id, &on_version(2)).await;
    assert_eq!(refused(outcome), [Problem::Stale]);
    desk.api_tokens().revoke(&shop.caller(), token.id, &on_version(1)).await.unwrap();
}

#[tokio::test]
async fn everybody_lists_their_own_tokens() {
    let (desk, shop) = TestDesk::with_shop().await;
    let other = desk.shop().await;
    for owner in [&shop.owner, &shop.owner, &other.owner] {
        desk.token(owner).await;
    }
    let listed = desk.api_tokens().list(&shop.caller(), all()).await.unwrap();
    assert_eq!(listed.count, Some(2));
    assert!(listed.objects.iter().all(|it| it.token.user == shop.owner.id()));
}
