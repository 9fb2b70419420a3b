//! By whom people are recognised: the file of identity providers and issuers, and what is made of it.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use orderdesk_application::ports::{IdentityProvider, TokenVerifier};
use orderdesk_application::services::{AccessPolicy, AccessService, Defaults, Desk};
use orderdesk_domain::SessionLimits;
use orderdesk_http::Identities;
use orderdesk_oidc::{
    Algorithm, ClientSecret, HttpClient, HttpClientError, IssuerSettings, IssuerUrl, IssuerUrlError,
    JwtVerifier, OidcProvider, ProviderSettings, UnknownAlgorithm,
};
use serde::Deserialize;
use thiserror::Error;

use crate::settings::Settings;

/// What is wrong with the file of identity providers. Nothing that stands in it is repeated, for there are secrets.
#[derive(Debug, Error)]
pub enum IdentitiesError {
    /// It cannot be read.
    #[error("cannot read the identity providers from {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what it should be.
    #[error("{path}, {place}: {reason}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where.
        place: String,
        /// Why.
        reason: String,
    },
    /// One provider, or issuer, is not what it should be.
    #[error("{path}, number {number}: {reason}")]
    Entry {
        /// The file.
        path: PathBuf,
        /// Which of its kind, from 1.
        number: usize,
        /// Why.
        reason: String,
    },
    /// Nobody can be asked.
    #[error(transparent)]
    Client(#[from] HttpClientError),
}

/// The file: `[[provider]]` and `[[issuer]]`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    provider: Vec<Provider>,
    #[serde(default)]
    issuer: Vec<TrustedIssuer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    name: String,
    label: Option<String>,
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    email_domains: Vec<String>,
    hosted_domain: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustedIssuer {
    issuer: String,
    audience: String,
    algorithms: Option<Vec<String>>,
    #[serde(default)]
    email_domains: Vec<String>,
}

impl Provider {
    fn settings(self) -> Result<ProviderSettings, String> {
        let is_name = |character: char| character.is_ascii_alphanumeric() || character == '-';
        if self.name.is_empty() || !self.name.chars().all(is_name) {
            return Err("name takes letters, digits and hyphens".to_owned());
        }
        let issuer = IssuerUrl::parse(&self.issuer).map_err(|error: IssuerUrlError| error.to_string())?;
        let plain = ProviderSettings::new(self.name, issuer, self.client_id);
        Ok(ProviderSettings {
            label: self.label.unwrap_or_else(|| plain.label.clone()),
            client_secret: self.client_secret.map(ClientSecret::new),
            scopes: self.scopes.unwrap_or_else(|| plain.scopes.clone()),
            email_domains: self.email_domains,
            hosted_domain: self.hosted_domain,
            ..plain
        })
    }
}

impl TrustedIssuer {
    fn settings(self) -> Result<IssuerSettings, String> {
        let issuer = IssuerUrl::parse(&self.issuer).map_err(|error: IssuerUrlError| error.to_string())?;
        let plain = IssuerSettings::new(issuer, self.audience);
        let algorithms = self.algorithms.map(|names| names.iter().map(|name| name.parse()).collect());
        let algorithms: Option<Result<Vec<Algorithm>, UnknownAlgorithm>> = algorithms;
        let algorithms = algorithms.transpose().map_err(|error| error.to_string())?;
        Ok(IssuerSettings {
            algorithms: algorithms.unwrap_or_else(|| plain.algorithms.clone()),
            email_domains: self.email_domains,
            ..plain
        })
    }
}

/// Reads the file and puts everything together that finds out who calls.
pub(crate) fn identities(settings: &Settings, desk: &Desk) -> Result<Identities, IdentitiesError> {
    let (providers, issuers) = match &settings.identity_providers {
        Some(path) => read(path)?,
        None => (Vec::new(), Vec::new()),
    };
    let http = HttpClient::new()?;
    let verifier = (!issuers.is_empty()).then(|| {
        let verifier = JwtVerifier::new(issuers, &http);
        Arc::new(verifier) as Arc<dyn TokenVerifier>
    });
    let providers = providers.into_iter().map(|provider| {
        let provider = OidcProvider::new(provider, &http);
        Arc::new(provider) as Arc<dyn IdentityProvider>
    });
    Ok(Identities {
        access: access(settings, desk, verifier),
        providers: providers.collect(),
        session_seconds: settings.session_lifetime.seconds(),
        defaults: defaults(settings),
    })
}

