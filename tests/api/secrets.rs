//! What must stay on the server: tokens never reach a browser, and the database's contents give nobody a session.

use std::fmt::Write as _;

use rolecall_routes as routes;

use crate::support::{TestApp, parameter, text};

/// How every JWT of the demonstration provider begins: `{"alg":` as base64url.
const JWT: &str = "eyJhbGci";

/// The tokens of the only sign-in, as the parts by which they could be recognised.
async fn tokens(app: &TestApp) -> Vec<String> {
    let id = text(app.db(), "SELECT id FROM sign_ins").await;
    let tokens = app.auth().sign_ins().tokens(&id).await.unwrap().unwrap();
    let parts = tokens.id_token.split('.').map(ToOwned::to_owned);
    parts.chain([tokens.access_token.clone(), JWT.to_owned()]).collect()
}

#[tokio::test]
async fn no_token_reaches_the_browser() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    let mut seen = String::new();
    write!(seen, "{:?}", ada.sign_in_as("ada").await).unwrap();
    let paths =
        ["/", "/dashboards", "/dashboards/weather", routes::ACCOUNT_TOKEN, "/signed-out", "/sign-in", "/nothing"];
    for path in paths {
        write!(seen, "{:?}", ada.get(path).await).unwrap();
    }
    let functions = [
        routes::API_SESSION,
        routes::API_ID_TOKEN,
        routes::ADMIN_SESSIONS,
        "/api/table_page?slug=weather&panel=table&page=1",
    ];
    for path in functions {
        write!(seen, "{:?}", ada.fetch(path).await).unwrap();
    }
    assert!(seen.contains("ada@example.com"), "the answers do not contain the account");
    for token in tokens(&app).await {
        assert!(!seen.contains(&token), "{token}");
    }
}

/// The content of all files of the database.
fn on_disk(app: &TestApp) -> String {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(app.data_dir()).unwrap() {
        let file = entry.unwrap().path();
        if file.file_name().unwrap().to_string_lossy().starts_with("rolecall.sqlite3") {
            bytes.extend(std::fs::read(file).unwrap());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[track_caller]
fn assert_not_on_disk(app: &TestApp, secrets: &[String]) {
    let stored = on_disk(app);
    assert!(stored.contains("CREATE TABLE"), "this is not the database");
    for secret in secrets {
        assert!(secret.len() >= JWT.len() && !stored.contains(secret.as_str()), "{secret} is on the disk");
    }
}

#[tokio::test]
async fn the_database_holds_no_cookie_state_nonce_code_or_token() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    let authorization = ada.begin("/dashboards").await;
    let mut secrets = vec![parameter(&authorization, "state"), parameter(&authorization, "nonce")];
    secrets.extend(ada.cookies.values().cloned());
    assert_eq!(secrets.len(), 3);
    assert_not_on_disk(&app, &secrets);

    let callback = ada.choose(&authorization, "ada").await;
    secrets.push(parameter(&callback, "code"));
    ada.follow(&callback).await.assert_redirect("/dashboards");
    secrets.push(ada.session_cookie().to_owned());
    secrets.extend(tokens(&app).await);
    assert!(ada.user().await.is_some());
    assert_not_on_disk(&app, &secrets);
    assert!(on_disk(&app).contains("ada@example.com"), "the search must find what is not secret");
}

#[tokio::test]
async fn what_the_session_table_names_is_no_cookie() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let stored = text(app.db(), "SELECT id FROM tower_sessions").await;
    let sign_in = text(app.db(), "SELECT id FROM sign_ins").await;
    for id in [stored, sign_in] {
        let mut thief = app.browser();
        thief.plant_session_cookie(&id);
        assert_eq!(thief.user().await, None);
    }
    assert!(ada.user().await.is_some());
}
