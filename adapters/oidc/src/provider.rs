//! A provider that people sign in with (OpenID Connect Core 1.0, section 3.1; RFC 7636).

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use form_urlencoded::byte_serialize;
use orderdesk_application::ports::{IdentityError, IdentityProvider, Voucher};
use orderdesk_domain::{Issuer, SignInSecret, Timestamp};
use reqwest::StatusCode;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::admission::Admission;
use crate::algorithm::Algorithm;
use crate::authority::Authority;
use crate::claims::{Claimed, Claims, Person};
use crate::endpoint::Endpoint;
use crate::http::{Answer, Failure, HttpClient, Reason};
use crate::metadata::Metadata;
use crate::refusal::Refusal;
use crate::settings::{ClientSecret, ProviderSettings};
use crate::signature;
use crate::token::{verify, voucher};

/// The errors of a token endpoint (RFC 6749, section 5.2). What else one says may be anything, also the code.
const ERRORS: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// Signs people in with one provider. What the provider says of itself is fetched when it is first needed,
/// and then once an hour.
pub struct OidcProvider {
    settings: ProviderSettings,
    admission: Admission,
    authority: Authority,
    http: HttpClient,
}

/// What a code is redeemed for (OpenID Connect Core 1.0, section 3.1.3.3).
#[derive(Deserialize)]
struct Redeemed {
    id_token: Option<String>,
    access_token: Option<String>,
}

/// Why a code is not redeemed.
#[derive(Deserialize)]
struct NotRedeemed {
    error: String,
}

impl OidcProvider {
    /// The provider that the settings tell of. It is not asked anything yet.
    pub fn new(settings: ProviderSettings, http: &HttpClient) -> Self {
        signature::install();
        let admission = Admission::new(&settings.email_domains, settings.hosted_domain.as_deref());
        let authority = Authority::new(settings.issuer.clone(), http.clone());
        Self { settings, admission, authority, http: http.clone() }
    }

    fn scope(&self) -> String {
        let others = self.settings.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid");
        std::iter::once("openid").chain(others).collect::<Vec<_>>().join(" ")
    }

    /// Has the provider redeem a code, which it does once.
    async fn exchange(
        &self,
        metadata: &Metadata,
        code: &str,
        sign_in: &SignInSecret,
        redirect_uri: &str,
    ) -> Result<Redeemed, IdentityError> {
        let at = metadata.token_endpoint.as_ref();
        let at = at.ok_or_else(|| self.authority.lacks("token_endpoint"))?;
        let verifier = sign_in.code_verifier();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", &verifier),
        ];
        let account = introduce(&self.settings, metadata.takes_basic(), &mut form);
        let account = account.as_ref().map(|(id, secret)| (id.as_str(), secret.as_str()));
        redeemed(at, &self.http.post(at, &form, account).await?)
    }

    /// Who somebody is, as far as the token does not say so and the provider does elsewhere: most put nothing
    /// but the subject into the token (OpenID Connect Core 1.0, section 5.4).
    async fn ask_further(
        &self,
        metadata: &Metadata,
        claims: &Claims,
        access_token: Option<&str>,
    ) -> Result<Person, IdentityError> {
        let person = claims.person();
        let (false, Some(at), Some(token)) =
            (person.is_complete(), &metadata.userinfo_endpoint, access_token)
        else {
            return Ok(person);
        };
        let answer = self.http.get(at, token).await?;
        if answer.status != StatusCode::OK {
            return Err(Failure::new(at, Reason::Status(answer.status)).into());
        }
        let further: Claimed = answer.private(at)?;
        if further.get("sub").and_then(|subject| subject.as_str()) != Some(claims.sub.as_str()) {
            return Err(Refusal::OtherSubject.into());
        }
        Ok(person.or(Person::of(&further)))
    }
}

