//! Filters of a whole dashboard: in the address, over every panel, within the rows that each person may see.

use std::fmt::Write as _;

use html_escape::decode_html_entities;
use openidconnect::reqwest::Method;
use rolecall::routes;
use rolecall_model::panels::TableRows;
use serde_json::{Value, json};

use crate::support::{
    Answer, Browser, SALES_PAGE as PAGE, TestApp, TestDb, assert_told, filtered, on_both_dialects, sales_by_day, until,
};

on_both_dialects! {
    filters_are_proposed_added_changed_and_removed_by_form,
}

/// A value with quotes, a comma and what addresses and patterns escape, and one from right to left.
const MARKED: &str = "He said \"hi\", <b>50%</b> & a_b+c";
const RIGHT_TO_LEFT: &str = "שלום עולם";
/// Each amount is a power of two, so that a sum tells which rows are in it. Who may see a row stands in it.
const ROWS: [(&str, &str, &str, u32); 9] = [
    ("2026-01-02", "North", "read", 1),
    ("2026-01-15", "North", "read", 2),
    ("2026-02-05", "South", "read", 4),
    ("2026-02-06", MARKED, "read", 8),
    ("2026-02-07", RIGHT_TO_LEFT, "read", 16),
    ("2026-02-08", "", "read", 32),
    ("2026-02-09", "East", "write", 64),
    ("2026-02-10", "West", "write", 128),
    ("2026-02-11", "North", "write", 256),
];
/// What the dashboard has beside a filter by day.
const PARTS: &str = r#"
[[filters]]
id = "region"
kind = "values"
column = "region"
except = ["all"]
[[panels]]
id = "total"
title = "Total"
kind = "figure"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
[[panels]]
id = "by-region"
title = "By region"
kind = "bar"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
by = { column = "region" }
[[panels]]
id = "by-month"
title = "By month and region"
kind = "bar"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
by = { column = "day", step = "month" }
split = { column = "region" }
[[panels]]
id = "rows"
title = "Rows"
kind = "table"
dataset = "sales"
columns = [{ column = "day" }, { column = "region" }, { column = "amount" }]
order = [{ column = "day" }]
rows_per_page = 2
[[panels]]
id = "groups"
title = "Groups"
kind = "table"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
by = { column = "region" }
"#;

fn long() -> String {
    "x".repeat(200)
}

/// The region of a row: the empty one stands for 200 characters.
fn region(of: &str) -> String {
    if of.is_empty() { long() } else { of.to_owned() }
}

/// An application with the sales, of which each role sees its own rows, and browsers of Reed and Wren.
async fn start() -> (TestApp, Browser, Browser) {
    let mut csv = String::from("day,region,who,amount\n");
    for (day, of, who, amount) in ROWS {
        writeln!(csv, "{day},\"{}\",{who},{amount}", region(of).replace('"', "\"\"")).unwrap();
    }
    let app = TestApp::with_sales(sales_by_day(PARTS), &csv).await;
    app.part_rows_by_role("sales").await;
    let (mut reed, mut wren) = (app.browser(), app.browser());
    reed.sign_in_as("reed").await;
    wren.sign_in_as("wren").await;
    until("the rule is in force", async || sum(&reed.get(PAGE).await) == "63").await;
    (app, reed, wren)
}

/// The first figure of a page.
fn sum(page: &Answer) -> String {
    page.texts_of("figure-value").first().cloned().unwrap_or_default()
}

/// The values that boxes of the filter `id` are for, each with whether it is ticked.
fn boxes(page: &Answer, id: &str) -> Vec<(String, bool)> {
    let begin = format!("type=\"checkbox\" name=\"{id}\" value=\"");
    let read = |rest: &str| {
        let (value, rest) = rest.split_once('"').unwrap();
        (decode_html_entities(value).into_owned(), rest.split('>').next().unwrap().contains("checked"))
    };
    page.body.split(&begin).skip(1).map(read).collect()
}

fn values_of(page: &Answer, id: &str) -> Vec<String> {
    let mut values: Vec<String> = boxes(page, id).into_iter().map(|(value, _)| value).collect();
    values.sort_unstable();
    values
}

