//! The pages of data sets: who sees them, and who changes what.

use std::time::Duration;

use rolecall::datasets::{DataSetKey, Target};
use rolecall::routes;
use rolecall_model::Role;

use crate::support::{Answer, Browser, CapturedLog, Setup, TestApp, execute, signed_in, text, until};

const MINUTE: Duration = Duration::from_mins(1);
const SALES: &str = "day,region,amount\n2026-01-02,North,120.50\n2026-01-05,South,\n2026-01-06,South,7\n";
/// A dashboard for everybody and one for administrators, both over the sales.
const OPEN: &str = r#"
format = 1
title = "Sales this year"
[[panels]]
id = "all"
title = "All sales"
kind = "figure"
dataset = "sales"
measures = [{ compute = "count" }]
"#;

fn setup() -> Setup {
    let closed = OPEN.replace("Sales this year", "For the board").replace("format = 1", "format = 1\nrole = \"admin\"");
    TestApp::setup().with_dashboard("sales", OPEN).with_dashboard("board", closed)
}

/// The sales, owned by Wren, who is signed in.
async fn with_sales(app: &TestApp) -> Browser {
    let mut wren = signed_in(app, "wren").await;
    let new = Target::New { name: "sales".to_owned(), title: "Sales".to_owned(), role: Role::Read };
    app.import(SALES, &new).await;
    let owner = "UPDATE datasets SET owner = (SELECT id FROM users WHERE name = 'Wren Hollis') WHERE name = 'sales'";
    execute(app.db(), owner).await;
    // The list of data sets is kept for a second.
    until("the data set is Wren's", async || wren.get(&page()).await.body.contains("Owner")).await;
    wren
}

fn page() -> String {
    routes::dataset("sales")
}

/// What names the sales.
async fn sales(app: &TestApp) -> DataSetKey {
    DataSetKey { id: id_of(app, "sales").await, name: "sales".to_owned() }
}

/// The id of the data set `name`, by which forms and addresses name it.
async fn id_of(app: &TestApp, name: &str) -> String {
    text(app.db(), &format!("SELECT id FROM datasets WHERE name = '{name}' AND deleted_at IS NULL")).await
}

/// The value of the hidden field `name` of the first form on `page` that has one.
#[track_caller]
fn hidden(page: &Answer, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.body.split_once(&field).unwrap_or_else(|| panic!("no {name} in {page:#?}"));
    rest.split('"').next().unwrap().to_owned()
}

/// Sends the form of a rule of the sales, as their page has it.
async fn rule(browser: &mut Browser, revision: &str, fields: &[(&str, &str)]) -> Answer {
    let id = hidden(&browser.get(&page()).await, "id");
    let fields = [&[("id", id.as_str()), ("revision", revision)], fields].concat();
    browser.submit(routes::API_SAVE_ROW_RULE, &fields).await
}

// Case: datasets/who-sees
#[tokio::test]
async fn a_data_set_is_there_for_those_whose_role_opens_it() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    wren.get(routes::DATASETS).await.assert_status(200).assert_shows("Sales").assert_shows("Weather in Seattle");
    wren.get(&page()).await.assert_status(200).assert_shows("120.5").assert_shows("Owner").assert_shows("Wren Hollis");
    wren.get(&routes::dataset("nothing")).await.assert_status(404);

    execute(app.db(), "UPDATE datasets SET role = 'admin' WHERE name = 'sales'").await;
    until("it is closed", async || wren.get(&page()).await.status == 404).await;
    assert!(!wren.get(routes::DATASETS).await.body.contains("Sales"));
    let id = id_of(&app, "sales").await;
    let refused = wren.submit(routes::API_DELETE_DATASET, &[("id", &id), ("confirmation", "sales")]).await;
    refused.assert_status(404);
    ada.get(routes::DATASETS).await.assert_shows("Sales");
    ada.get(&page()).await.assert_status(200);

    let mut reed = signed_in(&app, "reed").await;
    for path in [routes::DATASETS, &page()] {
        reed.get(path).await.assert_status(403);
        app.browser().get(path).await.assert_status(303);
    }
    assert!(!reed.get("/").await.body.contains("href=\"/datasets\""));
    wren.get("/").await.assert_shows("href=\"/datasets\"");
}

