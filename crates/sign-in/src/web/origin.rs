//! Requests that change something must come from our own pages.

use http::{HeaderMap, header};

/// Whether a page of the origin `ours` made the request with these headers: `Sec-Fetch-Site` must say `same-origin`, or,
/// where a browser sends none, `Origin` must be `ours`, as browsers write it.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap, ours: &str) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => headers.get(header::ORIGIN).is_some_and(|origin| origin == ours),
    }
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
