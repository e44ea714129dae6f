//! The paths of the sign-in: links on pages, routes and the sign-in itself use these.
//!
//! Patterns with `{…}` are in axum's syntax.

/// The front page: who you are, your role, the dashboards open to you.
pub const HOME: &str = "/";
/// Where a signed-out person lands.
pub const SIGNED_OUT: &str = "/signed-out";
/// The choice of a provider, with `?return_to=`.
pub const SIGN_IN: &str = "/sign-in";
/// Goes on to a page whose long address the browser kept while a sign-in was under way.
pub const KEPT_PAGE: &str = "/sign-in/to/{id}";
/// Begins a sign-in by plain link, with `?return_to=`, or for somebody else with `?iss&target_link_uri&login_hint` (the
/// `initiate_login_uri` of OpenID Connect Core 4, by link or form).
pub const LOGIN: &str = "/login/{provider}";
/// What the paths of the sign-in begin with.
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

/// The path that begins a sign-in at `provider` and comes back to `return_to`, a path of ours; without one, to the front
/// page. `signed_out` is what such a link must carry in a browser in which somebody signed out.
#[must_use]
pub fn login_for(provider: &str, return_to: Option<&str>, signed_out: Option<&str>) -> String {
    with_query(login(provider), &[("return_to", return_to), ("signed_out", signed_out)])
}

/// The path of the choice of a provider that comes back to `return_to`, a path of ours; without one, to the front page.
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

/// The path that lets a person prove anew to `provider` who they are, and comes back to `return_to`, a path of ours.
#[must_use]
pub fn prove_anew(provider: &str, return_to: &str) -> String {
    with_query(login(provider), &[("prompt", Some("login")), ("return_to", Some(return_to))])
}

/// A byte of a path as a query holds it (RFC 3986, section 2.1).
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
