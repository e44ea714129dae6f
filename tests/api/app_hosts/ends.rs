//! A session on the host of an app ends with the sign-in, whatever ends that.

use http::StatusCode;
use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde_json::{Value, json};

use super::{COOKIE, World};
use crate::support::faulty_provider::{Answer as FaultyAnswer, Endpoint, Faults};
use crate::support::{GREETING, Setup, TestApp};

// Case: app/ends-with-sign-out
#[tokio::test]
async fn signing_out_on_our_host_ends_the_session_there_at_once() {
    let world = World::start().await;
    let (mut reed, mut wren) = (world.person("reed").await, world.person("wren").await);
    reed.open_dash().await;
    wren.open_dash().await;
    reed.ours.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    reed.assert_outside().await;
    wren.assert_inside().await;
}

// Case: app/ends-with-provider
#[tokio::test]
async fn a_provider_that_signs_somebody_out_ends_the_session_there_too() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    let view: Value = reed.ours.fetch("/api/id_token").await.assert_status(200).json();
    let sid = view["claims"].as_array().unwrap().iter().find(|claim| claim["name"] == "sid").unwrap();
    let token = world.app.demo().logout_token(json!({"sid": sid["value"]}).as_object().unwrap());
    let mut server = world.app.browser();
    let request = server.request(Method::POST, "/login/demo/backchannel-logout").form(&[("logout_token", &token)]);
    server.send(request).await.assert_status(200);
    reed.assert_outside().await;
}

// Case: app/sign-out-there
#[tokio::test]
async fn signing_out_on_the_apps_host_signs_out_everywhere() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    let page = reed.dash.get("/.rolecall/sign-out").await;
    page.assert_status(200).assert_shows("action=\"/.rolecall/sign-out\"");
    assert!(!page.body.contains("Error 200"), "{page:#?}");
    reed.assert_inside().await;

    let mut tab = reed.dash.clone();
    let cross_site = tab.request(Method::POST, "/.rolecall/sign-out").header("origin", "https://evil.test");
    tab.send(cross_site).await.assert_status(403);
    reed.assert_inside().await;
    assert!(reed.ours.user().await.is_some());

    let answer = reed.dash.submit("/.rolecall/sign-out", &[]).await;
    let target = answer.assert_status(303).location();
    assert!(target.starts_with(&format!("http://{}/demo/end_session?", world.app.address())), "{target}");
    let policy = page.header("content-security-policy");
    assert!(policy.contains(&format!("form-action 'self' http://{}", world.app.address())), "{policy}");
    assert!(!reed.dash.cookies.contains_key(COOKIE), "{answer:#?}");
    reed.assert_outside().await;
    assert_eq!(reed.ours.user().await, None);
    tab.fetch("/").await.assert_status(401);
    assert_eq!(world.app.count("sign_ins WHERE revoked_reason = 'signed_out'").await, 1);
}

#[tokio::test]
async fn who_is_not_known_on_the_apps_host_signs_out_on_ours() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let front_page = format!("http://{}/", world.app.address());
    reed.dash.get("/.rolecall/sign-out").await.assert_redirect(&front_page);
    reed.dash.submit("/.rolecall/sign-out", &[]).await.assert_redirect(&front_page);
    assert!(reed.ours.user().await.is_some());
}

// Case: app/follows-sign-in
#[tokio::test]
async fn who_signs_in_as_somebody_else_is_somebody_else_there_too() {
    let world = World::start().await;
    let mut person = world.person("reed").await;
    person.open_dash().await;
    person.ours.sign_in_as("wren").await;
    person.assert_outside().await;
    person.open_dash().await;
    let live = "sign_ins WHERE revoked_at IS NULL";
    assert_eq!(world.app.count(live).await, 1);
    assert_eq!(world.app.count(&format!("{live} AND role = 'write'")).await, 1);
}

// Case: app/not-vouched-for
#[tokio::test]
async fn while_a_role_cannot_be_checked_the_app_is_closed_and_a_page_says_so() {
    let world = World::with(Setup::default().with_offline_access()).await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    world.app.demo().set_faults(Faults::answer(Endpoint::Token, FaultyAnswer::Status(StatusCode::BAD_GATEWAY)));
    world.app.clock.advance(std::time::Duration::from_hours(2));
    let page = reed.dash.get("/").await;
    page.assert_status(503).assert_shows("cannot be checked right now");
    assert!(!page.body.contains(GREETING), "{page:#?}");
    reed.dash.fetch("/").await.assert_status(503);
    assert_eq!(world.dash.asked().len(), 1);
}

#[tokio::test]
async fn while_the_database_is_gone_nobody_is_let_in_and_nobody_is_shown_an_empty_page() {
    let world = World::with(TestApp::setup()).await;
    let mut reed = world.person("reed").await;
    let enter = crate::support::path_and_query(&reed.fetch_code("/").await);
    world.app.db().close().await;
    reed.dash.get(&enter).await.assert_status(503).assert_shows("cannot be checked right now");
}
