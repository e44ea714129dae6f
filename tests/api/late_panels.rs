//! Panels whose data takes long: the page comes without them, and they are loaded later.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::support::{Answer, SourceDb, TestApp, until};

const DASHBOARD: &str = r#"
format = 1
title = "Customers"
[[filters]]
id = "customer"
kind = "values"
column = "id"
dataset = "customers"
[[panels]]
id = "rain"
title = "Rain"
kind = "figure"
dataset = "weather"
measures = [{ title = "Days", compute = "count" }]
[[panels]]
id = "count"
title = "How many customers"
kind = "figure"
dataset = "customers"
measures = [{ title = "Customers", compute = "count" }]
"#;
const LATE: &str = "This takes longer than usual.";

// Case: dashboards/late-panels
#[tokio::test]
async fn a_page_waits_for_no_panel_for_ever_and_what_is_late_follows() {
    let source = SourceDb::sqlite();
    source.run("CREATE TABLE customers (id INTEGER); INSERT INTO customers VALUES (1), (2)").await;
    let app = TestApp::setup()
        .with_dashboard("customers", DASHBOARD)
        .set("ROLECALL_CONNECTIONS__CRM__URL", source.url())
        .set("ROLECALL_DASHBOARDS__PAGE_WAIT", "2s")
        .start()
        .await;
    let (mut ada, mut reed) = (app.browser(), app.browser());
    ada.sign_in_as("ada").await;
    reed.sign_in_as("reed").await;
    let fields = [
        ("connection", "crm"),
        ("statement", "SELECT id FROM customers"),
        ("keep", "1min"),
        ("name", "customers"),
        ("title", "Customers"),
        ("role", "write"),
        ("do", "save"),
    ];
    ada.submit(routes::NEW_QUERY, &fields).await.assert_redirect(&routes::dataset("customers"));
    // From here on, the result of the other panel is cached.
    ada.get("/dashboards/customers").await.assert_status(200);
    source.run("INSERT INTO customers VALUES (3)").await;
    // The rows are much too old, so the request waits for new ones, but the database does not answer.
    app.clock.advance(Duration::from_hours(1));
    let mut held = SqliteConnectOptions::new().filename(source.file()).connect().await.unwrap();
    sqlx::raw_sql("BEGIN EXCLUSIVE").execute(&mut held).await.unwrap();

    let page = ada.get("/dashboards/customers").await;
    page.assert_status(200).assert_shows(LATE).assert_shows("How many customers");
    assert_eq!(page.texts_of("figure-value").len(), 1, "the other panel is there");
    assert!(page.body.contains(" count:late"), "the script is not told to fetch it: {page:#?}");
    // For people to whom the panel is closed, it does not exist here, either.
    let closed = reed.get("/dashboards/customers").await;
    closed.assert_status(200);
    assert!(!closed.body.contains(LATE) && !closed.body.contains("How many customers"), "{closed:#?}");

    held.close().await.unwrap();
    // On a slow machine, Rolecall may have given up on the database, and will ask it again later.
    app.clock.advance(Duration::from_mins(11));
    until("the panel follows", async || {
        let request = ada.request(Method::GET, "/dashboards/customers").header("rolecall-unasked", "1");
        let follows = Answer::read(request.send().await.unwrap()).await;
        let last = follows.texts_of("figure-value").last().cloned();
        last.as_deref() == Some("3") && !follows.body.contains(LATE)
    })
    .await;
}
