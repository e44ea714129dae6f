//! Changes of dashboards and data sets in the audit, and what an administrator does with the audit.

use rolecall_model::Role;
use rolecall_routes as routes;

use super::chain::without_triggers;
use crate::doctor::program;
use crate::support::{SourceDb, TestApp, TestDb, on_both_dialects, signed_in, text, until};

on_both_dialects! {
    what_becomes_of_a_dashboard_stands_in_the_audit_with_it,
    a_change_of_a_data_set_says_from_where_it_came,
    a_note_that_is_saved_stands_in_the_audit_without_its_text,
    an_administrator_has_the_chain_checked_and_reads_what_was_found,
}

/// How many entries of `kind` have all of `parts` in their details.
async fn entries(app: &TestApp, kind: &str, parts: &[&str]) -> i64 {
    let like: Vec<String> = parts.iter().map(|part| format!(" AND details LIKE '%{part}%'")).collect();
    app.count(&format!("audit WHERE kind = '{kind}'{}", like.concat())).await
}

// Case: audit/changes
async fn what_becomes_of_a_dashboard_stands_in_the_audit_with_it(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let mut wren = signed_in(&app, "wren").await;
    let made = [("dataset", "weather"), ("title", "Mine"), ("role", "read")];
    wren.submit(routes::DASHBOARD_NEW, &made).await.assert_status(303);
    assert_eq!(
        entries(&app, "dashboard_changed", &["\"dashboard\":\"mine\"", "\"change\":\"Made\"", "\"role\":\"read\""])
            .await,
        1
    );
    let edit = routes::of_dashboard(routes::DASHBOARD_EDIT, "mine");
    let settings = [("version", "1"), ("title", "Mine"), ("role", "write"), ("do", "settings")];
    wren.submit(&edit, &settings).await.assert_status(303);
    assert_eq!(
        entries(&app, "dashboard_changed", &["\"role\":\"write\"", "\"role_before\":\"read\"", "\"version\":2"]).await,
        1
    );
    wren.submit(&edit, &[("version", "2"), ("do", "delete-dashboard")]).await.assert_status(303);
    assert_eq!(entries(&app, "dashboard_changed", &["\"change\":\"Deleted\""]).await, 1);
    wren.submit(routes::DASHBOARDS, &[("slug", "mine")]).await.assert_status(303);
    assert_eq!(entries(&app, "dashboard_changed", &["Restored after its deletion"]).await, 1);
    assert_eq!(app.count("audit WHERE kind = 'dashboard_changed' AND ip = '127.0.0.1'").await, 4, "with the address");
    assert!(app.audit().verify().await.unwrap().is_ok());
}

// Case: audit/changes
async fn a_change_of_a_data_set_says_from_where_it_came(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    app.make_dataset(("sales", Role::Read), "day,amount\n2026-01-02,1\n").await;
    let id = text(app.db(), "SELECT id FROM datasets WHERE name = 'sales'").await;
    until("it is there", async || ada.get(&routes::dataset("sales")).await.status == 200).await;
    ada.submit(routes::API_DELETE_DATASET, &[("id", &id), ("confirmation", "sales")]).await.assert_status(303);
    let deleted =
        "audit WHERE kind = 'dataset_changed' AND ip = '127.0.0.1' AND details LIKE '%\"change\":\"deleted\"%'";
    until("it is written", async || app.count(deleted).await == 1).await;
}

