//! The hand-over of a sign-in to an app, for people who may use it.

use std::time::Duration;

use openidconnect::reqwest::Method;

use super::{COOKIE, DASH, Person, World, url};
use crate::support::{GREETING, TestApp, parameter, path_and_query};

// Case: app/hand-over
#[tokio::test]
async fn who_is_signed_in_nowhere_signs_in_and_lands_on_the_page_that_was_asked_for() {
    let world = World::start().await;
    let Person { mut ours, mut dash, .. } = world.nobody();
    let begun = dash.get("/sales?year=2026&q=a%20b").await;
    let open = url(begun.assert_status(303).location());
    assert_eq!(open.origin().ascii_serialization(), format!("http://{}", world.app.address()));
    assert_eq!((begun.header("referrer-policy"), begun.header("cache-control")), ("no-referrer", "no-store"));
    let sent_on = ours.get(&path_and_query(&open)).await;
    let login = sent_on.assert_status(303).location();
    assert!(login.starts_with("/login/demo?return_to=%2Fopen%2Fdash%3Fstate%3D"), "{login}");

    let authorization = url(ours.get(login).await.assert_status(303).location());
    let callback = ours.choose(&authorization, "reed").await;
    let signed_in = ours.follow(&callback).await;
    // A page rather than a redirect, to which a provider's `form-action` would apply.
    signed_in.assert_status(200).assert_shows("You are signed in");
    assert_eq!(signed_in.header("refresh"), format!("0; url={}", path_and_query(&open)));
    assert_eq!(signed_in.header("referrer-policy"), "no-referrer");
    let opened = ours.get(&path_and_query(&open)).await;
    let enter = url(opened.assert_status(303).location());
    assert_eq!(enter.origin().ascii_serialization(), world.place(DASH));
    assert_eq!((opened.header("referrer-policy"), opened.header("cache-control")), ("no-referrer", "no-store"));

    assert_eq!(world.dash.asked(), [""; 0], "the app got a request before the hand-over ended");
    let entered = dash.get(&path_and_query(&enter)).await;
    entered.assert_redirect("/sales?year=2026&q=a%20b");
    assert_eq!((entered.header("referrer-policy"), entered.header("cache-control")), ("no-referrer", "no-store"));
    dash.get(entered.location()).await.assert_status(200).assert_shows(GREETING);
    assert_eq!(world.dash.asked(), ["GET /sales?year=2026&q=a%20b"]);
    assert_eq!(world.app.count("app_codes").await, 0);
}

// Case: app/cookie
#[tokio::test]
async fn the_session_there_has_a_cookie_of_its_own() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let enter = reed.fetch_code("/").await;
    let line = reed.dash.get(&path_and_query(&enter)).await.set_cookie(COOKIE).to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(line.contains(attribute), "{line}");
    }
    assert!(!line.contains("Domain"), "{line}");
    assert_ne!(reed.dash.cookies[COOKIE], reed.ours.session_cookie());
}

// Case: app/cookie
#[tokio::test]
async fn over_https_the_cookies_there_are_secure_and_belong_to_that_host_alone() {
    let mut world = World::with(TestApp::setup().behind_proxy()).await;
    let https = format!("https://{}", world.app.address());
    let mut reed = world.person("reed").await;
    world.app.set("ROLECALL_PUBLIC_URL", &https);
    world.app.restart().await;
    let session = reed.ours.session_cookie().to_owned();
    reed.ours.cookies.insert("__Host-rolecall".to_owned(), session);
    let begun = reed.dash.get("/").await;
    let open = url(begun.assert_status(303).location());
    let opened = reed.ours.get(&path_and_query(&open)).await;
    let enter = url(opened.assert_status(303).location());
    assert_eq!(enter.scheme(), "https");
    let entered = reed.dash.get(&path_and_query(&enter)).await;
    for (answer, name) in [(&begun, reed.dash.attempt().0.as_str()), (&entered, "__Host-rolecall-app")] {
        let line = answer.set_cookie(name);
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
            assert!(line.contains(attribute), "{line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
    let in_the_clear = reed.dash.navigation(Method::GET, "/x").header("x-forwarded-proto", "http");
    let moved = reed.dash.send(in_the_clear).await;
    assert_eq!((moved.status, moved.location()), (308, format!("{}x", open_place(&enter)).as_str()));
    assert_eq!(world.dash.asked(), [""; 0]);
    reed.assert_inside().await;
}

fn open_place(enter: &openidconnect::reqwest::Url) -> String {
    format!("{}/", enter.origin().ascii_serialization())
}

#[tokio::test]
async fn several_tabs_open_the_app_at_once() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    // The first tab begins before the second one, and finishes after it.
    let first = reed.fetch_code("/first").await;
    let second = reed.fetch_code("/second").await;
    reed.dash.get(&path_and_query(&second)).await.assert_redirect("/second");
    let held = reed.dash.cookies[COOKIE].clone();
    reed.dash.get(&path_and_query(&first)).await.assert_redirect("/first");
    assert_eq!(reed.dash.cookies[COOKIE], held, "a request of the second tab would have lost its session");
    reed.assert_inside().await;
}

#[tokio::test]
async fn a_link_without_state_leads_to_the_app_as_well() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    for path in ["/open/dash", "/open/dash?state=short", "/open/dash?state=a&state=b&return_to=%2F"] {
        reed.ours.get(path).await.assert_redirect(&format!("{}/", world.place(DASH)));
    }
    assert_eq!(world.app.count("app_codes").await, 0);
    reed.ours.get("/open/nothing").await.assert_status(404);
    reed.open_dash().await;
}

