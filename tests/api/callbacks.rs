//! The callback, and each mistake in it. A mistaken callback is reported, signs nobody in, and the person can try
//! again.

use std::time::Duration;

use openidconnect::reqwest::Url;
use rolecall_routes as routes;

use crate::support::faulty_provider::Faults;
use crate::support::{Answer, Browser, TestApp, Traces, changed, parameter, raw, raw_get, raw_status, refused_with};

/// A browser whose next step is the callback.
struct ComingBack {
    app: TestApp,
    browser: Browser,
    callback: Url,
}

impl ComingBack {
    async fn start() -> Self {
        Self::on(TestApp::start().await).await
    }

    async fn on(app: TestApp) -> Self {
        let mut browser = app.browser();
        let authorization = browser.begin("/").await;
        let callback = browser.choose(&authorization, "wren").await;
        Self { app, browser, callback }
    }

    /// Sends `mistaken` instead of the callback, and checks that it has no effect.
    async fn refused(&mut self, mistaken: &str, status: u16) -> Answer {
        let before = Traces::of(&self.app).await;
        let tokens_before = self.app.demo().requests().token;
        let answer = self.browser.get(mistaken).await;
        answer.assert_status(status);
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(self.browser.user().await, None);
        assert_eq!(Traces::of(&self.app).await, before);
        assert_eq!(self.app.demo().requests().token, tokens_before, "the code was used");
        answer
    }

    /// Checks that the callback without the mistake succeeds.
    async fn right_one_passes(&mut self) {
        self.browser.follow(&self.callback).await.assert_redirect("/");
        assert_eq!(self.browser.user().await.unwrap().name, "Wren Hollis");
    }

    /// Checks that the attempt is used up, as it should be, and that a new one succeeds.
    async fn next_one_passes(&mut self) {
        self.browser.follow(&self.callback).await.assert_status(400);
        self.browser.sign_in_as("wren").await;
    }

    fn query(&self) -> &str {
        self.callback.query().unwrap()
    }
}

