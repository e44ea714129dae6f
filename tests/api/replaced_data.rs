//! Panels while their data is replaced: each answer is made of the old rows or of the new ones, never of both.

use std::cell::Cell;

use futures_util::future::join_all;
use rolecall_core::datasets::Target;
use rolecall_model::Role;
use rolecall_routes as routes;
use serde_json::Value;

use crate::support::{Answer, Browser, TestApp, until};

/// Panels that count, add, group, split into pages and make several queries, and one that needs no column.
const DASHBOARD: &str = r#"
format = 1
title = "Sales"
[[panels]]
id = "count"
title = "How many"
kind = "figure"
dataset = "sales"
measures = [{ compute = "count" }]
[[panels]]
id = "total"
title = "In all"
kind = "figure"
dataset = "sales"
measures = [{ title = "Rows", compute = "count" }, { title = "Sum", compute = "sum", of = "amount" }]
[[panels]]
id = "bars"
title = "By region"
kind = "bar"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
by = { column = "region" }
[[panels]]
id = "groups"
title = "Groups"
kind = "table"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }, { title = "Rows", compute = "count" }]
by = { column = "region" }
totals = true
[[panels]]
id = "rows"
title = "Rows"
kind = "table"
dataset = "sales"
columns = [{ column = "region" }, { column = "amount" }]
order = [{ column = "region" }]
rows_per_page = 5
"#;
const PAGE: &str = "/dashboards/sales";
const PANELS: [&str; 5] = ["count", "total", "bars", "groups", "rows"];
/// The panel that works with any columns.
const NEEDS_NO_COLUMN: &str = "count";
const UNFIT: &str = "This panel does not fit its data.";

/// Who requests a single panel.
enum By {
    Person,
    Program,
}

/// The addresses at which single panels are requested.
const ASKED: [(By, &str, &str); 14] = [
    (By::Person, routes::PANEL, "total"),
    (By::Person, routes::PANEL, "rows"),
    (By::Person, routes::PANEL_CSV, "bars"),
    (By::Person, routes::PANEL_CSV, "rows"),
    (By::Person, routes::PANEL_SVG, "bars"),
    (By::Person, routes::PANEL_SVG, "rows"),
    (By::Program, routes::API_V1_PANEL, "count"),
    (By::Program, routes::API_V1_PANEL, "total"),
    (By::Program, routes::API_V1_PANEL, "bars"),
    (By::Program, routes::API_V1_PANEL, "groups"),
    (By::Program, routes::API_V1_PANEL, "rows"),
    (By::Program, routes::API_V1_PANEL_CSV, "groups"),
    (By::Program, routes::API_V1_PANEL_SVG, "bars"),
    (By::Program, routes::API_V1_PANEL_SVG, "total"),
];

/// What one of the places shows of a panel.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    panel: &'static str,
    text: String,
}

/// Reed, who opens the sales in every possible way.
struct Reader {
    app: TestApp,
    browser: Browser,
    token: String,
}

impl Reader {
    async fn start(rows: &str) -> Self {
        let app = TestApp::setup().with_dashboard("sales", DASHBOARD).start().await;
        app.make_dataset(("sales", Role::Read), rows).await;
        let mut browser = app.browser();
        browser.sign_in_as("reed").await;
        let token = app.person_token("reed").await;
        until("the data set is there", async || !browser.get(PAGE).await.body.contains(UNFIT)).await;
        Self { app, browser, token }
    }

    /// Everything that is shown of the sales, requested at once.
    async fn everything(&self) -> Vec<Shown> {
        let page = async { of_page(&self.browser.clone().get(PAGE).await) };
        let turned = join_all(["groups", "rows"].map(async |panel| {
            let path = format!("/api/table_page?slug=sales&panel={panel}&page=1");
            Shown { panel, text: said(&self.browser.clone().fetch(&path).await) }
        }));
        let alone = join_all(ASKED.map(async |(by, route, panel)| {
            let path = routes::of_panel(route, "sales", panel);
            let answer = match by {
                By::Person => self.browser.clone().get(&path).await,
                By::Program => self.app.ask(&path, &self.token).await,
            };
            Shown { panel, text: said(&answer) }
        }));
        let (page, turned, alone) = tokio::join!(page, turned, alone);
        [page, turned, alone].concat()
    }

