//! Signing in with an API token, where there is no provider.

use orderdesk_application::Problem;
use orderdesk_application::services::Precondition;
use orderdesk_contract::builders::scopes;
use orderdesk_domain::{ApiToken, Credential, TokenSecret};

use crate::common::{TestDesk, come_back, refused};

#[tokio::test]
async fn a_token_that_is_good_for_everything_signs_in() {
    let (desk, shop) = TestDesk::with_shop().await;
    let access = desk.access();
    let secret = desk.token(&shop.owner).await;
    let first = access.sign_in_with_token(&secret, None).await.unwrap();
    let caller = come_back(&access, &first).await.unwrap();
    assert_eq!(caller.user, (&shop.owner).into());
    assert!(matches!(caller.credential, Credential::Session(_)));
    let second = access.sign_in_with_token(&secret, Some(&first)).await.unwrap();
    assert!(come_back(&access, &first).await.is_none() && come_back(&access, &second).await.is_some());
    assert_eq!(access.sign_out(&second).await.unwrap(), None, "no provider has vouched");
}

/// A session is good for everything and needs no token any more: nobody gets more by it than they had.
#[tokio::test]
async fn a_token_that_is_good_for_less_signs_nobody_in() {
    let (desk, shop) = TestDesk::with_shop().await;
    let organization = Some(shop.organization.id());
    let expires_at = Some(desk.clock.later(60_000));
    let limits: [&dyn Fn(ApiToken) -> ApiToken; 4] = [
        &|token| ApiToken { scopes: scopes("read"), ..token },
        &|token| ApiToken { scopes: scopes("orders:write customers:write"), ..token },
        &|token| ApiToken { organization, ..token },
        &|token| ApiToken { expires_at, ..token },
    ];
    for limit in limits {
        let (token, secret) = desk.token_with(&shop.owner, limit).await;
        let outcome = desk.access().sign_in_with_token(&secret, None).await;
        assert_eq!(refused(outcome), [Problem::TokenLimited], "{token:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_worth_nothing_signs_nobody_in() {
    let (desk, shop) = TestDesk::with_shop().await;
    let access = desk.access();
    let made_up = TokenSecret::generate([31; 32]);
    assert_eq!(refused(access.sign_in_with_token(&made_up, None).await), [Problem::NotFound]);
    let (token, secret) = desk.token_with(&shop.owner, |token| token).await;
    let (caller, any) = (shop.caller(), Precondition::default());
    desk.api_tokens().revoke(&caller, token.id, &any).await.unwrap();
    assert_eq!(refused(access.sign_in_with_token(&secret, None).await), [Problem::NotFound]);
    let staff = desk.caller(&desk.staff().await).await;
    let secret = desk.token(&shop.owner).await;
    desk.users().deactivate(&staff, shop.owner.id(), any).await.unwrap();
    assert_eq!(refused(access.sign_in_with_token(&secret, None).await), [Problem::NotFound]);
}
