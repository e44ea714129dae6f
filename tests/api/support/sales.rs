//! Dashboards of the data set `sales`, and addresses with choices of their filters.

use openidconnect::reqwest::Url;
use rolecall_model::Role;
use rolecall_routes as routes;

use super::{Answer, Browser, TestApp};

/// The page of the dashboard `sales`.
pub const SALES_PAGE: &str = "/dashboards/sales";
/// A few sales without days.
pub const FEW_SALES: &str = "region,amount\nNorth,1\nSouth,2\n";
/// The start of a dashboard, with how many sales there are.
pub const SALES_COUNT: &str = r#"
format = 1
title = "Sales"
[[panels]]
id = "count"
title = "Sales in all"
kind = "figure"
dataset = "sales"
measures = [{ compute = "count" }]
"#;
/// The start of a dashboard, with a filter by day that does not apply to the panel `all`.
const BY_DAY: &str = r#"
format = 1
title = "Sales"
[[filters]]
id = "period"
title = "Day"
kind = "date_range"
column = "day"
last_day = "newest"
except = ["all"]
"#;
/// The last figures of the dashboards with a filter by day: the first compares its last month, and the filter does not
/// apply to the second.
const MONTHLY_AND_ALL: &str = r#"
[[panels]]
id = "monthly"
title = "Monthly"
kind = "figure"
dataset = "sales"
measures = [{ title = "By month", compute = "sum", of = "amount" }]
by = { column = "day", step = "month" }
compare = true
[[panels]]
id = "all"
title = "All, whatever the filters"
kind = "figure"
dataset = "sales"
measures = [{ title = "Sum of all", compute = "sum", of = "amount" }]
"#;

/// A dashboard with the filter `period` by day, the filters and panels of `parts`, and the figures `monthly` and `all`.
pub fn sales_by_day(parts: &str) -> String {
    format!("{BY_DAY}{parts}{MONTHLY_AND_ALL}")
}

impl TestApp {
    /// An application with the sales `rows`, which are CSV, and their dashboard, whose document is `dashboard`.
    pub async fn with_sales(dashboard: impl Into<String>, rows: &str) -> Self {
        let app = Self::setup().with_dashboard("sales", dashboard).start().await;
        app.make_dataset(("sales", Role::Read), rows).await;
        app
    }
}

/// The path of the page `path` with these fields of filters.
pub fn filtered(path: &str, fields: &[(&str, &str)]) -> String {
    let url = Url::parse_with_params(&format!("http://localhost{path}"), fields).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap())
}

/// Fails unless invalid `fields` are reported with `sentence` on the page of the sales, and refused for a file and by
/// the API. Returns the page.
pub async fn assert_told(app: &TestApp, reed: &mut Browser, fields: &[(&str, &str)], sentence: &str) -> Answer {
    let token = app.person_token("reed").await;
    let api = app.ask(&filtered(&routes::api_v1_panel("sales", "total"), fields), &token).await;
    assert!(api.assert_problem(400).body.contains(sentence), "{api:#?}");
    let file = filtered(&routes::of_panel(routes::PANEL_CSV, "sales", "total"), fields);
    reed.get(&file).await.assert_status(422).assert_shows(sentence);
    let page = reed.get(&filtered(SALES_PAGE, fields)).await;
    page.assert_status(200).assert_shows(sentence);
    page
}
