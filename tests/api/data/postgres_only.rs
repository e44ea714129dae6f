//! What exists only on Postgres: several instances on one database. And the whole application on it, once.

use rolecall_routes as routes;
use rolecall_sign_in::Auth;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::{EndReason, NewSignIn};
use rolecall_sign_in::tokens::TokenSet;

use crate::support::{ISSUER, TestApp, TestClock, TestDb, until};

async fn sign_in(auth: &Auth) -> String {
    let tokens = TokenSet {
        id_token: "a".into(),
        access_token: "b".into(),
        refresh_token: None,
        expires_at_ms: None,
        ..TokenSet::default()
    };
    let new = NewSignIn {
        provider: "demo",
        provider_name: "demo",
        issuer: ISSUER,
        subject: "ada",
        token_subject: "ada",
        token_issued_at_s: 0,
        authenticated_at_ms: None,
        provider_sid: None,
        name: "Ada Vale".to_owned(),
        email: None,
        verified_email: None,
        role: None,
        ip: None,
        user_agent: None,
        tokens: &tokens,
    };
    auth.sign_ins().create(&new, auth.clock().now_ms()).await.unwrap().id
}

async fn is_live(auth: &Auth, id: &str) -> bool {
    auth.sign_ins().live(id, auth.clock().now_ms()).await.unwrap().is_some()
}

// Case: fault/two-instances
#[tokio::test]
async fn a_revocation_reaches_an_instance_that_holds_the_sign_in_in_memory() {
    let database = TestDb::postgres().await;
    let clock = TestClock::starting_now();
    let (here, there, deaf) = (database.auth(&clock), database.auth(&clock), database.auth(&clock));
    let followed = there.clone();
    let following = tokio::spawn(async move { followed.sign_ins().follow_other_instances().await });
    for _ in 0..3 {
        let id = sign_in(&here).await;
        assert!(is_live(&here, &id).await && is_live(&there, &id).await && is_live(&deaf, &id).await);
        here.sign_ins().revoke(&id, EndReason::SignedOut, clock.now_ms()).await.unwrap();
        assert!(!is_live(&here, &id).await);
        // This shows that the instance would have kept the session in memory without the notification.
        assert!(is_live(&deaf, &id).await);
        until("the other instance knows", async || !is_live(&there, &id).await).await;
    }
    following.abort();
}

// Case: fault/two-instances
#[tokio::test]
async fn two_instances_serve_one_session() {
    let database = TestDb::postgres().await;
    let setup = || {
        let key = "BwcH".repeat(10) + "Bwc=";
        TestApp::setup().on(&database).set("ROLECALL_SECRET_KEYS", &key)
    };
    let one = setup().start().await;
    let other = setup().with_provider_of(&one).start().await;
    let mut browser = one.browser();
    browser.sign_in_as("wren").await;
    let mut elsewhere = other.browser();
    elsewhere.plant_session_cookie(browser.session_cookie());
    assert_eq!(elsewhere.user().await.unwrap().name, "Wren Hollis");
    elsewhere.fetch(routes::API_ID_TOKEN).await.assert_status(200);

    browser.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    until("the other instance knows", async || elsewhere.clone().user().await.is_none()).await;
}

#[tokio::test]
async fn the_whole_application_runs_on_postgres() {
    let database = TestDb::postgres().await;
    let mut app = TestApp::setup().on(&database).start().await;
    assert!(matches!(app.db(), Db::Postgres(_)));
    let mut ada = app.browser();
    ada.sign_in_as("ada").await.assert_redirect("/");
    ada.get("/").await.assert_status(200).assert_shows("Ada Vale");
    let fields = [("slug", "weather"), ("panel", "note"), ("body", "kept in Postgres"), ("version", "0")];
    ada.call(routes::API_SAVE_NOTE, &fields).await.assert_status(200);
    app.restart().await;
    let page = ada.get("/dashboards/weather").await;
    page.assert_status(200).assert_shows("kept in Postgres").assert_shows("2015-12-31");
    ada.get(routes::ACCOUNT_TOKEN).await.assert_status(200).assert_shows("ada@example.com");
    let mut old = ada.clone();
    ada.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    assert_eq!(old.user().await, None);
}
