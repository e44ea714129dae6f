//! Which role opens which path, with which method.

use std::collections::BTreeSet;

use openidconnect::reqwest::Method;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_server::access::{Access, RouteKind};
use serde_json::{Value, json};

use super::{OF_ADMINISTRATORS, paths};
use crate::support::{TestApp, policy};

/// Checks that `token` opens what `role` opens and nothing else, with every method.
async fn walk(app: &TestApp, token: &str, role: Option<Role>) {
    for (path, needed) in paths() {
        let answer = app.ask(&path, token).await;
        let head = app.ask_with(Method::HEAD, &path, &[("authorization", &format!("Bearer {token}"))]).await;
        assert_eq!(head.status, answer.status, "HEAD {path}");
        if role >= needed {
            answer.assert_status(200).assert_for_programs();
            let kind = match path.rsplit('/').next() {
                Some("svg") => "image/svg+xml",
                Some("csv") => "text/csv; charset=utf-8; header=present",
                Some("export") => "application/x-ndjson",
                _ => "application/json",
            };
            assert_eq!(answer.header("content-type"), kind);
            assert_eq!(answer.header("vary"), "Authorization");
        } else {
            let needed = needed.unwrap();
            let is_for_readers = !OF_ADMINISTRATORS.contains(&path.as_str());
            // For people whose role does not open the panel, it does not exist.
            if role.is_some() && is_for_readers {
                answer.assert_problem(404).assert_shows("There is nothing here.");
                continue;
            }
            let told = if role.is_none() && is_for_readers { Role::Read } else { needed };
            answer.assert_problem(403).assert_shows(&format!("This needs the role {told}."));
            assert!(answer.challenge().contains("error=\"insufficient_scope\""), "{answer:#?}");
        }
    }
}

// Case: api/roles, policy/every-route
#[tokio::test]
async fn each_person_gets_what_their_role_opens() {
    let app = TestApp::start().await;
    let people = [("ada", Some(Role::Admin)), ("wren", Some(Role::Write)), ("reed", Some(Role::Read)), ("nora", None)];
    for (person, role) in people {
        walk(&app, &app.person_token(person).await, role).await;
    }
}

// Case: api/application
#[tokio::test]
async fn an_application_gets_what_its_role_opens() {
    let app = TestApp::start().await;
    let token = app.robot_token().await;
    walk(&app, &token, Some(Role::Read)).await;
    let me: Value = app.ask(routes::API_V1_ME, &token).await.json();
    assert_eq!((&me["kind"], &me["name"]), (&json!("application"), &json!("Demonstration robot")));
}

#[tokio::test]
async fn every_path_is_walked_and_the_policy_asks_for_a_token_at_each() {
    let walked: BTreeSet<_> = paths().into_iter().map(|(path, _)| path).collect();
    for route in policy().paths_of(RouteKind::Api) {
        match policy().access(route).unwrap() {
            Access::Public => assert_eq!(route, routes::API_V1_OPENAPI),
            _ if [routes::API_V1, routes::API_V1_ROOT, routes::API_V1_REST].contains(&route) => {}
            // This path only takes rows, which is tested in `pushed_rows`.
            access if route == routes::API_V1_ROWS => assert_eq!(access, Access::Role(Role::Write)),
            // Paths of a single person, session or entry are tested in `api_people`.
            access if route.contains("{id}") => assert_eq!(access, Access::Role(Role::Admin)),
            _ => {
                let panel = if route == routes::API_V1_PANEL_SVG { "temperature" } else { "table" };
                let path = route.replace("{slug}", "weather").replace("{panel}", panel).replace("{name}", "weather");
                assert!(walked.contains(&path), "{route}");
            }
        }
    }
}

#[tokio::test]
async fn who_calls_is_told_who_they_are() {
    let app = TestApp::start().await;
    let ada = app.person_token("ada").await;
    let me: Value = app.ask(routes::API_V1_ME, &ada).await.json();
    assert_eq!((&me["name"], &me["kind"], &me["role"]), (&json!("Ada Vale"), &json!("person"), &json!("admin")));
    assert_eq!(me["subject"], "8f14c2de-0b7a-4d55-8a0e-5b6f2c1a9d01");
    let data: Value = app.ask(routes::API_V1_SECURE_DATA, &ada).await.json();
    assert_eq!(data, json!({ "message": "Hello Ada, this is protected data" }));
}

// Case: api/methods, policy/method
#[tokio::test]
async fn other_methods_are_judged_and_then_told_which_there_are() {
    let app = TestApp::start().await;
    let (ada, nora) = (app.person_token("ada").await, app.person_token("nora").await);
    let bearer = |token: &str| format!("Bearer {token}");
    for (path, needed) in paths() {
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
            let method: Method = method.parse().unwrap();
            app.ask_with(method.clone(), &path, &[]).await.assert_problem(401);
            let answer = app.ask_with(method.clone(), &path, &[("authorization", &bearer(&ada))]).await;
            if method == Method::PUT && path == routes::api_v1_dataset("weather") {
                // The route exists for PUT, and refuses a body that is not JSON.
                answer.assert_problem(415);
            } else {
                let allowed = if path == routes::api_v1_dataset("weather") { "GET,HEAD,PUT" } else { "GET,HEAD" };
                assert_eq!(answer.assert_problem(405).header("allow"), allowed, "{method} {path}");
            }
            if needed.is_some() {
                app.ask_with(method, &path, &[("authorization", &bearer(&nora))]).await.assert_problem(403);
            }
        }
    }
    let preflight = [("origin", "https://evil.test"), ("access-control-request-method", "GET")];
    app.ask_with(Method::OPTIONS, routes::API_V1_ME, &preflight).await.assert_problem(401);
}
