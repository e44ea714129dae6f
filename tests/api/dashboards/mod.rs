//! Dashboards in files: who sees them, and which of their data.

mod panels;
mod roles;
mod row_rules;

use rolecall_routes as routes;
use serde_json::Value;

use crate::support::{Setup, TestApp, signed_in};

/// Two tables and two notes on one page.
const TWICE: &str = r#"
format = 1
title = "Twice"
[[panels]]
id = "days"
title = "Days"
kind = "table"
dataset = "weather"
columns = [{ column = "date" }]
order = [{ column = "date" }]
[[panels]]
id = "rain"
title = "Rain"
kind = "table"
dataset = "weather"
columns = [{ column = "precipitation" }, { column = "date" }]
order = [{ column = "precipitation", order = "descending" }]
[[panels]]
id = "here"
title = "Here"
kind = "note"
[[panels]]
id = "there"
title = "There"
kind = "note"
"#;
/// A dashboard for administrators.
const CLOSED: &str = r#"
format = 1
title = "Board of directors"
role = "admin"
[[panels]]
id = "note"
title = "Note"
kind = "note"
[[panels]]
id = "days"
title = "Days"
kind = "table"
dataset = "weather"
columns = [{ column = "date" }]
"#;

/// Panels whose data do not fit or do not exist, beside one that works.
const UNFIT: &str = r#"
format = 1
title = "Unfit"
[[panels]]
id = "large"
title = "Large"
kind = "line"
dataset = "bird-strikes"
measures = [{ compute = "count" }]
by = { column = "Flight Date", step = "day" }
split = { column = "Flight Date", top = 50 }
[[panels]]
id = "nothing"
title = "Nothing"
kind = "figure"
dataset = "never-imported"
measures = [{ compute = "count" }]
[[panels]]
id = "renamed"
title = "Renamed"
kind = "figure"
dataset = "weather"
measures = [{ compute = "sum", of = "temp_maximum" }]
[[panels]]
id = "days"
title = "Days"
kind = "figure"
dataset = "weather"
measures = [{ title = "Days in the data", compute = "count" }]
"#;

fn setup() -> Setup {
    TestApp::setup().with_dashboard("twice", TWICE).with_dashboard("closed", CLOSED).with_dashboard("unfit", UNFIT)
}

/// How many days of the weather a person sees: on the page, and in the API.
async fn days(app: &TestApp, person: &str) -> (String, u64) {
    let mut browser = signed_in(app, person).await;
    let page = browser.get("/dashboards/weather").await;
    let caption =
        page.assert_status(200).body.split("id=\"table-caption\">").nth(1).unwrap().split('<').next().unwrap();
    let token = app.person_token(person).await;
    let table: Value = app.ask(&routes::api_v1_panel("weather", "table"), &token).await.assert_status(200).json();
    (caption.to_owned(), table["total"].as_u64().unwrap())
}