/// Where the links with the name `name` lead to, from the query on.
fn links(page: &Answer, name: &str) -> Vec<String> {
    let tags = page.body.split("<a ").skip(1).map(|rest| rest.split('>').next().unwrap());
    let attribute = |tag: &str, of: &str| {
        let value = tag.split(&format!("{of}=\"")).nth(1)?.split('"').next()?;
        Some(decode_html_entities(value).into_owned())
    };
    let named = tags.filter(|tag| attribute(tag, "aria-label").as_deref() == Some(name));
    named.filter_map(|tag| attribute(tag, "href")).collect()
}

// Case: filters/options-row-rules
#[tokio::test]
async fn a_filter_offers_the_values_of_rows_that_the_person_may_see_and_no_others() {
    let (_app, mut reed, mut wren) = start().await;
    let of_reed = reed.get(PAGE).await;
    let mut expected =
        vec![MARKED.to_owned(), "North".to_owned(), "South".to_owned(), long(), RIGHT_TO_LEFT.to_owned()];
    expected.sort_unstable();
    assert_eq!(values_of(&of_reed, "region"), expected);
    let of_wren = wren.get(PAGE).await;
    assert_eq!(values_of(&of_wren, "region"), ["East", "North", "West"]);
    assert!(!of_reed.body.contains("East") && !of_wren.body.contains("South"));
    // Whether others have a value is told neither by a search nor by asking for it.
    let sought = reed.get(&filtered(PAGE, &[("region.search", "st")])).await;
    assert_eq!(values_of(&sought, "region"), Vec::<String>::new());
    // What is chosen stays there, and is not what was found.
    let sought = reed.get(&filtered(PAGE, &[("region", "North"), ("region.search", "zzz")])).await;
    sought.assert_shows("There are no such values.");
    assert_eq!(values_of(&sought, "region"), ["North"]);
    let asked = reed.get(&filtered(PAGE, &[("region", "East")])).await;
    let nowhere = reed.get(&filtered(PAGE, &[("region", "Nowhere")])).await;
    assert_eq!(asked.body.replace("East", "Nowhere").len(), nowhere.body.len());
}

// Case: filters/permalink
#[tokio::test]
async fn a_link_shows_what_was_chosen_and_every_panel_as_it_was_then() {
    let (app, mut reed, _) = start().await;
    let link = filtered(PAGE, &[("region", "North"), ("region", "South"), ("period.from", "2026-01-10")]);
    let page = reed.get(&link).await;
    let mut fresh = app.browser();
    fresh.sign_in_as("reed").await;
    let again = fresh.get(&link).await;
    again.assert_status(200).assert_shows("from 2026-01-10 on");
    assert_eq!((sum(&page), sum(&again)), ("6".to_owned(), "6".to_owned()));
    let ticked: Vec<String> =
        boxes(&again, "region").into_iter().filter(|(_, ticked)| *ticked).map(|(value, _)| value).collect();
    assert_eq!(ticked, ["North", "South"]);
    let tables = again.tables();
    assert_eq!(tables[0], [["North", "2"], ["South", "4"]], "bars");
    assert_eq!(tables[1].len(), 2, "months");
    assert_eq!(tables[2], [["2026-01-15", "North", "2"], ["2026-02-05", "South", "4"]], "rows");
    assert_eq!(tables[3], [["North", "2"], ["South", "4"]], "groups");
    // The one that the filters leave alone.
    assert_eq!(again.texts_of("figure-value").last().unwrap(), "63");
    assert_eq!(links(&again, "Remove the filter region: North").len(), 1);
}

// Case: filters/any-value
#[tokio::test]
async fn a_value_can_be_anything_and_its_bar_leads_to_it_and_back() {
    let (_app, mut reed, _) = start().await;
    let all = reed.get(PAGE).await;
    for (of, sum_of) in [(MARKED, "8"), (RIGHT_TO_LEFT, "16"), ("", "32")] {
        let value = region(of);
        let to = links(&all, &format!("Filter by {value}"));
        // A bar, a key of the legend, a group of the table.
        assert_eq!(to.len(), 3, "{value}");
        let path = format!("{PAGE}{}", to[0].split('#').next().unwrap());
        assert_eq!(path, filtered(PAGE, &[("region", &value)]));
        let page = reed.get(&path).await;
        assert_eq!(sum(page.assert_status(200)), sum_of);
        assert_eq!(boxes(&page, "region")[0], (value.clone(), true));
        let back = links(&page, &format!("Do not filter by {value}"));
        assert_eq!(back.len(), 3);
        assert!(back[0].starts_with("?#"), "{back:?}");
        assert!(!page.body.contains("<b>50%"), "{page:#?}");
    }
}

