//! The values of panels as files: the same as on the page and in the API, with the same access checks.

use std::fmt::Debug;
use std::ops::ControlFlow;
use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_data::import::{Given, Limits, Progress, examine};
use rolecall_model::data::Cell;
use rolecall_routes as routes;
use serde_json::Value;

use crate::support::{Answer, Browser, Setup, TestApp, TestDb, execute, file_with, on_both_dialects, signed_in, until};

on_both_dialects! {
    who_took_which_values_out_is_in_the_audit,
}

const HEAD: &str =
    "format = 1\ntitle = \"Values\"\n[[panels]]\nid = \"p\"\ntitle = \"Values\"\ndataset = \"weather\"\n";
/// A dashboard of one panel for each kind that has values.
const PANELS: [(&str, &str); 7] = [
    (
        "figure",
        "kind = \"figure\"\nmeasures = [{ title = \"Warmest\", compute = \"maximum\", of = \"temp_max\", decimals = 1, \
         unit = \"°C\", show = [\"location\", \"date\"] }, { compute = \"count\" }]",
    ),
    (
        "compared",
        "kind = \"figure\"\nmeasures = [{ compute = \"sum\", of = \"precipitation\", decimals = 2 }]\n\
         by = { column = \"date\", step = \"year\" }\ncompare = true",
    ),
    (
        "line",
        "kind = \"line\"\nmeasures = [{ compute = \"average\", of = \"temp_mean\", decimals = 1 }]\n\
         by = { column = \"date\", step = \"month\" }\nsplit = { column = \"location\" }\nunit = \"°C\"",
    ),
    (
        "area",
        "kind = \"area\"\nmeasures = [{ compute = \"count\" }]\nby = { column = \"date\", step = \"quarter\" }\n\
         split = { column = \"weather\", top = 2 }\nstacked = true",
    ),
    (
        "bar",
        "kind = \"bar\"\nmeasures = [{ compute = \"sum\", of = \"wind\", decimals = 3 }]\nby = { column = \"weather\" }",
    ),
    (
        "groups",
        "kind = \"table\"\nmeasures = [{ compute = \"average\", of = \"temp_min\", decimals = 2 }, { compute = \"count\" }]\n\
         by = { column = \"date\", step = \"month\" }\nrows_per_page = 50",
    ),
    (
        "rows",
        "kind = \"table\"\ncolumns = [{ column = \"date\" }, { column = \"location\" }, { column = \"temp_max\", unit = \"°C\" }]\n\
         order = [{ column = \"date\" }, { column = \"location\" }]\nrows_per_page = 50",
    ),
];

fn setup() -> Setup {
    PANELS
        .into_iter()
        .fold(TestApp::setup(), |setup, (name, panel)| setup.with_dashboard(name, format!("{HEAD}{panel}\n")))
}

