//! Addresses in headers. In an app's responses (`Location`, `Content-Location`, `Refresh`), the app's own addresses are
//! replaced by public ones. In requests (`Origin`, `Referer`), public addresses of the app's pages are replaced by its
//! own, if it is configured so.

use axum::http::{HeaderMap, HeaderValue, header};
use percent_encoding::{CONTROLS, percent_encode};
use url::Url;

use super::headers::set;
use super::{Mount, UpstreamApp};

/// Rewrites `Location`, `Content-Location` and `Refresh` if they contain the address at which only Rolecall reaches the
/// app, or a path outside of its prefix. Addresses of others stay as they are.
pub(super) fn rewrite(headers: &mut HeaderMap, app: &UpstreamApp, public_url: &Url) {
    let home_url = app.home_url(public_url);
    for name in [header::LOCATION, header::CONTENT_LOCATION] {
        if let Some(value) = headers.get(&name).map(text_of)
            && let Some(value) = public(&value, app, &home_url).and_then(|value| HeaderValue::try_from(value).ok())
        {
            headers.insert(name, value);
        }
    }
    if let Some(refresh) = headers.get(header::REFRESH).map(text_of)
        && let Some((begin, target)) = target_of_refresh(&refresh)
        && let Some(target) = public(target, app, &home_url)
        && let Ok(value) = HeaderValue::try_from(format!("{begin}{target}"))
    {
        headers.insert(header::REFRESH, value);
    }
}

/// `value` as text. Bytes beyond ASCII are percent-encoded, as in a browser's request for the address.
fn text_of(value: &HeaderValue) -> String {
    percent_encode(value.as_bytes(), CONTROLS).to_string()
}

/// Splits `5; url=/there` in front of the target. Quotes around the target are removed.
fn target_of_refresh(refresh: &str) -> Option<(&str, &str)> {
    let at = refresh.to_ascii_lowercase().find("url=")? + "url=".len();
    let (begin, target) = refresh.split_at_checked(at)?;
    Some((begin, target.trim_matches(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'')))
}

/// The public form of `reference`, for an app whose first page is at `home_url`; `None` if it stays as it is.
fn public(reference: &str, app: &UpstreamApp, home_url: &Url) -> Option<String> {
    let prefix = app.prefix();
    let is_path = reference.starts_with('/') && !reference.starts_with("//") && !reference.starts_with("/\\");
    if is_path {
        return (!is_below(reference, &prefix)).then(|| format!("{prefix}{reference}"));
    }
    let url = Url::parse(reference).or_else(|_| {
        app.upstream.join(reference).and_then(|url| {
            // References relative to the current page stay as they are.
            if reference.starts_with("//") { Ok(url) } else { Err(url::ParseError::RelativeUrlWithoutBase) }
        })
    });
    let url = url.ok()?;
    let is_of_upstream = url.origin() == app.upstream.origin();
    // An app that ignores X-Forwarded-Proto assumes that browsers use http.
    let is_public = url.origin() == home_url.origin()
        || (url.scheme() == "http" && url.host() == home_url.host() && url.port() == home_url.port());
    let needs_prefix = match app.mount {
        Mount::Host(_) => false,
        // An app that knows its prefix refers to other paths of our origin on purpose.
        Mount::Path { keeps_prefix } => is_of_upstream || !keeps_prefix,
    };
    if !is_of_upstream && !is_public {
        return None;
    }
    let mut target = home_url.clone();
    let path = url.path();
    target.set_path(&if needs_prefix && !is_below(path, &prefix) {
        format!("{prefix}{path}")
    } else {
        path.to_owned()
    });
    target.set_query(url.query());
    target.set_fragment(url.fragment());
    Some(target.into())
}

/// Whether `path` is `prefix` or below it.
fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| prefix.is_empty() || rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

