//! Who somebody is: decided by issuer and subject alone. Whatever the provider calls them is shown as text.

use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::faulty_provider::Faults;
use crate::support::{Browser, TestApp};

/// Signs in as `person`, whose token says `claims` instead of its own.
async fn sign_in_with(app: &TestApp, person: &str, claims: &Value) -> Browser {
    let extra_claims = claims.as_object().unwrap().clone();
    app.demo().set_faults(Faults { extra_claims, ..Faults::default() });
    let mut browser = app.browser();
    browser.sign_in_as(person).await;
    browser
}

#[tokio::test]
async fn two_people_with_one_address_are_two_people() {
    let app = TestApp::start().await;
    let shared = json!({"email": "office@example.com", "preferred_username": "office", "name": "Office"});
    let mut ada = sign_in_with(&app, "ada", &shared).await;
    let mut reed = sign_in_with(&app, "reed", &shared).await;
    assert_eq!(app.count("users").await, 2);
    assert_ne!(ada.user().await.unwrap().role, reed.user().await.unwrap().role);
}

#[tokio::test]
async fn a_person_with_a_new_address_is_the_same_person() {
    let app = TestApp::start().await;
    sign_in_with(&app, "ada", &json!({})).await;
    sign_in_with(&app, "ada", &json!({"email": "vale@example.com"})).await;
    assert_eq!(app.count("users").await, 1);
    assert_eq!(app.count("users WHERE email = 'vale@example.com'").await, 1);
}

// Case: text/html, text/hydration
#[tokio::test]
async fn markup_in_a_name_is_text() {
    let app = TestApp::start().await;
    let name = "</script><img src=x onerror=alert(1)>";
    let claims = json!({"name": name, "email": "\"><img src=x>@example.com", "own_claim": {"<img src=x>": ["</script><img src=x>"]}});
    let mut ada = sign_in_with(&app, "ada", &claims).await;
    let fields = [("slug", "weather"), ("panel", "note"), ("body", "by markup"), ("version", "0")];
    ada.call(routes::API_SAVE_NOTE, &fields).await.assert_status(200);

    for path in
        ["/", "/dashboards", "/dashboards/weather", routes::ACCOUNT_TOKEN, "/sign-in", "/signed-out", "/nothing"]
    {
        let page = ada.get(path).await;
        page.assert_shows("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;");
        assert!(!page.body.contains("<img src=x"), "{path}: {page:#?}");
    }
    for path in [routes::API_SESSION, routes::API_ID_TOKEN] {
        let answer = ada.fetch(path).await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    assert_eq!(ada.user().await.unwrap().name, name);
}

// Case: text/odd-characters, text/long
#[tokio::test]
async fn odd_names_break_nothing() {
    let app = TestApp::start().await;
    let long = "x".repeat(10_000);
    for name in
        ["\"'&<>`", "Ada\r\nSet-Cookie: a=b", "A\u{0}da", "\u{202e}adA", "\u{1f984}", "{{7*7}}${7*7}", long.as_str()]
    {
        let mut ada = sign_in_with(&app, "ada", &json!({"name": name})).await;
        for path in ["/", "/dashboards/weather", routes::ACCOUNT_TOKEN] {
            let page = ada.get(path).await;
            page.assert_status(200);
            let forgets_its_count = |cookie: &&str| cookie.starts_with("rolecall-tries=;");
            assert_eq!(page.set_cookies().filter(|cookie| !forgets_its_count(cookie)).count(), 0, "{page:#?}");
        }
        assert!(!ada.user().await.unwrap().name.is_empty());
    }
}

#[tokio::test]
async fn who_has_no_name_is_called_by_what_there_is() {
    let app = TestApp::start().await;
    let mut ada = sign_in_with(&app, "ada", &json!({"name": " "})).await;
    assert_eq!(ada.user().await.unwrap().name, "ada@example.com");
    let mut ada = sign_in_with(&app, "ada", &json!({"name": "", "preferred_username": "", "email": ""})).await;
    assert_eq!(ada.user().await.unwrap().name, "8f14c2de-0b7a-4d55-8a0e-5b6f2c1a9d01");
}
