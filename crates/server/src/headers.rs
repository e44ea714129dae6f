//! The security headers of every answer.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use rolecall_apps::OfApp;
use rolecall_sign_in::loopback::is_loopback;
use rolecall_sign_in::web::MayBeFramed;
use url::Url;

use super::network::addresses::PublicAddress;
use super::network::forwarded::{Arrival, Scheme};

const CSP: HeaderName = header::CONTENT_SECURITY_POLICY;
/// For everything that is not a page.
const CLOSED_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

/// For answers whose address must not be passed to the next page.
pub const NO_REFERRER: [(HeaderName, HeaderValue); 1] =
    [(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"))];

static COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Headers of every answer. Not a `const`, which would be rebuilt for each lookup.
static FIXED: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
    (header::X_DNS_PREFETCH_CONTROL, HeaderValue::from_static("off")),
];

/// Default headers, which a handler may override.
const DEFAULTS: [(HeaderName, HeaderValue); 3] = [
    (CSP, CLOSED_POLICY),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// The headers, built once for all answers.
#[derive(Clone)]
pub struct SecurityHeaders {
    address: PublicAddress,
    over_https: HeaderMap,
    in_the_clear: HeaderMap,
}

impl SecurityHeaders {
    /// Those for answers at `address`.
    pub fn new(address: PublicAddress) -> Self {
        let (over_https, in_the_clear) = (all(&address, true), all(&address, false));
        Self { address, over_https, in_the_clear }
    }

    /// Whether the browser used https, through a proxy or not, given its request's `arrival`.
    ///
    /// Some headers are only for trustworthy origins: over plain http, browsers ignore them and print warnings.
    pub fn is_https(&self, arrival: Option<&Arrival>) -> bool {
        let in_the_clear = arrival.is_some_and(|arrival| arrival.scheme == Some(Scheme::Http));
        self.address.url().scheme() == "https" && !in_the_clear
    }

    /// All of them together with the answer's `own`. Its own take precedence, except over the fixed ones.
    pub fn around(&self, own: HeaderMap, is_https: bool) -> HeaderMap {
        let mut headers = if is_https { self.over_https.clone() } else { self.in_the_clear.clone() };
        let is_ours = |name: &HeaderName| *name == COOP || FIXED.iter().any(|(fixed, _)| fixed == name);
        let mut latest = None;
        // If a header has several lines, only the first has a name.
        for (name, value) in own {
            let is_first = name.is_some();
            latest = name.or(latest);
            match latest.clone() {
                Some(name) if is_ours(&name) => {}
                Some(name) if is_first => drop(headers.insert(name, value)),
                Some(name) => drop(headers.append(name, value)),
                None => {}
            }
        }
        headers
    }

    /// `response` with all of them. Answers of apps have their own.
    pub fn add_to(&self, mut response: Response, is_https: bool) -> Response {
        if response.extensions().get::<OfApp>().is_some() {
            promise_https(response.headers_mut(), self.address.url(), is_https);
            return response;
        }
        let framed_by = response.extensions_mut().remove::<MayBeFramed>();
        let headers = response.headers_mut();
        *headers = self.around(std::mem::take(headers), is_https);
        if let Some(framed_by) = framed_by {
            let origins = framed_by.origins();
            let policy = format!("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors{origins}");
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                headers.remove(header::X_FRAME_OPTIONS);
                headers.insert(CSP, policy);
            }
        }
        response
    }
}

/// Every default header of an answer at `address`.
fn all(address: &PublicAddress, is_https: bool) -> HeaderMap {
    let mut headers: HeaderMap = FIXED.iter().cloned().chain(DEFAULTS).collect();
    if is_https || is_loopback(address.url()) {
        headers.insert(COOP.clone(), HeaderValue::from_static("same-origin"));
    }
    promise_https(&mut headers, address.url(), is_https);
    headers
}

fn promise_https(headers: &mut HeaderMap, public_url: &Url, is_https: bool) {
    if is_https && promises_https(public_url) {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
    }
}

/// Whether browsers may remember that this address uses https (RFC 6797). Never for `localhost`, because it would then
/// apply to every other program there. For IP addresses browsers ignore it (section 8.1.1).
fn promises_https(public_url: &Url) -> bool {
    !public_url.domain().is_some_and(|name| name == "localhost" || name.ends_with(".localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_says_what_is_its_own_to_say_and_nothing_else() {
        let address = PublicAddress::new("https://rolecall.example".parse().unwrap(), true);
        let mut response = Response::default();
        let own = [("cache-control", "max-age=1"), ("set-cookie", "a=1"), ("x-frame-options", "ALLOW")];
        for (name, value) in own.into_iter().chain([("set-cookie", "b=2"), ("x-frame-options", "SAMEORIGIN")]) {
            response.headers_mut().append(name, value.parse().unwrap());
        }
        let response = SecurityHeaders::new(address).add_to(response, true);
        let all = |name: &str| response.headers().get_all(name).iter().cloned().collect::<Vec<_>>();
        assert_eq!(all("cache-control"), ["max-age=1"]);
        assert_eq!(all("set-cookie"), ["a=1", "b=2"]);
        assert_eq!(all("x-frame-options"), ["DENY"]);
        assert_eq!(all("referrer-policy"), ["same-origin"]);
        assert_eq!(all("strict-transport-security"), ["max-age=63072000; includeSubDomains"]);
    }

    #[test]
    fn https_is_never_promised_for_localhost() {
        for (url, promised) in [
            ("https://rolecall.example", true),
            ("https://127.0.0.1:3000", true),
            ("https://localhost:3000", false),
            ("https://rolecall.localhost", false),
        ] {
            assert_eq!(promises_https(&url.parse().unwrap()), promised, "{url}");
        }
    }
}