#[tokio::test]
async fn the_page_tells_columns_missing_values_versions_and_what_shows_it() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let shown = wren.get(&page()).await;
    shown.assert_shows("3 rows").assert_shows("decimal").assert_shows("Sales this year").assert_shows("All sales");
    shown.assert_shows("One panel that you cannot see shows it, too.");
    assert!(!shown.body.contains("For the board"), "{shown:#?}");
    // Of three amounts, one is missing.
    let html = shown.body.replace("<!>", "");
    let amount = html.split("amount</th><td>decimal</td><td class=\"num\">").nth(1).unwrap();
    assert!(amount.starts_with("1<"), "{amount}");
    signed_in(&app, "ada").await.get(&page()).await.assert_shows("For the board");
}

// Case: datasets/who-changes
#[tokio::test]
async fn only_the_owner_and_administrators_change_a_data_set() {
    let app = setup().start().await;
    with_sales(&app).await;
    execute(app.db(), "UPDATE datasets SET owner = NULL WHERE name = 'sales'").await;
    let (mut wren, mut ada, mut reed) =
        (signed_in(&app, "wren").await, signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    until("Wren no longer owns it", async || !wren.get(&page()).await.body.contains("Owner")).await;
    let shown = wren.get(&page()).await;
    assert!(!shown.assert_status(200).body.contains("action=\"/api/describe"), "{shown:#?}");
    let describe = [("title", "Other"), ("description", ""), ("role", "read"), ("revision", "0")];
    let changes: [(&str, &[(&str, &str)]); 5] = [
        (routes::API_DESCRIBE_DATASET, &describe),
        (routes::API_SAVE_ROW_RULE, &[("revision", "0"), ("rule[column]", "region"), ("rule[subject]", "email")]),
        (routes::API_REMOVE_ROW_RULE, &[("revision", "0"), ("index", "0")]),
        (routes::API_RESTORE_DATASET_VERSION, &[("version", "1"), ("current", "1")]),
        (routes::API_DELETE_DATASET, &[("confirmation", "sales")]),
    ];
    let id = id_of(&app, "sales").await;
    for (path, fields) in changes {
        let fields = [&[("id", id.as_str())], fields].concat();
        wren.submit(path, &fields).await.assert_status(403);
        reed.submit(path, &fields).await.assert_status(403);
        let foreign = ada.request(openidconnect::reqwest::Method::POST, path);
        let foreign =
            foreign.header("sec-fetch-site", "cross-site").header("origin", "https://evil.test").form(&fields);
        ada.send(foreign).await.assert_status(403);
        let built_in = [&[("id", "weather")], &fields[1..]].concat();
        ada.submit(path, &built_in).await.assert_status(422);
    }
    assert_eq!(app.count("datasets WHERE name = 'sales' AND revision = 0 AND deleted_at IS NULL").await, 1);
    ada.get(&page()).await.assert_status(200);
    let fields = [&[("id", id.as_str())], &describe[..]].concat();
    ada.submit(routes::API_DESCRIBE_DATASET, &fields).await.assert_redirect(&page());
    ada.get(&page()).await.assert_shows("Other");
}

// Case: datasets/two-editors
#[tokio::test]
async fn of_two_who_change_a_data_set_at_once_one_is_told() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    let revision = hidden(&wren.get(&page()).await, "revision");
    assert_eq!(hidden(&ada.get(&page()).await, "revision"), revision);
    let by_email = [("rule[column]", "region"), ("rule[subject]", "email"), ("rule[except]", "admin")];
    rule(&mut wren, &revision, &by_email).await.assert_redirect(&page());
    let late = rule(&mut ada, &revision, &[("rule[column]", "region"), ("rule[subject]", "role")]).await;
    late.assert_status(409).assert_shows("changed by somebody else meanwhile");
    let id = id_of(&app, "sales").await;
    let describe =
        [("id", id.as_str()), ("title", "X"), ("description", ""), ("role", "read"), ("revision", &revision)];
    ada.submit(routes::API_DESCRIBE_DATASET, &describe).await.assert_status(409);
    let rules = text(app.db(), "SELECT row_rules FROM datasets WHERE name = 'sales'").await;
    assert_eq!(rules, r#"[{"column":"region","is":"email","except":"admin"}]"#);
}

// Case: row-rules/form
#[tokio::test]
async fn a_rule_is_made_changed_and_removed_by_form_and_holds() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let seen = async |browser: &mut Browser| {
        let shown = browser.get("/dashboards/sales").await;
        let shown = shown.assert_status(200).body.split("figure-value").nth(1).unwrap().to_owned();
        shown.split('>').nth(1).unwrap().split('<').next().unwrap().trim().to_owned()
    };
    assert_eq!(seen(&mut wren).await, "3");
    for (fields, what) in [
        (&[("rule[column]", "nothing"), ("rule[subject]", "email")][..], "There is no column"),
        (&[("rule[column]", "region"), ("rule[subject]", "claim"), ("rule[claim]", " ")], "Give the name of the claim"),
        (
            &[("rule[column]", "region"), ("rule[subject]", "values"), ("rule[values]", " \r\n")],
            "Give 1 to 1000 values",
        ),
        (&[("rule[column]", "region"), ("rule[subject]", "anything")], "Choose what the column is compared with"),
        (&[("rule[column]", "region"), ("rule[subject]", "email"), ("rule[except]", "boss")], "Choose a role, or none"),
    ] {
        rule(&mut wren, "0", fields).await.assert_status(422).assert_shows(what);
    }
    let values = [
        ("rule[column]", "region"),
        ("rule[subject]", "values"),
        ("rule[values]", "South\r\nWest"),
        ("rule[except]", "admin"),
    ];
    rule(&mut wren, "0", &values).await.assert_redirect(&page());
    assert_eq!(
        (seen(&mut wren).await, seen(&mut signed_in(&app, "ada").await).await),
        ("2".to_owned(), "3".to_owned())
    );
    let shown = wren.get(&page()).await;
    shown.assert_shows("one of South, West").assert_shows("Rows that you see");
    assert!(!shown.body.contains("North"), "{shown:#?}");

    let edit = wren.get(&format!("{}?rule=0", page())).await;
    edit.assert_shows("Change the rule").assert_shows("South\nWest");
    let changed = [("index", "0"), ("rule[column]", "region"), ("rule[subject]", "values"), ("rule[values]", "North")];
    rule(&mut wren, "1", &changed).await.assert_redirect(&page());
    assert_eq!(seen(&mut wren).await, "1");
    let id = id_of(&app, "sales").await;
    let fields = [("id", id.as_str()), ("revision", "2"), ("index", "0")];
    wren.submit(routes::API_REMOVE_ROW_RULE, &fields).await.assert_redirect(&page());
    assert_eq!(seen(&mut wren).await, "3");
}