// Case: filters/two-people
// Case: filters/cache
#[tokio::test]
async fn one_link_shows_each_person_their_own_rows_whoever_came_first() {
    let (_app, mut reed, mut wren) = start().await;
    let link = filtered(PAGE, &[("region", "North")]);
    for _ in 0..2 {
        assert_eq!(sum(&reed.get(&link).await), "3");
        assert_eq!(sum(&wren.get(&link).await), "256");
    }
    let rows = "/api/table_page?slug=sales&panel=rows&page=1&search=%3Fregion%3DNorth";
    for (browser, shown, hidden) in [(&mut reed, "2026-01-02", "2026-02-11"), (&mut wren, "2026-02-11", "2026-01-02")] {
        let turned: TableRows = browser.fetch(rows).await.assert_status(200).json();
        assert!(turned.html.contains(shown) && !turned.html.contains(hidden), "{turned:?}");
    }
}

// Case: filters/export-agrees
#[tokio::test]
async fn files_and_the_api_have_the_rows_that_the_page_has() {
    let (app, mut reed, _) = start().await;
    let fields = [("region", "North"), ("region", MARKED), ("period.to", "2026-02-06")];
    assert_eq!(sum(&reed.get(&filtered(PAGE, &fields)).await), "11");
    let file = async |panel: &str, route: &str| {
        let path = filtered(&routes::of_panel(route, "sales", panel), &fields);
        Answer::read(reed.request(Method::GET, &path).send().await.unwrap()).await
    };
    let csv = file("rows", routes::PANEL_CSV).await;
    assert_eq!(csv.assert_status(200).body.lines().count(), 4, "{csv:#?}");
    assert_eq!(file("by-region", routes::PANEL_CSV).await.body.lines().count(), 3);
    for panel in ["by-region", "rows", "groups"] {
        let picture = file(panel, routes::PANEL_SVG).await;
        assert!(!picture.assert_status(200).assert_shows(">North<").body.contains("South"), "{panel}: {picture:#?}");
    }
    let token = app.person_token("reed").await;
    let ask = async |panel: &str| -> Value {
        app.ask(&filtered(&routes::api_v1_panel("sales", panel), &fields), &token).await.assert_status(200).json()
    };
    assert_eq!(ask("total").await["figures"][0]["value"], json!(11));
    assert_eq!(ask("rows").await["total"], json!(3));
    assert_eq!(ask("by-region").await["points"], json!([MARKED, "North"]));
    let path = filtered(&routes::of_panel(routes::API_V1_PANEL_CSV, "sales", "rows"), &fields);
    assert_eq!(app.ask(&path, &token).await.assert_status(200).body.lines().count(), 4);
    let dashboard: Value = app.ask(&routes::api_v1_dashboard("sales"), &token).await.assert_status(200).json();
    assert_eq!(
        dashboard["filters"][1],
        json!({"id": "region", "title": "region", "kind": "values", "column": "region", "default": null})
    );
}

// Case: filters/sentences
#[tokio::test]
async fn what_cannot_be_taken_is_told_and_not_in_force() {
    let (app, mut reed, _) = start().await;
    for (name, value, sentence) in [
        ("period", "soon", "there is no range “soon”"),
        ("period.from", "2026-02-30", "“2026-02-30” is no day"),
        ("city", "x", "There is no filter “city” here. There are: period, region."),
        ("period.until", "2026-01-01", "“period.until”"),
        ("region.from", "2026-02-01", "“region.from” means nothing here"),
        ("period.search", "x", "“period.search” means nothing here"),
    ] {
        assert_eq!(sum(&assert_told(&app, &mut reed, &[(name, value)], sentence).await), "63", "{name}");
    }
    // Five of those that there are not are told by name.
    let strays = ["a", "b", "c", "d", "e", "f", "g"].map(|name| (name, "x"));
    for (count, sentence) in [(6, "has one more filter that is not here"), (7, "has 2 more filters that are not here")]
    {
        reed.get(&filtered(PAGE, &strays[..count])).await.assert_status(200).assert_shows(sentence);
    }
    let twice = [("period", "all"), ("period", "today")];
    assert_eq!(sum(&assert_told(&app, &mut reed, &twice, "has “period” more than once").await), "63");
    let both = [("period", "today"), ("period.to", "2026-01-31")];
    assert_eq!(sum(&assert_told(&app, &mut reed, &both, "the range “today” and days as well").await), "3");
    let round = [("period.from", "2026-02-02"), ("period.to", "2026-02-01"), ("region", "South")];
    let page = reed.get(&filtered(PAGE, &round)).await;
    page.assert_shows("the range ends on 2026-02-01, before it begins on 2026-02-02");
    // What was typed is there to be corrected.
    page.assert_shows("type=\"date\" value=\"2026-02-02\"").assert_shows("type=\"date\" value=\"2026-02-01\"");
    assert_eq!(sum(&page), "4");
    let nobody = reed.get(&filtered(PAGE, &[("region", "Atlantis")])).await;
    nobody.assert_status(200).assert_shows("no row that you can see has “Atlantis”");
    assert_eq!(boxes(&nobody, "region")[0], ("Atlantis".to_owned(), true));
    // A dashboard without filters says so, too, and fields of tables are none.
    let weather = routes::dashboard("weather");
    reed.get(&format!("{weather}?table.page=2&nothing=1")).await.assert_status(200).assert_shows("“nothing”");
    assert!(!reed.get(&format!("{PAGE}?rows.page=2")).await.body.contains("class=\"bad\""));
}

