//! Headers that tell an app who asks and from where. A browser cannot forge them, nor those of other proxies; `Origin`
//! and `Referer` are rewritten to the address at which the app itself is asked.

use openidconnect::reqwest::Method;

use super::sockets::open;
use crate::support::{TestApp, Upstream, raw_get, raw_status};

// Case: app/foreign-headers
#[tokio::test]
async fn no_browser_says_who_somebody_is_under_the_names_of_other_proxies() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    let forged = [
        "OIDC_CLAIM_sub",
        "OIDC-CLAIM-email",
        "OIDC_access_token",
        "X-Vouch-User",
        "X_Vouch_IdP_Claims_Groups",
        "X-Auth-Email",
        "X-Auth-Roles",
        "x_auth_groups",
        "X-Auth_Subject",
        "X-Userinfo",
        "X-Consumer-Username",
        "X-SP-UserId",
        "X_SP_UserGroups",
        "X-RStudio-Username",
        "X-Endpoint-API-UserInfo",
        "X-JWT-Assertion",
        "Impersonate-User",
        "IMPERSONATE_GROUP",
        "X-User",
        "x_user",
        "X-Email",
    ];
    let own = "X-CSRFToken: own\r\nX-Requested-With: own\r\nX-User-Agent: own\r\nX-Auth-Token: own\r\n";
    let forged = forged.join(": eve\r\n");
    let headers = format!("Cookie: {}\r\n{own}{forged}: eve\r\n", browser.cookie_header());
    let answer = raw_get(&app, "/apps/sales/", &headers).await;
    assert_eq!(raw_status(&answer), 200, "{answer}");
    let seen = upstream.last();
    assert!(!format!("{seen:?}").contains("eve"), "{seen:#?}");
    for name in ["x-csrftoken", "x-requested-with", "x-user-agent", "x-auth-token"] {
        assert_eq!(seen.header(name), "own", "{name}");
    }
    assert_eq!(seen.header("x-rolecall-roles"), "read");
}

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
        // Addresses outside the app are not changed.
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
    // Requests from a page of another origin can only read, and keep their own `Origin`.
    for origin in ["https://evil.test", "null", &format!("{public}.evil.test"), &public.replace("http:", "https:")] {
        let request = browser.request(Method::GET, "/apps/sales/").header("origin", origin);
        browser.send(request).await.assert_status(200);
        assert_eq!(upstream.last().header("origin"), origin);
    }
    open(&app, &browser, &public).await.unwrap();
    assert_eq!(upstream.last().header("origin"), own, "a WebSocket has the same Origin");
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