/// The file of the panel `panel` of `slug`, with its file name.
async fn file(browser: &Browser, route: &str, slug: &str, panel: &str) -> (Vec<u8>, String) {
    let answer = browser.request(Method::GET, &routes::of_panel(route, slug, panel)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{route} of {slug}");
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    (answer.bytes().await.unwrap().to_vec(), name)
}

/// The first 50 rows of a file, as Rolecall would read it in an upload, and the number of rows.
pub(crate) fn read(content: &[u8]) -> (Vec<Vec<Cell>>, u64) {
    let file = file_with(content);
    let go_on = |_: Progress| ControlFlow::Continue(());
    let examined = examine(file.path(), &Given::default(), &Limits::default(), go_on).unwrap();
    (examined.preview, examined.rows)
}

/// The cells as text: a year is a text in a spreadsheet, but looks like a number in CSV.
fn as_text(rows: &[Vec<Cell>]) -> Vec<Vec<String>> {
    let text = |cell: &Cell| match serde_json::to_value(cell).unwrap() {
        Value::String(text) => text,
        value => value.to_string(),
    };
    rows.iter().map(|row| row.iter().map(text).collect()).collect()
}

/// The values of the API as rows: one for each point of a chart, and one for each figure.
fn rows_of(data: &Value) -> Vec<Vec<Value>> {
    let over = |points: &Value, series: Vec<&Value>| {
        let points = points.as_array().unwrap().iter().enumerate();
        let row = |(at, point): (usize, &Value)| {
            std::iter::once(point.clone()).chain(series.iter().map(|values| values[at].clone())).collect()
        };
        points.map(row).collect()
    };
    let list = |name: &str| data[name].as_array().unwrap();
    match data["panel"].as_str().unwrap() {
        "chart" => over(&data["points"], list("series").iter().map(|series| &series["values"]).collect()),
        "figures" if data["figures"][0]["steps"].as_array().unwrap().is_empty() => {
            let row = |figure: &Value| vec![figure["label"].clone(), figure["value"].clone()];
            list("figures").iter().map(row).collect()
        }
        "figures" => {
            over(&data["figures"][0]["steps"], list("figures").iter().map(|figure| &figure["values"]).collect())
        }
        _ => list("rows").iter().map(|row| row.as_array().unwrap().clone()).collect(),
    }
}

/// Whether a cell of a file equals the value of the API: numbers up to rounding, everything else as text.
fn is_same(cell: &Cell, value: &Value) -> bool {
    match (cell.number(), value.as_f64()) {
        (Some(cell), Some(value)) => (cell - value).abs() <= value.abs() * 1e-12,
        (Some(cell), None) => value.as_str() == Some(&cell.to_string()),
        // A month in a table is its first day in the API (2012-01-01), and a name in the file (2012-01).
        (None, _) => match (serde_json::to_value(cell).unwrap(), value) {
            (Value::Null, value) => value.is_null(),
            (Value::String(cell), Value::String(value)) => cell == *value || value.starts_with(&cell),
            (cell, value) => cell == *value,
        },
    }
}

/// Whether `text` on a page shows `cell`: a number is rounded to the digits of the text.
fn is_shown(cell: &Cell, text: &str) -> bool {
    let Some(number) = cell.number() else {
        let cell = serde_json::to_value(cell).unwrap();
        return cell.as_str().is_some_and(|cell| cell == text) || (cell.is_null() && text.contains("no value"));
    };
    let digits: String =
        text.replace('\u{2212}', "-").chars().filter(|c| c.is_ascii_digit() || "-.".contains(*c)).collect();
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let step = 10_f64.powi(-i32::try_from(decimals).unwrap());
    (digits.parse::<f64>().unwrap() - number).abs() <= step / 2.0 + 1e-9
}

/// The values on the page, row by row.
fn shown(page: &Answer, name: &str) -> Vec<Vec<String>> {
    match name {
        "figure" => {
            let values = page.texts_of("figure-value").into_iter();
            values.map(|value| vec![String::new(), value]).collect()
        }
        "compared" => vec![vec![String::new(), page.texts_of("figure-value")[0].clone()]],
        _ => page.tables()[0].clone(),
    }
}

/// Fails unless `rows` equal the `cells` of a file, row by row, as far as both exist.
fn assert_rows<T: Debug>(name: &str, cells: &[Vec<Cell>], rows: &[Vec<T>], is_alike: impl Fn(&Cell, &T) -> bool) {
    for (cells, row) in cells.iter().zip(rows) {
        assert!(cells.iter().zip(row).all(|(cell, of)| is_alike(cell, of)), "{name}: {cells:?} {row:?}");
    }
}

// Case: export/agrees
#[tokio::test]
async fn panel_page_file_and_api_agree_for_each_kind() {
    let app = setup().start().await;
    let mut ada = signed_in(&app, "ada").await;
    let token = app.person_token("ada").await;
    for (name, _) in PANELS {
        let (text, _) = file(&ada, routes::PANEL_CSV, name, "p").await;
        let (cells, rows) = read(&text);
        let (of_sheet, rows_of_sheet) = read(&file(&ada, routes::PANEL_XLSX, name, "p").await.0);
        assert_eq!((as_text(&cells), rows), (as_text(&of_sheet), rows_of_sheet), "{name}");
        let api = app.ask(&routes::of_panel(routes::API_V1_PANEL_CSV, name, "p"), &token).await;
        assert_eq!(api.assert_status(200).body.as_bytes(), text, "{name}");

        let data: Value = app.ask(&routes::api_v1_panel(name, "p"), &token).await.json();
        let expected = rows_of(&data);
        assert!(expected.len() > 1 && cells.len() == expected.len().min(50), "{name}: {expected:?}");
        assert_rows(name, &cells, &expected, is_same);
        if data["panel"] == "table" {
            assert_eq!(Value::from(rows), data["total"], "{name}");
        } else {
            assert_eq!(usize::try_from(rows).unwrap(), expected.len(), "{name}");
        }

        // The page of a single panel has all values: a table in pages, anything else in a table below.
        let alone = ada.get(&routes::of_panel(routes::PANEL, name, "p")).await;
        let listed = alone.assert_status(200).tables().pop().unwrap();
        assert!(data["panel"] == "table" || listed.len() == expected.len(), "{name}: {listed:?}");
        assert_rows(name, &cells, &listed, |cell, text| is_shown(cell, text));

        let shown = shown(&ada.get(&routes::dashboard(name)).await, name);
        let first = if name == "compared" { cells.len() - 1 } else { 0 };
        assert!(shown.iter().all(|row| row.iter().any(|text| !text.is_empty())), "{name}: {shown:?}");
        assert_rows(name, &cells[first..], &shown, |cell, text| text.is_empty() || is_shown(cell, text));
    }
}

// Case: export/who, row-rules/every-path
#[tokio::test]
async fn a_file_is_open_to_those_to_whom_its_panel_is() {
    let app = setup().start().await;
    let (mut wren, mut reed) = (signed_in(&app, "wren").await, signed_in(&app, "reed").await);
    let path = |route: &str, panel: &str| routes::of_panel(route, "weather", panel);
    for route in [routes::PANEL_CSV, routes::PANEL_XLSX, routes::PANEL_SVG] {
        wren.get(&path(route, "table")).await.assert_status(200);
        reed.get(&path(route, "table")).await.assert_status(404);
        reed.get(&path(route, "temperature")).await.assert_status(200);
        reed.get(&path(routes::PANEL, "table")).await.assert_status(404);
        app.browser().get(&path(route, "temperature")).await.assert_status(303);
        for nothing in ["note", "sign-ins", "nothing"] {
            wren.get(&path(route, nothing)).await.assert_status(404);
            wren.get(&path(routes::PANEL, nothing)).await.assert_status(404);
        }
        wren.get(&routes::of_panel(route, "nothing", "p")).await.assert_status(404);
    }
    reed.get(&path(routes::PANEL_SVG, "temperature"))
        .await
        .assert_status(200)
        .assert_shows("Mean temperature by month");
    execute(
        app.db(),
        "UPDATE datasets SET row_rules = '[{\"column\":\"location\",\"is\":{\"values\":[\"Seattle\"]}}]'",
    )
    .await;
    let mut app = app;
    app.restart().await;
    let mut wren = signed_in(&app, "wren").await;
    for route in [routes::PANEL_CSV, routes::PANEL_SVG] {
        let text = wren.get(&path(route, "table")).await;
        assert!(text.assert_status(200).body.contains("Seattle") && !text.body.contains("New York"), "{text:#?}");
    }
    let (sheet, _) = file(&wren, routes::PANEL_XLSX, "weather", "table").await;
    let (cells, rows) = read(&sheet);
    assert_eq!(rows, 1461, "{cells:?}");
}

// Case: export/names
#[tokio::test]
async fn a_file_is_named_for_its_dashboard_its_panel_and_the_day_and_keeps_the_order_of_the_table() {
    let app = setup().start().await;
    let mut wren = signed_in(&app, "wren").await;
    let today = chrono::DateTime::from_timestamp_millis(app.clock.now_ms()).unwrap().date_naive();
    for (route, ending) in [(routes::PANEL_CSV, "csv"), (routes::PANEL_XLSX, "xlsx"), (routes::PANEL_SVG, "svg")] {
        let (_, name) = file(&wren, route, "weather", "temperature").await;
        assert_eq!(name, format!("attachment; filename=\"weather-temperature-{today}.{ending}\""));
    }
    let page = wren.get("/dashboards/rows?p.sort=-temp_max").await;
    page.assert_shows("href=\"/dashboards/rows/panels/p/csv?sort=%2Dtemp%5Fmax\"");
    let sorted = wren.get("/dashboards/rows/panels/p/csv?sort=%2Dtemp%5Fmax").await;
    let first = sorted.assert_status(200).body.lines().nth(1).unwrap().to_owned();
    assert_eq!(first.split(',').nth(2).unwrap(), page.tables()[0][0][2], "{first}");
}

// Case: export/pictures
#[tokio::test]
async fn a_picture_has_the_figures_of_the_page_or_the_page_of_the_table() {
    let app = setup().start().await;
    let mut wren = signed_in(&app, "wren").await;
    let is_drawn = |svg: &Answer, text: &String| svg.body.contains(&format!(">{text}</text>"));
    for name in ["figure", "compared"] {
        let page = wren.get(&routes::dashboard(name)).await;
        let svg = wren.get(&routes::of_panel(routes::PANEL_SVG, name, "p")).await;
        svg.assert_status(200).assert_shows("Values</title>");
        let texts = [page.texts_of("figure-value"), page.texts_of("figure-detail")].concat();
        assert!(texts.len() > 1 && texts.iter().all(|text| is_drawn(&svg, text)), "{texts:?} {svg:#?}");
    }
    let page = wren.get("/dashboards/rows?p.sort=-temp_max&p.page=2").await;
    page.assert_shows("href=\"/dashboards/rows/panels/p/svg?sort=%2Dtemp%5Fmax&amp;page=2\"");
    let svg = wren.get("/dashboards/rows/panels/p/svg?sort=%2Dtemp%5Fmax&page=2").await;
    svg.assert_status(200).assert_shows("Rows 51 to 100 of 2,922");
    let rows = page.tables().remove(0);
    assert!(rows.len() == 50 && rows.iter().flatten().all(|text| is_drawn(&svg, text)), "{rows:?} {svg:#?}");
    // An invalid page number means the first page, as on the page itself.
    let first = wren.get("/dashboards/rows/panels/p/svg?page=x").await;
    first.assert_status(200).assert_shows("Rows 1 to 50 of 2,922");
}

/// Two filters, one of which does not apply to the last panel.
const FILTERED: &str = r#"
format = 1
title = "Filtered"
[[filters]]
id = "period"
title = "Day"
kind = "date_range"
column = "date"
[[filters]]
id = "city"
title = "City"
kind = "values"
column = "location"
except = ["all"]
[[panels]]
id = "days"
title = "Days"
kind = "figure"
dataset = "weather"
measures = [{ compute = "count" }]
[[panels]]
id = "kinds"
title = "Kinds"
kind = "bar"
dataset = "weather"
measures = [{ compute = "count" }]
by = { column = "weather" }
[[panels]]
id = "groups"
title = "Groups"
kind = "table"
dataset = "weather"
measures = [{ compute = "count" }]
by = { column = "weather" }
[[panels]]
id = "all"
title = "All cities"
kind = "figure"
dataset = "weather"
measures = [{ compute = "count" }]
"#;

// Case: export/filters-of-pictures
#[tokio::test]
async fn a_picture_says_which_filters_its_panel_follows() {
    let app = TestApp::setup().with_dashboard("filtered", FILTERED).start().await;
    let mut wren = signed_in(&app, "wren").await;
    let mut picture = async |panel: &str, fields: &str| {
        let path = format!("{}?{fields}", routes::of_panel(routes::PANEL_SVG, "filtered", panel));
        let svg = wren.get(&path).await;
        svg.assert_status(200).body.clone()
    };
    let days = "Day: 2012-01-01 to 2012-03-31";
    let chosen = "period.from=2012-01-01&period.to=2012-03-31&city=Seattle&city=New+York";
    for panel in ["days", "kinds", "groups"] {
        let svg = picture(panel, chosen).await;
        assert!(svg.contains(&format!(">{days} · City: Seattle, New York</text>")), "{panel}: {svg}");
        let svg = picture(panel, "").await;
        assert!(!svg.contains("City") && !svg.contains("class=\"filters\""), "{panel}: {svg}");
    }
    let svg = picture("all", chosen).await;
    assert!(svg.contains(&format!(">{days}</text>")) && !svg.contains("City"), "{svg}");
    let svg = picture("all", "city=Seattle").await;
    assert!(!svg.contains("class=\"filters\""), "{svg}");
    let nine: Vec<String> = (1..=9).map(|number| format!("city={number}")).collect();
    let svg = picture("days", &nine.join("&")).await;
    assert!(svg.contains(">City: 9 values</text>"), "{svg}");
}

// Case: audit/exports-of-panels
async fn who_took_which_values_out_is_in_the_audit(database: &TestDb) {
    let app = setup().on(database).start().await;
    let reed = signed_in(&app, "reed").await;
    let noted = async |condition: &str| {
        assert!(app.audit().flush(Duration::from_secs(30)).await);
        app.count(&format!("audit WHERE kind = 'panel_exported' AND {condition}")).await
    };
    let of = |parts: &[&str]| {
        let parts: Vec<String> = parts.iter().map(|part| format!("details LIKE '%{part}%'")).collect();
        parts.join(" AND ")
    };
    let values = of(&[r#""dashboard":"bar""#, r#""panel":"p""#, r#""format":"csv""#, r#""rows":5"#]);
    for (route, slug, expected) in [
        (routes::PANEL_CSV, "bar", format!("actor_id = 1 AND ip = '127.0.0.1' AND {values}")),
        (routes::PANEL_XLSX, "rows", of(&[r#""format":"xlsx""#, r#""rows":2922"#])),
        (routes::PANEL_SVG, "line", format!("{} AND details NOT LIKE '%rows%'", of(&[r#""format":"svg""#]))),
    ] {
        file(&reed, route, slug, "p").await;
        assert_eq!(noted(&expected).await, 1, "{route}");
    }
    // The request of the script that makes a PNG of the picture.
    let picture =
        reed.request(Method::GET, &routes::of_panel(routes::PANEL_SVG, "line", "p")).header("accept", "image/png");
    let picture = picture.send().await.unwrap();
    assert_eq!(picture.status(), 200);
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    assert_eq!(noted(&of(&[r#""panel":"p""#, r#""format":"png""#])).await, 1);
    assert_eq!(noted(&of(&[r#""format":"svg""#])).await, 1);
    let filtered = format!("{}?city=Seattle", routes::of_panel(routes::PANEL_CSV, "weather", "temperature"));
    assert_eq!(reed.request(Method::GET, &filtered).send().await.unwrap().status(), 200);
    assert_eq!(noted(&of(&[r#""filters":"city=Seattle""#])).await, 1);
    // A panel that is closed or does not exist is not recorded as an export.
    let board = routes::of_panel(routes::PANEL_CSV, "weather", "none");
    assert_eq!(reed.request(Method::GET, &board).send().await.unwrap().status(), 404);
    let all = noted("TRUE").await;

    // Exports over the API: one by a person's program is recorded with the person's number.
    let (reeds, robot) = (app.person_token("reed").await, app.robot_token().await);
    app.ask(&format!("{}/csv", routes::api_v1_panel("bar", "p")), &reeds).await.assert_status(200);
    let by_reed = format!("actor_id = 1 AND {}", of(&[r#""client":"#]));
    until("it is noted", async || noted(&by_reed).await == 1).await;
    app.ask(&routes::api_v1_panel_svg("line", "p"), &robot).await.assert_status(200);
    let by_robot = format!("actor_id IS NULL AND {}", of(&[r#""format":"svg""#, r#""subject":"#]));
    until("it is noted", async || noted(&by_robot).await == 1).await;
    assert_eq!(noted("TRUE").await, all + 2);
    assert!(app.audit().verify().await.unwrap().is_ok());
}
