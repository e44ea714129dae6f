//! The page that says whether a person may see something agrees with what the server answers that person, on every
//! route.

use std::collections::BTreeSet;

use openidconnect::reqwest::Method;
use rolecall::policy::POLICY;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_server::route::{AnsweredBy, Route};
use serde_json::json;

use super::{number_of, setup};
use crate::support::{Browser, Setup, SourceDb, TestApp, TestDb, on_both_dialects, signed_in, until};

on_both_dialects! {
    what_is_said_of_a_writer_is_what_they_find_in_what_others_own,
}

/// A dashboard for the role Write, with a panel for Admin and a note, which has no values.
const BOARD: &str = r#"
format = 1
title = "Board"
role = "write"
[[panels]]
id = "count"
title = "How many"
kind = "figure"
role = "admin"
dataset = "weather"
measures = [{ compute = "count" }]
[[panels]]
id = "words"
title = "Words"
kind = "text"
text = "Hello"
"#;

/// A dashboard that has only a text, and so no picture.
const WORDS: &str = r#"
format = 1
title = "Words"
[[panels]]
id = "words"
title = "Words"
kind = "text"
text = "Hello"
"#;

/// A file that defines a queried data set.
const CUSTOMERS: &str = r#"
format = 1
title = "Customers"
role = "read"
connection = "crm"
keep = "15min"
query = "SELECT 1 AS one"
"#;

