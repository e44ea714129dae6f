//! The response that a browser gets from an app: everything, except what would have an effect beyond the app's host or
//! path.

use axum::http::response::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use url::Url;

use super::headers::remove_hop_by_hop;
use super::request::WEB_SOCKET;
use super::{Mount, UpstreamApp, addresses, cookies, framing};

/// Headers about a whole origin or its connections, which only Rolecall may set.
const OURS_TO_SAY: [HeaderName; 9] = [
    header::STRICT_TRANSPORT_SECURITY,
    header::ALT_SVC,
    HeaderName::from_static("public-key-pins"),
    HeaderName::from_static("public-key-pins-report-only"),
    HeaderName::from_static("expect-ct"),
    HeaderName::from_static("cdn-cache-control"),
    HeaderName::from_static("surrogate-control"),
    HeaderName::from_static("x-accel-redirect"),
    HeaderName::from_static("x-accel-buffering"),
];

/// Headers about a whole origin, which an app may set on a host of its own.
const OURS_ON_OUR_ORIGIN: [HeaderName; 7] = [
    HeaderName::from_static("clear-site-data"),
    HeaderName::from_static("service-worker-allowed"),
    HeaderName::from_static("nel"),
    HeaderName::from_static("report-to"),
    HeaderName::from_static("reporting-endpoints"),
    HeaderName::from_static("accept-ch"),
    HeaderName::from_static("origin-agent-cluster"),
];

/// Headers that let pages of other origins call an app (Fetch, section 3.3). The configuration decides that: an app
/// does not know whose session is used for a call.
const FOR_OTHER_ORIGINS: [HeaderName; 6] = [
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
    HeaderName::from_static("access-control-allow-private-network"),
];

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// The parts of `Clear-Site-Data` that affect only the host. Cookies are cleared for the whole domain (Clear Site Data,
/// section 4.2.4), including ours and those of other apps.
const OF_HOST: [&str; 3] = ["\"cache\"", "\"storage\"", "\"executionContexts\""];

/// Leaves in `Clear-Site-Data` only what affects nothing but the app's own host.
fn clear_own_data_alone(headers: &mut HeaderMap) {
    let lines = headers.get_all(CLEAR_SITE_DATA).iter().filter_map(|line| line.to_str().ok());
    let asked: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let kept: Vec<&str> = if asked.contains(&"\"*\"") {
        OF_HOST.to_vec()
    } else {
        asked.into_iter().filter(|kind| OF_HOST.contains(kind)).collect()
    };
    let kept = HeaderValue::from_str(&kept.join(", ")).ok().filter(|kept| !kept.is_empty());
    headers.remove(CLEAR_SITE_DATA);
    if let Some(kept) = kept {
        headers.insert(CLEAR_SITE_DATA, kept);
    }
}

/// Marks the response of an app: it is passed on as it is, with the app's own errors and its own policies for scripts
/// and frames.
#[derive(Clone, Copy, Debug)]
pub struct OfApp;

/// Turns `parts`, the head of the answer of `app`, into that of the response from a Rolecall at `public_url`.
pub(super) fn release(parts: &mut Parts, app: &UpstreamApp, public_url: &Url) {
    parts.version = Version::HTTP_11;
    parts.extensions = Extensions::new();
    parts.extensions.insert(OfApp);
    let headers = &mut parts.headers;
    remove_hop_by_hop(headers);
    for name in OURS_TO_SAY.iter().chain(&FOR_OTHER_ORIGINS) {
        headers.remove(name);
    }
    // Otherwise the browser would ask for a password that the app never gets.
    if !app.pass_authorization {
        headers.remove(header::WWW_AUTHENTICATE);
    }
    if matches!(app.mount, Mount::Path { .. }) {
        for name in &OURS_ON_OUR_ORIGIN {
            headers.remove(name);
        }
        // A file that people upload to an app must not become a script of our origin because of its content alone.
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    } else {
        clear_own_data_alone(headers);
    }
    addresses::rewrite(headers, app, public_url);
    cookies::keep_in_place(headers, &app.prefix(), public_url.scheme() == "https");
    if parts.status == StatusCode::SWITCHING_PROTOCOLS {
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static(WEB_SOCKET));
        return;
    }
    keep_from_shared_caches(headers);
    framing::restrict(headers, app.frame_ancestors.as_ref());
}

