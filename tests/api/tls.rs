//! https without a proxy.

use openidconnect::reqwest::Method;
use rolecall_config::tls::certificate;
use rolecall_routes as routes;
use rolecall_sign_in::Clock;

use crate::support::{Browser, TestApp, parameter, raw, until};

#[tokio::test]
async fn people_sign_in_over_https_also_at_the_demonstration_provider() {
    let app = TestApp::setup().over_tls().start().await;
    let mut ada = app.browser();
    let authorization = ada.begin("/dashboards").await;
    let expected = format!("https://{}/login/demo/authorized", app.address());
    assert_eq!(parameter(&authorization, "redirect_uri"), expected);
    let callback = ada.choose(&authorization, "ada").await;
    let answer = ada.follow(&callback).await;
    answer.assert_redirect(routes::DASHBOARDS);
    let cookie = answer.set_cookie("__Host-rolecall").to_ascii_lowercase();
    for attribute in ["; secure", "; httponly", "; samesite=lax", "; path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale");
    ada.get("/dashboards/weather").await.assert_status(200);
    ada.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    assert_eq!(ada.user().await, None);
}

#[tokio::test]
async fn nothing_is_answered_in_the_clear() {
    let app = TestApp::setup().over_tls().start().await;
    let answer = raw(&app, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").await;
    assert!(!answer.contains("HTTP/1.1"), "{answer}");
    app.browser().get("/").await.assert_status(200);
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_up_without_a_restart() {
    let app = TestApp::setup().over_tls().start().await;
    let origin = format!("https://{}", app.address());
    let reaches = async |browser: &Browser| {
        let request = browser.request(Method::GET, routes::HEALTH_LIVE);
        request.send().await.is_ok()
    };
    let with_old = Browser::trusting(&origin, &app.certificate());
    assert!(reaches(&with_old).await);

    std::fs::write(app.data_dir().join("tls/key.pem"), "nonsense").unwrap();
    certificate::load_or_create(&app.data_dir(), &origin.parse().unwrap(), &[], Clock::system().now_ms()).unwrap();
    let with_new = Browser::trusting(&origin, &app.certificate());
    until("the new certificate is in use", async || reaches(&with_new).await).await;
    assert!(!reaches(&with_old).await);
}
