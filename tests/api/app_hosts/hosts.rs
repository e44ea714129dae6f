//! Host names: nothing of Rolecall is served on the host of an app, and nothing of an app on Rolecall's.

use openidconnect::reqwest::Method;
use openidconnect::reqwest::header::HOST;
use rolecall_routes as routes;

use super::{DASH, World};
use crate::support::{Answer, Browser, GREETING, HASHED_ASSET, TestApp, raw, raw_status, until};

/// Paths that Rolecall serves on its own host.
const OUR_PATHS: [&str; 12] = [
    routes::DASHBOARDS,
    "/dashboards/weather",
    routes::APPS,
    routes::ACCOUNT_TOKEN,
    routes::SIGN_IN,
    "/login/demo",
    "/demo/authorize",
    routes::API_SESSION,
    routes::HEALTH_READY,
    "/open/dash",
    HASHED_ASSET,
    "/robots.txt",
];

// Case: app/nothing-of-ours
#[tokio::test]
async fn on_the_host_of_an_app_there_is_the_app_alone() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    for path in OUR_PATHS {
        world.nobody().dash.fetch(path).await.assert_status(401);
    }
    reed.open_dash().await;
    for path in OUR_PATHS {
        let answer = reed.dash.get(path).await;
        answer.assert_status(200).assert_shows(&format!("{GREETING} {path}"));
    }
    let posted = reed.dash.call(routes::API_SIGN_OUT, &[]).await;
    posted.assert_status(200).assert_shows(GREETING);
    assert!(reed.ours.user().await.is_some(), "a server function of Rolecall ran on the host of the app");
    let asked = world.dash.asked().len();
    for path in ["/.rolecall/", "/.rolecall/nothing", "/.rolecall/pkg/rolecall.js", "/.rolecall/../dashboards"] {
        reed.dash.get(path).await;
    }
    reed.dash.get("/.rolecall/nothing").await.assert_status(404);
    reed.dash.get("/.rolecall/robots.txt").await.assert_status(404);
    reed.dash.get("/.rolecall/favicon.svg").await.assert_status(200);
    assert!(world.dash.asked().len() <= asked + 2);
}

// Case: app/nothing-of-the-app
#[tokio::test]
async fn on_our_host_there_is_nothing_of_an_app_with_a_host() {
    let world = World::start().await;
    let mut ada = world.person("ada").await;
    for path in ["/sales", "/apps/dash/", "/apps/dash/x", "/.rolecall/enter?code=a", "/.rolecall/sign-out"] {
        let answer = ada.ours.get(path).await;
        assert!([404, 303].contains(&answer.status), "{path}: {answer:#?}");
        assert!(!answer.body.contains(GREETING), "{path}: {answer:#?}");
    }
    assert_eq!(world.dash.asked(), [""; 0]);
}

async fn asked_as(browser: &mut Browser, host: &str, headers: &[(&str, &str)]) -> Answer {
    let request = browser.script(Method::GET, "/x").header(HOST, host);
    browser.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

// Case: app/host-spellings
#[tokio::test]
async fn the_host_is_the_one_that_was_asked_for_in_whatever_spelling() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    let port = world.app.address().port();
    for host in [format!("{DASH}:{port}"), DASH.to_owned(), format!("DASH.LocalHost:{port}"), format!("{DASH}:80")] {
        asked_as(&mut reed.dash, &host, &[]).await.assert_status(200).assert_shows(GREETING);
    }
    let asked = world.dash.asked().len();
    for host in ["xdash.localhost", "dash.localhost.evil.test", "dash.localhost.", "evil.test", "dash", "127.0.0.1"] {
        let answer = asked_as(&mut reed.dash, host, &[]).await;
        assert!([421, 404].contains(&answer.status), "{host}: {answer:#?}");
    }
    assert_eq!(world.dash.asked().len(), asked);
}

// Case: app/host-forwarded
#[tokio::test]
async fn a_proxy_says_which_host_is_meant_when_it_is_trusted_and_nobody_else_does() {
    let header = [("x-forwarded-host", DASH)];
    for trusted in [false, true] {
        let setup = TestApp::setup().with_own_provider();
        let setup = if trusted { setup.behind_proxy() } else { setup };
        let world = World::with(setup).await;
        let mut reed = world.person("reed").await;
        reed.open_dash().await;
        let own = world.app.address().to_string();
        let answer = asked_as(&mut reed.dash, &own, &header).await;
        if trusted {
            answer.assert_status(200).assert_shows(GREETING);
            let back = [("x-forwarded-host", "127.0.0.1")];
            asked_as(&mut reed.dash, DASH, &back).await.assert_status(404);
        } else {
            answer.assert_status(404);
        }
        // A foreign site that has bound its own name to this machine can send any header.
        asked_as(&mut reed.dash, "evil.test", &header).await.assert_status(421);
    }
}

