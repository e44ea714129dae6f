//! What administrators see and decide over the API: people, sessions and the audit.

mod decisions;
mod lists;
mod rights;

use openidconnect::reqwest::Method;
use serde_json::{Value, json};

use crate::support::{AccessToken, Answer, StandIn, TestApp, TestDb};

async fn start(database: &TestDb) -> TestApp {
    TestApp::setup().on(database).start().await
}

async fn send(app: &TestApp, method: Method, path: &str, token: &str, body: Value) -> Answer {
    let json = [("content-type", "application/json")];
    app.send_with(method, path, token, &json, body.to_string()).await
}

async fn ask(app: &TestApp, path: &str, token: &str) -> Value {
    app.ask(path, token).await.assert_status(200).assert_for_programs().json()
}

fn of_user(route: &str, id: i64) -> String {
    route.replace("{id}", &id.to_string())
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// An application's token with the `role`, signed by the stand-in.
fn application(stand_in: &StandIn, role: &str, change: impl FnOnce(&mut AccessToken)) -> String {
    stand_in.access_token(|token| {
        token.claim(json!({ "sub": "some-tool", "scope": null, "name": "Some tool", "roles": [role] }));
        change(token);
    })
}
