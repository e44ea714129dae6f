//! The policy, tested completely: every route, as every kind of caller, by link and by script.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use leptos::server_fn::axum::server_fn_paths;
use openidconnect::reqwest::Method;
use rolecall::policy::POLICY;
use rolecall_model::AppError;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_server::access::Access;
use rolecall_server::route::{AnsweredBy, Route};

use crate::support::{Answer, Browser, DAYS, TestApp, policy};

/// A caller: a person of the demonstration with their role, or nobody.
#[derive(Clone, Copy, Debug)]
enum Caller {
    Nobody,
    Person(&'static str, Option<Role>),
}

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    LetThrough,
    SignedOut,
    Forbidden {
        needed: Role,
    },
    /// Only the owner of what the path names may use it, or an administrator.
    OfOwner,
}

/// How a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Link,
    Script,
}

/// Every page, with its method.
fn pages() -> BTreeMap<String, Method> {
    named(|answered_by| matches!(answered_by, AnsweredBy::Page(_)))
        .into_iter()
        .map(|path| (path, Method::GET))
        .collect()
}

/// Every route that the policy is about, with the method that it is for.
fn all_routes() -> BTreeMap<String, Method> {
    let others = named(|answered_by| matches!(answered_by, AnsweredBy::Handler(_) | AnsweredBy::App));
    pages().into_iter().chain(functions()).chain(others.into_iter().map(|path| (path, Method::GET))).collect()
}

/// Every server function, with its method.
fn functions() -> BTreeMap<String, Method> {
    server_fn_paths().map(|(path, method)| (path.to_owned(), method)).collect()
}

/// The paths in the policy that `are_meant`.
fn named(are_meant: impl Fn(AnsweredBy) -> bool) -> BTreeSet<String> {
    let meant = |route: &&Route| are_meant(route.answered_by);
    POLICY.iter().filter(meant).map(|route| route.path.to_owned()).collect()
}

/// The pages on which Wren's own dashboard is changed. Their handlers check the access, so that nothing typed is lost.
const OF_OWNERS: [&str; 6] = [
    routes::DASHBOARD_EDIT,
    routes::DASHBOARD_ADD,
    routes::DASHBOARD_EDIT_PANEL,
    routes::DASHBOARD_SEE_AS,
    routes::DASHBOARD_HISTORY,
    routes::DASHBOARD_VERSION,
];

/// The page that reports that nobody is signed in instead of redirecting.
const TELLS_SIGNED_OUT: &str = routes::ACCOUNT_TOKEN;

/// What the policy requires, written a second time.
fn expected(route: &str, caller: Caller) -> Verdict {
    match (policy().access(route).unwrap(), caller) {
        (_, Caller::Person(_, None)) if OF_OWNERS.contains(&route) => Verdict::Forbidden { needed: Role::Read },
        (_, Caller::Person(_, Some(Role::Read))) if OF_OWNERS.contains(&route) => Verdict::OfOwner,
        // No app is configured, so the request is let through and finds nothing.
        (Access::Public | Access::App, _) | (Access::SignedIn, Caller::Person(..)) => Verdict::LetThrough,
        (Access::SignedIn | Access::Role(_) | Access::Dashboard, Caller::Nobody) => Verdict::SignedOut,
        (access, Caller::Person(_, role)) => {
            // The weather is open to everybody with a role.
            let needed = if let Access::Role(needed) = access { needed } else { Role::Read };
            if role >= Some(needed) { Verdict::LetThrough } else { Verdict::Forbidden { needed } }
        }
    }
}

/// A request to `route` that would be answered if everything else were right: its path and the fields of its form.
fn sample(route: &str) -> (String, Vec<(&'static str, &'static str)>) {
    let (slug, panel) = if OF_OWNERS.contains(&route) { ("mine", "rows") } else { ("weather", "temperature") };
    let path = route
        .replace("{slug}", slug)
        .replace("{panel}", panel)
        .replace("{version}", "1")
        .replace("{name}", "weather")
        .replace("{provider}", "demo");
    match route {
        // The id may be that of the caller, or of nobody.
        routes::ADMIN_USER => (routes::admin_user(1), vec![]),
        routes::ADMIN_AUDIT_ROW => (routes::admin_audit_row(1), vec![]),
        routes::API_TABLE_PAGE => (format!("{path}?slug=days&panel=days&page=2"), vec![]),
        routes::API_BEGIN_SIGN_IN | routes::API_COMPLETE_SIGN_IN => (path, vec![("provider", "demo")]),
        routes::API_SAVE_NOTE => {
            (path, vec![("slug", "weather"), ("panel", "note"), ("body", "text"), ("version", "0")])
        }
        _ => (path, vec![]),
    }
}