// Case: audit/notes
async fn a_note_that_is_saved_stands_in_the_audit_without_its_text(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let (mut wren, mut reed) = (signed_in(&app, "wren").await, signed_in(&app, "reed").await);
    let note = |version| [("slug", "weather"), ("panel", "note"), ("body", "Rain, rather."), ("version", version)];
    wren.call("/api/save_note", &note("0")).await.assert_status(200);
    let saved = ["\"dashboard\":\"weather\"", "\"panel\":\"note\"", "\"change\":\"Note saved\"", "\"version\":1"];
    assert_eq!(entries(&app, "dashboard_changed", &saved).await, 1);
    // A change that is not saved is not in the audit.
    wren.call("/api/save_note", &note("0")).await.assert_status(409);
    reed.call("/api/save_note", &note("1")).await.assert_status(403);
    assert_eq!(entries(&app, "dashboard_changed", &[]).await, 1);
    assert_eq!(app.count("audit WHERE details LIKE '%Rain%'").await, 0);
    let by_wren = "audit WHERE kind = 'dashboard_changed' AND actor_id = 1 AND ip = '127.0.0.1'";
    assert_eq!(app.count(by_wren).await, 1);
}

// Case: audit/changes
#[tokio::test(flavor = "multi_thread")]
async fn an_import_at_the_command_line_and_a_query_that_was_tried_stand_in_the_audit() {
    let source = SourceDb::sqlite();
    source.run("CREATE TABLE customers (id INTEGER); INSERT INTO customers VALUES (1)").await;
    let app = TestApp::setup().set("ROLECALL_CONNECTIONS__CRM__URL", source.url()).start().await;
    let mut ada = signed_in(&app, "ada").await;
    let mut sources = app.sources();
    sources.environment.insert("ROLECALL_CONFIG_DIR".to_owned(), sources.config_dir.display().to_string());
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), "day,amount\n2026-01-02,1\n").unwrap();
    let (status, out, err) = program(&sources, &["import", file.path().to_str().unwrap(), "--name", "sales"]);
    assert_eq!(status, 0, "{out}{err}");
    assert_eq!(entries(&app, "dataset_changed", &["\"dataset\":\"sales\"", "\"by\":\"operator\""]).await, 1);
    // With keys other than the server's, the entry of the command would look like a forged one, so the command refuses.
    let mut others = app.sources();
    others.environment.insert("ROLECALL_CONFIG_DIR".to_owned(), others.config_dir.display().to_string());
    others.environment.insert("ROLECALL_SECRET_KEYS".to_owned(), "BwcH".repeat(10) + "Bwc=");
    let (status, _, err) = program(&others, &["import", file.path().to_str().unwrap(), "--name", "more"]);
    assert!(status != 0 && err.contains("other secret keys"), "{err}");
    assert_eq!(app.count("datasets WHERE name = 'more'").await, 0);

    let tried = [
        ("connection", "crm"),
        ("statement", "SELECT id FROM customers"),
        ("keep", "1min"),
        ("name", "customers"),
        ("title", "Customers"),
        ("role", "read"),
        ("do", "try"),
    ];
    ada.submit(routes::NEW_QUERY, &tried).await.assert_status(200);
    let details = ["\"connection\":\"crm\"", "SELECT id FROM customers"];
    until("it is written", async || entries(&app, "query_tried", &details).await == 1).await;
    assert!(app.audit().verify().await.unwrap().is_ok());
}

// Case: audit/verify-page
async fn an_administrator_has_the_chain_checked_and_reads_what_was_found(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    until("both are written", async || app.count("audit WHERE kind = 'signed_in'").await == 2).await;
    ada.get(routes::ADMIN_AUDIT).await.assert_shows("This instance of Rolecall has not checked since its start.");
    wren.submit(routes::API_VERIFY_AUDIT, &[]).await.assert_status(403);
    ada.submit(routes::API_VERIFY_AUDIT, &[]).await.assert_status(303);
    until("it is whole", async || ada.get(routes::ADMIN_AUDIT).await.body.contains("Nobody changed the")).await;
    without_triggers(app.db(), "UPDATE audit SET actor_id = 7 WHERE id = 1").await;
    ada.submit(routes::API_VERIFY_AUDIT, &[]).await.assert_status(303);
    until("it is found", async || ada.get(routes::ADMIN_AUDIT).await.body.contains("row 1 was changed")).await;
}
