//! The usual sign-in: from the button to the page that the person wanted.

use openidconnect::reqwest::Method;
use rolecall_model::AppError;
use rolecall_model::{CurrentUser, IdTokenView, Role};
use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::faulty_provider::Faults;
use crate::support::{TestApp, parameter};

// Case: rp/code-flow, rp/sig-rs256
#[tokio::test]
async fn a_person_signs_in_and_sees_name_role_and_claims() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.get("/").await.assert_status(200).assert_shows("You are not signed in");
    browser.sign_in_as("ada").await.assert_redirect("/");

    let home = browser.get("/").await;
    home.assert_status(200).assert_shows("Ada Vale").assert_shows("Admin").assert_shows("Weather in Seattle");
    let expected = CurrentUser {
        name: "Ada Vale".to_owned(),
        email: Some("ada@example.com".to_owned()),
        role: Some(Role::Admin),
        provider: "the demonstration provider".to_owned(),
    };
    assert_eq!(browser.user().await, Some(expected));

    let token: IdTokenView = browser.fetch(routes::API_ID_TOKEN).await.assert_status(200).json();
    let claim = |name: &str| token.claims.iter().find(|claim| claim.name == name).unwrap().value.clone();
    assert_eq!(claim("email"), "ada@example.com");
    assert_eq!(claim("roles"), "Rolecall.Admin");
    assert_eq!(claim("aud"), "rolecall-demonstration");
    browser.get(routes::ACCOUNT_TOKEN).await.assert_status(200).assert_shows("preferred_username");
}

#[tokio::test]
async fn the_authorization_request_has_pkce_and_values_of_its_own() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let (first, second) = (browser.begin("/").await, browser.begin("/").await);
    assert_eq!(parameter(&first, "response_type"), "code");
    assert_eq!(parameter(&first, "scope"), "openid profile email User.Read");
    assert_eq!(parameter(&first, "code_challenge_method"), "S256");
    assert_eq!(parameter(&first, "redirect_uri"), format!("http://{}/login/demo/authorized", app.address()));
    for own in ["state", "nonce", "code_challenge"] {
        assert_ne!(parameter(&first, own), parameter(&second, own), "{own}");
        assert!(parameter(&first, own).len() >= 43, "{own}");
    }
}

// Case: return/own-page
#[tokio::test]
async fn the_person_lands_on_the_page_they_asked_for() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let wanted = "/dashboards/weather?page=3";
    let refused = browser.get(wanted).await;
    refused.assert_redirect("/login/demo?return_to=%2Fdashboards%2Fweather%3Fpage%3D3");

    let begun = browser.get(refused.location()).await;
    begun.assert_status(303);
    let callback = browser.choose(&begun.location().parse().unwrap(), "wren").await;
    browser.follow(&callback).await.assert_redirect(wanted);
    browser.get(wanted).await.assert_status(200).assert_shows("Wren Hollis");
}

#[tokio::test]
async fn a_target_that_is_not_ours_leads_to_the_front_page() {
    let app = TestApp::start().await;
    for target in
        ["//evil.test", "/\\evil.test", "https://evil.test/", "/%2fevil.test", "javascript:alert(1)", "/api/sign_out"]
    {
        let mut browser = app.browser();
        let authorization = browser.begin(target).await;
        let callback = browser.choose(&authorization, "reed").await;
        browser.follow(&callback).await.assert_redirect("/");
    }
}

#[tokio::test]
async fn a_script_learns_where_to_go_and_is_not_redirected() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let begun = browser.call(routes::API_BEGIN_SIGN_IN, &[("provider", "demo")]).await;
    begun.assert_status(200);
    assert!(begun.headers.contains_key("serverfnredirect"), "{begun:#?}");
    let callback = browser.choose(&begun.location().parse().unwrap(), "reed").await;

    let [code, state, iss] = ["code", "state", "iss"].map(|name| parameter(&callback, name));
    let fields = [("provider", "demo"), ("code", &*code), ("state", &*state), ("iss", &*iss)];
    let completed = browser.call(routes::API_COMPLETE_SIGN_IN, &fields).await;
    completed.assert_status(200);
    assert_eq!(completed.location(), "/");
    assert_eq!(browser.user().await.unwrap().name, "Reed Marlow");
}