// Case: row-rules/see-as
#[tokio::test]
async fn see_as_shows_what_the_rules_leave_somebody() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let claim = [
        ("rule[column]", "region"),
        ("rule[subject]", "claim"),
        ("rule[claim]", "team & region"),
        ("rule[except]", "admin"),
    ];
    rule(&mut wren, "0", &claim).await.assert_redirect(&page());
    let see = async |browser: &mut Browser, role: &str, value: &str| {
        let address = format!("{}?as={role}&claim.team+%26+region={value}", page());
        let shown = browser.get(&address).await;
        let part = shown.assert_status(200).body.split("id=\"see-as\"").nth(1).unwrap().to_owned();
        part.split("<caption>").nth(1).map(|caption| caption.split('<').next().unwrap().to_owned())
    };
    for (role, value, rows) in [
        ("read", "South", "2 rows"),
        ("read", "North", "1 row"),
        ("read", "North%2CSouth", "3 rows"),
        ("read", "", "No rows"),
        ("read", "Nowhere", "No rows"),
        ("admin", "", "3 rows"),
    ] {
        assert_eq!(see(&mut wren, role, value).await.as_deref(), Some(rows), "{role} {value}");
    }
    assert_eq!(see(&mut wren, "boss", "South").await, None);
    // Who may not change it makes nobody up.
    execute(app.db(), "UPDATE datasets SET owner = NULL WHERE name = 'sales'").await;
    let address = format!("{}?as=admin", page());
    until("Wren no longer owns it", async || !wren.get(&address).await.body.contains("see-as")).await;
    assert!(!wren.get(&address).await.body.contains("North"));
}

