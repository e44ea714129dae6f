//! Who is let in by which route guard.

use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use openidconnect::reqwest::Method;
use rolecall_model::Role;
use rolecall_sign_in::drop_in::{DropIn, SignedIn};
use serde_json::{Value, json};

use super::support::OtherApp;
use crate::support::Browser;

fn application(sign_in: &DropIn) -> Router {
    let readers = Router::new()
        .route("/reports", get(async |person: SignedIn| format!("Reports for {}", person.user.name)))
        .route("/reports/new", post(async || "made"))
        .route("/cached", get(async || ([("cache-control", "private, max-age=5")], "cached")));
    let admins = Router::new().route("/settings", get(async || "Settings"));
    let nested = sign_in.only(Role::Read, Router::new().route("/users", get(async || "Users")));
    let anybody =
        async |person: Option<SignedIn>| person.map_or("nobody".to_owned(), |person| person.user.name.clone());
    Router::new()
        .route("/", get(anybody))
        .route("/mine", get(async |person: SignedIn| person.user.name.clone()))
        .merge(sign_in.only(Role::Read, readers))
        .merge(sign_in.only(Role::Admin, admins))
        .nest("/staff", nested)
        .merge(sign_in.signed_in(Router::new().route("/account", get(async || "account"))))
}

async fn start() -> OtherApp {
    OtherApp::start(|settings| settings, application).await
}

#[tokio::test]
async fn a_closed_page_leads_to_the_sign_in_and_back() {
    let app = start().await;
    let mut browser = app.browser();
    browser.get("/").await.assert_status(200).assert_shows("nobody");
    for closed in ["/reports?page=2", "/mine", "/account", "/staff/users"] {
        let back = app.browser().arrive_as("reed", closed, &app.provider).await;
        back.assert_redirect(closed);
    }
    browser.arrive_as("reed", "/reports", &app.provider).await.assert_redirect("/reports");
    let reports = browser.get("/reports").await;
    reports.assert_status(200).assert_shows("Reports for Reed");
    assert_eq!(reports.header("cache-control"), "no-store");
    assert_eq!(browser.get("/cached").await.header("cache-control"), "private, max-age=5");
    browser.get("/").await.assert_status(200).assert_shows("Reed");
}

#[tokio::test]
async fn a_role_opens_what_it_opens_and_nothing_else() {
    let app = start().await;
    for (person, reports, settings) in [("ada", 200, 200), ("wren", 200, 403), ("reed", 200, 403), ("nora", 403, 403)] {
        let mut browser = app.browser();
        browser.arrive_as(person, "/account", &app.provider).await.assert_redirect("/account");
        browser.get("/account").await.assert_status(200).assert_shows("account");
        for (path, expected) in [("/reports", reports), ("/settings", settings)] {
            let page = browser.get(path).await;
            assert_eq!(page.status, expected, "{person} at {path}");
            assert_eq!(page.body.contains("Your role does not open this page"), expected == 403);
            assert_eq!(browser.fetch(path).await.status, expected);
        }
    }
}

#[tokio::test]
async fn what_is_no_navigation_is_refused_and_not_led_anywhere() {
    let app = start().await;
    let mut browser = app.browser();
    for path in ["/reports", "/mine", "/account", "/settings"] {
        let answer = browser.fetch(path).await;
        answer.assert_status(401);
        assert_eq!(answer.json::<Value>(), json!({ "error": "signed_out" }), "{path}");
    }
    let form = browser.submit("/reports/new", &[]).await;
    form.assert_status(401).assert_shows("You are signed out");
    browser.arrive_as("reed", "/reports", &app.provider).await;
    assert_eq!(browser.fetch("/settings").await.json::<Value>(), json!({ "error": "forbidden" }));
}

#[tokio::test]
async fn only_the_applications_own_pages_change_anything() {
    let app = start().await;
    let mut browser = app.browser();
    browser.arrive_as("reed", "/reports", &app.provider).await;
    let foreign = |path: &str| browser.request(Method::POST, path).header("sec-fetch-site", "cross-site");
    for path in ["/reports/new", "/sign-out"] {
        let answer = browser.clone().send(foreign(path)).await;
        answer.assert_status(403);
        assert_eq!(answer.json::<Value>(), json!({ "error": "foreign_origin" }), "{path}");
    }
    browser.submit("/reports/new", &[]).await.assert_status(200).assert_shows("made");
}

#[tokio::test]
async fn after_signing_out_the_cookie_is_worth_nothing() {
    let app = start().await;
    let mut browser = app.browser();
    browser.arrive_as("reed", "/reports", &app.provider).await;
    let mut thief = browser.clone();
    thief.get("/reports").await.assert_status(200);
    let way_out = browser.submit("/sign-out", &[]).await;
    way_out.assert_status(303);
    assert!(way_out.location().starts_with(app.provider.demo.issuer().as_str()), "{way_out:#?}");
    thief.get("/reports").await.assert_status(303);
    browser.get("/signed-out").await.assert_status(200).assert_shows("You are signed out");
    let mut other = app.browser();
    other.arrive_as("nora", "/account", &app.provider).await;
    other.get("/sign-out").await.assert_status(200).assert_shows("action=\"/sign-out\"");
    other.get("/reports").await.assert_status(403).assert_shows("action=\"/sign-out\"");
    other.get("/account").await.assert_status(200);
}

#[tokio::test]
async fn a_sign_in_ends_when_its_time_is_up() {
    let app = start().await;
    let mut browser = app.browser();
    browser.arrive_as("reed", "/reports", &app.provider).await;
    let idle = app.sign_in.auth().config().session.idle;
    app.clock.advance(idle - Duration::from_millis(1));
    browser.get("/reports").await.assert_status(200);
    app.clock.advance(idle);
    browser.get("/reports").await.assert_status(303);
}

#[tokio::test]
async fn what_a_closed_part_answers_to_any_other_path_is_closed_too() {
    let app = OtherApp::start(
        |settings| settings,
        |sign_in| sign_in.only(Role::Read, Router::new().route("/", get(async || "in")).fallback(async || "Reports")),
    )
    .await;
    let mut browser = app.browser();
    for path in ["/", "/reports/", "/x"] {
        browser.fetch(path).await.assert_status(401);
        assert_eq!(browser.get(path).await.status, 303, "{path}");
    }
    browser.arrive_as("reed", "/", &app.provider).await;
    browser.get("/reports/").await.assert_status(200).assert_shows("Reports");
}

#[tokio::test]
async fn a_door_outside_of_the_protection_is_closed_to_everybody() {
    let app = start().await;
    let doors = app.sign_in.only(Role::Read, Router::new().route("/reports", get(async || "Reports")));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut browser = Browser::new(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move { axum::serve(listener, doors).await });
    browser.fetch("/reports").await.assert_status(401);
    let mut elsewhere = app.browser();
    elsewhere.arrive_as("ada", "/reports", &app.provider).await;
    browser.cookies = elsewhere.cookies;
    browser.fetch("/reports").await.assert_status(401);
}