#[tokio::test]
async fn an_unknown_provider_is_said_to_be_unknown() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.get("/login/nobody").await.assert_status(404).assert_shows("no provider with that name");
    browser.get("/login/nobody/authorized?code=a&state=b").await.assert_status(404);
    let called = browser.call(routes::API_BEGIN_SIGN_IN, &[("provider", "nobody")]).await;
    assert!(matches!(called.json::<AppError>(), AppError::SignIn { .. }), "{called:#?}");
    assert!(browser.cookies.is_empty());
}

// Case: entra/no-roles
#[tokio::test]
async fn who_has_no_role_is_told_what_to_ask_for() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("nora").await.assert_redirect(routes::DASHBOARDS);
    let told = browser.get(routes::DASHBOARDS).await;
    told.assert_status(403).assert_shows("You have no role yet").assert_shows("Rolecall.Read");
    browser.get("/").await.assert_status(200).assert_shows("Nora Finch").assert_shows("Rolecall.Read");
    browser.get(routes::ACCOUNT_TOKEN).await.assert_status(200);
}

/// The role of Nora if the provider adds `claims` to her own.
async fn role_with(app: &TestApp, claims: &Value) -> Option<Role> {
    app.demo().set_faults(Faults { extra_claims: claims.as_object().unwrap().clone(), ..Faults::default() });
    let mut browser = app.browser();
    browser.sign_in_as("nora").await;
    browser.user().await.unwrap().role
}

// Case: entra/unknown-roles
#[tokio::test]
async fn the_highest_role_wins_and_unknown_values_are_ignored() {
    let app = TestApp::start().await;
    let roles = json!({"roles": ["Rolecall.Read", "Rolecall.Write", "Rolecall.Owner"]});
    assert_eq!(role_with(&app, &roles).await, Some(Role::Write));
    assert_eq!(role_with(&app, &json!({"roles": ["Rolecall.Owner", "rolecall.admin", ""]})).await, None);
    assert_eq!(role_with(&app, &json!({"roles": []})).await, None);
}

#[tokio::test]
async fn the_configuration_says_which_value_and_which_group_gives_a_role() {
    let setup =
        TestApp::setup().set("ROLECALL_ROLES__WRITE", "Editors").set("ROLECALL_ROLES__GROUPS__ADMIN", "group-1");
    let app = setup.start().await;
    assert_eq!(role_with(&app, &json!({"roles": ["Editors"]})).await, Some(Role::Write));
    assert_eq!(role_with(&app, &json!({"roles": ["Rolecall.Write"]})).await, None);
    assert_eq!(role_with(&app, &json!({"groups": ["group-2", "group-1"]})).await, Some(Role::Admin));
}

#[tokio::test]
async fn signing_in_again_reads_name_and_role_anew_for_the_same_person() {
    let app = TestApp::start().await;
    let renamed = json!({"name": "Nora Finch-Vale", "roles": ["Rolecall.Read"]});
    assert_eq!(role_with(&app, &json!({})).await, None);
    assert_eq!(role_with(&app, &renamed).await, Some(Role::Read));
    assert_eq!(app.count("users").await, 1);
    assert_eq!(app.count("users WHERE name = 'Nora Finch-Vale'").await, 1);
}

#[tokio::test]
async fn with_several_providers_the_person_chooses() {
    let app = TestApp::setup().with_second_provider().start().await;
    let mut browser = app.browser();
    browser.get(routes::DASHBOARDS).await.assert_redirect("/sign-in?return_to=%2Fdashboards");
    let choice = browser.get("/sign-in?return_to=%2Fdashboards").await;
    choice.assert_status(200).assert_shows("href=\"/login/demo?return_to=/dashboards\"");
    choice.assert_shows("href=\"/login/other?return_to=/dashboards\"");
    let begun = browser.send(browser.navigation(Method::GET, "/login/other?return_to=/dashboards")).await;
    let callback = browser.choose(&begun.location().parse().unwrap(), "ada").await;
    assert_eq!(callback.path(), "/login/other/authorized");
    browser.follow(&callback).await.assert_redirect("/dashboards");
}
