//! Who asks: a person's browser that navigates, or a script.

use http::{HeaderMap, header};

/// Whether a browser asks for a page to show, not a script for data.
#[must_use]
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accepts_html = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let mode = headers.get("sec-fetch-mode").and_then(|mode| mode.to_str().ok());
    accepts_html && mode.is_none_or(|mode| mode == "navigate")
}

/// Whether a browser navigates, a frame or a whole tab, as far as it says so: not a script or an element that loads
/// something (W3C Fetch Metadata).
#[must_use]
pub fn may_navigate(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-mode").is_none_or(|mode| mode == "navigate")
}

/// Whether a whole tab navigates, as far as the browser says so: not a frame either.
#[must_use]
pub fn may_be_tab(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_none_or(|destination| destination == "document")
}