/// What finds out who calls, as the settings say.
pub(crate) fn access(
    settings: &Settings,
    desk: &Desk,
    verifier: Option<Arc<dyn TokenVerifier>>,
) -> AccessService {
    let policy = AccessPolicy {
        sessions: SessionLimits {
            idle: settings.session_idle.seconds().saturating_mul(1_000),
            lifetime: settings.session_lifetime.seconds().saturating_mul(1_000),
        },
        staff: settings.staff.clone(),
        defaults: defaults(settings),
    };
    AccessService::new(desk.clone(), policy, verifier)
}

fn defaults(settings: &Settings) -> Defaults {
    Defaults { currency: settings.default_currency, time_zone: settings.default_time_zone.clone() }
}

fn read(path: &Path) -> Result<(Vec<ProviderSettings>, Vec<IssuerSettings>), IdentitiesError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| IdentitiesError::Read { path: path.to_owned(), source })?;
    let file: File = toml::from_str(&text).map_err(|error| {
        let line = error.span().map(|span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
        IdentitiesError::Malformed {
            path: path.to_owned(),
            place: line.map_or_else(|| "somewhere".to_owned(), |line| format!("line {line}")),
            reason: error.message().to_owned(),
        }
    })?;
    let entry = |(index, reason): (usize, String)| IdentitiesError::Entry {
        path: path.to_owned(),
        number: index + 1,
        reason,
    };
    let mut names = HashSet::new();
    let providers = file.provider.into_iter().enumerate().map(|(index, provider)| {
        if !names.insert(provider.name.clone()) {
            return Err(entry((index, "another provider has the same name".to_owned())));
        }
        provider.settings().map_err(|reason| entry((index, reason)))
    });
    let providers = providers.collect::<Result<_, _>>()?;
    let issuers = file.issuer.into_iter().enumerate();
    let issuers = issuers.map(|(index, issuer)| issuer.settings().map_err(|reason| entry((index, reason))));
    Ok((providers, issuers.collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    fn read_text(text: &str) -> Result<(Vec<ProviderSettings>, Vec<IssuerSettings>), IdentitiesError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("providers.toml");
        std::fs::write(&path, text).unwrap();
        read(&path)
    }

    #[test]
    fn a_file_names_providers_and_issuers() {
        let (providers, issuers) = read_text(
            "[[provider]]\nname = 'google'\nlabel = 'Google'\nissuer = 'https://accounts.google.com'\n\
             client_id = 'a'\nclient_secret = 'b'\nhosted_domain = 'duka.example'\n\
             [[provider]]\nname = 'work'\nissuer = 'https://id.example'\nclient_id = 'c'\n\
             [[issuer]]\nissuer = 'https://id.example'\naudience = 'orderdesk'\nalgorithms = ['ES256']\n",
        )
        .unwrap();
        let names: Vec<_> = providers.iter().map(|provider| (&*provider.name, &*provider.label)).collect();
        assert_eq!(names, [("google", "Google"), ("work", "work")]);
        assert_eq!(providers[0].hosted_domain.as_deref(), Some("duka.example"));
        assert_eq!(issuers[0].algorithms, ["ES256".parse().unwrap()]);
    }

    #[test]
    fn what_is_wrong_is_told_without_what_is_secret() {
        let secret = "client_secret = 'hunter2'";
        for (text, reason) in [
            (
                format!(
                    "[[provider]]\nname = 'a b'\nissuer = 'https://id.example'\nclient_id = 'c'\n{secret}"
                ),
                "hyphens",
            ),
            (format!("[[provider]]\nname = 'a'\nissuer = 'nonsense'\nclient_id = 'c'\n{secret}"), "number 1"),
            (format!("[[provider]]\nname = 'a'\n{secret}"), "line"),
            (format!("[[provider]]\nnaem = 'a'\n{secret}"), "naem"),
            (
                format!(
                    "[[issuer]]\nissuer = 'https://id.example'\naudience = 'a'\nalgorithms = ['HS256']\n#{secret}"
                ),
                "RS256",
            ),
        ] {
            let refused = read_text(&text).err().unwrap();
            let told = format!("{refused} {refused:?} {:?}", refused.source());
            assert!(told.contains(reason) && !told.contains("hunter2"), "{told}");
        }
        assert!(matches!(read(Path::new("/nowhere")), Err(IdentitiesError::Read { .. })));
    }
}