// Case: filters/ranges
#[tokio::test]
async fn days_that_are_typed_take_the_place_of_the_range_that_the_form_sends_along() {
    let (_app, mut reed, _) = start().await;
    let named = reed.get(&filtered(PAGE, &[("period", "last_7_days")])).await;
    named.assert_shows("name=\"period.otherwise\" value=\"last_7_days\"");
    let kept = reed.get(&filtered(PAGE, &[("period.otherwise", "last_7_days"), ("region", "South")])).await;
    kept.assert_shows("2026-02-02 to 2026-02-08");
    assert_eq!(sum(&kept), "4");
    let typed = [("period.otherwise", "last_7_days"), ("period.from", "2026-01-15"), ("period.to", "2026-02-05")];
    let page = reed.get(&filtered(PAGE, &typed)).await;
    assert_eq!(sum(&page), "6");
    assert!(!page.body.contains("class=\"bad\""), "{page:#?}");
}

// Case: filters/left-alone
#[tokio::test]
async fn a_panel_that_a_filter_in_force_leaves_alone_says_so() {
    let (_app, mut reed, _) = start().await;
    let said = |page: &Answer| page.body.matches("Not filtered by").count();
    assert_eq!(said(&reed.get(PAGE).await), 0);
    let page = reed.get(&filtered(PAGE, &[("region", "North"), ("period", "today")])).await;
    page.assert_shows("Not filtered by <bdi>Day, region<");
    assert_eq!(said(&page), 1, "{page:#?}");
}

// Case: filters/cache
#[tokio::test]
async fn what_is_kept_of_a_panel_has_no_links_of_a_filter_that_is_not_there_for_somebody() {
    const TWO: &str = "format = 1\ntitle = \"Two\"\n\
        [[filters]]\nid = \"place\"\nkind = \"values\"\ncolumn = \"location\"\nexcept = [\"places\"]\n\
        [[filters]]\nid = \"sky\"\nkind = \"values\"\ncolumn = \"weather\"\nexcept = [\"closed\"]\n\
        [[panels]]\nid = \"places\"\ntitle = \"Places\"\nkind = \"bar\"\ndataset = \"weather\"\n\
        measures = [{ compute = \"count\" }]\nby = { column = \"location\" }\n\
        [[panels]]\nid = \"closed\"\ntitle = \"Closed\"\nrole = \"write\"\nkind = \"figure\"\ndataset = \"weather\"\n\
        measures = [{ compute = \"count\" }]\n";
    let app = TestApp::setup().with_dashboard("two", TWO).start().await;
    let (mut reed, mut wren) = (app.browser(), app.browser());
    wren.sign_in_as("wren").await;
    reed.sign_in_as("reed").await;
    let page = routes::dashboard("two");
    assert_eq!(links(&wren.get(&page).await, "Filter by Seattle").len(), 1);
    assert_eq!(links(&reed.get(&page).await, "Filter by Seattle"), Vec::<String>::new());
    assert_eq!(links(&wren.get(&page).await, "Filter by Seattle").len(), 1);
}

