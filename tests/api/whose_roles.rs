//! Which providers may give which roles, and in which claim: at sign-ins, at refreshes and in the API alike.

use std::time::Duration;

use rolecall_model::Role;
use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::{AUDIENCE, Browser, Face, OTHER_TENANT, Setup, StandIn, TENANT, TestApp, execute, set};

/// Four fifths of the hour that access tokens last.
const UNTIL_DUE: Duration = Duration::from_mins(48);

/// The stand-in with an application that refreshes its tokens and has an API, set up further by `with`.
async fn started(face: Face, with: impl FnOnce(Setup) -> Setup) -> (StandIn, TestApp) {
    let provider = StandIn::start(face).await;
    let setup = set(provider.setup(), "SCOPES", "openid,profile,email,offline_access");
    let app = with(setup.set("ROLECALL_API__AUDIENCE", AUDIENCE)).start().await;
    (provider, app)
}

/// The role of a person who signs in with `claims`, checked to be the same after a refresh.
async fn role_with(provider: &StandIn, app: &TestApp, claims: Value) -> Option<Role> {
    provider.change(|script| script.claim(claims));
    let mut browser = provider.sign_in(app).await;
    let role = role(&mut browser).await;
    let asked = provider.count("token");
    app.clock.advance(UNTIL_DUE);
    assert_eq!(self::role(&mut browser).await, role, "the role changed after the refresh");
    assert_eq!(provider.count("token"), asked + 1);
    role
}

async fn role(browser: &mut Browser) -> Option<Role> {
    browser.user().await.unwrap().role
}

/// The role in the API of an administrator's token with `claims`.
async fn api_role(provider: &StandIn, app: &TestApp, claims: Value) -> Value {
    let token = provider.access_token(|token| {
        token.claim(json!({"roles": ["Rolecall.Admin"]}));
        token.claim(claims);
    });
    role_of_token(app, &token).await
}

/// The role in the API of a caller with `token`.
async fn role_of_token(app: &TestApp, token: &str) -> Value {
    app.ask(routes::API_V1_ME, token).await.assert_status(200).json::<Value>()["role"].clone()
}

// Case: roles/limits-of-provider
#[tokio::test]
async fn administrators_of_other_tenants_give_nobody_a_role() {
    let (entra, app) = started(Face::Entra, |setup| {
        let setup = set(setup, "TENANT", "organizations");
        let setup = set(setup, "ALLOWED_TENANTS", &format!("{TENANT},{OTHER_TENANT}"));
        set(setup, "ROLES_FROM_TENANTS", TENANT).set("ROLECALL_ROLES__GROUPS__ADMIN", "a-group")
    })
    .await;
    let admin = json!({"roles": ["Rolecall.Admin"], "groups": ["a-group"]});
    assert_eq!(role_with(&entra, &app, admin).await, Some(Role::Admin));
    assert_eq!(role_with(&entra, &app, json!({"tid": OTHER_TENANT})).await, None);
    let issuer = format!("{}/{OTHER_TENANT}/v2.0", entra.origin);
    assert_eq!(api_role(&entra, &app, json!({})).await, "admin");
    assert_eq!(api_role(&entra, &app, json!({"tid": OTHER_TENANT, "iss": issuer})).await, Value::Null);
}

// Case: roles/limits-of-provider
#[tokio::test]
async fn a_provider_gives_no_role_above_its_limit() {
    let (provider, app) = started(Face::Plain, |setup| set(setup, "HIGHEST_ROLE", "read")).await;
    assert_eq!(role_with(&provider, &app, json!({"roles": ["Rolecall.Admin"]})).await, Some(Role::Read));
    assert_eq!(role_with(&provider, &app, json!({"roles": []})).await, None);
    assert_eq!(api_role(&provider, &app, json!({})).await, "read");
}

// Case: roles/limits-of-provider
#[tokio::test]
async fn a_limit_that_is_set_later_holds_for_who_is_signed_in_too() {
    let (provider, mut app) = started(Face::Plain, |setup| setup).await;
    provider.change(|script| script.claim(json!({"roles": ["Rolecall.Admin"]})));
    let mut browser = provider.sign_in(&app).await;
    assert_eq!(role(&mut browser).await, Some(Role::Admin));
    app.set("ROLECALL_PROVIDERS__AZURE__HIGHEST_ROLE", "read");
    app.restart().await;
    assert_eq!(role(&mut browser).await, Some(Role::Read));
    browser.get("/admin/sessions").await.assert_status(403);
}

