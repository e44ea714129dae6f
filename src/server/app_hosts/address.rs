//! Addresses of a hand-over.

use url::Url;
use url::form_urlencoded::Serializer;

use crate::apps::App;
use crate::apps::hosts::State;
use crate::auth::ReturnTo;
use crate::routes;

/// The longest address of ours that leads into an app: our sign-in must be able to come back to it.
const MAX_LEN: usize = 2_000;

/// The page of the app at `path_and_query` of its host, as far as an address can carry it: without the query where that
/// is too long, and the first page where nothing else will do.
pub fn page_of(path_and_query: &str) -> ReturnTo {
    let kept = |text: &str| ReturnTo::parse_elsewhere(text).filter(|page| !is_ours(page) && fits(page));
    let path = path_and_query.split('?').next().unwrap_or_default();
    kept(path_and_query).or_else(|| kept(path)).unwrap_or_else(ReturnTo::home)
}

/// Where on our host the hand-over to `app` goes on.
pub fn open(public_url: &Url, app: &App, state: &State, page: &ReturnTo) -> Url {
    let mut url = public_url.clone();
    url.set_path(&routes::app_open(&app.name));
    url.set_query(Some(&query(&[("state", state.as_str()), ("return_to", page.as_str())])));
    url
}

/// Where on the host of `app` it ends.
pub fn enter(public_url: &Url, app: &App, code: &str) -> Url {
    let mut url = app.place(public_url);
    url.set_path(routes::APP_ENTER);
    url.set_query(Some(&query(&[("code", code)])));
    url
}

/// The link on an app's host that begins a hand-over whatever came before.
pub fn begin(page: &ReturnTo) -> String {
    if *page == ReturnTo::home() {
        return routes::APP_BEGIN.to_owned();
    }
    format!("{}?{}", routes::APP_BEGIN, query(&[("return_to", page.as_str())]))
}

/// The value of the parameter `name`; `None` when there is none, or more than one.
pub fn only(query: Option<&str>, name: &str) -> Option<String> {
    let mut values = url::form_urlencoded::parse(query?.as_bytes()).filter(|(known, _)| known == name);
    let value = values.next()?.1.into_owned();
    values.next().is_none().then_some(value)
}

fn query(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Whether the page is not the app's, but ours on its host: coming back to those would go round in circles.
fn is_ours(page: &ReturnTo) -> bool {
    page.path().starts_with(routes::APP_RESERVED)
}

fn fits(page: &ReturnTo) -> bool {
    // What stands before it in the address: the path with a name of at most 32, and a state of 43 characters.
    const BEFORE: usize = 120;
    BEFORE + query(&[("return_to", page.as_str())]).len() <= MAX_LEN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_app_is_kept_as_far_as_an_address_can_carry_it() {
        for page in ["/", "/d/sales?from=now-6h&to=now", "/login/x", "/api/docs", "/apps/other/"] {
            assert_eq!(page_of(page).as_str(), page);
        }
        let long = format!("/d/sales?{}", "a".repeat(3_000));
        assert_eq!(page_of(&long).as_str(), "/d/sales");
        assert_eq!(page_of(&format!("/{}", "a".repeat(3_000))).as_str(), "/");
        let grows = format!("/d/sales?{}", "%".repeat(900));
        assert_eq!(page_of(&grows).as_str(), "/d/sales", "percent signs grow threefold");
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
