//! What a browser says about its own request (W3C Fetch Metadata): whether a person navigates or a script fetches, and
//! whether one of our own pages made it.

use http::{HeaderMap, HeaderValue, header};

/// Whether a browser requests a page to show, rather than data for a script.
#[must_use]
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accepts_html = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let mode = headers.get("sec-fetch-mode").and_then(|mode| mode.to_str().ok());
    accepts_html && mode.is_none_or(|mode| mode == "navigate")
}

/// Whether a browser navigates, in a frame or a whole tab, if it says so: not a script or an element that loads
/// something (W3C Fetch Metadata).
#[must_use]
pub fn may_navigate(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-mode").is_none_or(|mode| mode == "navigate")
}

/// Whether a whole tab navigates, if the browser says so: not a frame.
#[must_use]
pub fn may_be_tab(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-dest").is_none_or(|destination| destination == "document")
}

/// Whether a page of the origin `ours` made the request with these headers: `Sec-Fetch-Site` must say `same-origin`,
/// or, where a browser sends none, `Origin` must be `ours`, as browsers write it.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap, ours: &str) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => headers.get(header::ORIGIN).is_some_and(|origin| origin == ours),
    }
}

/// Whether a request with these headers can come from our own page, or from no page: for handlers that must answer only
/// our own pages, although they change nothing. Allowed if the browser does not say.
#[must_use]
pub fn is_not_of_others(headers: &HeaderMap) -> bool {
    matches!(headers.get("sec-fetch-site").map(HeaderValue::as_bytes), None | Some(b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case: request/unsafe-cross-site, request/unsafe-own-origin
    #[test]
    fn only_our_own_pages_count() {
        let cases = [
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "https://ours.test")], false),
            (vec![("sec-fetch-site", "none")], false),
            (vec![("origin", "https://ours.test")], true),
            (vec![("origin", "https://ours.test.evil.test")], false),
            (vec![("origin", "null")], false),
            (vec![], false),
        ];
        for (headers, expected) in cases {
            let map = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            assert_eq!(is_same_origin(&map, "https://ours.test"), expected, "{headers:?}");
        }
    }
}