// Case: app/host-spellings
#[tokio::test]
async fn a_request_for_a_whole_address_is_for_the_host_of_that() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    let cookies = reed.dash.cookie_header();
    let request = |target: &str, host: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n")
    };
    let port = world.app.address().port();
    let theirs = raw(&world.app, request(&format!("http://{DASH}:{port}/x"), "127.0.0.1").as_bytes()).await;
    assert!(theirs.contains(GREETING) && raw_status(&theirs) == 200, "{theirs}");
    let ours = raw(&world.app, request(&format!("http://{}/x", world.app.address()), DASH).as_bytes()).await;
    assert!(!ours.contains(GREETING) && raw_status(&ours) == 404, "{ours}");
}

// Case: app/cards
#[tokio::test]
async fn people_see_the_apps_that_their_role_opens() {
    let world = World::start().await;
    let (mut ada, mut reed) = (world.person("ada").await, world.person("reed").await);
    let mut nora = world.person("nora").await;
    let (dash, vault) =
        (format!("href=\"{}/\"", world.place(DASH)), format!("href=\"{}/\"", world.place("vault.localhost")));
    for path in [routes::HOME, routes::APPS] {
        let page = ada.ours.get(path).await;
        page.assert_status(200).assert_shows(&dash).assert_shows(&vault).assert_shows("Sales figures");
        let page = reed.ours.get(path).await;
        page.assert_status(200).assert_shows(&dash).assert_shows("href=\"/apps\"");
        assert!(!page.body.contains("vault"), "{page:#?}");
    }
    let page = nora.ours.get(routes::HOME).await;
    assert!(!page.body.contains(DASH) && !page.body.contains("href=\"/apps\""), "{page:#?}");
    nora.ours.get(routes::APPS).await.assert_status(403);
}

// Case: audit/refusals
#[tokio::test]
async fn a_refusal_in_the_audit_names_the_app_and_nothing_of_its_path() {
    let setup = TestApp::setup().with_app("desk", "127.0.0.1:1".parse().unwrap(), "admin");
    let world = World::with(setup).await;
    let (mut ada, mut reed) = (world.person("ada").await, world.person("reed").await);
    world.nobody().dash.fetch("/reset/xyzzy").await.assert_status(401);
    reed.ours.get("/apps/desk/reset/xyzzy").await.assert_status(403);
    for app in ["dash", "desk"] {
        let noted = format!("audit WHERE kind = 'access_denied' AND details LIKE '%\"app\":\"{app}\"%'");
        until(&noted, async || world.app.count(&noted).await == 1).await;
    }
    let told = "audit WHERE kind = 'access_denied' AND (details LIKE '%xyzzy%' OR details LIKE '%\"path\"%')";
    assert_eq!(world.app.count(told).await, 0, "a path of an app is not one of ours, and can hold a token");
    ada.ours.get(&format!("{}?kind=access_denied", routes::ADMIN_AUDIT)).await.assert_shows("App: dash");
}

// Case: audit/request-page
#[tokio::test]
async fn a_request_for_access_names_the_app_and_nothing_of_its_path() {
    let setup = TestApp::setup().with_app("desk", "127.0.0.1:1".parse().unwrap(), "admin");
    let world = World::with(setup).await;
    let (mut ada, mut reed) = (world.person("ada").await, world.person("reed").await);
    let refused = reed.ours.get("/apps/desk/reset/xyzzy").await;
    refused.assert_status(403);
    let page = refused.body.split("name=\"page\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let asked = [("role", "admin"), ("page", page), ("reason", "I keep the desk")];
    reed.ours.submit(routes::API_REQUEST_ACCESS, &asked).await.assert_status(303);
    let named = "audit WHERE kind = 'access_requested' AND details LIKE '%\"page\":\"/apps/desk/\"%'";
    assert_eq!(world.app.count(named).await, 1);
    assert_eq!(world.app.count("audit WHERE details LIKE '%xyzzy%'").await, 0, "a path of an app can hold a token");
    let requests = ada.ours.get(routes::ADMIN_REQUESTS).await;
    requests.assert_status(200).assert_shows("/apps/desk/");
    assert!(!requests.body.contains("xyzzy"), "{requests:#?}");
}
