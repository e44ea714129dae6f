//! Headers by which other proxies tell an app who somebody is: no browser can send them to an app behind Rolecall.

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
