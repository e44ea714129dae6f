//! The contents of dashboards and panels.

use rolecall_model::Role;
use rolecall_routes as routes;
use serde_json::{Value, json};

use super::PANELS;
use crate::support::TestApp;

/// The cells of `rows` as the page shows them: a number with one decimal and a true minus sign.
fn as_shown(rows: &Value) -> Vec<Vec<String>> {
    let cell = |cell: &Value| match cell.as_f64() {
        Some(number) => format!("{number:.1}").replace('-', "\u{2212}"),
        None => cell.as_str().unwrap().to_owned(),
    };
    let row = |row: &Value| row.as_array().unwrap().iter().map(cell).collect();
    rows.as_array().unwrap().iter().map(row).collect()
}

// Case: api/panels
#[tokio::test]
async fn a_panel_holds_what_the_page_shows_as_numbers() {
    let app = TestApp::start().await;
    let wren = app.person_token("wren").await;
    let ask = async |panel: &str| -> Value {
        app.ask(&routes::api_v1_panel("weather", panel), &wren).await.assert_status(200).json()
    };
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    let page = browser.get("/dashboards/weather?table.page=2").await;
    let tables = page.assert_status(200).tables();
    let [temperature, precipitation, days] = tables.as_slice() else { panic!("{} tables", tables.len()) };

    let table = ask("table?page=2").await;
    assert_eq!((&table["panel"], &table["page"], &table["total"]), (&json!("table"), &json!(2), &json!(2922)));
    assert_eq!(table["rows"].as_array().unwrap().len(), 20);
    for row in table["rows"].as_array().unwrap() {
        assert!(row[0].is_string() && (2..6).all(|cell| row[cell].is_number()), "{row}");
    }
    assert_eq!(as_shown(&table["rows"]), *days);
    for (panel, rows) in [("temperature", temperature), ("precipitation", precipitation)] {
        let chart = ask(panel).await;
        let series = [&chart["series"][0]["values"], &chart["series"][1]["values"]];
        let points = chart["points"].as_array().unwrap().iter().enumerate();
        let of_chart: Value = points.map(|(at, point)| json!([point, series[0][at], series[1][at]])).collect();
        assert_eq!(as_shown(&of_chart), *rows, "{panel}");
        assert_eq!(
            (&chart["points"][0], &chart["point_values"][0]),
            (&json!("2012-01"), &json!("2012-01-01")),
            "{panel}"
        );
        for series in chart["series"].as_array().unwrap() {
            assert_eq!((&series["split_value"], &series["is_others"]), (&series["name"], &json!(false)), "{panel}");
        }
    }
    assert_eq!(ask("note").await["version"], 0);
    let figures = ask("figures").await["figures"].take();
    let figures = figures.as_array().unwrap();
    let value = |figure: &Value| {
        let number = format!("{:.1}", figure["value"].as_f64().unwrap()).replace('-', "\u{2212}");
        format!("{number} {}", figure["unit"].as_str().unwrap())
    };
    assert_eq!(figures.iter().map(value).collect::<Vec<_>>(), page.texts_of("figure-value"));
    let shown = |figure: &Value| {
        let cells = figure["shown"].as_array().unwrap().iter().map(|cell| cell.as_str().unwrap());
        cells.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(figures.iter().map(shown).collect::<Vec<_>>(), page.texts_of("figure-detail"));
    assert_eq!(figures.len(), 3);
    let columns = table["columns"].as_array().unwrap().iter().map(|column| column["type"].as_str().unwrap());
    let types = ["date", "text", "decimal", "decimal", "decimal", "decimal", "text"];
    assert_eq!(columns.collect::<Vec<_>>(), types);
    for page in ["0", "-1", "1.5", "x", "", "4294967296", "1&page=1"] {
        let path = format!("{}?page={page}", routes::api_v1_panel("weather", "table"));
        app.ask(&path, &wren).await.assert_problem(400);
    }
    for path in ["table?page=148", "figures?page=2", "nothing", "%00"] {
        app.ask(&routes::api_v1_panel("weather", path), &wren).await.assert_problem(404);
    }
    app.ask("/api/v1/dashboards/%ff", &wren).await.assert_problem(400);
    app.ask("/api/v1/dashboards/nothing", &wren).await.assert_problem(404);
}

// Case: export/pictures
#[tokio::test]
async fn the_pictures_of_the_api_have_what_the_page_shows() {
    let app = TestApp::start().await;
    let wren = app.person_token("wren").await;
    let picture = async |panel: &str, query: &str| {
        app.ask(&format!("{}{query}", routes::api_v1_panel_svg("weather", panel)), &wren).await
    };
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    let page = browser.get("/dashboards/weather?table.page=2").await;
    let pictures = [
        (picture("figures", "").await, page.texts_of("figure-value")),
        (picture("table", "?page=2").await, page.tables().pop().unwrap().concat()),
        (picture("temperature", "").await, vec!["Mean temperature by month (°C)".to_owned()]),
    ];
    for (svg, texts) in pictures {
        assert_eq!(svg.assert_status(200).header("content-type"), "image/svg+xml");
        let is_drawn = |text: &String| svg.body.contains(&format!(">{text}</text>"));
        assert!(!texts.is_empty() && texts.iter().all(is_drawn), "{texts:?} {svg:#?}");
    }
    for (panel, query, status) in [
        ("note", "", 404),
        ("nothing", "", 404),
        ("table", "?page=148", 404),
        ("figures", "?page=2", 404),
        ("table", "?page=0", 400),
        ("table", "?sort=nothing", 400),
        ("temperature", "?sort=Month", 400),
    ] {
        picture(panel, query).await.assert_problem(status);
    }
}

// Case: api/panels
#[tokio::test]
async fn a_dashboard_names_only_the_panels_that_are_open() {
    let app = TestApp::start().await;
    for (person, role) in [("ada", Role::Admin), ("wren", Role::Write), ("reed", Role::Read)] {
        let token = app.person_token(person).await;
        let dashboard: Value = app.ask(&routes::api_v1_dashboard("weather"), &token).await.json();
        let named: Vec<_> = dashboard["panels"].as_array().unwrap().iter().map(|panel| panel["id"].clone()).collect();
        let open: Vec<_> = PANELS.iter().filter(|(_, needed)| role >= *needed).map(|(panel, _)| json!(panel)).collect();
        assert_eq!(named, open, "{person}");
        for panel in dashboard["panels"].as_array().unwrap() {
            app.ask(panel["href"].as_str().unwrap(), &token).await.assert_status(200);
        }
    }
}
