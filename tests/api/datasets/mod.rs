//! The pages of data sets: who may see them, and who may change what.

mod changes;
mod rules;
mod shown;
mod versions;

use std::time::Duration;

use rolecall_core::datasets::{DataSetKey, Target};
use rolecall_model::Role;
use rolecall_routes as routes;

use crate::support::{Answer, Browser, Setup, TestApp, execute, signed_in, text, until};

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
    // The list of data sets is cached for a second.
    until("the data set is Wren's", async || wren.get(&page()).await.body.contains("Owner")).await;
    wren
}

fn page() -> String {
    routes::dataset("sales")
}

/// The key of the sales.
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
