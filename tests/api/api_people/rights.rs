//! Who may use these parts of the API, and how recently they must have signed in.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde_json::{Value, json};

use super::{application, of_user, send};
use crate::support::{AUDIENCE, Face, StandIn};

/// Every request that needs a recent sign-in, with a valid body: the decisions, and the export of the audit.
fn decisions() -> Vec<(Method, String, Value)> {
    vec![
        (Method::POST, of_user(routes::API_V1_USER_DISABLE, 1), json!({ "reason": "x" })),
        (Method::POST, of_user(routes::API_V1_USER_ENABLE, 1), json!({})),
        (Method::POST, of_user(routes::API_V1_USER_GRANTS, 1), json!({ "role": "admin", "reason": "x" })),
        (Method::DELETE, format!("{}/x", of_user(routes::API_V1_USER_GRANTS, 1)), json!({})),
        (Method::GET, routes::API_V1_AUDIT_EXPORT.to_owned(), json!({})),
    ]
}

/// The other requests that only administrators may make.
fn others() -> Vec<(Method, String, Value)> {
    [
        (Method::GET, routes::API_V1_USERS.to_owned()),
        (Method::GET, of_user(routes::API_V1_USER, 1)),
        (Method::GET, of_user(routes::API_V1_USER_SESSIONS, 1)),
        (Method::POST, of_user(routes::API_V1_USER_END_SESSIONS, 1)),
        (Method::GET, routes::API_V1_SESSIONS.to_owned()),
        (Method::DELETE, routes::API_V1_SESSION.replace("{id}", "x")),
        (Method::GET, routes::API_V1_AUDIT.to_owned()),
        (Method::GET, of_user(routes::API_V1_AUDIT_ENTRY, 1)),
    ]
    .map(|(method, path)| (method, path, json!({})))
    .into()
}

// Case: api/people-who
#[tokio::test]
async fn only_administrators_see_or_decide_anything_of_people() {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    let mut person = stand_in.sign_in(&app).await;
    let of_person = |role: &str| stand_in.access_token(|token| token.claim(json!({ "roles": [role] })));
    let admin = json!({ "roles": ["Rolecall.Admin"] });
    let refused = [
        (403, of_person("Rolecall.Read")),
        (403, of_person("Rolecall.Write")),
        (403, application(&stand_in, "Rolecall.Read", |_| {})),
        (403, application(&stand_in, "Rolecall.Write", |_| {})),
        (401, application(&stand_in, "Rolecall.Admin", |token| token.claim(json!({ "exp": 1_000 })))),
        (401, application(&stand_in, "Rolecall.Admin", |token| token.claim(json!({ "aud": "api://another" })))),
        (
            401,
            stand_in.access_token(|token| {
                token.claim(admin.clone());
                token.claim(json!({ "aud": format!("{AUDIENCE}/x") }));
            }),
        ),
    ];
    for (status, token) in &refused {
        for (method, path, body) in decisions().into_iter().chain(others()) {
            send(&app, method.clone(), &path, token, body.clone()).await.assert_problem(*status);
            app.ask_with(method, &path, &[("cookie", &person.cookie_header())]).await.assert_problem(401);
        }
    }
    assert!(person.user().await.is_some());
    assert_eq!(app.count("grants").await + app.count("users WHERE disabled_at IS NOT NULL").await, 0);
}

// Case: api/people-step-up
#[tokio::test]
async fn what_cannot_be_taken_back_needs_a_token_of_a_recent_sign_in() {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    stand_in.sign_in(&app).await;
    let at_s = stand_in.clock().now_ms() / 1000;
    let admin = |authenticated_at_s: Option<i64>| {
        stand_in.access_token(|token| {
            token.claim(json!({ "roles": ["Rolecall.Admin"], "sub": "another", "auth_time": authenticated_at_s }));
        })
    };
    for token in [admin(None), admin(Some(at_s - 601)), admin(Some(at_s + 61))] {
        for (method, path, body) in decisions() {
            let answer = send(&app, method, &path, &token, body).await;
            assert!(answer.assert_problem(401).challenge().contains("error=\"insufficient_user_authentication\""));
        }
        app.ask(routes::API_V1_USERS, &token).await.assert_status(200);
    }
    let token = admin(Some(at_s - 599));
    for (method, path, body) in decisions() {
        let answer = send(&app, method.clone(), &path, &token, body).await;
        assert_eq!(answer.status, if method == Method::DELETE { 404 } else { 200 }, "{path}: {answer:#?}");
    }
}
