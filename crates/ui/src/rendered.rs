//! A cache of HTML that never changes for a version of its data.

use std::sync::Arc;

use leptos::prelude::use_context;
use moka::sync::Cache;
use rolecall_model::AppError;

/// The maximum size of the cache, in bytes.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;

/// The cache. Clones share it; pages find it in their context.
#[derive(Clone)]
pub struct Rendered(Cache<String, Arc<str>>);

impl Default for Rendered {
    fn default() -> Self {
        let size = |key: &String, html: &Arc<str>| u32::try_from(key.len() + html.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(KEPT_BYTES).weigher(size).build())
    }
}

impl Rendered {
    /// The same as [`rendered`], outside of pages.
    ///
    /// # Errors
    /// Those of `make`, which are not cached.
    pub async fn html(
        &self,
        key: Option<String>,
        make: impl AsyncFnOnce() -> Result<Made, AppError>,
    ) -> Result<Arc<str>, AppError> {
        if let Some(html) = key.as_ref().and_then(|key| self.0.get(key)) {
            return Ok(html);
        }
        // Boxed because it is large, and usually the HTML is cached.
        let fresh = Box::pin(make()).await?;
        let is_lasting = matches!(fresh, Made::Lasting(_));
        let html = fresh.into_html();
        if let Some(key) = key.filter(|_| is_lasting) {
            self.0.insert(key, Arc::clone(&html));
        }
        Ok(html)
    }
}

/// HTML that was just made.
pub enum Made {
    /// The same until its key changes.
    Lasting(String),
    /// For this answer only.
    Passing(String),
}

impl Made {
    fn into_html(self) -> Arc<str> {
        let (Self::Lasting(html) | Self::Passing(html)) = self;
        html.into()
    }
}

/// The HTML cached under `key`, which must contain everything it depends on: the content, the version of its data, and
/// any data about the viewer. `make` renders it if it is not cached. Without a key it is rendered each time.
///
/// The caller must check access before: this returns the HTML without any check.
///
/// # Errors
/// Errors of `make`, which are not cached.
pub async fn rendered(
    key: Option<String>,
    make: impl AsyncFnOnce() -> Result<Made, AppError>,
) -> Result<Arc<str>, AppError> {
    match use_context::<Rendered>() {
        Some(kept) => kept.html(key, make).await,
        None => Ok(make().await?.into_html()),
    }
}