/// Says who we are, and proves it if we can: by a name and a password for the header, which are the answer,
/// or in the form.
fn introduce<'s>(
    settings: &'s ProviderSettings,
    basic: bool,
    form: &mut Vec<(&'s str, &'s str)>,
) -> Option<(String, String)> {
    let id = settings.client_id.as_str();
    let secret = settings.client_secret.as_ref().map(ClientSecret::reveal);
    if let Some(secret) = secret
        && basic
    {
        // In the header, both are encoded as in a form (RFC 6749, section 2.3.1).
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect();
        return Some((encode(id), encode(secret)));
    }
    form.push(("client_id", id));
    form.extend(secret.map(|secret| ("client_secret", secret)));
    None
}

/// What the provider answers to a code.
fn redeemed(at: &Endpoint, answer: &Answer) -> Result<Redeemed, IdentityError> {
    match answer.status {
        StatusCode::OK => Ok(answer.private(at)?),
        // It may take the code later.
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            Err(Failure::new(at, Reason::Status(answer.status)).into())
        }
        status if status.is_client_error() => {
            let told = answer.private::<NotRedeemed>(at).ok();
            let known =
                ERRORS.into_iter().find(|known| told.as_ref().is_some_and(|told| told.error == *known));
            Err(Refusal::Provider(known.unwrap_or("for another reason")).into())
        }
        status => Err(Failure::new(at, Reason::Status(status)).into()),
    }
}

#[async_trait]
impl IdentityProvider for OidcProvider {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn label(&self) -> &str {
        &self.settings.label
    }

    fn issuer(&self) -> &Issuer {
        self.settings.issuer.issuer()
    }

    async fn authorization_url(
        &self,
        sign_in: &SignInSecret,
        redirect_uri: &str,
    ) -> Result<String, IdentityError> {
        let metadata = self.authority.metadata().await?;
        let at = metadata.authorization_endpoint.as_ref();
        let mut url = (**at.ok_or_else(|| self.authority.lacks("authorization_endpoint"))?).clone();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(sign_in.code_verifier()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &self.scope())
            .append_pair("state", &sign_in.state())
            .append_pair("nonce", &sign_in.nonce())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(self.settings.hosted_domain.iter().map(|domain| ("hd", domain)));
        Ok(url.into())
    }

    async fn redeem(
        &self,
        code: &str,
        sign_in: &SignInSecret,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Voucher, IdentityError> {
        let metadata = self.authority.metadata().await?;
        let redeemed = self.exchange(&metadata, code, sign_in, redirect_uri).await?;
        let token = redeemed.id_token.ok_or_else(|| self.authority.lacks("id_token"))?;
        let client_id = &self.settings.client_id;
        let claims = verify(&token, &self.authority, client_id, &Algorithm::ALL, now).await?;
        claims.check_sign_in(client_id, &sign_in.nonce())?;
        let person = self.ask_further(&metadata, &claims, redeemed.access_token.as_deref()).await?;
        self.admission.check(&person)?;
        Ok(voucher(&self.authority, claims, person))
    }

    async fn end_session_url(&self, return_to: &str) -> Option<String> {
        let metadata = self.authority.metadata().await.ok()?;
        let mut url = (**metadata.end_session_endpoint.as_ref()?).clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", return_to);
        Some(url.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer_url::IssuerUrl;

    #[test]
    fn a_client_shows_its_secret_in_one_place_only() {
        let issuer = IssuerUrl::parse("https://id.example").unwrap();
        let mut settings = ProviderSettings::new("work", issuer, "order desk");
        let shown = |settings: &ProviderSettings, basic| {
            let mut form = Vec::new();
            let account = introduce(settings, basic, &mut form);
            let form = form.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
            (account, form)
        };
        for basic in [true, false] {
            assert_eq!(shown(&settings, basic), (None, vec!["client_id=order desk".to_owned()]));
        }
        settings.client_secret = Some(ClientSecret::new("a:b%"));
        let account = Some(("order+desk".to_owned(), "a%3Ab%25".to_owned()));
        assert_eq!(shown(&settings, true), (account, Vec::new()));
        let form = vec!["client_id=order desk".to_owned(), "client_secret=a:b%".to_owned()];
        assert_eq!(shown(&settings, false), (None, form));
    }
}
