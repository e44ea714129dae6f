//! The request to an app: the browser's, with our statement of who sends it.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::uri::{Authority, PathAndQuery, Scheme};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Uri, Version, header};
use percent_encoding::percent_decode_str;
use rolecall_core::request_id::RequestId;
use rolecall_sign_in::ClientAddress;
use url::{Position, Url};

use super::headers::{lists, remove_hop_by_hop, set};
use super::identity::AppIdentity;
use super::identity_headers::remove_identity_headers;
use super::{Mount, ProxyError, UpstreamApp, addresses, cookies};

/// What `Upgrade` says for a WebSocket (RFC 6455, section 4.1).
pub(super) const WEB_SOCKET: &str = "websocket";

/// Whether the request asks for a WebSocket. Browsers do that only over HTTP/1.1, because we do not offer it over
/// HTTP/2 (RFC 8441).
#[must_use]
pub fn is_web_socket(method: &Method, version: Version, headers: &HeaderMap) -> bool {
    *method == Method::GET
        && version == Version::HTTP_11
        && lists(headers, &header::CONNECTION, "upgrade")
        && lists(headers, &header::UPGRADE, WEB_SOCKET)
}

/// Turns `parts`, the head of a browser's request to a Rolecall at `public_url`, into that of the request to `app`.
/// Path and query stay as written, except for the prefix.
///
/// # Errors
/// When the method is not passed on, or the path leads out of the app.
pub(super) fn address(
    parts: &mut Parts,
    app: &UpstreamApp,
    public_url: &Url,
    identity: &AppIdentity,
) -> Result<(), ProxyError> {
    // TRACE would show the headers that we add; CONNECT asks for a tunnel (RFC 9110, sections 9.3.6 and 9.3.8).
    if [Method::TRACE, Method::CONNECT].contains(&parts.method) {
        return Err(ProxyError::Method);
    }
    let asks_for_web_socket = is_web_socket(&parts.method, parts.version, &parts.headers);
    parts.uri = uri(&parts.uri, app)?;
    parts.version = Version::HTTP_11;
    let headers = &mut parts.headers;
    remove_hop_by_hop(headers);
    remove_identity_headers(headers);
    cookies::remove_ours(headers);
    headers.remove(header::EXPECT);
    if !app.pass_authorization {
        headers.remove(header::AUTHORIZATION);
    }
    if asks_for_web_socket {
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static(WEB_SOCKET));
    }
    let home_url = app.home_url(public_url);
    let public_host = &home_url[Position::BeforeHost..Position::AfterPort];
    set(headers, "host", host(app, public_host));
    if app.upstream_host {
        addresses::move_to_upstream(headers, app, &home_url);
    }
    let client = parts.extensions.get::<ClientAddress>().map(|ClientAddress(ip)| *ip);
    set_forwarded(headers, app, &home_url, public_host, client);
    if let Some(id) = parts.extensions.get::<RequestId>() {
        set(headers, "x-request-id", id.as_str());
    }
    identity.write_into(headers);
    Ok(())
}

/// A request for the first page of `app`, as a Rolecall at `public_url` sends it, on nobody's behalf.
///
/// # Errors
/// When its address cannot be written.
pub(super) fn for_nobody(app: &UpstreamApp, public_url: &Url) -> Result<Request<Body>, ProxyError> {
    let home_url = app.home_url(public_url);
    let public_host = &home_url[Position::BeforeHost..Position::AfterPort];
    let asked = home_url.path().parse().map_err(|_| ProxyError::Path)?;
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = uri(&asked, app)?;
    set(request.headers_mut(), "host", host(app, public_host));
    set_forwarded(request.headers_mut(), app, &home_url, public_host, None);
    Ok(request)
}

/// The `Host` in requests to `app`, whose public host is `public_host`.
fn host<'a>(app: &'a UpstreamApp, public_host: &'a str) -> &'a str {
    if app.upstream_host { &app.upstream[Position::BeforeHost..Position::AfterPort] } else { public_host }
}

