//! The form of queried data sets, and panels of them.

use std::time::Duration;

use rolecall_routes as routes;

use crate::support::{Answer, Browser, CapturedLog, Setup, SourceDb, TestApp, signed_in, until, write_dataset_file};

const MINUTE: Duration = Duration::from_mins(1);
/// The text that everybody sees about rows that could not be refreshed.
const OVERDUE: &str = "older than they should be";
const DASHBOARD: &str = r#"
format = 1
title = "Customers"
[[panels]]
id = "count"
title = "How many"
kind = "figure"
dataset = "customers"
measures = [{ compute = "count" }, { compute = "distinct", of = "name" }]
"#;

/// A file that defines the data set of customers.
const FILE: &str = r#"
format = 1
title = "Customers"
role = "read"
connection = "crm"
keep = "1min"
query = "SELECT id, name FROM customers"
"#;

fn setup(source: &SourceDb) -> Setup {
    TestApp::setup().with_dashboard("customers", DASHBOARD).set("ROLECALL_CONNECTIONS__CRM__URL", source.url())
}

async fn source() -> SourceDb {
    let source = SourceDb::sqlite();
    source
        .run("CREATE TABLE customers (id INTEGER, name TEXT); INSERT INTO customers VALUES (1, 'Ada'), (2, NULL)")
        .await;
    source
}

/// Sends the form for a new data set.
async fn send(browser: &mut Browser, statement: &str, what: &str) -> Answer {
    let fields = [
        ("connection", "crm"),
        ("statement", statement),
        ("keep", "1min"),
        ("name", "customers"),
        ("title", "Customers"),
        ("role", "read"),
        ("do", what),
    ];
    browser.submit(routes::NEW_QUERY, &fields).await
}

async fn edit(browser: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    let fields = [&[("connection", "crm"), ("keep", "1min")], fields].concat();
    browser.submit(&routes::dataset_query("customers"), &fields).await
}

/// The value of the hidden field `name` on `page`.
#[track_caller]
fn hidden(page: &Answer, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.body.split_once(&field).unwrap_or_else(|| panic!("no {name} in {page:#?}"));
    html_escape::decode_html_entities(rest.split('"').next().unwrap()).into_owned()
}

// Case: queried/who
#[tokio::test]
async fn only_administrators_query_databases() {
    let source = source().await;
    let app = setup(&source).start().await;
    let mut ada = signed_in(&app, "ada").await;
    send(&mut ada, "SELECT id, name FROM customers", "save").await.assert_redirect(&routes::dataset("customers"));
    for person in ["wren", "reed"] {
        let mut browser = signed_in(&app, person).await;
        for path in [routes::NEW_QUERY, &routes::dataset_query("customers")] {
            browser.get(path).await.assert_status(403);
            browser
                .submit(path, &[("connection", "crm"), ("statement", "SELECT 1 AS a"), ("keep", "1min")])
                .await
                .assert_status(403);
        }
    }
    app.browser().get(routes::NEW_QUERY).await.assert_status(303);
    let mut wren = signed_in(&app, "wren").await;
    assert!(!wren.get(routes::DATASETS).await.body.contains(routes::NEW_QUERY));
    ada.get(routes::DATASETS).await.assert_shows("Query a database");
    // Data sets that are not queried or do not exist have no such page.
    for name in ["weather", "nothing"] {
        let page = ada.get(&routes::dataset_query(name)).await;
        assert!(matches!(page.status, 404 | 422), "{page:#?}");
    }
}

#[tokio::test]
async fn a_select_is_tried_then_saved_without_script() {
    let source = source().await;
    let app = setup(&source).start().await;
    let mut ada = signed_in(&app, "ada").await;
    ada.get(routes::NEW_QUERY).await.assert_status(200).assert_shows("crm").assert_shows("Try it");
    let tried = send(&mut ada, "SELECT id, name FROM customers", "try").await;
    tried.assert_status(200).assert_shows("Nothing was saved").assert_shows("integer").assert_shows("Ada");
    assert_eq!(app.count("dataset_queries").await, 0);
    let wrong = send(&mut ada, "SELECT id, nme\nFROM customers", "save").await;
    wrong.assert_status(422).assert_shows("no such column: nme").assert_shows("line 1").assert_shows("SELECT id, nme");
    let name = ada
        .submit(
            routes::NEW_QUERY,
            &[("connection", "crm"), ("statement", "SELECT 1 AS a"), ("keep", "soon"), ("do", "save")],
        )
        .await;
    name.assert_status(422).assert_shows("15min");
    assert_eq!(app.count("dataset_queries").await, 0);

    send(&mut ada, "SELECT id, name FROM customers", "save").await.assert_redirect(&routes::dataset("customers"));
    let page = ada.get(&routes::dataset("customers")).await;
    page.assert_status(200)
        .assert_shows("Queried")
        .assert_shows("Edit the query")
        .assert_shows("2 rows")
        .assert_shows("1m");
    assert!(!page.body.contains("Replace all rows") && !page.body.contains("Restore version"), "{page:#?}");
    ada.get(&routes::dataset_query("customers"))
        .await
        .assert_shows("SELECT id, name FROM customers")
        .assert_shows("1m");
    let mut wren = signed_in(&app, "wren").await;
    let page = wren.get(&routes::dataset("customers")).await;
    assert!(!page.body.contains("Edit the query"), "{page:#?}");
}

