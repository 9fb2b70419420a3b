//! An issuer: what it says of itself, and its keys.

use std::sync::Arc;
use std::time::Duration;

use crate::cached::{Cached, Source};
use crate::endpoint::Endpoint;
use crate::http::{Failure, HttpClient, Reason};
use crate::issuer_url::IssuerUrl;
use crate::keys::{KeyDocument, KeySet};
use crate::metadata::{Metadata, MetadataSource};

/// An issuer, as far as it has been asked.
pub(crate) struct Authority {
    url: IssuerUrl,
    metadata: Arc<Cached<MetadataSource>>,
    keys: Arc<Cached<KeySource>>,
}

impl Authority {
    pub(crate) fn new(url: IssuerUrl, http: HttpClient) -> Self {
        let metadata = Cached::new(MetadataSource { issuer: url.clone(), http: http.clone() });
        let keys = Cached::new(KeySource { metadata: Arc::clone(&metadata), http });
        Self { url, metadata, keys }
    }

    pub(crate) fn url(&self) -> &IssuerUrl {
        &self.url
    }

    /// What it says of itself.
    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>, Failure> {
        self.metadata.get().await
    }

    /// Its keys, with the one of this name if it has it by now.
    pub(crate) async fn keys(&self, id: Option<&str>) -> Result<Arc<KeySet>, Failure> {
        let keys = self.keys.get().await?;
        if keys.knows(id) { Ok(keys) } else { self.keys.newer(&keys).await }
    }

    /// Why it is of no use to us.
    pub(crate) fn lacks(&self, what: &'static str) -> Failure {
        Failure::new(self.url.configuration(), Reason::Lacks(what))
    }
}

/// Fetches the keys that an issuer shows.
struct KeySource {
    metadata: Arc<Cached<MetadataSource>>,
    http: HttpClient,
}

impl Source for KeySource {
    type Value = KeySet;
    const MAXIMUM_AGE: Duration = Duration::from_mins(15);

    fn place(&self) -> &Endpoint {
        self.metadata.source().place()
    }

    async fn fetch(&self) -> Result<KeySet, Failure> {
        let at = &self.metadata.get().await?.jwks_uri;
        let document: KeyDocument = self.http.read(at).await?;
        KeySet::of(document).ok_or_else(|| Failure::new(at, Reason::NoKeys))
    }
}
