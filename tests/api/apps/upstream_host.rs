//! An app that is asked by its own address in `Host`: `Origin` and `Referer` name it alike, and only those of its own pages.

use openidconnect::reqwest::Method;

use super::sockets::open;
use crate::support::{TestApp, Upstream};

// Case: app/upstream-host
#[tokio::test]
async fn an_app_that_is_asked_by_its_own_address_sees_its_pages_there() {
    let upstream = Upstream::start().await;
    let setup = TestApp::setup().with_app("sales", upstream.address, "read");
    let app = setup.set("ROLECALL_APPS__SALES__UPSTREAM_HOST", "true").start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    let (public, own) = (format!("http://{}", app.address()), format!("http://{}", upstream.address));
    let page = |path: &str| format!("{public}{path}");
    for (referer, expected) in [
        (page("/apps/sales/page?x=%20#y"), format!("{own}/page?x=%20#y")),
        (page("/apps/sales"), format!("{own}/")),
        // What is no page of the app stays what it is.
        (page("/apps/salesman"), page("/apps/salesman")),
        (page("/dashboards"), page("/dashboards")),
        (format!("{public}.evil.test/apps/sales/"), format!("{public}.evil.test/apps/sales/")),
        ("https://evil.test/".to_owned(), "https://evil.test/".to_owned()),
    ] {
        let request = browser.script(Method::POST, "/apps/sales/change").header("referer", &referer);
        browser.send(request).await.assert_status(200);
        let seen = upstream.last();
        assert_eq!((seen.header("origin"), seen.header("referer")), (own.as_str(), expected.as_str()));
        assert_eq!(seen.header("host"), upstream.address.to_string());
        assert_eq!(seen.header("x-forwarded-host"), app.address().to_string());
    }
    // A page of another origin reads at most, and never under the name of the app.
    for origin in ["https://evil.test", "null", &format!("{public}.evil.test"), &public.replace("http:", "https:")] {
        let request = browser.request(Method::GET, "/apps/sales/").header("origin", origin);
        browser.send(request).await.assert_status(200);
        assert_eq!(upstream.last().header("origin"), origin);
    }
    open(&app, &browser, &public).await.unwrap();
    assert_eq!(upstream.last().header("origin"), own, "a WebSocket as well");
}

// Case: app/upstream-host
#[tokio::test]
async fn by_default_an_app_sees_the_address_that_people_type() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    let public = format!("http://{}", app.address());
    let referer = format!("{public}/apps/sales/page");
    let request = browser.script(Method::POST, "/apps/sales/change").header("referer", &referer);
    browser.send(request).await.assert_status(200);
    let seen = upstream.last();
    assert_eq!((seen.header("origin"), seen.header("referer")), (public.as_str(), referer.as_str()));
    assert_eq!(seen.header("host"), app.address().to_string());
}
