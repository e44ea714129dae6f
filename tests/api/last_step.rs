//! The last month or week of a figure that compares: which of its days count, and which of the one before.

use rolecall_model::Role;

use crate::support::{Browser, SALES_PAGE as PAGE, TestApp, filtered, sales_by_day, until};

/// Each amount is a power of two, so that a sum tells which rows are in it.
const ROWS: &str = "day,amount\n2026-01-05,1\n2026-01-25,64\n2026-02-05,4\n2026-02-10,8\n2026-03-20,16\n";
/// The detail of a figure if the last day is February 10.
const TO_FEBRUARY_10: &str = "2026-02-01 to 2026-02-10: +11 (+1,100.0%) against 2026-01-01 to 2026-01-10";

/// A dashboard that reads moments in `zone`, whose one figure compares the last `step` and has these `filters` of its
/// own.
fn dashboard(zone: &str, step: &str, filters: &str) -> String {
    format!(
        "format = 1\ntitle = \"Sales\"\nzone = \"{zone}\"\n[[panels]]\nid = \"last\"\ntitle = \"Last\"\nkind = \"figure\"\n\
         dataset = \"sales\"\nmeasures = [{{ compute = \"sum\", of = \"amount\" }}]\n\
         by = {{ column = \"day\", step = \"{step}\" }}\ncompare = true\nfilters = [{filters}]\n"
    )
}

/// The detail below the value of the last figure on the page `path`, once the value is `value`.
async fn told(browser: &mut Browser, path: &str, value: &str) -> String {
    let mut detail = String::new();
    until("the figure is there", async || {
        let page = browser.get(path).await;
        detail = page.texts_of("figure-detail").last().cloned().unwrap_or_default();
        page.texts_of("figure-value").iter().any(|shown| shown == value)
    })
    .await;
    detail
}

/// The detail of the only figure of `dashboard` over these `rows`, for Reed.
async fn told_of(dashboard: String, rows: &str, value: &str) -> String {
    let app = TestApp::with_sales(dashboard, rows).await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    told(&mut reed, PAGE, value).await
}

// Case: panel/compares-within-filters
#[tokio::test]
async fn a_range_with_one_end_decides_which_days_are_compared() {
    let app = TestApp::with_sales(sales_by_day(""), ROWS).await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    for (field, day, value, expected) in [
        ("period.to", "2026-02-10", "12", TO_FEBRUARY_10),
        ("period.to", "2026-02-28", "12", "2026-02: \u{2212}53 (\u{2212}81.5%) since 2026-01"),
        // All rows of February are in its first 20 days, so the whole month has the same sum.
        ("period.from", "2026-02-01", "16", "2026-03: +4 (+33.3%) since 2026-02"),
        ("period.from", "2026-01-15", "16", "2026-03: +4 (+33.3%) since 2026-02"),
        // A month is not compared with a part of a month.
        ("period.from", "2026-02-05", "16", "2026-03"),
    ] {
        let detail = told(&mut reed, &filtered(PAGE, &[(field, day)]), value).await;
        assert_eq!(detail, expected, "{field}={day}");
    }
}

// Case: panel/compares-within-filters
#[tokio::test]
async fn what_a_panel_says_of_its_days_decides_which_are_compared() {
    for (filter, value, expected) in [
        ("at_most = \"2026-02-10\"", "12", TO_FEBRUARY_10),
        ("at_least = \"2026-01-03\", at_most = \"2026-02-10\"", "12", "2026-02"),
        // A condition that names no first or last day does not count as one.
        ("less_than = \"2026-02-11\"", "12", "2026-02: \u{2212}53 (\u{2212}81.5%) since 2026-01"),
    ] {
        let dashboard = dashboard("UTC", "month", &format!("{{ column = \"day\", {filter} }}"));
        assert_eq!(told_of(dashboard, ROWS, value).await, expected, "{filter}");
    }
}

// Case: panel/compares-like-with-like
#[tokio::test]
async fn the_newest_day_is_that_of_the_rows_that_a_person_sees() {
    let rows = "day,amount,who\n2026-01-05,1,read\n2026-01-25,64,read\n2026-02-10,8,read\n\
                2026-01-15,4,write\n2026-01-28,32,write\n2026-02-20,16,write\n";
    let app = TestApp::setup().with_dashboard("sales", dashboard("UTC", "month", "")).start().await;
    app.make_dataset(("sales", Role::Read), rows).await;
    app.part_rows_by_role("sales").await;
    for (person, value, expected) in [
        ("reed", "8", "2026-02-01 to 2026-02-10: +7 (+700.0%) against 2026-01-01 to 2026-01-10"),
        ("wren", "16", "2026-02-01 to 2026-02-20: +12 (+300.0%) against 2026-01-01 to 2026-01-20"),
    ] {
        let mut browser = app.browser();
        browser.sign_in_as(person).await;
        assert_eq!(told(&mut browser, PAGE, value).await, expected, "{person}");
    }
}

// Case: panel/compares-like-with-like
#[tokio::test]
async fn the_newest_moment_counts_as_the_day_that_it_is_in_the_zone() {
    // In New York, each of these moments is on the evening before.
    let rows = "day,amount\n2026-01-11T01:00:00Z,1\n2026-01-12T01:00:00Z,64\n2026-02-11T01:00:00Z,8\n";
    let detail = told_of(dashboard("America/New_York", "month", ""), rows, "8").await;
    assert_eq!(detail, "2026-02-01 to 2026-02-10: +7 (+700.0%) against 2026-01-01 to 2026-01-10");
}

// Case: panel/compares-like-with-like
#[tokio::test]
async fn a_week_that_is_not_over_is_compared_with_as_many_days_of_the_one_before() {
    // The last week goes from Monday to Tuesday.
    let rows = "day,amount\n2026-02-02,1\n2026-02-06,64\n2026-02-09,4\n2026-02-10,8\n";
    let detail = told_of(dashboard("UTC", "week", ""), rows, "12").await;
    assert_eq!(detail, "2026-02-09 to 2026-02-10: +11 (+1,100.0%) against 2026-02-02 to 2026-02-03");
}
