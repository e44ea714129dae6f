//! What the forms of panels and filters offer, and that a preview shows what is saved.

use rolecall_model::Role;
use rolecall_routes as routes;

use super::{make, offered, panel, start, with_sales};
use crate::support::{Answer, Browser, TestDb, on_both_dialects, signed_in, text, until};

on_both_dialects! {
    a_preview_the_table_of_a_chart_its_own_page_and_an_export_agree,
    a_panel_is_offered_only_what_fits_its_data,
    a_filter_is_offered_only_what_fits_the_data_of_the_panels,
}

// Case: making/agree
async fn a_preview_the_table_of_a_chart_its_own_page_and_an_export_agree(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    make(&mut wren, "Sales").await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    let of_preview = values_of(&wren.submit(&add, &panel("1", &[("do", "preview")])).await);
    assert_eq!(of_preview, [("North".to_owned(), 120.5), ("South".to_owned(), 37.0)]);
    wren.submit(&add, &panel("1", &[])).await.assert_status(303);
    let mut reed = signed_in(&app, "reed").await;
    // The page that is printed is the dashboard itself.
    assert_eq!(values_of(&reed.get(&routes::dashboard("sales")).await), of_preview);
    let alone = reed.get(&routes::of_panel(routes::PANEL, "sales", "sales-by-region")).await;
    assert_eq!(values_of(&alone), of_preview);
    let export = reed.get(&routes::of_panel(routes::PANEL_CSV, "sales", "sales-by-region")).await;
    let rows = export.assert_status(200).body.lines().skip(1).map(|line| line.split_once(',').unwrap());
    let exported: Vec<(String, f64)> = rows.map(|(region, sum)| (region.to_owned(), sum.parse().unwrap())).collect();
    assert_eq!(exported, of_preview);
}

// Case: making/not-offered
async fn a_panel_is_offered_only_what_fits_its_data(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    app.make_dataset(("people", Role::Read), "name,city\nAnn,Rome\nBob,Oslo\n").await;
    until("the data set is there", async || wren.get(&routes::dataset("people")).await.status == 200).await;
    let editor = make(&mut wren, "Sales").await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    let show = async |wren: &mut Browser, fields: &[(&str, &str)]| {
        let fields = [fields, &[("do", "show")]].concat();
        let shown = wren.submit(&add, &panel("1", &fields)).await;
        shown.assert_status(200);
        shown
    };
    assert_eq!(offered(&show(&mut wren, &[]).await, "measures[0].of"), ["", "amount"]);

    // Figures can only be compared by columns with dates or times, if there are any.
    let shown = show(&mut wren, &[("kind", "figure"), ("compare", "on")]).await;
    // The only column with dates is already chosen, so only the period is missing.
    assert_eq!(offered(&shown, "by.column"), ["day"]);
    shown.assert_shows("by which period it is grouped");
    assert!(!shown.body.contains("Choose the column with the dates"), "{shown:#?}");
    assert_eq!(offered(&shown, "by.step"), ["", "day", "week", "month", "quarter", "year"]);
    let of_people = [("kind", "figure"), ("compare", "on"), ("dataset", "people"), ("measures[0].compute", "count")];
    let shown = show(&mut wren, &of_people).await;
    assert!(!shown.body.contains("Compare the latest period"), "{shown:#?}");
    assert_eq!(offered(&shown, "measures[0].compute"), ["", "count", "distinct", "share"]);

    let numbers = "is is_not at_least more_than at_most less_than missing not_missing";
    for (column, comparisons) in
        [("region", "is is_not contains missing not_missing"), ("amount", numbers), ("day", numbers)]
    {
        let shown = show(&mut wren, &[("filters[0].column", column), ("filters[0].how", "is")]).await;
        assert_eq!(offered(&shown, "filters[0].how").join(" "), comparisons, "{column}");
    }
    // While somebody is choosing, a comparison that does not fit the new column is dropped. When the form is saved, it
    // is kept and refused.
    let stale = [("filters[0].column", "region"), ("filters[0].how", "at_least"), ("filters[0].value", "what I typed")];
    let shown = show(&mut wren, &stale).await;
    assert!(!offered(&shown, "filters[0].how").contains(&"at_least".to_owned()), "{shown:#?}");
    shown.assert_shows("what I typed");
    let refused = wren.submit(&add, &panel("1", &stale)).await;
    refused.assert_status(422).assert_shows("which have no range").assert_shows("what I typed");
    assert!(offered(&refused, "filters[0].how").contains(&"at_least".to_owned()), "{refused:#?}");

    // The form says which bars a limit keeps, and how to keep the largest.
    let shown = show(&mut wren, &[("limit", "1"), ("sort.by", "name")]).await;
    shown.assert_shows("Number of bars, at most: the first in that order").assert_shows("To keep the largest, sort by");
    let largest = [("limit", "1"), ("sort.by", "value"), ("sort.order", "descending")];
    let shown = show(&mut wren, &largest).await;
    assert!(!shown.body.contains("To keep the largest"), "{shown:#?}");

    // A panel cannot be open to more people than its dashboard.
    assert_eq!(offered(&wren.get(&add).await, "role"), ["", "read", "write"]);
    let settings = [("version", "1"), ("title", "Sales"), ("role", "write"), ("do", "settings")];
    wren.submit(&editor, &settings).await.assert_status(303);
    assert_eq!(offered(&wren.get(&add).await, "role"), ["", "write"]);
}