/// Only permitted people may see the answer, so shared caches must not store it (RFC 9111, section 5.2.2). If the app
/// says nothing about caching, the browser must ask again each time: another person may use it then.
fn keep_from_shared_caches(headers: &mut HeaderMap) {
    let said = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok());
    let said: Vec<String> = said.flat_map(|line| line.split(',')).map(|item| item.trim().to_owned()).collect();
    let is =
        |item: &str, name: &str| item.split('=').next().is_some_and(|found| found.trim().eq_ignore_ascii_case(name));
    let for_shared = ["public", "s-maxage", "proxy-revalidate", "private"];
    let kept = said.iter().filter(|item| !item.is_empty() && !for_shared.iter().any(|name| is(item, name)));
    let mut kept: Vec<&str> = kept.map(String::as_str).collect();
    if !kept.iter().any(|item| is(item, "no-store")) {
        kept.insert(0, "private");
    }
    if said.is_empty() && !headers.contains_key(header::EXPIRES) {
        kept.push("no-cache");
    }
    if let Ok(value) = HeaderValue::from_str(&kept.join(", ")) {
        headers.insert(header::CACHE_CONTROL, value);
    }
}

#[cfg(test)]
mod tests {
    use super::super::upstream_app::tests::app;
    use super::*;

    fn released(mount: Mount, names: &[(&'static str, &str)]) -> HeaderMap {
        let (mut parts, ()) = axum::http::Response::new(()).into_parts();
        for (name, value) in names {
            parts.headers.append(*name, value.parse().unwrap());
        }
        release(&mut parts, &app(mount), &"https://rolecall.example".parse().unwrap());
        parts.headers
    }

    #[test]
    fn an_app_clears_no_cookies_of_other_hosts() {
        for (said, expected) in [
            ("\"cookies\"", None),
            ("\"cache\", \"cookies\"", Some("\"cache\"")),
            ("\"*\"", Some("\"cache\", \"storage\", \"executionContexts\"")),
            ("\"storage\",\"cache\"", Some("\"storage\", \"cache\"")),
        ] {
            let released = released(Mount::Host("sales.example".to_owned()), &[("clear-site-data", said)]);
            assert_eq!(released.get(CLEAR_SITE_DATA).map(|kept| kept.to_str().unwrap()), expected, "{said}");
        }
    }

    #[test]
    fn no_shared_cache_keeps_what_is_gated() {
        for (said, expected) in [
            (None, "private, no-cache"),
            (Some("public, max-age=60, s-maxage=600"), "private, max-age=60"),
            (Some("no-store"), "no-store"),
            (Some("private=\"x\", Max-Age=5"), "private, Max-Age=5"),
            (Some("max-age=5"), "private, max-age=5"),
        ] {
            let said: Vec<_> = said.map(|said| ("cache-control", said)).into_iter().collect();
            assert_eq!(released(Mount::Host("x".to_owned()), &said)[header::CACHE_CONTROL], expected, "{said:?}");
        }
    }

    #[test]
    fn an_app_speaks_for_its_own_place_alone() {
        let said = [
            ("strict-transport-security", "max-age=0"),
            ("clear-site-data", "\"*\""),
            ("service-worker-allowed", "/"),
            ("content-security-policy", "script-src 'unsafe-inline'"),
            ("alt-svc", "h3=\":1\""),
            ("connection", "x-hop"),
            ("x-hop", "1"),
            ("x-own", "1"),
        ];
        let on_our_origin = released(Mount::Path { keeps_prefix: false }, &said);
        let mut names: Vec<_> = on_our_origin.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        let kept = ["cache-control", "content-security-policy", "x-content-type-options", "x-frame-options", "x-own"];
        assert_eq!(names, kept);
        let on_its_host = released(Mount::Host("sales.example".to_owned()), &said);
        assert!(on_its_host.contains_key("clear-site-data") && on_its_host.contains_key("service-worker-allowed"));
        assert!(!on_its_host.contains_key("strict-transport-security") && !on_its_host.contains_key("x-hop"));
    }
}
