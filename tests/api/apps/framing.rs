//! Who may show an app in a frame.

use openidconnect::reqwest::Method;
use url::form_urlencoded::Serializer;

use crate::support::{Answer, TestApp, Upstream};

/// The app's answer with these headers, with `frame_ancestors` in the configuration.
async fn answered(frame_ancestors: &str, headers: &[(&str, &str)]) -> Answer {
    let upstream = Upstream::start().await;
    let mut setup = TestApp::setup().with_app("sales", upstream.address, "read");
    if !frame_ancestors.is_empty() {
        setup = setup.set("ROLECALL_APPS__SALES__FRAME_ANCESTORS", frame_ancestors);
    }
    let app = setup.start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    let query: String = Serializer::new(String::new()).extend_pairs(headers).finish();
    let request = browser.navigation(Method::GET, &format!("/apps/sales/answer?{query}"));
    Answer::read(request.send().await.unwrap()).await
}

fn policies(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("content-security-policy").iter().map(|line| line.to_str().unwrap()).collect()
}

// Case: app/framing
#[tokio::test]
async fn an_app_that_says_nothing_of_frames_is_framed_by_its_own_origin_alone() {
    for (headers, frames) in [
        (&[][..], "SAMEORIGIN"),
        (&[("content-security-policy", "script-src 'self'")], "SAMEORIGIN"),
        (&[("x-frame-options", "deny")], "deny"),
        (&[("x-frame-options", "ALLOWALL")], "SAMEORIGIN"),
        (&[("x-frame-options", "ALLOW-FROM https://portal.example.com")], "SAMEORIGIN"),
        (&[("x-frame-options", "")], "SAMEORIGIN"),
        (&[("content-security-policy", "Frame-Ancestors https://portal.example.com")], ""),
        (&[("content-security-policy", "default-src 'self', img-src *; frame-ancestors *")], ""),
    ] {
        let answer = answered("", headers).await;
        assert_eq!(answer.header("x-frame-options"), frames, "{headers:?}");
        let said: Vec<_> =
            headers.iter().filter(|(name, _)| name.starts_with("content")).map(|(_, said)| *said).collect();
        assert_eq!(policies(&answer), said);
    }
}

// Case: app/framing
#[tokio::test]
async fn who_may_frame_an_app_can_be_configured_whatever_the_app_says() {
    const OURS: &str = "frame-ancestors 'self' https://portal.example.com";
    for (headers, expected) in [
        (&[][..], vec![OURS]),
        (&[("x-frame-options", "deny")], vec![OURS]),
        (&[("content-security-policy", "script-src 'self'")], vec!["script-src 'self'", OURS]),
        (&[("content-security-policy", "Frame-Ancestors 'none'; img-src *")], vec!["img-src *", OURS]),
        (&[("content-security-policy", "frame-ancestors 'none'")], vec![OURS]),
        (
            &[
                ("content-security-policy", "img-src *; frame-ancestors 'none', frame-ancestors *; font-src *"),
                ("content-security-policy", "object-src 'none'"),
            ],
            vec!["img-src *, font-src *", "object-src 'none'", OURS],
        ),
    ] {
        let answer = answered("self,https://portal.example.com", headers).await;
        assert_eq!(answer.header("x-frame-options"), "", "{headers:?}");
        assert_eq!(policies(&answer), expected, "{headers:?}");
    }
    assert_eq!(policies(&answered("none", &[]).await), ["frame-ancestors 'none'"]);
}
