//! The NUL character wherever somebody can send one. PostgreSQL stores no text that contains it, and that must not
//! become an internal error.

use leptos::server_fn::axum::server_fn_paths;
use openidconnect::reqwest::Method;
use rolecall::policy::POLICY;
use rolecall_routes as routes;
use rolecall_server::route::AnsweredBy;
use serde_json::{Value, json};

use crate::scim::Directory;
use crate::support::{TestApp, TestDb, on_both_dialects};

on_both_dialects! {
    no_path_and_no_query_of_the_api_fails_for_it,
    no_path_no_query_and_no_text_of_a_directory_fails_for_it,
    no_page_and_no_form_fails_for_it,
}

async fn start(database: &TestDb) -> TestApp {
    TestApp::setup().on(database).start().await
}

/// Variants of `path`, each with the NUL character as one of its parameters and `other` as the rest.
fn spelled(path: &str, other: &str) -> Vec<String> {
    let is_parameter = |segment: &str| segment.starts_with('{');
    let segments: Vec<_> = path.split('/').collect();
    let parameters = (0..segments.len()).filter(|at| is_parameter(segments[*at]));
    let with = |nul: usize| {
        let segment = |(at, segment): (usize, &&str)| match *segment {
            segment if is_parameter(segment) && at == nul => "%00".to_owned(),
            segment if is_parameter(segment) => other.to_owned(),
            segment => segment.to_owned(),
        };
        segments.iter().enumerate().map(segment).collect::<Vec<_>>().join("/")
    };
    parameters.map(with).collect()
}

/// The names of all query parameters that Rolecall reads, each of which gets a value with the character.
const NAMES: &str = "q search person provider role address after kind from until page sort filter attributes count id user dataset \
                     return_to code state iss sid roles place dashboard panel";

fn queries() -> impl Iterator<Item = String> {
    NAMES.split_whitespace().map(|name| format!("?{name}=a%00b")).chain(["?a%00=1".to_owned()])
}

// Case: input/nul
async fn no_path_and_no_query_of_the_api_fails_for_it(database: &TestDb) {
    let app = start(database).await;
    app.browser().sign_in_as("wren").await;
    let token = app.person_token("ada").await;
    let json = [("content-type", "application/json")];
    let described: Value = app.ask(routes::API_V1_OPENAPI, &token).await.assert_status(200).json();
    let paths = described["paths"].as_object().unwrap();
    assert!(paths.len() > 10, "{paths:?}");
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            for path in spelled(path, "1") {
                app.send_with(method.clone(), &path, &token, &json, "{}").await.assert_problem(404);
            }
            let path = path.replace("{id}", "1").replace("{slug}", "weather").replace("{panel}", "table");
            for query in queries() {
                app.send_with(method.clone(), &format!("{path}{query}"), &token, &json, "{}").await.assert_problem(400);
            }
        }
    }
    // In a body, the character is removed or refused.
    for (path, body) in [
        (routes::API_V1_USER_DISABLE, json!({ "reason": "\u{0}" })),
        (routes::API_V1_USER_GRANTS, json!({ "role": "read", "reason": "\u{0}" })),
        (routes::API_V1_USER_GRANTS, json!({ "role": "read", "reason": "x", "ends": "\u{0}" })),
    ] {
        let answer = app.send_with(Method::POST, &path.replace("{id}", "1"), &token, &json, body.to_string()).await;
        assert!([400, 422].contains(&answer.status), "{answer:#?}");
    }
    let column = json!([{ "name": "a", "type": "text" }]);
    for (name, body) in [
        ("one", json!({ "title": "a\u{0}", "role": "read", "columns": column })),
        ("two", json!({ "title": "a", "role": "read", "columns": [{ "name": "a\u{0}", "type": "text" }] })),
    ] {
        let path = routes::API_V1_DATASET.replace("{name}", name);
        let answer = app.send_with(Method::PUT, &path, &token, &json, body.to_string()).await;
        assert!(answer.status < 500, "{answer:#?}");
    }
}