// Case: filters/ranges
#[tokio::test]
async fn ranges_with_a_name_count_from_the_newest_row_that_the_person_sees() {
    let (_app, mut reed, mut wren) = start().await;
    let at = async |browser: &mut Browser, preset: &str| browser.get(&filtered(PAGE, &[("period", preset)])).await;
    for (preset, days, sum_of) in [
        ("today", "2026-02-08", "32"),
        ("last_7_days", "2026-02-02 to 2026-02-08", "60"),
        ("this_month", "2026-02-01 to 2026-02-08", "60"),
        ("this_year", "2026-01-01 to 2026-02-08", "63"),
        ("all", "all days", "63"),
    ] {
        let page = at(&mut reed, preset).await;
        page.assert_status(200).assert_shows(days);
        assert_eq!(sum(&page), sum_of, "{preset}");
    }
    at(&mut wren, "today").await.assert_shows("2026-02-11");
}

// Case: filters/compared
#[tokio::test]
async fn a_comparison_is_of_the_days_in_force_with_as_many_before() {
    let (app, mut reed, _) = start().await;
    let february = [("period.from", "2026-02-01"), ("period.to", "2026-02-28")];
    let page = reed.get(&filtered(PAGE, &february)).await;
    let detail = |page: &Answer| page.texts_of("figure-detail").join(" | ");
    let expected = "2026-02-01 to 2026-02-28: +57 (+1,900.0%) against 2026-01-01 to 2026-01-31";
    assert!(detail(&page).contains(expected), "{}", detail(&page));
    assert_eq!(page.texts_of("figure-value")[1], "60");
    let token = app.person_token("reed").await;
    let api: Value = app
        .ask(&filtered(&routes::api_v1_panel("sales", "monthly"), &february), &token)
        .await
        .assert_status(200)
        .json();
    assert_eq!((&api["figures"][0]["value"], &api["figures"][0]["before"]), (&json!(60), &json!(3)));
    // A month that is not over, beside as many days of the one before.
    let this_month = reed.get(&filtered(PAGE, &[("period", "this_month")])).await;
    let expected = "2026-02-01 to 2026-02-08: +59 (+5,900.0%) against 2026-01-01 to 2026-01-08";
    assert!(detail(&this_month).contains(expected), "{}", detail(&this_month));
    // A file has the steps alone: what is compared is no step.
    let file = filtered(&routes::of_panel(routes::PANEL_CSV, "sales", "monthly"), &february);
    let csv = Answer::read(reed.request(Method::GET, &file).send().await.unwrap()).await;
    assert_eq!(csv.assert_status(200).body.lines().skip(1).collect::<Vec<_>>(), ["2026-02,60"], "{csv:#?}");
    // Without a filter, the last step as far as there are rows, beside as many days of the one before.
    let page = reed.get(PAGE).await;
    assert!(detail(&page).contains(expected), "{}", detail(&page));
}

// Case: filters/kept
#[tokio::test]
async fn every_link_of_the_page_keeps_the_filters_and_tables_begin_again() {
    let (_app, mut reed, _) = start().await;
    let query = [("region", "North"), ("rows.sort", "-amount"), ("rows.page", "2")];
    let page = reed.get(&filtered(PAGE, &query)).await;
    // What a form sends along unseen: the order, and no page.
    page.assert_shows("name=\"rows.sort\" value=\"-amount\"");
    assert!(!page.body.contains("name=\"rows.page\""));
    page.assert_shows("/dashboards/sales/panels/rows/csv?region=North&amp;sort=%2Damount");
    page.assert_shows("/dashboards/sales/panels/by-region?region=North\"");
    page.assert_shows("/dashboards/sales/panels/by-region/svg?region=North\"");
    page.assert_shows("?region=North&amp;rows.sort=amount#rows");
    let two = reed.get(&filtered(PAGE, &[("region", "North"), ("region", "South"), ("rows.sort", "-amount")])).await;
    two.assert_shows("?region=North&amp;region=South&amp;rows.sort=%2Damount&amp;rows.page=2#rows");
    let back = links(&page, "Do not filter by North");
    assert!(back.iter().all(|link| link.starts_with("?rows.sort=-amount&#")), "{back:?}");
    let alone = reed.get("/dashboards/sales/panels/by-region?region=North").await;
    alone.assert_status(200).assert_shows("href=\"/dashboards/sales?region=North\"");
    assert_eq!(alone.tables()[0], [["North", "3"]]);
    // A script turns the same table.
    let turned: TableRows = reed
        .fetch("/api/table_page?slug=sales&panel=groups&page=1&search=region%3DNorth")
        .await
        .assert_status(200)
        .json();
    assert!(turned.html.contains("Do not filter by North") && !turned.html.contains('\u{2}'), "{turned:?}");
}