// Case: making/not-offered
async fn a_filter_is_offered_only_what_fits_the_data_of_the_panels(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    app.make_dataset(("stores", Role::Read), "region,shops\nNorth,3\nSouth,4\n").await;
    app.make_dataset(("people", Role::Read), "name,city\nAnn,Rome\nBob,Oslo\n").await;
    until("the data set is there", async || wren.get(&routes::dataset("people")).await.status == 200).await;
    let editor = make(&mut wren, "Sales").await;
    let page = wren.get(&editor).await;
    let pairs = ["", "date_range:day", "values:day", "values:region", "values:amount"];
    assert_eq!(offered(&page, "dashboard_filters[2].of"), pairs);
    // At first, only the sales have a region.
    page.assert_shows("name=\"dashboard_filters[1].dataset\" value=\"\"");

    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    for (version, dataset, by) in [("1", "stores", "region"), ("2", "people", "city")] {
        let measure = [("measures[0].compute", "count"), ("measures[0].of", "")];
        let fields = [measure.as_slice(), &[("dataset", dataset), ("title", dataset), ("by.column", by)]].concat();
        wren.submit(&add, &panel(version, &fields)).await.assert_status(303);
    }
    let page = wren.get(&editor).await;
    assert_eq!(offered(&page, "dashboard_filters[0].except"), ["figure", "over-time", "breakdown", "rows"]);
    assert_eq!(offered(&page, "dashboard_filters[1].except"), ["figure", "over-time", "breakdown", "rows", "stores"]);
    assert_eq!(offered(&page, "dashboard_filters[1].dataset"), ["", "sales", "stores"]);
    page.assert_shows("name=\"dashboard_filters[0].dataset\" value=\"\"");

    let save = |of: &'static str, dataset: &'static str| {
        let row = [("dashboard_filters[0].of", of), ("dashboard_filters[0].dataset", dataset)];
        [row.as_slice(), &[("version", "3"), ("do", "filters")]].concat()
    };
    let refused = wren.submit(&editor, &save("date_range:region", "")).await;
    refused.assert_status(422).assert_shows("holds no days or times").assert_shows("region — a range of days");
    wren.submit(&editor, &save("median:region", "")).await.assert_status(422).assert_shows("Choose one from the list.");
    wren.submit(&editor, &save("values:region", "stores")).await.assert_status(303);
    let document = text(app.db(), "SELECT document FROM dashboard_versions WHERE version = 4").await;
    assert!(document.contains("\"kind\":\"values\",\"column\":\"region\",\"dataset\":\"stores\""), "{document}");
}

/// The regions with their sums in the last table of `page` that has both.
#[track_caller]
fn values_of(page: &Answer) -> Vec<(String, f64)> {
    let value = |row: &Vec<String>| match &row[..] {
        [region, sum] => sum.parse().ok().map(|sum| (region.clone(), sum)),
        _ => None,
    };
    let mut tables = page.tables().into_iter().map(|table| table.iter().filter_map(value).collect::<Vec<_>>());
    tables.rfind(|rows| rows.len() == 2).unwrap_or_else(|| panic!("no such table in {page:#?}"))
}
