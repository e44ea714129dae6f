//! HTML that never changes for a version of its data, made once.

use std::sync::Arc;

use leptos::prelude::use_context;
use moka::sync::Cache;
use rolecall_model::AppError;

/// How much of it is kept, in bytes.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;

/// The HTML that was made. Clones share it; pages find it in their context.
#[derive(Clone)]
pub struct Rendered(Cache<String, Arc<str>>);

impl Default for Rendered {
    fn default() -> Self {
        let size = |key: &String, html: &Arc<str>| u32::try_from(key.len() + html.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(KEPT_BYTES).weigher(size).build())
    }
}

/// The HTML called `key`, which names everything that it depends on: what is shown, the version of its data, and whatever of
/// the viewer's it shows. `make` makes it where it is not there.
///
/// Who may see it has to be decided before: the HTML is given to whoever asks.
///
/// # Errors
/// Those of `make`, of which nothing is kept.
pub async fn rendered(key: String, make: impl AsyncFnOnce() -> Result<String, AppError>) -> Result<Arc<str>, AppError> {
    let kept = use_context::<Rendered>();
    if let Some(html) = kept.as_ref().and_then(|kept| kept.0.get(&key)) {
        return Ok(html);
    }
    let html: Arc<str> = make().await?.into();
    if let Some(kept) = kept {
        kept.0.insert(key, Arc::clone(&html));
    }
    Ok(html)
}
