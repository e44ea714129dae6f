//! What all requests share: the provider's address, the time, its key, and what it has issued.

use std::sync::Arc;

use url::Url;

use super::clients::Api;
use super::grants::Grants;
use super::keys::{DemoSigningKey, KeyError, LazyKey};

/// Tells the time: Unix milliseconds (UTC).
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What handlers work on. Clones share everything.
#[derive(Clone)]
pub(super) struct ProviderState {
    shared: Arc<Shared>,
}

struct Shared {
    issuer: Url,
    api: Api,
    now: Clock,
    key: LazyKey,
    grants: Grants,
}

impl ProviderState {
    /// Nothing is issued yet, and there is no key.
    pub(super) fn new(issuer: Url, now: Clock, api: Api) -> Self {
        let (key, grants) = (LazyKey::default(), Grants::default());
        Self { shared: Arc::new(Shared { issuer, api, now, key, grants }) }
    }

    /// The issuer identifier.
    pub(super) fn issuer(&self) -> &Url {
        &self.shared.issuer
    }

    /// The address of the endpoint at `path`, which begins with a slash.
    pub(super) fn endpoint_url(&self, path: &str) -> Url {
        let mut url = self.shared.issuer.clone();
        url.set_path(&self.endpoint_path(path));
        url
    }

    /// The path of the endpoint at `path`, which begins with a slash, as the browser sees it.
    pub(super) fn endpoint_path(&self, path: &str) -> String {
        format!("{}{path}", self.shared.issuer.path().trim_end_matches('/'))
    }

    /// The time, Unix milliseconds (UTC).
    pub(super) fn now_ms(&self) -> i64 {
        (self.shared.now)()
    }

    /// The API that access tokens are for.
    pub(super) fn api(&self) -> &Api {
        &self.shared.api
    }

    /// The key that signs and is published.
    ///
    /// # Errors
    /// When the key could not be made; the next call tries again.
    pub(super) async fn key(&self) -> Result<&DemoSigningKey, KeyError> {
        self.shared.key.made().await
    }

    /// The codes and tokens that were issued.
    pub(super) fn grants(&self) -> &Grants {
        &self.shared.grants
    }
}

#[cfg(test)]
impl ProviderState {
    /// The state of a provider on this machine, whose clock shows `now_ms`.
    pub(super) fn at(now_ms: i64) -> Self {
        let issuer = Url::parse("http://127.0.0.1:3000/demo").unwrap();
        let api = Api { audience: "api://of-a-test".to_owned(), scope: "access".to_owned() };
        Self::new(issuer, Arc::new(move || now_ms), api)
    }
}
