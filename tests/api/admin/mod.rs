//! What administrators see and decide: sessions, people, and roles that are given here.

mod access;
mod grants;
mod locked;
mod operator;
mod people;
mod requests;
mod returned;
mod sessions;
mod verdicts;
mod view_as;

use crate::support::{Answer, Setup, TestApp, TestDb};

/// An application on `database`, which is empty.
fn setup(database: &TestDb) -> Setup {
    TestApp::setup().on(database)
}

/// The values of the hidden fields `name` of a page.
fn fields(page: &Answer, name: &str) -> Vec<String> {
    let begin = format!("name=\"{name}\" value=\"");
    let fields = page.body.split(&begin).skip(1);
    fields.map(|field| field.split('"').next().unwrap().to_owned()).collect()
}

/// The user id of the person whose name begins with `name`.
async fn number_of(app: &TestApp, name: &str) -> String {
    let query = format!("SELECT CAST(id AS TEXT) FROM users WHERE name LIKE '{name}%'");
    crate::support::text(app.db(), &query).await
}