/// Says which address the browser requested, and from where (RFC 7239, and the older headers that more apps read).
fn set_forwarded(headers: &mut HeaderMap, app: &UpstreamApp, home_url: &Url, host: &str, client: Option<IpAddr>) {
    set(headers, "x-forwarded-proto", home_url.scheme());
    set(headers, "x-forwarded-host", host);
    set(headers, "x-forwarded-port", &home_url.port_or_known_default().unwrap_or_default().to_string());
    if app.mount == (Mount::Path { keeps_prefix: false }) {
        set(headers, "x-forwarded-prefix", &app.prefix());
    }
    let by = format!("proto={};host=\"{host}\"", home_url.scheme());
    match client {
        Some(IpAddr::V4(ip)) => set(headers, "forwarded", &format!("for={ip};{by}")),
        Some(IpAddr::V6(ip)) => set(headers, "forwarded", &format!("for=\"[{ip}]\";{by}")),
        None => set(headers, "forwarded", &by),
    }
    if let Some(client) = client {
        set(headers, "x-forwarded-for", &client.to_string());
    }
}

/// The address of a request to `app`, where the browser requested `asked`.
fn uri(asked: &Uri, app: &UpstreamApp) -> Result<Uri, ProxyError> {
    if leads_out(asked.path()) {
        return Err(ProxyError::Path);
    }
    let whole = asked.path_and_query().map_or("/", PathAndQuery::as_str);
    let path = match app.mount {
        Mount::Path { keeps_prefix: false } => whole.strip_prefix(&app.prefix()).ok_or(ProxyError::Path)?,
        _ => whole,
    };
    // `OPTIONS *` is about the whole server, and has no path.
    if !path.starts_with('/') {
        return Err(ProxyError::Path);
    }
    let upstream = &app.upstream;
    let scheme = Scheme::try_from(upstream.scheme());
    let authority = Authority::try_from(&upstream[Position::BeforeHost..Position::AfterPort]);
    let (Ok(scheme), Ok(authority)) = (scheme, authority) else { return Err(ProxyError::Path) };
    Uri::builder().scheme(scheme).authority(authority).path_and_query(path).build().map_err(|_| ProxyError::Path)
}

/// Whether `path` contains a dot segment (RFC 3986, section 5.2.4), in any spelling. An app that resolves it would
/// answer for another path than the requested one, perhaps below another app's prefix.
fn leads_out(path: &str) -> bool {
    let mut path = path.to_owned();
    // Twice, for apps that decode twice.
    for _ in 0..2 {
        if path.split(['/', '\\']).any(|segment| matches!(segment.split(';').next(), Some("." | ".."))) {
            return true;
        }
        path = percent_decode_str(&path).decode_utf8_lossy().into_owned();
    }
    path.split(['/', '\\']).any(|segment| matches!(segment.split(';').next(), Some("." | "..")))
}

#[cfg(test)]
mod tests {
    use super::super::upstream_app::tests::app;
    use super::*;

    fn asked(mount: Mount, path: &str) -> Option<String> {
        uri(&path.parse().unwrap(), &app(mount)).ok().map(|uri| uri.to_string())
    }

    #[test]
    fn paths_and_queries_stay_as_they_were_written() {
        let host = || Mount::Host("sales.example".to_owned());
        for path in ["/", "/a%2Fb/%E4?x=%20&y=+&z#", "/a//b/", "//evil.example/x", "/?", "/a;b=c/..d/...", "/%"] {
            let written = path.trim_end_matches('#');
            assert_eq!(
                asked(host(), path).as_deref(),
                Some(format!("http://127.0.0.1:8050{written}").as_str()),
                "{path}"
            );
            let below = format!("/apps/sales{path}");
            let whole = asked(Mount::Path { keeps_prefix: true }, &below);
            assert_eq!(whole, Some(format!("http://127.0.0.1:8050/apps/sales{written}")));
            assert_eq!(asked(Mount::Path { keeps_prefix: false }, &below), asked(host(), path), "{path}");
        }
    }

    #[test]
    fn no_spelling_leads_out_of_an_app() {
        for path in [
            "/..",
            "/a/../b",
            "/.",
            "/a/%2e%2e/b",
            "/a/%2E./b",
            "/a/..%2fb",
            "/a%2f..%2fb",
            "/a/..%5cb",
            "/a/..;x/b",
            "/a/%252e%252e/b",
            "/a/..%252fb",
            "/a/..?x",
        ] {
            assert_eq!(asked(Mount::Host("sales.example".to_owned()), path), None, "{path}");
        }
        for path in ["/apps/other/x", "/apps/salesman/", "*"] {
            assert_eq!(asked(Mount::Path { keeps_prefix: false }, path), None, "{path}");
        }
    }
}
