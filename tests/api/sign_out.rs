//! Signing out ends the session here, whatever else is happening, and nobody else can do it for a person.

use std::time::Duration;

use openidconnect::reqwest::header::{ACCEPT, ORIGIN};
use openidconnect::reqwest::{Method, RequestBuilder, Url};
use rolecall_routes as routes;
use rolecall_sign_in::session::EndReason;
use tokio::task::JoinSet;

use crate::support::faulty_provider::{Answer, Endpoint, Faults};
use crate::support::{Browser, HeldRequest, TestApp, parameter, signed_in, text, until};

async fn sign_out(browser: &mut Browser) {
    browser.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
}

#[tokio::test]
async fn signing_out_kills_the_cookie_wherever_it_is() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let mut thief = browser.clone();
    assert!(thief.user().await.is_some());

    sign_out(&mut browser).await;
    assert!(!browser.cookies.contains_key("rolecall"), "the cookie was not deleted");
    assert_eq!(thief.user().await, None);
    thief.get("/dashboards").await.assert_redirect("/login/demo?return_to=%2Fdashboards");
    browser.get("/").await.assert_shows("You are not signed in");
    assert_eq!(app.count("tower_sessions").await, 0);
}

// Case: logout/normal
#[tokio::test]
async fn the_person_comes_back_by_way_of_the_provider() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let answer = browser.submit(routes::API_SIGN_OUT, &[]).await;
    let provider: Url = answer.location().parse().unwrap();
    assert_eq!(parameter(&provider, "client_id"), "rolecall-demonstration");
    let signed_out = format!("http://{}/signed-out", app.address());
    assert_eq!(parameter(&provider, "post_logout_redirect_uri"), signed_out);
    let back = browser.get(&format!("{}?{}", provider.path(), provider.query().unwrap())).await;
    back.assert_redirect(&signed_out);
    browser.get(routes::SIGNED_OUT).await.assert_status(200).assert_shows("You are signed out");
}

// Case: logout/state-differs, logout/no-state
#[tokio::test]
async fn whatever_state_comes_back_from_the_provider_the_page_is_calm_and_the_session_over() {
    let app = TestApp::start().await;
    for query in ["", "?state=another", "?state=", "?state=a&state=b", "?error=server_error", "?state=%ff"] {
        let mut browser = signed_in(&app, "ada").await;
        let mut old = browser.clone();
        sign_out(&mut browser).await;
        let page = browser.get(&format!("{}{query}", routes::SIGNED_OUT)).await;
        page.assert_status(200).assert_shows("You are signed out");
        assert_eq!(old.user().await, None, "{query}");
    }
}

// Case: return/after-sign-out
#[tokio::test]
async fn whatever_is_asked_for_the_provider_leads_back_to_our_own_page() {
    let app = TestApp::start().await;
    let signed_out = format!("http://{}{}", app.address(), routes::SIGNED_OUT);
    let asked = ["", "//evil.test", "/\\evil.test", "https://evil.test/", "/%2fevil.test", "javascript:alert(1)"];
    for target in asked {
        let mut browser = signed_in(&app, "ada").await;
        let fields = ["return_to", "post_logout_redirect_uri", "target"].map(|name| (name, target));
        let query = fields.map(|(name, target)| format!("{name}={target}")).join("&");
        let answer = browser.submit(&format!("{}?{query}", routes::API_SIGN_OUT), &fields).await;
        let provider: Url = answer.location().parse().unwrap();
        assert_eq!(parameter(&provider, "post_logout_redirect_uri"), signed_out, "{target}");
        let page = browser.get(&format!("{}?return_to={target}", routes::SIGNED_OUT)).await;
        assert!(!page.assert_status(200).body.contains("evil.test"), "{target}");
    }
    // Somebody who is not signed in is redirected to the page at once.
    let fields = [("return_to", "//evil.test")];
    app.browser().submit(routes::API_SIGN_OUT, &fields).await.assert_redirect(routes::SIGNED_OUT);
}

#[tokio::test]
async fn who_is_not_signed_in_can_sign_out_too() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.submit(routes::API_SIGN_OUT, &[]).await.assert_redirect(routes::SIGNED_OUT);
    let called = browser.call(routes::API_SIGN_OUT, &[]).await;
    assert_eq!(called.assert_status(200).location(), routes::SIGNED_OUT);
}

#[tokio::test]
async fn a_provider_that_is_down_keeps_nobody_signed_in() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    app.clock.advance(Duration::from_hours(2));
    app.demo().set_faults(Faults::answer(Endpoint::Discovery, Answer::InvalidJson));
    let mut old = browser.clone();
    sign_out(&mut browser).await;
    assert_eq!(old.user().await, None);
}

#[tokio::test]
async fn who_signs_out_is_signed_out_before_the_provider_is_asked() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let mut old = browser.clone();
    app.clock.advance(Duration::from_hours(2));
    app.demo().set_faults(Faults::answer(Endpoint::Discovery, Answer::Hangs));
    let leaving = tokio::spawn(async move { browser.submit(routes::API_SIGN_OUT, &[]).await });
    until("the provider is asked", async || app.demo().requests().discovery >= 2).await;
    assert_eq!(old.user().await, None);
    leaving.abort();
    app.demo().set_faults(Faults::default());
    assert_eq!(old.user().await, None);
}

