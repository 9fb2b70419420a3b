//! What an issuer says of itself (OpenID Connect Discovery 1.0, section 3).

use std::time::Duration;

use orderdesk_domain::Issuer;
use serde::Deserialize;

use crate::cached::Source;
use crate::endpoint::Endpoint;
use crate::http::{Failure, HttpClient, Reason};
use crate::issuer_url::IssuerUrl;

/// Where what an issuer offers is found.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    pub(crate) jwks_uri: Endpoint,
    /// Where people sign in.
    pub(crate) authorization_endpoint: Option<Endpoint>,
    /// Where codes are redeemed.
    pub(crate) token_endpoint: Option<Endpoint>,
    /// Where it says who somebody is.
    pub(crate) userinfo_endpoint: Option<Endpoint>,
    /// Where people sign out.
    pub(crate) end_session_endpoint: Option<Endpoint>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Metadata {
    fn is_of(&self, issuer: &Issuer) -> bool {
        self.issuer == issuer.as_str()
    }

    /// Whether a client shows its secret in a header rather than in the form.
    pub(crate) fn takes_basic(&self) -> bool {
        let supported = self.token_endpoint_auth_methods_supported.as_ref();
        // Without the list, it is this one that is supported.
        supported.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }
}

/// Fetches what an issuer says of itself.
pub(crate) struct MetadataSource {
    pub(crate) issuer: IssuerUrl,
    pub(crate) http: HttpClient,
}

impl Source for MetadataSource {
    type Value = Metadata;
    const MAXIMUM_AGE: Duration = Duration::from_hours(1);

    fn place(&self) -> &Endpoint {
        self.issuer.configuration()
    }

    async fn fetch(&self) -> Result<Metadata, Failure> {
        let metadata: Metadata = self.http.read(self.place()).await?;
        if !metadata.is_of(self.issuer.issuer()) {
            return Err(Failure::new(self.place(), Reason::OtherIssuer));
        }
        Ok(metadata)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    fn read(change: &Value) -> serde_json::Result<Metadata> {
        let mut document = json!({ "issuer": "https://id.example", "jwks_uri": "https://id.example/keys" });
        document.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        from_value(document)
    }

    #[test]
    fn only_the_issuer_itself_is_taken_at_its_word() {
        let metadata = read(&json!({})).unwrap();
        assert!(metadata.is_of(&Issuer::parse("https://id.example").unwrap()));
        assert!(!metadata.is_of(&Issuer::parse("https://id.example/").unwrap()));
    }

    #[test]
    fn nothing_is_sent_where_others_could_read_it() {
        for name in [
            "jwks_uri",
            "authorization_endpoint",
            "token_endpoint",
            "userinfo_endpoint",
            "end_session_endpoint",
        ] {
            assert!(read(&json!({ name: "https://id.example/there" })).is_ok(), "{name}");
            assert!(read(&json!({ name: "http://id.example/there" })).is_err(), "{name}");
        }
    }

    #[test]
    fn a_secret_is_shown_in_a_header_unless_the_issuer_does_not_know_how() {
        for (methods, basic) in [
            (json!({}), true),
            (json!({ "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"] }), true),
            (json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] }), false),
        ] {
            assert_eq!(read(&methods).unwrap().takes_basic(), basic, "{methods}");
        }
    }
}
