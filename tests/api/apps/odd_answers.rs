//! Unusual answers of apps, which are passed on anyway.

use openidconnect::reqwest::Method;
use url::form_urlencoded::Serializer;

use crate::support::{Browser, TestApp, Upstream, raw_get, raw_status};

async fn start(upstream: &Upstream, setting: &[(&str, &str)]) -> (TestApp, Browser) {
    let setup = TestApp::setup().with_app("sales", upstream.address, "read");
    let setup = setting.iter().fold(setup, |setup, (name, value)| setup.set(name, value));
    let app = setup.start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    (app, browser)
}

/// Asks the app for an answer with exactly these headers.
async fn answered(app: &TestApp, browser: &Browser, headers: &[(String, &str)]) -> String {
    let query: String = Serializer::new(String::new()).extend_pairs(headers).finish();
    let cookies = format!("Cookie: {}\r\n", browser.cookie_header());
    raw_get(app, &format!("/apps/sales/answer?{query}"), &cookies).await
}

// Case: app/many-headers
#[tokio::test]
async fn an_answer_may_have_several_hundred_headers() {
    let upstream = Upstream::start().await;
    let (app, browser) = start(&upstream, &[]).await;
    for count in [99, 100, 101, 400] {
        let headers: Vec<_> = (0..count).map(|number| (format!("x-own-{number}"), "1")).collect();
        let answer = answered(&app, &browser, &headers).await;
        assert_eq!(raw_status(&answer), 200, "{count}: {answer}");
        assert_eq!(answer.matches("\nx-own-").count(), count);
        assert!(answer.ends_with("an answer of the app"), "{answer}");
    }
}

// Case: app/redirect-not-ascii
#[tokio::test]
async fn a_redirect_to_a_path_with_raw_letters_beyond_ascii_stays_below_the_app() {
    let upstream = Upstream::start().await;
    let (app, browser) = start(&upstream, &[]).await;
    let own = format!("http://{}", upstream.address);
    for (location, expected) in [
        ("/bücher?x=ä", "/apps/sales/b%C3%BCcher?x=%C3%A4".to_owned()),
        (&format!("{own}/bücher"), format!("http://{}/apps/sales/b%C3%BCcher", app.address())),
    ] {
        let headers = ["location", "content-location"].map(|name| (name.to_owned(), location));
        let refresh = format!("3; url={location}");
        let headers =
            [&headers[..], &[("status".to_owned(), "302"), ("refresh".to_owned(), refresh.as_str())]].concat();
        let answer = answered(&app, &browser, &headers).await;
        assert!(answer.contains(&format!("\nlocation: {expected}\r\n")), "{answer}");
        assert!(answer.contains(&format!("\ncontent-location: {expected}\r\n")), "{answer}");
        assert!(answer.contains(&format!("\nrefresh: 3; url={expected}\r\n")), "{answer}");
    }
}

// Case: app/challenge
#[tokio::test]
async fn an_app_asks_nobody_for_a_password_that_would_never_reach_it() {
    const PASS_ON: (&str, &str) = ("ROLECALL_APPS__SALES__PASS_AUTHORIZATION", "true");
    let upstream = Upstream::start().await;
    for (setting, expected) in [(&[][..], 0), (&[PASS_ON], 2)] {
        let (app, browser) = start(&upstream, setting).await;
        let challenges = ["Basic realm=\"x\"", "Digest realm=\"x\""].map(|said| ("www-authenticate".to_owned(), said));
        let answer = answered(&app, &browser, &[&challenges[..], &[("status".to_owned(), "401")]].concat()).await;
        assert_eq!(raw_status(&answer), 401);
        assert_eq!(answer.matches("\nwww-authenticate: ").count(), expected, "{answer}");
        assert!(answer.ends_with("an answer of the app"), "{answer}");
    }
}

// Case: app/head
#[tokio::test]
async fn head_is_judged_like_get_for_who_is_signed_out() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut nobody = app.browser();
    for method in [Method::GET, Method::HEAD] {
        let answer = nobody.send(nobody.navigation(method.clone(), "/apps/sales/a")).await;
        answer.assert_redirect("/login/demo?return_to=%2Fapps%2Fsales%2Fa");
        nobody.send(nobody.script(method, "/apps/sales/a")).await.assert_status(401);
    }
}
