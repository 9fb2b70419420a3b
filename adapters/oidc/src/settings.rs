//! What can be set about those who vouch for people.

use std::fmt;

use crate::algorithm::Algorithm;
use crate::issuer_url::IssuerUrl;

/// By which a provider knows that it is us who ask.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// The secret as the provider gave it.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientSecret(…)")
    }
}

/// A provider that people sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSettings {
    /// By which it is named in URLs: letters, digits and hyphens.
    pub name: String,
    /// How it is shown to people.
    pub label: String,
    /// As what it signs, and where it is.
    pub issuer: IssuerUrl,
    /// What the provider calls us.
    pub client_id: String,
    /// How we prove it; `None` where the provider takes our word (RFC 6749, section 2.1, a public client).
    pub client_secret: Option<ClientSecret>,
    /// What is asked for. `openid` is asked for in any case.
    pub scopes: Vec<String>,
    /// The domains of verified e-mail addresses whose people are let in; none stands for all.
    pub email_domains: Vec<String>,
    /// The domain of an organization at Google, whose accounts alone are let in.
    pub hosted_domain: Option<String>,
}

impl ProviderSettings {
    /// A provider that is shown by its name, takes our word, and whose people are all let in.
    pub fn new(name: impl Into<String>, issuer: IssuerUrl, client_id: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            label: name.clone(),
            name,
            issuer,
            client_id: client_id.into(),
            client_secret: None,
            scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
            email_domains: Vec::new(),
            hosted_domain: None,
        }
    }
}

/// An issuer whose JWTs are taken as bearer tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSettings {
    /// As what it signs, and where it is.
    pub issuer: IssuerUrl,
    /// For whom a token has to be: what the issuer calls this service.
    pub audience: String,
    /// How it may sign.
    pub algorithms: Vec<Algorithm>,
    /// The domains of verified e-mail addresses whose people are let in; none stands for all.
    pub email_domains: Vec<String>,
}

impl IssuerSettings {
    /// An issuer that signs as most do, and whose people are all let in.
    pub fn new(issuer: IssuerUrl, audience: impl Into<String>) -> Self {
        Self {
            issuer,
            audience: audience.into(),
            algorithms: Algorithm::DEFAULT.to_vec(),
            email_domains: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nowhere() {
        let issuer = IssuerUrl::parse("https://id.example").unwrap();
        let mut settings = ProviderSettings::new("work", issuer, "orderdesk");
        settings.client_secret = Some(ClientSecret::new("correct-horse"));
        assert!(!format!("{settings:?}").contains("horse"));
    }
}