// Case: queried/change
#[tokio::test]
async fn a_change_of_columns_is_told_with_the_panels_that_it_breaks() {
    let source = source().await;
    let app = setup(&source).start().await;
    let mut ada = signed_in(&app, "ada").await;
    send(&mut ada, "SELECT id, name FROM customers", "save").await.assert_redirect(&routes::dataset("customers"));
    let revision = hidden(&ada.get(&routes::dataset_query("customers")).await, "revision");
    let other = [("revision", revision.as_str()), ("statement", "SELECT id FROM customers"), ("do", "save")];
    let told = edit(&mut ada, &other).await;
    told.assert_status(422)
        .assert_shows("“name” is gone")
        .assert_shows("How many")
        .assert_shows("Save with these columns");
    ada.get("/dashboards/customers").await.assert_shows("How many");
    let accepted = hidden(&told, "accepted");
    let saved = edit(&mut ada, &[&other[..], &[("accepted", &accepted)]].concat()).await;
    saved.assert_redirect(&routes::dataset("customers"));
    ada.get("/dashboards/customers").await.assert_shows("does not fit its data");
    let again = edit(&mut ada, &other).await;
    again.assert_status(422).assert_shows("changed by somebody else");
}

// Case: queried/as-of
#[tokio::test]
async fn panels_say_how_old_their_rows_are_and_only_administrators_read_why() {
    let source = source().await;
    let app = setup(&source).start().await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    send(&mut ada, "SELECT id, name FROM customers", "save").await.assert_redirect(&routes::dataset("customers"));
    let dashboard = "/dashboards/customers";
    let shown = reed.get(dashboard).await;
    shown.assert_status(200).assert_shows("As of");
    assert!(!shown.body.contains("Data of") && !shown.body.contains(OVERDUE), "{shown:#?}");

    let log = CapturedLog::begin();
    source.run("ALTER TABLE customers RENAME TO gone").await;
    app.clock.advance(2 * MINUTE);
    until("the refresh has failed", async || ada.get(dashboard).await.body.contains("Could not be refreshed since"))
        .await;
    ada.get(dashboard).await.assert_shows(OVERDUE).assert_shows("no such table: customers").assert_shows("As of");
    ada.get(&routes::dataset("customers")).await.assert_shows("no such table: customers");
    for page in [dashboard, &routes::of_panel(routes::PANEL, "customers", "count")] {
        let shown = reed.get(page).await;
        shown.assert_shows(OVERDUE).assert_shows("As of");
        assert!(!shown.body.contains("Could not be refreshed") && !shown.body.contains("no such table"), "{shown:#?}");
    }
    // The stamps tell open pages about it.
    assert!(reed.get(dashboard).await.body.contains(".overdue\""));
    assert_eq!(log.event("dataset_not_refreshed").text("connection"), "crm");

    source.run("ALTER TABLE gone RENAME TO customers").await;
    app.clock.advance(2 * MINUTE);
    until("they are new again", async || !reed.get(dashboard).await.body.contains(OVERDUE)).await;
    assert!(!reed.get(dashboard).await.body.contains(".overdue\""));
}

// Case: queried/file-read-only
#[tokio::test]
async fn what_a_file_says_is_not_changed_in_the_browser() {
    const WHERE: &str = "is in the file config/datasets/customers.toml. Change that";
    let source = source().await;
    let mut app = setup(&source).with_dataset_file("customers", FILE).start().await;
    let (mut ada, page) = (signed_in(&app, "ada").await, routes::dataset("customers"));
    until("it is made", async || ada.get(&page).await.status == 200).await;
    let shown = ada.get(&page).await;
    shown.assert_shows("This data set is in the file").assert_shows("config/datasets/customers.toml");
    shown.assert_shows("2 rows").assert_shows("Add a rule");
    for form in ["Edit the query", "Title and role", "Delete this data set"] {
        assert!(!shown.body.contains(form), "{form} in {shown:#?}");
    }

    let (id, revision) = (hidden(&shown, "id"), hidden(&shown, "revision"));
    let of = [("id", id.as_str()), ("revision", revision.as_str())];
    let described = [&of[..], &[("title", "Mine"), ("description", ""), ("role", "admin")]].concat();
    let deleted = [("id", id.as_str()), ("confirmation", "customers")];
    ada.submit(routes::API_DESCRIBE_DATASET, &described).await.assert_status(422).assert_shows(WHERE);
    ada.submit(routes::API_DELETE_DATASET, &deleted).await.assert_status(422).assert_shows(WHERE);
    ada.get(&routes::dataset_query("customers")).await.assert_status(422).assert_shows(WHERE);
    let other = [("revision", revision.as_str()), ("statement", "SELECT 1 AS name"), ("do", "save")];
    edit(&mut ada, &other).await.assert_status(422).assert_shows(WHERE);
    assert_eq!(app.count("datasets WHERE title = 'Customers' AND version = 1 AND revision = 0").await, 1);
    let rule = [&of[..], &[("rule[column]", "name"), ("rule[subject]", "email"), ("rule[except]", "admin")]].concat();
    ada.submit(routes::API_SAVE_ROW_RULE, &rule).await.assert_redirect(&page);

    // The file raises the role before anybody opens the page.
    let mut wren = signed_in(&app, "wren").await;
    wren.get(&page).await.assert_status(200);
    app.restart_after(async |data_dir| {
        write_dataset_file(&data_dir.with_file_name("config"), "customers", &FILE.replace("read", "admin"));
    })
    .await;
    wren.get(&page).await.assert_status(404);
    ada.get(&page).await.assert_status(200).assert_shows("verified e-mail address");
}
