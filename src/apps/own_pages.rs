//! `Origin` and `Referer` for an app that is asked by its own address: the pages that people see at its public place are,
//! for such an app, at that address.

use axum::http::{HeaderMap, header};
use url::Url;

use super::headers::set;
use super::location::is_below;
use super::{Mount, UpstreamApp};

/// Moves `Origin` and `Referer` from the public `home_url` of `app` to its own address, where they name one of its own pages.
/// Those of others stay: an app must be able to tell who called it.
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

/// The address without its origin by which `app` is asked for `page`; `None` for what is no page of it.
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
