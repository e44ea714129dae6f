//! What the configuration allows on the host of an app, and what stays refused without it.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;

use super::World;
use crate::support::{GREETING, TestApp};

const PORTAL: &str = "https://portal.localhost";

// Case: app/head
#[tokio::test]
async fn head_begins_a_hand_over_as_get_does() {
    let world = World::start().await;
    for method in [Method::GET, Method::HEAD] {
        let mut reed = world.person("reed").await;
        let begun = reed.dash.send(reed.dash.navigation(method.clone(), "/a?b")).await;
        assert!(begun.assert_status(303).location().contains("/open/dash"), "{begun:#?}");
        reed.open_dash().await;
        reed.dash.send(reed.dash.navigation(method, "/a?b")).await.assert_status(200);
    }
    assert_eq!(world.dash.asked(), ["GET /", "GET /a?b", "GET /", "HEAD /a?b"]);
}

// Case: app/worker
#[tokio::test]
async fn on_its_host_an_app_has_no_service_worker_either() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    let request = reed.dash.script(Method::GET, "/worker.js").header("service-worker", "script");
    let refused = reed.dash.send(request).await;
    refused.assert_status(403).assert_shows("apps.dash.service_workers = true");
    assert_eq!(world.dash.asked(), ["GET /"]);

    let world = World::with(TestApp::setup().set("ROLECALL_APPS__DASH__SERVICE_WORKERS", "true")).await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    let request = reed.dash.script(Method::GET, "/worker.js").header("service-worker", "script");
    reed.dash.send(request).await.assert_status(200).assert_shows(GREETING);
}

// Case: app/cors
#[tokio::test]
async fn a_sibling_that_is_named_calls_an_app_and_nothing_of_ours_on_its_host() {
    let world = World::with(TestApp::setup().set("ROLECALL_APPS__DASH__CORS_ORIGINS", PORTAL)).await;
    let mut person = world.person("reed").await;
    let preflight = |path: &str| {
        let nobody = world.nobody().dash.request(Method::OPTIONS, path).header("origin", PORTAL);
        nobody.header("access-control-request-method", "POST")
    };
    let allowed = person.dash.clone().send(preflight("/update")).await;
    assert_eq!(allowed.assert_status(204).header("access-control-allow-origin"), PORTAL);
    assert_eq!(allowed.header("access-control-allow-credentials"), "true");
    assert_eq!(world.dash.asked(), [""; 0]);

    person.open_dash().await;
    let call = |path: &str| person.dash.request(Method::POST, path).header("origin", PORTAL);
    let done = person.dash.clone().send(call("/update").header("sec-fetch-site", "same-site")).await;
    assert_eq!(done.assert_status(200).header("access-control-allow-origin"), PORTAL);

    // An origin that may call the app can neither sign anybody out nor read a code.
    let refused = person.dash.clone().send(call(routes::APP_SIGN_OUT).header("sec-fetch-site", "same-site")).await;
    assert_eq!(refused.assert_status(403).header("access-control-allow-origin"), "");
    for path in [routes::APP_ENTER, routes::APP_BEGIN, routes::APP_SIGN_OUT] {
        let refused = person.dash.clone().send(preflight(path)).await;
        assert_eq!(refused.header("access-control-allow-origin"), "", "{path}");
        let read = person.dash.request(Method::GET, path).header("origin", PORTAL);
        assert_eq!(person.dash.clone().send(read).await.header("access-control-allow-origin"), "", "{path}");
    }
    person.assert_inside().await;
    // The configuration of the other app names no origin.
    let mut vault = world.nobody().vault;
    let request = vault.request(Method::OPTIONS, "/x").header("origin", PORTAL);
    vault.send(request.header("access-control-request-method", "POST")).await.assert_status(401);
}
