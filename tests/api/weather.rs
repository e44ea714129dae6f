//! The numbers of the weather dashboard, on its page and in the API.
//!
//! The expected values were computed from `crates/core/src/datasets/built_in/weather.csv` without this program, by a
//! short script over its rows in decimal arithmetic. A day's temperature is the middle of its highest and its lowest; a
//! month's is the mean of its days', and its precipitation is the sum of theirs, both with one decimal.

use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// The warmest day; the coldest day, the first of two with the same temperature; and the day with the most rain.
const FIGURES: [(&str, &str); 3] = [
    ("37.8 °C", "New York, 2013-07-18"),
    ("\u{2212}16.0 °C", "New York, 2014-01-04"),
    ("118.9 mm", "New York, 2014-04-30"),
];
/// The months of 2015, January first.
const SEATTLE_C: [f64; 12] = [7.3, 9.3, 10.3, 10.8, 15.1, 19.8, 21.8, 20.4, 15.8, 14.0, 6.6, 6.1];
const NEW_YORK_C: [f64; 12] = [-0.7, -4.1, 3.2, 11.4, 17.9, 21.8, 25.8, 25.8, 22.8, 14.3, 11.4, 10.2];
const SEATTLE_MM: [f64; 12] = [93.0, 134.2, 113.5, 51.6, 14.8, 5.9, 2.3, 83.3, 21.1, 122.4, 212.6, 284.5];
const NEW_YORK_MM: [f64; 12] = [135.0, 59.9, 123.9, 40.9, 11.7, 126.7, 58.7, 92.3, 65.6, 106.7, 30.5, 121.7];
/// The sums of 2012 in millimetres, and how much floating point may move them.
const SEATTLE_2012_MM: f64 = 1226.0;
const NEW_YORK_2012_MM: f64 = 1012.5;
const TOLERANCE_MM: f64 = 0.001;

/// A number as pages write it.
fn shown(number: f64) -> String {
    format!("{number:.1}").replace('-', "\u{2212}")
}

/// The rows of the year 2015 in the values of a chart on the page.
fn of_2015(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    rows.iter().filter(|row| row[0].starts_with("2015-")).cloned().collect()
}

#[tokio::test]
async fn the_page_shows_what_was_worked_out_from_the_data() {
    let app = TestApp::start().await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let page: Answer = wren.get("/dashboards/weather").await;
    page.assert_status(200);
    assert_eq!(page.texts_of("figure-value"), FIGURES.map(|(value, _)| value));
    assert_eq!(page.texts_of("figure-detail"), FIGURES.map(|(_, detail)| detail));

    let tables = page.tables();
    let [temperature, precipitation, days] = tables.as_slice() else { panic!("{} tables", tables.len()) };
    for (rows, seattle, new_york) in [(temperature, SEATTLE_C, NEW_YORK_C), (precipitation, SEATTLE_MM, NEW_YORK_MM)] {
        assert_eq!((rows.len(), rows[0][0].as_str()), (48, "2012-01"));
        let month =
            |index: usize| vec![format!("2015-{:02}", index + 1), shown(new_york[index]), shown(seattle[index])];
        assert_eq!(of_2015(rows), (0..12).map(month).collect::<Vec<_>>());
    }
    assert_eq!(days[0], ["2015-12-31", "Seattle", "5.6", "\u{2212}2.1", "0.0", "3.5", "sun"]);
    assert_eq!(days[1], ["2015-12-31", "New York", "11.1", "6.1", "1.5", "5.5", "rain"]);
    page.assert_shows("2,922");
}

#[tokio::test]
async fn the_api_gives_what_was_worked_out_from_the_data() {
    let app = TestApp::start().await;
    let reed = app.person_token("reed").await;
    let ask = async |panel: &str| -> Value {
        app.ask(&routes::api_v1_panel("weather", panel), &reed).await.assert_status(200).json()
    };
    let figures = ask("figures").await;
    for (index, (value, detail)) in FIGURES.into_iter().enumerate() {
        let figure = &figures["figures"][index];
        let (number, unit) = (figure["value"].as_f64().unwrap(), figure["unit"].as_str().unwrap());
        assert_eq!(format!("{} {unit}", shown(number)), value);
        let beneath: Vec<&str> =
            figure["shown"].as_array().unwrap().iter().map(|cell| cell.as_str().unwrap()).collect();
        assert_eq!(beneath.join(", "), detail);
    }
    for (panel, seattle, new_york) in
        [("temperature", SEATTLE_C, NEW_YORK_C), ("precipitation", SEATTLE_MM, NEW_YORK_MM)]
    {
        let chart = ask(panel).await;
        assert_eq!((&chart["points"][0], &chart["points"][47]), (&json!("2012-01"), &json!("2015-12")));
        for (series, (place, values)) in [("New York", new_york), ("Seattle", seattle)].into_iter().enumerate() {
            let series = &chart["series"][series];
            assert_eq!(series["name"], place);
            let months = series["values"].as_array().unwrap()[36..].iter().map(|value| shown(value.as_f64().unwrap()));
            assert_eq!(months.collect::<Vec<_>>(), values.map(shown));
        }
    }
    let precipitation = ask("precipitation").await;
    for (series, sum) in [NEW_YORK_2012_MM, SEATTLE_2012_MM].into_iter().enumerate() {
        let months = &precipitation["series"][series]["values"].as_array().unwrap()[..12];
        let shown: f64 = months.iter().map(|month| month.as_f64().unwrap()).sum();
        assert!((shown - sum).abs() < TOLERANCE_MM, "{shown} of {sum}");
    }
}
