//! Addresses of a hand-over.

use rolecall_apps::UpstreamApp;
use rolecall_apps::hosts::State;
use rolecall_routes as routes;
use rolecall_sign_in::ReturnTo;
use url::Url;
use url::form_urlencoded::Serializer;

/// The page of the app at `path_and_query` of its host; the first page if the path is not the app's.
pub fn page_of(path_and_query: &str) -> ReturnTo {
    ReturnTo::parse_elsewhere(path_and_query).filter(|page| !is_ours(page)).unwrap_or_else(ReturnTo::home)
}

/// The address on our own host where the hand-over to `app` continues.
pub fn open(public_url: &Url, app: &UpstreamApp, state: &State) -> Url {
    let mut url = public_url.clone();
    url.set_path(&routes::app_open(&app.name));
    url.set_query(Some(&query(&[("state", state.as_str())])));
    url
}

/// The address on the host of `app` where it ends.
pub fn enter(public_url: &Url, app: &UpstreamApp, code: &str, state: &State) -> Url {
    let mut url = app.home_url(public_url);
    url.set_path(routes::APP_ENTER);
    url.set_query(Some(&query(&[("code", code), ("state", state.as_str())])));
    url
}

/// The link on an app's host that always begins a hand-over, even after failures.
pub fn begin(page: &ReturnTo) -> String {
    if *page == ReturnTo::home() {
        return routes::APP_BEGIN.to_owned();
    }
    format!("{}?{}", routes::APP_BEGIN, query(&[("return_to", page.as_str())]))
}

/// The value of the parameter `name`, if there is exactly one.
pub fn only(query: Option<&str>, name: &str) -> Option<String> {
    let mut values = url::form_urlencoded::parse(query?.as_bytes()).filter(|(known, _)| known == name);
    let value = values.next()?.1.into_owned();
    values.next().is_none().then_some(value)
}

fn query(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Whether the page is one of ours on the app's host, rather than the app's: returning to it would be a loop.
fn is_ours(page: &ReturnTo) -> bool {
    page.path().starts_with(routes::APP_RESERVED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_app_is_kept_as_it_is() {
        let long = format!("/d/sales?{}", "%22".repeat(2_000));
        for page in ["/", "/d/sales?from=now-6h&to=now", "/login/x", "/api/docs", "/apps/other/", &long] {
            assert_eq!(page_of(page).as_str(), page);
        }
    }

    // Case: app/return-to
    #[test]
    fn no_page_leads_elsewhere_or_in_circles() {
        for page in ["//evil.test", "/\\evil.test", "https://evil.test", "/%5cevil.test", "/%09/evil.test", ""] {
            assert_eq!(page_of(page), ReturnTo::home(), "{page}");
        }
        for page in ["/.rolecall/enter?code=a", "/.rolecall/sign-out", "/x/../.rolecall/enter"] {
            assert_eq!(page_of(page), ReturnTo::home(), "{page}");
        }
    }

    #[test]
    fn a_parameter_that_stands_twice_is_none() {
        assert_eq!(only(Some("code=a&x=b"), "code").as_deref(), Some("a"));
        assert_eq!(only(Some("code=a&code=b"), "code"), None);
        assert_eq!(only(Some(""), "code"), None);
        assert_eq!(only(None, "code"), None);
    }
}