// Case: datasets/restore-version
#[tokio::test]
async fn an_earlier_version_is_taken_up_again_as_a_new_one() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let replace = Target::Replace { dataset: sales(&app).await, new_columns: false, may_be_empty: false };
    app.import("day,region,amount\n2026-02-01,West,5\n", &replace).await;
    until("the new rows are there", async || wren.get(&page()).await.body.contains("West")).await;
    let id = id_of(&app, "sales").await;
    let fields = |version, current| [("id", id.as_str()), ("version", version), ("current", current)];
    for (version, current) in [("1", "1"), ("7", "2")] {
        wren.submit(routes::API_RESTORE_DATASET_VERSION, &fields(version, current)).await.assert_status(409);
    }
    assert_eq!(app.count("dataset_versions WHERE dataset <> 'weather'").await, 2);
    wren.submit(routes::API_RESTORE_DATASET_VERSION, &fields("1", "2")).await.assert_redirect(&page());
    let shown = wren.get(&page()).await;
    shown.assert_shows("North").assert_shows("(rows of version 1)");
    assert!(!shown.body.contains("West"), "{shown:#?}");
}

// Case: datasets/delete, datasets/in-use
#[tokio::test]
async fn a_deleted_data_set_comes_back_unless_its_name_is_taken() {
    let log = CapturedLog::begin();
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let shown = wren.get(&page()).await;
    shown.assert_status(200).assert_shows("These dashboards show it").assert_shows("1 panel that is not open to you");
    shown.assert_shows("Without it, the panels over it stop working:");
    let beside_the_button = shown.body.split("id=\"delete\"").nth(1).unwrap();
    assert!(beside_the_button.contains("href=\"/dashboards/sales\""), "{shown:#?}");
    let sales = id_of(&app, "sales").await;
    let delete = async |browser: &mut Browser, confirmation: &str| {
        browser.submit(routes::API_DELETE_DATASET, &[("id", &sales), ("confirmation", confirmation)]).await
    };
    delete(&mut wren, "sale").await.assert_status(422);
    delete(&mut wren, " sales ").await.assert_redirect(routes::DATASETS);
    wren.get(&page()).await.assert_status(404);
    wren.get("/dashboards/sales").await.assert_status(200).assert_shows("does not fit its data");
    // The import is told before.
    let deleted = log.entries().into_iter().rfind(|entry| entry.text("event") == "dataset_changed").unwrap();
    assert_eq!((deleted.text("dataset"), deleted.text("change")), ("sales".to_owned(), "deleted".to_owned()));

    let list = wren.get(routes::DATASETS).await;
    let id = hidden(&list, "id");
    let undelete = async |browser: &mut Browser| browser.submit(routes::API_UNDELETE_DATASET, &[("id", &id)]).await;
    undelete(&mut signed_in(&app, "reed").await).await.assert_status(403);
    undelete(&mut wren).await.assert_redirect(&page());
    wren.get(&page()).await.assert_status(200).assert_shows("North");
    undelete(&mut wren).await.assert_status(404);

    delete(&mut wren, "sales").await.assert_redirect(routes::DATASETS);
    let new = Target::New { name: "sales".to_owned(), title: "Other sales".to_owned(), role: Role::Read };
    app.import(SALES, &new).await;
    undelete(&mut wren).await.assert_status(422).assert_shows("There is a data set “sales” already");
    assert_eq!(app.count("datasets WHERE name = 'sales' AND deleted_at IS NULL").await, 1);
}

#[tokio::test]
async fn the_application_takes_away_what_nobody_needs() {
    let mut app = setup().start().await;
    let left_over = app.data_dir().join("datasets/left-over.parquet");
    std::fs::write(&left_over, "rows").unwrap();
    app.clock.advance(61 * MINUTE);
    app.restart().await;
    until("the file is gone", async || !left_over.exists()).await;
    signed_in(&app, "wren").await.get("/dashboards/weather").await.assert_status(200).assert_shows("2,922");
}

