//! The paths of the sign-in, for links, routes and the sign-in itself.
//!
//! Patterns with `{…}` are in axum's syntax.

/// The front page.
pub const HOME: &str = "/";
/// The page after signing out.
pub const SIGNED_OUT: &str = "/signed-out";
/// The choice of a provider, with `?return_to=`.
pub const SIGN_IN: &str = "/sign-in";
/// Continues to a page whose long address the browser kept during a sign-in.
pub const KEPT_PAGE: &str = "/sign-in/to/{id}";
/// Begins a sign-in by link, with `?return_to=`, or for another site with `?iss&target_link_uri&login_hint` (the
/// `initiate_login_uri` of OpenID Connect Core 4, by link or form).
pub const LOGIN: &str = "/login/{provider}";
/// The prefix of the sign-in's paths.
pub const LOGIN_PREFIX: &str = "/login/";
/// The redirect URI that is registered at the provider.
pub const LOGIN_AUTHORIZED: &str = "/login/{provider}/authorized";
/// Where the provider's servers sign people out (OpenID Connect Back-Channel Logout 1.0).
pub const LOGIN_BACKCHANNEL_LOGOUT: &str = "/login/{provider}/backchannel-logout";
/// Where the provider's pages sign people out (OpenID Connect Front-Channel Logout 1.0).
pub const LOGIN_FRONTCHANNEL_LOGOUT: &str = "/login/{provider}/frontchannel-logout";

/// The path that begins a sign-in at `provider`.
#[must_use]
pub fn login(provider: &str) -> String {
    LOGIN.replace("{provider}", provider)
}

/// The path that begins a sign-in at `provider` and returns to the path `return_to`, or to the front page. In a browser
/// where somebody signed out, the link must contain `signed_out`.
#[must_use]
pub fn login_for(provider: &str, return_to: Option<&str>, signed_out: Option<&str>) -> String {
    with_query(login(provider), &[("return_to", return_to), ("signed_out", signed_out)])
}

/// The path of the sign-in page that returns to the path `return_to`, or to the front page.
#[must_use]
pub fn sign_in_for(return_to: Option<&str>) -> String {
    with_query(SIGN_IN.to_owned(), &[("return_to", return_to)])
}

/// `path` with those of `parameters` that have a value.
fn with_query(path: String, parameters: &[(&str, Option<&str>)]) -> String {
    let given = parameters.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    let query: Vec<_> =
        given.map(|(name, value)| format!("{name}={}", value.bytes().map(escaped).collect::<String>())).collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// The path that makes a person sign in again at `provider`, and returns to the path `return_to`.
#[must_use]
pub fn sign_in_again(provider: &str, return_to: &str) -> String {
    with_query(login(provider), &[("prompt", Some("login")), ("return_to", Some(return_to))])
}

/// A byte of a query value, percent-encoded if necessary (RFC 3986, section 2.1).
fn escaped(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

/// The path of the redirect URI of `provider`.
#[must_use]
pub fn login_authorized(provider: &str) -> String {
    LOGIN_AUTHORIZED.replace("{provider}", provider)
}