// Case: app/return-to
#[tokio::test]
async fn nobody_is_sent_elsewhere_afterwards() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let open = url(reed.dash.get("/kept").await.location());
    // The address on our own host does not decide which page is opened.
    let path = crate::support::changed(&open, "return_to", Some("https://evil.test"));
    let enter = url(reed.ours.get(&path_and_query(&path)).await.assert_status(303).location());
    assert_eq!(enter.host_str(), Some(DASH));
    reed.dash.get(&path_and_query(&enter)).await.assert_redirect("/kept");
    let targets = ["//evil.test", "https://evil.test", "/%5cevil.test", "/.rolecall/sign-out", "javascript:alert(1)"];
    for (target, expected) in targets.map(|target| (target, "/")).into_iter().chain([("/kept?x=1", "/kept?x=1")]) {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", target).finish();
        let open = url(reed.dash.get(&format!("/.rolecall/begin?{query}")).await.assert_status(303).location());
        let enter = url(reed.ours.get(&path_and_query(&open)).await.assert_status(303).location());
        reed.dash.get(&path_and_query(&enter)).await.assert_redirect(expected);
    }
    assert_eq!(parameter(&open, "state").len(), 22);
}

// Case: app/keeps-in
#[tokio::test]
async fn who_uses_the_app_stays_signed_in() {
    let world = World::with(TestApp::setup().set("ROLECALL_SESSION__IDLE", "1h")).await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    for _ in 0..3 {
        world.app.clock.advance(Duration::from_mins(50));
        reed.assert_inside().await;
    }
    assert!(reed.ours.user().await.is_some());
    world.app.clock.advance(Duration::from_mins(61));
    reed.assert_outside().await;
    assert_eq!(reed.ours.user().await, None);
}

// Case: app/step-up
#[tokio::test]
async fn who_proved_too_long_ago_who_they_are_proves_it_anew_on_the_way() {
    let world = World::with(TestApp::setup().set("ROLECALL_STEP_UP__ADMIN", "15m")).await;
    let mut ada = world.person("ada").await;
    let open = url(ada.vault.get("/gold").await.assert_status(303).location());
    let enter = url(ada.ours.get(&path_and_query(&open)).await.assert_status(303).location());
    ada.vault.get(&path_and_query(&enter)).await.assert_redirect("/gold");
    ada.vault.get("/gold").await.assert_status(200).assert_shows(GREETING);

    world.app.clock.advance(Duration::from_mins(16));
    ada.vault.fetch("/gold").await.assert_status(401);
    let open = url(ada.vault.get("/gold").await.assert_status(303).location());
    let sent_on = ada.ours.get(&path_and_query(&open)).await;
    let login = sent_on.assert_status(303).location();
    assert!(login.starts_with("/login/demo?prompt=login&return_to=/open/vault"), "{login}");
    let authorization = url(ada.ours.get(login).await.assert_status(303).location());
    let callback = ada.ours.choose(&authorization, "ada").await;
    let back = ada.ours.follow(&callback).await;
    let target = back.assert_status(200).header("refresh").trim_start_matches("0; url=").to_owned();
    let enter = url(ada.ours.get(&target).await.assert_status(303).location());
    ada.vault.get(&path_and_query(&enter)).await.assert_redirect("/gold");
    ada.vault.get("/gold").await.assert_status(200).assert_shows(GREETING);
}

// Case: app/loop
#[tokio::test]
async fn a_browser_that_does_not_keep_the_session_is_stopped_and_told_why() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    for _ in 0..3 {
        reed.enter("/page").await.assert_redirect("/page");
        reed.dash.cookies.remove(COOKIE);
    }
    let stopped = reed.dash.get("/page").await;
    stopped.assert_status(400).assert_shows("You do not stay signed in").assert_shows("Allow cookies");
    stopped.assert_shows("href=\"/.rolecall/begin?return_to=%2Fpage\"");
    let again = reed.dash.get("/.rolecall/begin?return_to=%2Fpage").await;
    let open = url(again.assert_status(303).location());
    let enter = url(reed.ours.get(&path_and_query(&open)).await.assert_status(303).location());
    reed.dash.get(&path_and_query(&enter)).await.assert_redirect("/page");
    reed.dash.get("/page").await.assert_status(200).assert_shows(GREETING);
    assert!(!reed.dash.cookies.contains_key("rolecall-app-tries"), "the count of tries is deleted after the hand-over");
}