    /// Replaces the sales with `rows`, and requests everything in the meantime until every answer has changed. Each
    /// answer must be the one from before or the one from after, which is returned.
    async fn replaced(&self, rows: &str, new_columns: bool) -> Vec<Shown> {
        let before = self.everything().await;
        let dataset = self.app.datasets_elsewhere().key_of("sales").await.unwrap();
        let target = Target::Replace { dataset, new_columns, may_be_empty: false };
        let is_over = Cell::new(false);
        let mut answers = Vec::new();
        let replacing = async {
            self.app.import(rows, &target).await;
            is_over.set(true);
        };
        let asking = async {
            while !is_over.get() {
                answers.push(self.everything().await);
            }
            until("every answer is of the new rows", async || {
                let now = self.everything().await;
                let is_new = now.iter().zip(&before).all(|(now, before)| now != before);
                answers.push(now);
                is_new
            })
            .await;
        };
        tokio::join!(replacing, asking);
        let after = answers.last().unwrap().clone();
        for (at, before) in before.iter().enumerate() {
            let of_it: Vec<&Shown> = answers.iter().map(|all| &all[at]).collect();
            let is_new: Vec<bool> = of_it.iter().map(|shown| **shown == after[at]).collect();
            for (shown, is_new) in of_it.iter().zip(&is_new) {
                assert!(*is_new || *shown == before, "old and new mixed: {shown:#?}\n{before:#?}\n{:#?}", after[at]);
            }
            assert!(is_new.is_sorted(), "old rows after new ones: {of_it:#?}");
        }
        after
    }
}

/// `count` rows of the `year`, in three regions, each with this amount. Without one, there is no such column.
fn rows(count: usize, year: u32, amount: Option<u32>) -> String {
    let (head, amount) = match amount {
        Some(amount) => ("region,amount\n", format!(",{amount}")),
        None => ("region\n", String::new()),
    };
    let row = |at: usize| format!("Region {} of {year}{amount}\n", at % 3);
    head.to_owned() + &(0..count).map(row).collect::<Vec<_>>().concat()
}

/// The content of each panel of a page.
#[track_caller]
fn of_page(page: &Answer) -> Vec<Shown> {
    page.assert_status(200);
    let panels: Vec<&str> = page.body.split("class=\"panel ").skip(1).collect();
    assert_eq!(panels.len(), PANELS.len(), "{page:#?}");
    let shown = panels.iter().map(|panel| panel.split("</section>").next().unwrap().to_owned());
    PANELS.into_iter().zip(shown).map(|(panel, text)| Shown { panel, text }).collect()
}

/// The content of an answer, without parts that differ each time. Fails if it is an internal error.
#[track_caller]
fn said(answer: &Answer) -> String {
    assert!(matches!(answer.status, 200 | 503), "{answer:#?}");
    let media_type = answer.header("content-type");
    if media_type.starts_with("application/problem+json") {
        return answer.json::<Value>()["detail"].to_string();
    }
    if !media_type.contains("html") {
        return answer.body.clone();
    }
    let unfit = if answer.body.contains(UNFIT) { UNFIT } else { "" };
    format!("{:?} {:?} {unfit}", answer.texts_of("figure-value"), answer.tables())
}

// Case: dashboards/data-replaced
#[tokio::test]
async fn while_its_data_are_replaced_a_panel_shows_the_old_rows_or_the_new_ones() {
    let reader = Reader::start(&rows(2_000, 2024, Some(1))).await;
    let shown = reader.replaced(&rows(3_000, 2025, Some(10)), false).await;
    let is_whole = |shown: &Shown| !shown.text.contains("of 2024") && !shown.text.contains(UNFIT);
    assert!(shown.iter().all(is_whole), "{shown:#?}");
    assert!(shown.iter().any(|shown| shown.panel == "total" && shown.text.contains("30000")), "{shown:#?}");
}

// Case: dashboards/data-replaced
#[tokio::test]
async fn a_panel_whose_column_is_replaced_away_says_so_until_the_column_is_back() {
    let reader = Reader::start(&rows(2_000, 2024, Some(1))).await;
    for shown in reader.replaced(&rows(1_000, 2025, None), true).await {
        assert_eq!(shown.text.contains(UNFIT), shown.panel != NEEDS_NO_COLUMN, "{shown:#?}");
        assert!(!shown.text.contains("of 2024") && !shown.text.contains("amount"), "{shown:#?}");
    }
    for shown in reader.replaced(&rows(4_000, 2026, Some(3)), true).await {
        assert!(!shown.text.contains(UNFIT), "{shown:#?}");
    }
}