fn target(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

#[tokio::test]
async fn a_callback_without_any_parameter_is_refused() {
    let mut case = ComingBack::start().await;
    case.refused("/login/demo/authorized", 400).await;
    case.right_one_passes().await;
}

#[tokio::test]
async fn a_callback_without_state_is_refused() {
    let mut case = ComingBack::start().await;
    case.refused(&target(&changed(&case.callback, "state", None)), 400).await;
    case.refused(&target(&changed(&case.callback, "state", Some(""))), 400).await;
    case.right_one_passes().await;
}

#[tokio::test]
async fn a_callback_with_an_unknown_state_is_refused() {
    let mut case = ComingBack::start().await;
    let mistaken = target(&changed(&case.callback, "state", Some("never-begun")));
    case.refused(&mistaken, 400).await.assert_shows("used already");
    case.right_one_passes().await;
}

#[tokio::test]
async fn a_callback_without_code_is_refused() {
    let mut case = ComingBack::start().await;
    case.refused(&target(&changed(&case.callback, "code", None)), 400).await;
    case.next_one_passes().await;
}

// Case: malformed/doubled-code, malformed/doubled-state
#[tokio::test]
async fn a_doubled_code_or_state_is_refused() {
    let mut case = ComingBack::start().await;
    for name in ["code", "state"] {
        let value = parameter(&case.callback, name);
        case.refused(&format!("{}&{name}={value}", target(&case.callback)), 400).await;
        case.refused(&format!("{}&{name}=another", target(&case.callback)), 400).await;
    }
    case.right_one_passes().await;
}

// Case: malformed/long-query
#[tokio::test]
async fn a_query_that_is_too_long_is_refused() {
    let mut case = ComingBack::start().await;
    case.refused(&format!("{}&x={}", target(&case.callback), "a".repeat(40_000)), 400).await;
    case.right_one_passes().await;
}

// Case: malformed/long-query
#[tokio::test]
async fn a_megabyte_of_query_harms_nobody() {
    let mut case = ComingBack::start().await;
    let answer = raw_get(&case.app, &format!("{}&x={}", target(&case.callback), "a".repeat(1 << 20)), "").await;
    // The connection may be reset before the answer can be read.
    assert!(answer.is_empty() || (400..500).contains(&raw_status(&answer)), "{answer}");
    case.right_one_passes().await;
}

// Case: malformed/not-utf8
#[tokio::test]
async fn a_query_that_is_not_utf8_is_refused() {
    let mut case = ComingBack::start().await;
    case.refused(&format!("{}&x=%ff%fe", target(&case.callback)), 400).await;
    let cookies = case.browser.cookie_header();
    let request = [
        format!("GET {}&x=", target(&case.callback)).as_bytes(),
        b"\xff\xfe",
        format!(" HTTP/1.1\r\nHost: {}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n", case.app.address())
            .as_bytes(),
    ]
    .concat();
    let answer = raw(&case.app, &request).await;
    assert_eq!(raw_status(&answer), 400, "{answer}");
    case.right_one_passes().await;
}

// Case: several/same-callback-twice
#[tokio::test]
async fn a_callback_works_once() {
    let mut case = ComingBack::start().await;
    case.right_one_passes().await;
    let before = Traces::of(&case.app).await;
    let token_requests = case.app.demo().requests().token;
    // A signed-in person is redirected as usual; in a browser without a session, the callback fails.
    let mut signed_out = case.browser.clone();
    signed_out.cookies.remove("rolecall");
    signed_out.follow(&case.callback).await.assert_status(400).assert_shows("used already");
    assert_eq!(signed_out.user().await, None);
    case.browser.follow(&case.callback).await.assert_redirect("/");
    assert_eq!((Traces::of(&case.app).await, case.app.demo().requests().token), (before, token_requests));
    assert_eq!(case.browser.user().await.unwrap().name, "Wren Hollis", "the session must stay that of the same person");
}

// Case: attempt/expired
#[tokio::test]
async fn a_sign_in_that_took_longer_than_ten_minutes_is_refused() {
    let mut case = ComingBack::start().await;
    case.app.clock.advance(Duration::from_mins(10));
    case.refused(&target(&case.callback), 400).await.assert_shows("longer than ten minutes");
    case.next_one_passes().await;
}

// Case: attempt/other-browser
#[tokio::test]
async fn a_callback_in_another_browser_is_refused() {
    let mut case = ComingBack::start().await;
    let victims = std::mem::replace(&mut case.browser, case.app.browser());
    // The other browser has begun a sign-in too, so it has an attempt cookie: its own.
    case.browser.begin("/").await;
    case.refused(&target(&case.callback), 400).await.assert_shows("another browser");
    // The failed callback used up neither the attempt nor the code.
    case.browser = victims;
    case.right_one_passes().await;
}

// Case: attempt/no-cookie
#[tokio::test]
async fn a_browser_without_the_attempt_cookie_is_told_of_cookies() {
    let mut case = ComingBack::start().await;
    let cookies = std::mem::take(&mut case.browser.cookies);
    case.refused(&target(&case.callback), 400).await.assert_shows("Allow cookies");
    case.browser.cookies = cookies;
    case.right_one_passes().await;
}

// Case: malformed/garbage-cookie, malformed/doubled-cookie
#[tokio::test]
async fn a_garbled_or_doubled_attempt_cookie_is_refused() {
    let mut case = ComingBack::start().await;
    let right = case.browser.cookie_header();
    let (name, value) = case.browser.attempt();
    for header in [
        format!("{right}; {right}"),
        format!("{name}="),
        format!("{name}={}", &value[1..]),
        format!("{name}={}{}{}", &value[..60], if &value[60..61] == "a" { "b" } else { "a" }, &value[61..]),
        format!("{}={value}", name.replace("attempt", "attemp%74")),
        "rolecall-attempt=".to_owned(),
        ";;=;\"".to_owned(),
        "\u{1f36a}".to_owned(),
    ] {
        let answer = raw_get(&case.app, &target(&case.callback), &format!("Cookie: {header}\r\n")).await;
        assert_eq!(raw_status(&answer), 400, "{header}: {answer}");
    }
    case.right_one_passes().await;
}

#[tokio::test]
async fn the_callback_of_another_provider_is_refused() {
    let mut case = ComingBack::on(TestApp::setup().with_second_provider().start().await).await;
    case.refused(&format!("/login/other/authorized?{}", case.query()), 400).await.assert_shows("another provider");
    case.next_one_passes().await;
}

#[tokio::test]
async fn a_callback_that_names_another_issuer_is_refused() {
    let mut case = ComingBack::start().await;
    let mistaken = changed(&case.callback, "iss", Some("https://issuer.example.com"));
    case.refused(&target(&mistaken), 400).await.assert_shows("another provider");
    case.next_one_passes().await;
}

#[tokio::test]
async fn a_callback_that_names_no_issuer_is_refused_where_the_provider_always_names_one() {
    let mut case = ComingBack::start().await;
    case.refused(&target(&changed(&case.callback, "iss", None)), 400).await;
    case.next_one_passes().await;
}

#[tokio::test]
async fn a_provider_that_answers_for_another_issuer_is_refused() {
    let faults = Faults { callback_issuer: Some("https://issuer.example.com".to_owned()), ..Faults::default() };
    refused_with(faults).await.assert_shows("another provider");
}

// Case: aadsts/access-denied
#[tokio::test]
async fn who_declines_at_the_provider_is_told_so_and_can_try_again() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let authorization = browser.begin("/").await;
    let callback = browser.decline(&authorization).await;
    assert_eq!(parameter(&callback, "error"), "access_denied");
    let mut case = ComingBack { app, browser, callback };
    let told = case.refused(&target(&case.callback), 400).await;
    told.assert_shows("declined").assert_shows("access_denied").assert_shows("href=\"/login/demo\"");
    case.next_one_passes().await;
}

// Case: text/html
#[tokio::test]
async fn what_the_provider_says_of_an_error_is_shown_as_text() {
    let mut case = ComingBack::start().await;
    let declined = changed(&changed(&case.callback, "code", None), "error", Some("server_error"));
    let described = changed(&declined, "error_description", Some("<img src=x onerror=alert(1)>\r\nX: y"));
    let told = case.refused(&target(&described), 503).await;
    told.assert_shows("&lt;img src=x");
    assert!(!told.body.contains("<img"), "{told:#?}");
    case.next_one_passes().await;
}

#[tokio::test]
async fn the_server_function_of_the_callback_refuses_the_same() {
    let mut case = ComingBack::start().await;
    let before = Traces::of(&case.app).await;
    let [code, state, iss] = ["code", "state", "iss"].map(|name| parameter(&case.callback, name));
    let mistakes = [
        vec![("provider", "demo")],
        vec![("provider", "demo"), ("code", &*code), ("iss", &*iss)],
        vec![("provider", "demo"), ("code", &*code), ("state", "never-begun"), ("iss", &*iss)],
        vec![("provider", "nobody"), ("code", &*code), ("state", &*state), ("iss", &*iss)],
    ];
    for fields in mistakes {
        case.browser.call(routes::API_COMPLETE_SIGN_IN, &fields).await.assert_status(400);
        case.browser.submit(routes::API_COMPLETE_SIGN_IN, &fields).await.assert_status(400);
    }
    assert_eq!(Traces::of(&case.app).await, before);
    case.right_one_passes().await;
}