// Case: filters/bars
#[tokio::test]
async fn a_bar_of_time_filters_by_its_days_and_again_takes_that_back() {
    let (_app, mut reed, _) = start().await;
    let to = links(&reed.get(PAGE).await, "Filter by 2026-01");
    assert_eq!(to, ["?period.from=2026-01-01&period.to=2026-01-31#by-month"]);
    let january = reed.get(&format!("{PAGE}{}", to[0].split('#').next().unwrap())).await;
    assert_eq!(sum(&january), "3");
    assert_eq!(links(&january, "Do not filter by 2026-01"), ["?#by-month"]);
}

// Case: filters/closed-panels
#[tokio::test]
async fn a_filter_of_closed_panels_alone_is_not_there() {
    let closed = "format = 1\ntitle = \"Closed\"\n[[filters]]\nid = \"city\"\nkind = \"values\"\ncolumn = \"location\"\n\
                  [[panels]]\nid = \"open\"\ntitle = \"Open\"\nkind = \"text\"\ntext = \"Hello\"\n\
                  [[panels]]\nid = \"closed\"\ntitle = \"Closed\"\nrole = \"write\"\nkind = \"figure\"\ndataset = \"weather\"\n\
                  measures = [{ compute = \"count\" }]\n";
    let app = TestApp::setup().with_dashboard("closed", closed).start().await;
    let (mut reed, mut wren) = (app.browser(), app.browser());
    reed.sign_in_as("reed").await;
    wren.sign_in_as("wren").await;
    let page = routes::dashboard("closed");
    wren.get(&page).await.assert_shows("value=\"Seattle\"");
    let of_reed = reed.get(&page).await;
    assert!(!of_reed.assert_status(200).body.contains("location") && !of_reed.body.contains("Seattle"));
    reed.get(&format!("{page}?city=Seattle")).await.assert_status(200).assert_shows("There is no filter “city” here");
}

// Case: filters/made
async fn filters_are_proposed_added_changed_and_removed_by_form(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let fields = [("dataset", "weather"), ("title", "Rain"), ("role", "read")];
    let editor = wren.submit(routes::DASHBOARD_NEW, &fields).await.location().to_owned();
    let page = routes::dashboard("rain");
    let proposed = wren.get(&page).await;
    proposed.assert_status(200).assert_shows("name=\"period.from\"").assert_shows("value=\"Seattle\"");
    let shown = wren.get(&editor).await;
    shown.assert_status(200).assert_shows("Filters (2)").assert_shows("name=\"dashboard_filters[1].of\"");

    let save = async |wren: &mut Browser, version: &str, fields: &[(&str, &str)]| {
        let fields = [&[("version", version), ("do", "filters")], fields].concat();
        wren.submit(&editor, &fields).await
    };
    let wrong = [("dashboard_filters[0].column", "weather"), ("dashboard_filters[0].id", "Not A Name")];
    let refused = save(&mut wren, "1", &wrong).await;
    refused.assert_status(422).assert_shows("Give 1 to 64 small letters").assert_shows("value=\"Not A Name\"");
    let days = [("dashboard_filters[0].column", "weather"), ("dashboard_filters[0].kind", "date_range")];
    save(&mut wren, "1", &days).await.assert_status(422).assert_shows("holds no days or times");
    let right = [
        ("dashboard_filters[0].column", ""),
        ("dashboard_filters[1].column", "weather"),
        ("dashboard_filters[1].title", "Sky"),
        ("dashboard_filters[1].except", "rows"),
    ];
    save(&mut wren, "1", &right).await.assert_redirect(&format!("{editor}?done=2#done"));
    let changed = wren.get(&format!("{page}?sky=snow")).await;
    changed.assert_status(200).assert_shows("Sky: snow");
    assert!(!changed.body.contains("name=\"period.from\""));
    // Deleting the panel that it leaves alone does not break it.
    let delete = [("version", "2"), ("do", "delete"), ("panel", "rows")];
    wren.submit(&editor, &delete).await.assert_status(303);
    save(&mut wren, "3", &[]).await.assert_redirect(&format!("{editor}?done=4#done"));
    until("the filter is gone", async || !wren.get(&page).await.body.contains("data-filters")).await;
}