// Case: input/nul
async fn no_path_no_query_and_no_text_of_a_directory_fails_for_it(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let user = directory.create("Test", "s-1", true).await;
    let group: Value = directory.post("/scim/v2/Groups", json!({ "displayName": "All" })).await.assert_scim(201).json();
    let group = format!("/scim/v2/Groups/{}", group["id"].as_str().unwrap());
    for path in ["Users/{id}", "Groups/{id}", "Schemas/{id}", "ResourceTypes/{id}", "{anything}"] {
        for path in spelled(&format!("/scim/v2/{path}"), "") {
            for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
                directory.send(method, &path, json!({})).await.assert_scim_error(404, "");
            }
        }
    }
    for path in ["/scim/v2/Users", "/scim/v2/Groups"] {
        for (name, kind) in [("filter", "invalidFilter"), ("attributes", "invalidValue"), ("count", "invalidValue")] {
            directory.get(&format!("{path}?{name}=a%00b")).await.assert_scim_error(400, kind);
        }
    }
    for path in ["/scim/v2/Users", "/scim/v2/Groups", &user, &group] {
        for query in queries() {
            let answer = directory.get(&format!("{path}{query}")).await;
            assert!(answer.status < 500, "{path}{query}: {answer:#?}");
        }
    }
    for attribute in ["id", "externalId", "userName", "displayName", "members"] {
        for path in ["/scim/v2/Users", "/scim/v2/Groups"] {
            let filter = format!("filter={attribute}%20eq%20%22a%5Cu0000%22");
            directory.get(&format!("{path}?{filter}")).await.assert_scim_error(400, "invalidFilter");
        }
    }
    for value in [json!("a\u{0}"), json!([{ "value": "a\u{0}" }])] {
        for op in ["Add", "Remove", "Replace"] {
            let change = json!([{ "op": op, "path": "members", "value": value }]);
            directory.patch(&group, change).await.assert_scim_error(400, "invalidValue");
        }
    }
    let by_filter = json!([{ "op": "Remove", "path": "members[value eq \"a\\u0000\"]" }]);
    directory.patch(&group, by_filter).await.assert_scim_error(400, "invalidFilter");
    // The rest of a text with the character is kept.
    let named = json!({ "userName": "o\u{0}ther", "externalId": "s\u{0}-2", "displayName": "\u{0}", "title": "\u{0}" });
    let created: Value = directory.post("/scim/v2/Users", named).await.assert_scim(201).json();
    assert_eq!((&created["userName"], &created["externalId"]), (&json!("other"), &json!("s-2")), "{created}");
    let changes = json!([
        { "op": "Replace", "path": "displayName", "value": "a\u{0}b" },
        { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "a\u{0}b" },
    ]);
    directory.patch(&user, changes).await.assert_scim(200);
}

// Case: input/nul
async fn no_page_and_no_form_fails_for_it(database: &TestDb) {
    let app = start(database).await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let is_ours = |path: &str| !routes::is_api_v1(path) && !routes::is_scim(path);
    for route in POLICY.iter().filter(|route| !matches!(route.answered_by, AnsweredBy::App) && is_ours(route.path)) {
        let queries = queries().take(3).map(|query| format!("{}{query}", route.path.replace(['{', '}'], "")));
        for address in spelled(route.path, "1").into_iter().chain(queries) {
            let answer = ada.get(&address).await;
            // Too many sign-ins are refused first, with 429, and a callback of an unknown provider answers 404.
            assert!([400, 404, 429].contains(&answer.status), "{address}: {answer:#?}");
        }
    }
    app.browser().get("/login/demo/frontchannel-logout?iss=a&sid=%00").await.assert_status(400);
    let others = POLICY.iter().filter(|route| matches!(route.answered_by, AnsweredBy::Page(_))).map(|route| route.path);
    let functions = server_fn_paths().filter(|(_, method)| *method == Method::POST).map(|(path, _)| path);
    let fields: Vec<_> = NAMES.split_whitespace().map(|name| (name, "\u{0}")).collect();
    for path in functions.chain(others).filter(|path| *path != routes::API_SIGN_OUT) {
        let path = path.replace("{slug}", "weather").replace("{id}", "1");
        for known in [&[("user_id", "1"), ("reason", "\u{0}"), ("id", "\u{0}")][..], &[("id", "1"), ("title", "\u{0}")]]
        {
            let known = known.iter().copied().chain([("version", "0"), ("slug", "weather"), ("body", "\u{0}")]);
            let sent: Vec<_> = known.chain(fields.iter().copied().filter(|(name, _)| *name != "id")).collect();
            let answer = ada.clone().submit(&path, &sent).await;
            assert!(answer.status < 500, "{path}: {answer:#?}");
        }
    }
    assert!(ada.user().await.is_some());
}
