//! The host that a request names, before anybody decides whether to trust it.

use axum::http::uri::Authority;
use axum::http::{Request, header};
use rolecall_sign_in::loopback::is_loopback;
use url::Url;

/// The host that the request names: in HTTP/2 it is part of the address (RFC 9113, section 8.3.1).
pub fn asked_host<B>(request: &Request<B>) -> Option<&str> {
    let authority = request.uri().authority().map(Authority::as_str);
    authority.or_else(|| request.headers().get(header::HOST).and_then(|host| host.to_str().ok()))
}

/// Whether a name that is not this machine's leads to a Rolecall on a loopback address: then a foreign page has bound
/// its own name to it (DNS rebinding), and would pass for our own origin.
pub fn is_foreign_to_loopback(asked: &str, public_url: &Url) -> bool {
    let asked = Url::parse(&format!("{}://{asked}", public_url.scheme()));
    is_loopback(public_url) && !asked.is_ok_and(|asked| is_loopback(&asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_name_bound_to_this_machine_is_noticed() {
        let ours = "http://127.0.0.1:3000".parse().unwrap();
        for (asked, foreign) in [("evil.test:3000", true), ("", true), ("127.0.0.1:3000", false), ("[::1]", false)] {
            assert_eq!(is_foreign_to_loopback(asked, &ours), foreign, "{asked}");
        }
        let public = "https://rolecall.example".parse().unwrap();
        assert!(!is_foreign_to_loopback("10.0.0.7:3000", &public), "a proxy may ask by an address of its own");
    }
}
