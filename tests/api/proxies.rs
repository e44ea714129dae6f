//! Behind proxies: the headers of a configured proxy count, are compared with the public address, and never replace it.
//! Those of anybody else do not count.

use openidconnect::reqwest::{Method, RequestBuilder};
use rolecall_routes as routes;

use crate::support::{Answer, Browser, TestApp, parameter, text};

/// A client address other than that of the test.
const CLIENT: &str = "203.0.113.9";

/// An application that people reach by https, through a proxy on this machine.
async fn behind_a_proxy() -> TestApp {
    let app = TestApp::setup().behind_proxy().start().await;
    let https = format!("https://{}", app.address());
    restarted_with(app, "ROLECALL_PUBLIC_URL", &https).await
}

async fn restarted_with(mut app: TestApp, variable: &str, value: &str) -> TestApp {
    app.set(variable, value);
    app.restart().await;
    app
}

/// Goes to `path` with the headers that a proxy adds.
async fn forwarded(browser: &mut Browser, path: &str, headers: &[(&str, &str)]) -> Answer {
    browser.send(with(browser.navigation(Method::GET, path), headers)).await
}

fn with(request: RequestBuilder, headers: &[(&str, &str)]) -> RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

/// The address in the record of a sign-in whose callback came with `headers`.
async fn recorded_address(app: &TestApp, headers: &[(&str, &str)]) -> String {
    let mut ada = app.browser();
    let authorization = ada.begin("/").await;
    let callback = ada.choose(&authorization, "ada").await;
    let path = format!("{}?{}", callback.path(), callback.query().unwrap());
    forwarded(&mut ada, &path, headers).await.assert_status(303);
    text(app.db(), "SELECT ip FROM sign_ins ORDER BY created_at DESC, rowid DESC LIMIT 1").await
}

// Case: identity/forwarded-trusted, identity/forwarded-untrusted
#[tokio::test]
async fn the_clients_address_is_taken_from_a_configured_proxy_and_from_nobody_else() {
    let ways: [&[(&str, &str)]; 3] = [
        &[("x-forwarded-for", CLIENT)],
        &[("x-forwarded-for", "198.51.100.66, 203.0.113.9")],
        &[("forwarded", "for=198.51.100.66, for=\"203.0.113.9:4711\";proto=http")],
    ];
    let open = TestApp::setup().with_own_provider().start().await;
    let proxied = TestApp::setup().behind_proxy().set("ROLECALL_TRUSTED_PROXIES", "127.0.0.0/8").start().await;
    for headers in ways {
        assert_eq!(recorded_address(&open, headers).await, "127.0.0.1", "{headers:?}");
        assert_eq!(recorded_address(&proxied, headers).await, CLIENT, "{headers:?}");
    }
    let contradiction = [("x-forwarded-for", CLIENT), ("forwarded", "for=198.51.100.66")];
    assert_eq!(recorded_address(&proxied, &contradiction).await, "127.0.0.1");
}

// Case: identity/forwarded-trusted
#[tokio::test]
async fn a_navigation_that_came_in_the_clear_goes_on_to_https() {
    let app = behind_a_proxy().await;
    let mut browser = app.browser();
    let target = format!("https://{}/dashboards?a=b", app.address());
    for headers in [("x-forwarded-proto", "http"), ("forwarded", "for=203.0.113.9;proto=http")] {
        let answer = forwarded(&mut browser, "/dashboards?a=b", &[headers]).await;
        assert_eq!((answer.status, answer.location()), (308, target.as_str()), "{headers:?}");
        assert_eq!(answer.header("cache-control"), "no-store", "browsers must not cache the redirect");
        assert_eq!(answer.header("strict-transport-security"), "", "RFC 6797, section 7.2");
        let refused = browser.send(with(browser.navigation(Method::POST, routes::API_SIGN_OUT), &[headers])).await;
        refused.assert_status(421);
        browser.send(with(browser.script(Method::GET, routes::API_SESSION), &[headers])).await.assert_status(421);
    }
    let answer = forwarded(&mut browser, "/", &[("x-forwarded-proto", "https")]).await;
    assert_ne!(answer.assert_status(200).header("strict-transport-security"), "");
    forwarded(&mut browser, "/", &[]).await.assert_status(200);
}

#[tokio::test]
async fn a_foreign_host_is_redirected_to_ours_and_never_used() {
    let app = behind_a_proxy().await;
    let mut browser = app.browser();
    for headers in [("x-forwarded-host", "evil.test"), ("forwarded", "for=203.0.113.9;host=evil.test")] {
        let answer = forwarded(&mut browser, "/login/demo?return_to=%2F", &[headers]).await;
        let target = format!("https://{}/login/demo?return_to=%2F", app.address());
        assert_eq!((answer.status, answer.location()), (307, target.as_str()), "{headers:?}");
        browser.send(with(browser.script(Method::GET, routes::API_SESSION), &[headers])).await.assert_status(421);
    }
    let ours = [("x-forwarded-host", "127.0.0.1"), ("x-forwarded-proto", "https")];
    forwarded(&mut browser, "/", &ours).await.assert_status(200);
}

// Case: identity/forwarded-untrusted, identity/public-url
#[tokio::test]
async fn who_is_no_proxy_can_neither_cause_redirects_nor_change_our_address() {
    let app = TestApp::setup().with_own_provider().start().await;
    let mut browser = app.browser();
    let lies = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-for", CLIENT),
        ("forwarded", "for=203.0.113.9;host=evil.test;proto=https"),
    ];
    let answer = forwarded(&mut browser, "/login/demo", &lies).await;
    answer.assert_status(303);
    let authorization = openidconnect::reqwest::Url::parse(answer.location()).unwrap();
    let expected = format!("http://{}/login/demo/authorized", app.address());
    assert_eq!(parameter(&authorization, "redirect_uri"), expected);
    forwarded(&mut browser, "/", &lies).await.assert_status(200);
}

// Case: identity/public-url
#[tokio::test]
async fn behind_a_proxy_the_redirect_uri_is_made_of_the_public_address_alone() {
    let app = TestApp::setup().behind_proxy().start().await;
    let mut browser = app.browser();
    let answer = forwarded(&mut browser, "/login/demo", &[("x-forwarded-for", CLIENT)]).await;
    let authorization = openidconnect::reqwest::Url::parse(answer.location()).unwrap();
    let expected = format!("http://{}/login/demo/authorized", app.address());
    assert_eq!(parameter(&authorization, "redirect_uri"), expected);
}