// Case: sign-out/post-only
#[tokio::test]
async fn a_link_cannot_sign_anybody_out() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        let followed = browser.send(browser.navigation(method.clone(), routes::API_SIGN_OUT)).await;
        assert!(matches!(followed.status, 404 | 405), "{method}: {followed:#?}");
        let prefetch = browser.navigation(method.clone(), routes::API_SIGN_OUT).header("sec-purpose", "prefetch");
        let prefetched = browser.send(prefetch.header("purpose", "prefetch")).await;
        assert!(matches!(prefetched.status, 404 | 405), "{method}: {prefetched:#?}");
        let fetched = browser.send(browser.script(method.clone(), routes::API_SIGN_OUT)).await;
        assert!(matches!(fetched.status, 404 | 405), "{method}: {fetched:#?}");
    }
    assert!(browser.user().await.is_some());
}

/// Sign-out requests that pages of other sites can make a browser send.
fn forged(browser: &Browser, own_origin: &str) -> Vec<RequestBuilder> {
    let post = || browser.request(Method::POST, routes::API_SIGN_OUT).header(ACCEPT, "text/html");
    vec![
        post(),
        post().header("sec-fetch-site", "cross-site"),
        post().header("sec-fetch-site", "same-site"),
        post().header("sec-fetch-site", "none"),
        post().header("sec-fetch-site", "cross-site").header(ORIGIN, own_origin),
        post().header(ORIGIN, "https://evil.test"),
        post().header(ORIGIN, format!("{own_origin}.evil.test")),
        post().header(ORIGIN, "null"),
    ]
}

// Case: sign-out/own-origin, request/unsafe-cross-site, request/unsafe-own-origin
#[tokio::test]
async fn a_foreign_page_cannot_sign_anybody_out() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let origin = format!("http://{}", app.address());
    for request in forged(&browser, &origin) {
        browser.send(request).await.assert_status(403).assert_shows("did not come from one of our own pages");
        assert!(browser.user().await.is_some());
    }
    // The request with only our own origin is accepted: older browsers send no `Sec-Fetch-Site`.
    let ours = browser.request(Method::POST, routes::API_SIGN_OUT).header(ACCEPT, "text/html").header(ORIGIN, origin);
    browser.send(ours).await.assert_status(303);
    assert_eq!(browser.user().await, None);
}

// Case: session/held-request-sign-out
#[tokio::test]
async fn requests_on_their_way_do_not_bring_the_session_back() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let mut old = browser.clone();
    let mut requests = JoinSet::new();
    for path in ["/", "/dashboards/weather", routes::API_SESSION, routes::API_ID_TOKEN].into_iter().cycle().take(24) {
        let mut tab = browser.clone();
        requests.spawn(async move { tab.get(path).await.status });
    }
    sign_out(&mut browser).await;
    for status in requests.join_all().await {
        assert!(status < 500, "{status}");
    }
    assert_eq!(old.user().await, None);
}

// Case: session/held-request-sign-out
#[tokio::test]
async fn a_request_that_ends_after_the_sign_out_does_not_bring_the_session_back() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "wren").await;
    let mut old = browser.clone();
    let held = HeldRequest::save_note(&app, &browser).await;
    sign_out(&mut browser).await;
    held.released().await;
    assert_eq!(old.user().await, None);
}

// Case: session/held-request-revoked
#[tokio::test]
async fn a_request_that_ends_after_a_revocation_does_not_bring_the_session_back() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "wren").await;
    let held = HeldRequest::save_note(&app, &browser).await;
    // The person's session in another browser is not affected.
    let mut elsewhere = signed_in(&app, "wren").await;
    let id = text(app.db(), "SELECT id FROM sign_ins ORDER BY created_at LIMIT 1").await;
    app.auth().sign_ins().revoke(&id, EndReason::SignedOut, app.clock.now_ms()).await.unwrap();
    held.released().await;
    assert_eq!(browser.user().await, None);
    assert!(elsewhere.user().await.is_some());
}

// Case: session/held-request-expired
#[tokio::test]
async fn a_request_that_ends_after_the_session_does_not_bring_it_back() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "wren").await;
    let held = HeldRequest::save_note(&app, &browser).await;
    app.clock.advance(Duration::from_hours(8));
    held.released().await;
    assert_eq!(browser.user().await, None);
}

/// A second sign-in whose callback waits for the provider while the person signs out.
// Case: session/held-request-sign-out
#[tokio::test]
async fn a_callback_that_ends_after_the_sign_out_does_not_bring_the_old_session_back() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let authorization = browser.begin("/").await;
    let callback = browser.choose(&authorization, "reed").await;
    let mut old = browser.clone();
    let tokens_before = app.demo().requests().token;
    app.demo().set_faults(Faults::answer(Endpoint::Token, Answer::Hangs));
    let mut tab = browser.clone();
    let held = tokio::spawn(async move {
        tab.follow(&callback).await.assert_status(303);
        tab
    });
    until("the provider is asked", async || app.demo().requests().token > tokens_before).await;

    sign_out(&mut browser).await;
    app.demo().set_faults(Faults::default());
    let mut tab = held.await.unwrap();
    assert_eq!(old.user().await, None);
    assert_eq!(browser.user().await, None);
    assert_eq!(tab.user().await.unwrap().name, "Reed Marlow", "the second sign-in must not be affected");
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 1);
}
