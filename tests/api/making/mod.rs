//! Dashboards made in the browser, with forms, as people do.

mod access;
mod conflicts;
mod editor;
mod offered;

use rolecall_model::Role;
use rolecall_routes as routes;

use crate::support::{Answer, Browser, TestApp, TestDb, signed_in, until};

const SALES: &str = "day,region,amount\n2026-01-02,North,120.50\n2026-02-05,South,30\n2026-02-06,South,7\n";

pub(crate) async fn start(database: &TestDb) -> TestApp {
    TestApp::setup().on(database).start().await
}

pub(crate) async fn with_sales(app: &TestApp) -> Browser {
    let mut wren = signed_in(app, "wren").await;
    app.make_dataset(("sales", Role::Read), SALES).await;
    until("the data set is there", async || wren.get(&routes::dataset("sales")).await.status == 200).await;
    wren
}

pub(crate) fn edit(slug: &str) -> String {
    routes::of_dashboard(routes::DASHBOARD_EDIT, slug)
}

/// Makes a dashboard of the sales. Returns the path of its editor.
pub(crate) async fn make(browser: &mut Browser, title: &str) -> String {
    let fields = [("dataset", "sales"), ("title", title), ("role", "read")];
    let made = browser.submit(routes::DASHBOARD_NEW, &fields).await;
    made.assert_status(303);
    made.location().to_owned()
}

/// The value of the element `name` of a form on `page`.
#[track_caller]
pub(crate) fn hidden(page: &Answer, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.body.split_once(&field).unwrap_or_else(|| panic!("no {name} in {page:#?}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The values that the field `name` of a form on `page` offers.
#[track_caller]
fn offered(page: &Answer, name: &str) -> Vec<String> {
    let field = format!("name=\"{name}\"");
    let mut selects = page.body.split("<select").skip(1).filter_map(|select| select.split_once("</select>"));
    let select = selects.find(|(select, _)| select.split_once('>').is_some_and(|(tag, _)| tag.contains(&field)));
    let (select, _) = select.unwrap_or_else(|| panic!("no {name} in {page:#?}"));
    select.split("<option value=\"").skip(1).map(|option| option.split('"').next().unwrap().to_owned()).collect()
}

const BAR: [(&str, &str); 7] = [
    ("kind", "bar"),
    ("dataset", "sales"),
    ("title", "Sales by region"),
    ("measures[0].compute", "sum"),
    ("measures[0].of", "amount"),
    ("by.column", "region"),
    ("do", "save"),
];

pub(crate) fn panel<'a>(version: &'a str, changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = BAR.into_iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    kept.chain(changed.iter().copied()).chain([("version", version)]).collect()
}