// Case: roles/issuer-changed
#[tokio::test]
async fn where_a_provider_gets_another_issuer_what_people_had_with_the_old_one_is_over() {
    const SAME_SUBJECT: &str = "users WHERE subject = (SELECT subject FROM users WHERE id = 1)";
    let (before, mut app) = started(Face::Plain, |setup| setup).await;
    before.change(|script| script.claim(json!({"roles": ["Rolecall.Admin"]})));
    let mut old = before.sign_in(&app).await;
    old.get(routes::ADMIN).await.assert_status(200);
    let grant = "INSERT INTO grants (id, user_id, role, reason, granted_at) VALUES ('x', 1, 'admin', 'x', 0)";
    execute(app.db(), grant).await;
    let token_of = |provider: &StandIn| {
        let caller = json!({"sub": "s-of-this-application", "roles": []});
        provider.access_token(|token| token.claim(caller))
    };
    let old_token = token_of(&before);
    assert_eq!(role_of_token(&app, &old_token).await, "admin");

    let after = StandIn::start(Face::Plain).await;
    after.change(|script| script.claim(json!({"roles": []})));
    app.set("ROLECALL_PROVIDERS__AZURE__ISSUER", &after.issuer());
    app.restart().await;
    assert_eq!(old.user().await, None);
    old.get(routes::DASHBOARDS).await.assert_redirect("/login/azure?return_to=%2Fdashboards");
    old.fetch(routes::API_ID_TOKEN).await.assert_status(401);

    // Nothing that was given to the old person opens anything for the one with the same subject.
    let mut new = after.sign_in(&app).await;
    assert_eq!(app.count(SAME_SUBJECT).await, 2);
    assert_eq!(role(&mut new).await, None);
    app.ask(routes::API_V1_ME, &old_token).await.assert_problem(401);
    assert_eq!(role_of_token(&app, &token_of(&after)).await, Value::Null);
    new.get(routes::DASHBOARDS).await.assert_status(403);
    new.get(routes::ADMIN).await.assert_status(403);
    assert_eq!(old.user().await, None);

    // An administrator of the new issuer reads why the old person has no role, and cannot give them one.
    app.clock.advance(Duration::from_secs(1));
    let recent = json!({"roles": ["Rolecall.Admin"], "auth_time": app.clock.now_ms() / 1000});
    after.change(|script| script.claim(recent));
    let mut admin = after.sign_in(&app).await;
    let page = admin.get(&routes::admin_user(1)).await;
    page.assert_status(200).assert_shows("or its issuer, is no longer in the configuration");
    let grant = [("user_id", "1"), ("role", "write"), ("reason", "x"), ("until", "")];
    let refused = admin.submit(routes::API_GRANT_ROLE, &grant).await;
    refused.assert_status(422).assert_shows("their provider, or its issuer, is no longer in it");
    let access = admin.get(&format!("{}?user=1&address=/dashboards", routes::ADMIN_ACCESS)).await;
    access.assert_status(200).assert_shows("<strong>No. ").assert_shows("must sign in again");
}

// Case: roles/limits-of-provider
#[tokio::test]
async fn rules_of_a_provider_stand_in_place_of_those_for_all() {
    let (provider, app) =
        started(Face::Plain, |setup| set(set(setup, "ROLES__WRITE", "editors"), "ROLES__GROUPS__ADMIN", "masters"))
            .await;
    assert_eq!(role_with(&provider, &app, json!({"roles": ["editors"]})).await, Some(Role::Write));
    assert_eq!(role_with(&provider, &app, json!({"groups": ["masters"]})).await, Some(Role::Admin));
    let usual = json!({"roles": ["Rolecall.Admin"], "groups": null});
    assert_eq!(role_with(&provider, &app, usual).await, None);
    assert_eq!(api_role(&provider, &app, json!({})).await, Value::Null);
    assert_eq!(api_role(&provider, &app, json!({"roles": ["editors"]})).await, "write");
}

// Case: roles/claim-names, roles/one-text
#[tokio::test]
async fn roles_and_groups_are_read_in_the_claims_that_the_settings_name() {
    let (provider, app) = started(Face::Plain, |setup| {
        let setup = set(set(setup, "ROLES_CLAIM", "realm_access.roles"), "GROUPS_CLAIM", "cognito:groups");
        setup.set("ROLECALL_ROLES__GROUPS__ADMIN", "masters")
    })
    .await;
    let nested = json!({"roles": ["Rolecall.Admin"], "realm_access": {"roles": ["Rolecall.Read"]}});
    assert_eq!(role_with(&provider, &app, nested.clone()).await, Some(Role::Read));
    assert_eq!(
        role_with(&provider, &app, json!({"realm_access": {"roles": "Rolecall.Write"}})).await,
        Some(Role::Write)
    );
    assert_eq!(role_with(&provider, &app, json!({"cognito:groups": "masters"})).await, Some(Role::Admin));
    assert_eq!(api_role(&provider, &app, nested).await, "read");
    assert_eq!(api_role(&provider, &app, json!({"cognito:groups": ["masters"]})).await, "admin");

    let mut browser = provider.sign_in(&app).await;
    let page = browser.get(routes::ACCOUNT).await;
    page.assert_status(200).assert_shows("masters").assert_shows("cognito:groups");
}

#[tokio::test]
async fn roles_of_another_form_sign_nobody_in() {
    let (provider, app) = started(Face::Plain, |setup| setup).await;
    for roles in [json!({"0": "Rolecall.Admin"}), json!(["Rolecall.Read", 1]), json!(7)] {
        provider.refuses(&app, 400, |script| script.claim(json!({"roles": roles}))).await.assert_shows("roles");
    }
}

#[tokio::test]
async fn where_groups_alone_give_roles_the_page_names_a_group() {
    let (provider, app) =
        started(Face::Plain, |setup| setup.set("ROLECALL_ROLES__GROUPS__READ", "staff,visitors")).await;
    provider.change(|script| script.claim(json!({"roles": []})));
    let mut browser = provider.sign_in(&app).await;
    for page in [routes::DASHBOARDS, routes::HOME, routes::ACCOUNT] {
        let told = browser.get(page).await;
        told.assert_shows("add you to one of these groups: ").assert_shows("staff").assert_shows("visitors");
        assert!(!told.body.contains("Rolecall.Read"), "{page}");
    }
}