/// Walks every route as `caller`.
async fn walk(caller: Caller) {
    let app = TestApp::setup().with_dashboard("days", DAYS).start().await;
    let pages = pages();
    let mut browser = app.browser();
    if let Caller::Person(person, _) = caller {
        browser.sign_in_as(person).await;
        assert!(app.audit().flush(Duration::from_secs(30)).await);
    }
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let mine = [("dataset", "weather"), ("title", "Mine"), ("role", "read")];
    wren.submit(routes::DASHBOARD_NEW, &mine).await.assert_status(303);
    for (route, own_method) in all_routes() {
        let wanted = expected(&route, caller);
        for way in [Way::Link, Way::Script] {
            for method in BTreeSet::from(["GET", "HEAD", "OPTIONS", own_method.as_str()]) {
                let mut tab = browser.clone();
                if let (routes::API_SIGN_OUT, Caller::Person(person, _)) = (route.as_str(), caller) {
                    tab = app.browser();
                    tab.sign_in_as(person).await;
                }
                let method: Method = method.parse().unwrap();
                // OPTIONS is answered before the handlers check the access.
                let is_told = method == Method::OPTIONS && OF_OWNERS.contains(&route.as_str());
                let wanted = match caller {
                    Caller::Person(..) if is_told => Verdict::LetThrough,
                    _ => wanted,
                };
                let answer = ask(&mut tab, &route, &method, way).await;
                let about = format!("{method} {route} by {way:?} as {caller:?}: {answer:#?}");
                assert_eq!(verdict(&answer, way, (&route, &method), caller, wanted), wanted, "{about}");
                assert!(answer.status < 500, "{about}");
                if wanted == Verdict::LetThrough && method == Method::GET && pages.contains_key(&route) {
                    assert_eq!(answer.status, 200, "{about}");
                }
            }
        }
    }
}

async fn ask(tab: &mut Browser, route: &str, method: &Method, way: Way) -> Answer {
    let (path, fields) = sample(route);
    let request = match way {
        Way::Link => tab.navigation(method.clone(), &path),
        Way::Script => tab.script(method.clone(), &path),
    };
    tab.send(if method.is_safe() { request } else { request.form(&fields) }).await
}

/// How a request ended. A refused link gets a page that says which role to request, a script gets JSON. `wanted` only
/// says which role the page must name.
fn verdict(answer: &Answer, way: Way, (route, method): (&str, &Method), caller: Caller, wanted: Verdict) -> Verdict {
    let needed = if let Verdict::Forbidden { needed } = wanted { needed } else { Role::Admin };
    let has_body = method != Method::HEAD;
    match (way, answer.status) {
        (Way::Link, 303) if is_to_sign_in(answer) => Verdict::SignedOut,
        (Way::Link, 401) if !method.is_safe() || route == TELLS_SIGNED_OUT => Verdict::SignedOut,
        (Way::Link, 403) if wanted == Verdict::OfOwner => {
            assert!(!has_body || answer.body.contains("Only its owner and administrators"), "{answer:#?}");
            Verdict::OfOwner
        }
        (Way::Link, 403) => {
            let told = match caller {
                Caller::Person(_, None) => "Rolecall.Read".to_owned(),
                _ => format!("needs the role {needed}"),
            };
            assert!(!has_body || answer.body.contains(&told), "{told:?} is missing in {answer:#?}");
            Verdict::Forbidden { needed }
        }
        (Way::Script, 401) => {
            assert!(!has_body || answer.json::<AppError>() == AppError::SignedOut, "{answer:#?}");
            Verdict::SignedOut
        }
        (Way::Script, 403) if has_body => match answer.json::<AppError>() {
            AppError::Forbidden { needed } => Verdict::Forbidden { needed },
            AppError::NotOwner { .. } => Verdict::OfOwner,
            other => panic!("{other:?}"),
        },
        (Way::Script, 403) if wanted == Verdict::OfOwner => Verdict::OfOwner,
        (Way::Script, 403) => Verdict::Forbidden { needed },
        _ => Verdict::LetThrough,
    }
}

fn is_to_sign_in(answer: &Answer) -> bool {
    answer.header("location").starts_with("/login/demo?return_to=")
}

// Case: policy/every-route
#[tokio::test]
async fn the_policy_names_every_route_and_no_other() {
    let keys = |routes: BTreeMap<String, Method>| routes.into_keys().collect::<BTreeSet<_>>();
    assert_eq!(keys(functions()), named(|answered_by| matches!(answered_by, AnsweredBy::ServerFunction)));
    assert_eq!(named(|_| true).len(), POLICY.len(), "a route is named twice");
    assert_eq!(policy().access("/no/such/route"), None);
}

// Case: policy/every-route, policy/head-and-options, request/fetch-401
#[tokio::test]
async fn nobody_gets_what_is_public() {
    walk(Caller::Nobody).await;
}

// Case: policy/every-route, policy/head-and-options
#[tokio::test]
async fn a_person_without_role_gets_what_needs_none() {
    walk(Caller::Person("nora", None)).await;
}

// Case: policy/every-route, policy/head-and-options
#[tokio::test]
async fn a_reader_gets_what_readers_get() {
    walk(Caller::Person("reed", Some(Role::Read))).await;
}

// Case: policy/every-route, policy/head-and-options
#[tokio::test]
async fn a_writer_gets_what_writers_get() {
    walk(Caller::Person("wren", Some(Role::Write))).await;
}

// Case: policy/every-route, policy/head-and-options
#[tokio::test]
async fn an_administrator_gets_everything() {
    walk(Caller::Person("ada", Some(Role::Admin))).await;
}

#[tokio::test]
async fn who_was_sent_to_sign_in_comes_back_to_the_page_and_a_form_loses_no_text() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let asked = browser.get("/account?a=1&b=2").await;
    asked.assert_redirect("/login/demo?return_to=%2Faccount%3Fa%3D1%26b%3D2");
    let fields = [("slug", "weather"), ("panel", "note"), ("body", "what <i>I</i> wrote"), ("version", "0")];
    let sent = browser.submit(routes::API_SAVE_NOTE, &fields).await;
    sent.assert_status(401).assert_shows("what &lt;i&gt;I&lt;/i&gt; wrote");
    sent.assert_shows("/login/demo?return_to=%2F");
    assert_eq!(app.count("notes").await, 0);
}