/// The person who is asked about: their name in the demonstration, and a role that is given to them here.
#[derive(Clone, Copy)]
struct Asked(&'static str, Option<Role>);

/// The paths of `route` to try, with parameters that exist and some that do not.
fn paths(route: &Route, mine: &str) -> BTreeSet<String> {
    let of = |name: &str| -> Vec<String> {
        let values: &[&str] = match name {
            "slug" => &["weather", "board", "words", mine, "none"],
            "panel" => &["temperature", "count", "words", "rows", "none"],
            "version" => &["1", "9", "x"],
            "name" => &["weather", "sales", "customers", "none"],
            "provider" => &["demo", "none"],
            "app" => &["desk", "none"],
            // Ids of people, audit entries, uploads and sessions.
            "id" | "grant" => &["1", "999999", "x"],
            _ => &["x/y"],
        };
        values.iter().map(|value| (*value).to_owned()).collect()
    };
    let mut paths = BTreeSet::from([route.path.to_owned()]);
    while let Some(open) = paths.iter().find(|path| path.contains('{')).cloned() {
        paths.remove(&open);
        let pattern = &open[open.find('{').unwrap()..=open.find('}').unwrap()];
        let name = pattern.trim_matches(['{', '}', '*']);
        paths.extend(of(name).iter().map(|value| open.replacen(pattern, value, 1)));
    }
    paths
}

/// The verdict on the page; `None` if there is no rule for the address.
async fn said(ada: &mut Browser, user: &str, path: &str) -> Option<bool> {
    let page = ada.get(&format!("{}?user={user}&address={path}", routes::ADMIN_ACCESS)).await;
    let has = |text: &str| page.assert_status(200).body.contains(text);
    match (has("<strong>Yes. "), has("<strong>No. "), has("There is no rule for this address")) {
        (true, false, false) => Some(true),
        (false, true, false) => Some(false),
        (false, false, true) => None,
        _ => panic!("{path}: {page:#?}"),
    }
}

/// The status of the server's answer.
async fn answered(app: &TestApp, browser: &Browser, token: &str, route: &Route, path: &str) -> u16 {
    if matches!(route.answered_by, AnsweredBy::Api) {
        if route.path == routes::API_V1_ROWS {
            let rows = [("content-type", "application/x-ndjson")];
            return app.send_with(Method::POST, path, token, &rows, "{\"amount\":1}\n").await.status;
        }
        return app.ask(path, token).await.status;
    }
    let method = if route.path == routes::DASHBOARD_DUPLICATE { Method::POST } else { Method::GET };
    let mut tab = browser.clone();
    tab.send(tab.navigation(method, path)).await.status
}

/// Whether an answer with this `status` means that the path is closed to the caller, or does not exist for them. Routes
/// that need a form answer 405 to everybody.
fn is_refused(route: &Route, status: u16) -> bool {
    // Answers such as 404 count as a refusal only where the path names something: a person without a picture, for
    // example, gets a 404 for it, too.
    let names_something = route.path.contains('{') || route.path.starts_with(routes::API_V1);
    match status {
        401 | 403 => true,
        404 | 409 | 422 => names_something,
        _ => false,
    }
}

/// Compares the page's verdict on `asked` with what the server answers them, on every route.
async fn compare(setup: Setup, asked: Asked, is_owner: bool) {
    let nowhere = "127.0.0.1:1".parse().unwrap();
    let setup = setup.with_dashboard("board", BOARD).with_dashboard("words", WORDS);
    let source = SourceDb::sqlite();
    source.run("CREATE TABLE customers (id INTEGER)").await;
    let setup = setup.with_dataset_file("customers", CUSTOMERS).set("ROLECALL_CONNECTIONS__CRM__URL", source.url());
    let app = setup.with_app("desk", nowhere, "write").start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let customers = routes::dataset("customers");
    until("the file is followed", async || ada.get(&customers).await.status == 200).await;
    let mine = [("dataset", "weather"), ("title", "Mine"), ("role", "read")];
    wren.submit(routes::DASHBOARD_NEW, &mine).await.assert_status(303);
    let columns = json!({ "title": "Sales", "role": "read", "columns": [{ "name": "amount", "type": "decimal" }] });
    let headers = [("content-type", "application/json")];
    let wrens = app.person_token("wren").await;
    let sales = routes::api_v1_dataset("sales");
    app.send_with(Method::PUT, &sales, &wrens, &headers, columns.to_string()).await.assert_status(201);

    let Asked(person, given) = asked;
    let browser = signed_in(&app, person).await;
    let name = format!("{}{}", person[..1].to_uppercase(), &person[1..]);
    let user = number_of(&app, &name).await;
    if let Some(role) = given {
        let grant = [("user_id", user.as_str()), ("role", role.key()), ("reason", "x")];
        ada.submit(routes::API_GRANT_ROLE, &grant).await.assert_status(303);
    }
    let token = app.person_token(person).await;
    let mut counts = [0; 3];
    for route in POLICY {
        for path in paths(route, "mine") {
            let said = said(&mut ada, &user, &path).await;
            let status = answered(&app, &browser, &token, route, &path).await;
            // A route without GET answers 405, which says nothing about what is there.
            if status == 405 && said.is_none() {
                continue;
            }
            let refused = is_refused(route, status);
            assert_eq!(
                said != Some(true),
                refused,
                "{path} ({}) as {person}: said {said:?}, and it is {status}",
                route.path
            );
            counts[said.map_or(2, usize::from)] += 1;
        }
    }
    // All three verdicts must occur. Administrators are refused only changes of what comes from a file, and uploads.
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    let edit = said(&mut ada, &user, "/dashboards/mine/edit").await;
    assert_eq!(edit, Some(is_owner), "{person} changes what Wren made");
}

// Case: admin/access-agrees
#[tokio::test]
async fn what_is_said_of_a_person_without_role_is_what_they_find() {
    compare(TestApp::setup(), Asked("nora", None), false).await;
}

// Case: admin/access-agrees
#[tokio::test]
async fn what_is_said_of_a_reader_is_what_they_find() {
    compare(TestApp::setup(), Asked("reed", None), false).await;
}

// Case: admin/access-agrees
#[tokio::test]
async fn what_is_said_of_a_writer_is_what_they_find_in_what_is_theirs() {
    compare(TestApp::setup(), Asked("wren", None), true).await;
}

// Case: admin/access-agrees
async fn what_is_said_of_a_writer_is_what_they_find_in_what_others_own(database: &TestDb) {
    compare(setup(database), Asked("reed", Some(Role::Write)), false).await;
}

// Case: admin/access-agrees
#[tokio::test]
async fn what_is_said_of_an_administrator_is_what_they_find() {
    compare(TestApp::setup(), Asked("ada", None), true).await;
}