// Case: step-up/datasets
#[tokio::test]
async fn data_sets_need_a_recent_sign_in_where_write_does() {
    let app = setup().set("ROLECALL_STEP_UP__WRITE", "2h").set("ROLECALL_STEP_UP__ADMIN", "15m").start().await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    let id = id_of(&app, "sales").await;
    let described = [("id", id.as_str()), ("title", "Ours"), ("description", ""), ("role", "read"), ("revision", "0")];
    app.clock.advance(16 * MINUTE);
    // Ada is a writer for now, and the data set is not hers.
    ada.get(&page()).await.assert_status(200);
    ada.submit(routes::API_DESCRIBE_DATASET, &described).await.assert_status(401);
    let raised = [("id", id.as_str()), ("title", "Ours"), ("description", ""), ("role", "admin"), ("revision", "0")];
    wren.submit(routes::API_DESCRIBE_DATASET, &raised).await.assert_status(422).assert_shows("higher than your own");
    app.clock.advance(110 * MINUTE);
    wren.get(&page()).await.assert_redirect("/login/demo?prompt=login&return_to=/datasets/sales");
    wren.submit(routes::API_DESCRIBE_DATASET, &described).await.assert_status(401);
    assert_eq!(app.count("datasets WHERE title = 'Ours'").await, 0);
}

// Case: text/html
#[tokio::test]
async fn what_people_write_about_data_is_text() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let markup = "<img src=x onerror=alert(1)>";
    let id = id_of(&app, "sales").await;
    let fields = [("id", id.as_str()), ("title", markup), ("description", markup), ("role", "read"), ("revision", "0")];
    wren.submit(routes::API_DESCRIBE_DATASET, &fields).await.assert_redirect(&page());
    let claim =
        [("rule[column]", "region"), ("rule[subject]", "claim"), ("rule[claim]", markup), ("rule[except]", "write")];
    rule(&mut wren, "1", &claim).await.assert_redirect(&page());
    for path in [page(), routes::DATASETS.to_owned(), format!("{}?rule=0", page()), format!("{}?as=read", page())] {
        let shown = wren.get(&path).await;
        assert!(!shown.assert_status(200).body.contains("<img"), "{shown:#?}");
    }
    let new_columns = Target::Replace { dataset: sales(&app).await, new_columns: true, may_be_empty: false };
    app.import(&format!("{markup},region\n{markup},South\n"), &new_columns).await;
    until("the new columns are there", async || wren.get(&page()).await.body.contains("&lt;img")).await;
    assert!(!wren.get(&page()).await.body.contains("<img"));
}

// Case: datasets/deleted-and-made-anew
#[tokio::test]
async fn a_form_about_a_data_set_that_was_deleted_changes_no_other_of_its_name() {
    let app = setup().start().await;
    with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    let shown = ada.get(&page()).await;
    let old = hidden(&shown, "id");
    let delete = [("id", old.as_str()), ("confirmation", "sales")];
    ada.submit(routes::API_DELETE_DATASET, &delete).await.assert_redirect(routes::DATASETS);
    app.import(SALES, &Target::New { name: "sales".to_owned(), title: "Other".to_owned(), role: Role::Read }).await;
    let forms: [(&str, &[(&str, &str)]); 5] = [
        (routes::API_DESCRIBE_DATASET, &[("title", "Mine"), ("description", ""), ("role", "admin"), ("revision", "0")]),
        (routes::API_SAVE_ROW_RULE, &[("revision", "0"), ("rule[column]", "region"), ("rule[subject]", "email")]),
        (routes::API_REMOVE_ROW_RULE, &[("revision", "0"), ("index", "0")]),
        (routes::API_RESTORE_DATASET_VERSION, &[("version", "1"), ("current", "1")]),
        (routes::API_DELETE_DATASET, &[("confirmation", "sales")]),
    ];
    for (path, fields) in forms {
        let fields = [&[("id", old.as_str())], fields].concat();
        ada.submit(path, &fields).await.assert_status(404);
    }
    ada.get(&format!("{}?append={old}", routes::UPLOADS)).await.assert_status(404);
    assert_eq!(app.count("datasets WHERE title = 'Other' AND revision = 0 AND deleted_at IS NULL").await, 1);
}

// Case: datasets/ways
#[tokio::test]
async fn files_stay_out_of_what_a_program_fills() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let address = format!("{}?append={}", routes::UPLOADS, id_of(&app, "sales").await);
    wren.get(&page()).await.assert_shows("Replace all rows");
    wren.get(&address).await.assert_status(200);
    execute(app.db(), "UPDATE datasets SET kind = 'pushed' WHERE name = 'sales'").await;
    until("the page knows", async || !wren.get(&page()).await.body.contains("Replace all rows")).await;
    wren.get(&address).await.assert_status(422).assert_shows("a program sends them");
}
