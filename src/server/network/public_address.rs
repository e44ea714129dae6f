//! The one address by which people reach us.

use std::sync::Arc;

use url::Url;

/// The configured public address. Clones share it.
#[derive(Clone)]
pub struct PublicAddress(Arc<Inner>);

struct Inner {
    url: Url,
    origin: String,
    is_https_here: bool,
}

impl PublicAddress {
    /// The address `url`; `is_https_here` where we answer https ourselves, and no proxy stands in front.
    pub fn new(url: Url, is_https_here: bool) -> Self {
        let origin = url.origin().ascii_serialization();
        Self(Arc::new(Inner { url, origin, is_https_here }))
    }

    /// As it is configured.
    pub fn url(&self) -> &Url {
        &self.0.url
    }

    /// Its origin, as browsers write it in `Origin`.
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// Whether we answer https ourselves.
    pub fn is_https_here(&self) -> bool {
        self.0.is_https_here
    }
}