/// Rewrites `Origin` and `Referer` from the public `home_url` of `app` to its own address, if they belong to it. Those
/// of other applications stay, so that an app can tell who called it.
pub(super) fn move_to_upstream(headers: &mut HeaderMap, app: &UpstreamApp, home_url: &Url) {
    let [public, own] = [home_url, &app.upstream].map(|url| url.origin().ascii_serialization());
    let mut origins = headers.get_all(header::ORIGIN).iter();
    if let (Some(origin), None) = (origins.next(), origins.next())
        && *origin == *public
    {
        set(headers, "origin", &own);
    }
    let referer = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let page = referer.and_then(|referer| referer.strip_prefix(&public)).and_then(|page| page_of(page, app));
    if let Some(page) = page {
        set(headers, "referer", &format!("{own}{page}"));
    }
}

/// The path and query of `page` in a request to `app`; `None` if it is not a page of the app.
fn page_of(page: &str, app: &UpstreamApp) -> Option<String> {
    if !page.is_empty() && !page.starts_with(['/', '?']) {
        return None;
    }
    let page = match app.mount {
        Mount::Path { .. } if !is_below(page, &app.prefix()) => return None,
        Mount::Host(_) | Mount::Path { keeps_prefix: true } => page,
        Mount::Path { keeps_prefix: false } => page.strip_prefix(&app.prefix())?,
    };
    Some(if page.starts_with('/') { page.to_owned() } else { format!("/{page}") })
}

#[cfg(test)]
mod tests {
    use super::super::upstream_app::tests::app;
    use super::*;

    fn rewritten(mount: Mount, location: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, location.parse().unwrap());
        rewrite(&mut headers, &app(mount), &"https://rolecall.example".parse().unwrap());
        headers.get(header::LOCATION).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn what_names_the_app_as_we_reach_it_leads_to_its_place() {
        let host = || Mount::Host("sales.example".to_owned());
        for (location, expected) in [
            ("http://127.0.0.1:8050/a?b#c", "https://sales.example/a?b#c"),
            ("//127.0.0.1:8050/a", "https://sales.example/a"),
            ("http://sales.example/a", "https://sales.example/a"),
            ("/a", "/a"),
            ("a/b", "a/b"),
            ("?x", "?x"),
            ("https://elsewhere.example/a", "https://elsewhere.example/a"),
            ("//elsewhere.example/a", "//elsewhere.example/a"),
            ("http://127.0.0.1:8051/a", "http://127.0.0.1:8051/a"),
        ] {
            assert_eq!(rewritten(host(), location), expected, "{location}");
        }
    }

    #[test]
    fn on_a_path_of_ours_redirects_stay_below_it() {
        for (keeps_prefix, location, expected) in [
            (false, "/login?x=/y", "/apps/sales/login?x=/y"),
            (false, "/apps/sales/x", "/apps/sales/x"),
            (false, "/apps/salesman", "/apps/sales/apps/salesman"),
            (false, "http://127.0.0.1:8050/a", "https://rolecall.example/apps/sales/a"),
            (false, "http://rolecall.example/a", "https://rolecall.example/apps/sales/a"),
            (true, "/login", "/apps/sales/login"),
            (true, "/apps/sales/login", "/apps/sales/login"),
            (true, "https://rolecall.example/signed-out", "https://rolecall.example/signed-out"),
            (true, "http://127.0.0.1:8050/apps/sales/a", "https://rolecall.example/apps/sales/a"),
            (false, "there", "there"),
        ] {
            assert_eq!(rewritten(Mount::Path { keeps_prefix }, location), expected, "{location}");
        }
    }

    #[test]
    fn a_refresh_leads_to_the_public_place_too() {
        let mut headers = HeaderMap::new();
        headers.insert(header::REFRESH, "3; URL='http://127.0.0.1:8050/next'".parse().unwrap());
        let app = app(Mount::Path { keeps_prefix: false });
        rewrite(&mut headers, &app, &"http://127.0.0.1:3000".parse().unwrap());
        assert_eq!(headers[header::REFRESH], "3; URL=http://127.0.0.1:3000/apps/sales/next");
    }
}
