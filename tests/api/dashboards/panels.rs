//! Panels of several kinds, panels that cannot be shown, and sorted tables.

use rolecall_model::panels::{Note, TableRows};
use rolecall_routes as routes;
use serde_json::Value;

use super::setup;
use crate::support::{TestApp, signed_in};

/// A table whose groups have two rows each, one that a limit cuts, and one that is sorted by its days.
const GROUPS: &str = r#"
format = 1
title = "Groups"
[[panels]]
id = "rain"
title = "Rain"
kind = "table"
dataset = "weather"
measures = [{ compute = "sum", of = "precipitation" }, { title = "Days", compute = "count" }]
by = { column = "weather" }
split = { column = "location" }
rows_per_page = 4
[[panels]]
id = "most"
title = "Most"
kind = "table"
dataset = "weather"
measures = [{ title = "Days", compute = "count" }]
by = { column = "weather" }
sort = { by = "value", order = "descending" }
limit = 3
[[panels]]
id = "first"
title = "First"
kind = "table"
dataset = "weather"
measures = [{ compute = "minimum", of = "date" }]
by = { column = "weather" }
sort = { by = "value", order = "descending" }
"#;

#[tokio::test]
async fn two_tables_and_two_notes_stand_on_one_page() {
    let app = setup().start().await;
    let mut wren = signed_in(&app, "wren").await;
    let page = wren.get("/dashboards/twice?days.page=3&rain.page=2").await;
    assert_eq!(page.panels(), ["days", "rain", "here", "there"]);
    page.assert_shows("?rain.page=2&amp;days.page=4#days").assert_shows("?days.page=3&amp;rain.page=3#rain");
    page.assert_shows("Page 3 of 147");
    for (panel, body) in [("here", "in the first"), ("there", "in the second")] {
        let fields = [("slug", "twice"), ("panel", panel), ("body", body), ("version", "0")];
        let saved: Note = wren.call(routes::API_SAVE_NOTE, &fields).await.assert_status(200).json();
        assert_eq!((saved.body.as_str(), saved.version), (body, 1));
    }
    wren.get("/dashboards/twice").await.assert_shows("in the first").assert_shows("in the second");
    let fields = [("slug", "twice"), ("panel", "days"), ("body", "no note"), ("version", "0")];
    wren.call(routes::API_SAVE_NOTE, &fields).await.assert_status(404);
}

// Case: dashboards/unfit-panel
#[tokio::test]
async fn a_panel_that_cannot_be_shown_says_so_and_the_others_are_shown() {
    let app = setup().start().await;
    let mut reed = signed_in(&app, "reed").await;
    let page = reed.get("/dashboards/unfit").await;
    page.assert_status(200).assert_shows("Days in the data").assert_shows("2,922");
    assert_eq!(page.panels(), ["large", "nothing", "renamed", "days"]);
    page.assert_shows("This makes more than").assert_shows("This panel does not fit its data.");
    for column in ["temp_max", "precipitation", "There is no data set"] {
        assert!(!page.body.contains(column), "{column}: {page:#?}");
    }
    let mut ada = signed_in(&app, "ada").await;
    ada.get("/dashboards/unfit").await.assert_shows("There is no data set").assert_shows("temp_max");

    let token = app.person_token("reed").await;
    for (panel, status) in [("large", 422), ("nothing", 503), ("renamed", 503)] {
        let problem = app.ask(&routes::api_v1_panel("unfit", panel), &token).await;
        assert!(!problem.assert_problem(status).body.contains("temp_max"), "{problem:#?}");
    }
    app.ask(&routes::api_v1_panel_svg("unfit", "large"), &token).await.assert_problem(422);
}

// Case: dashboards/lost-file
#[tokio::test]
async fn data_that_cannot_be_read_are_told_in_their_panel_until_they_are_back() {
    let app = setup().start().await;
    let mut wren = signed_in(&app, "wren").await;
    let folder = app.data_dir().join("datasets");
    let file = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let file = file.into_iter().find(|path| path.to_string_lossy().contains("weather-built-in")).unwrap();
    let away = file.with_extension("away");
    std::fs::rename(&file, &away).unwrap();
    let page = wren.get("/dashboards/weather").await;
    page.assert_status(200).assert_shows("cannot be read right now").assert_shows("Save note");
    assert!(!page.body.contains(".parquet"), "{page:#?}");
    wren.fetch("/api/table_page?slug=weather&panel=table&page=2").await.assert_status(503);
    let token = app.person_token("wren").await;
    let problem = app.ask(&routes::api_v1_panel("weather", "table"), &token).await;
    assert_eq!(problem.assert_problem(503).header("retry-after"), "30");
    std::fs::rename(&away, &file).unwrap();
    let page = wren.get("/dashboards/weather").await;
    page.assert_status(200).assert_shows("2015-12-31");
    assert!(!page.body.contains("cannot be read"), "a failure must not be cached: {page:#?}");
}

// Case: dashboards/sorted
#[tokio::test]
async fn a_table_is_sorted_by_its_headings_on_the_page_for_scripts_and_in_the_api() {
    let app = setup().start().await;
    let mut wren = signed_in(&app, "wren").await;
    let page = wren.get("/dashboards/twice?days.page=3&rain.sort=-date").await;
    let [_, rain] = &page.assert_status(200).tables()[..] else { panic!("{page:#?}") };
    assert_eq!(rain[0][1], "2015-12-31");
    page.assert_shows("?rain.sort=-date&amp;days.page=4#days");
    page.assert_shows("?days.page=3&amp;rain.sort=%2Ddate&amp;rain.page=2#rain");
    page.assert_shows("aria-sort=\"descending\"><a href=\"?days.page=3&amp;rain.sort=date#rain\"");
    let turned = wren.fetch("/api/table_page?slug=twice&panel=rain&page=2&sort=-date").await;
    let turned: TableRows = turned.assert_status(200).json();
    let linked = wren.get("/dashboards/twice?rain.sort=-date&rain.page=2").await;
    assert!(linked.body.contains(&turned.html) && turned.html.contains("2015-12-21"), "{turned:#?}");
    assert_eq!(turned.sort.unwrap().to_string(), "-date");

    let token = app.person_token("wren").await;
    let table = async |path: &str| -> Value {
        app.ask(&routes::api_v1_panel("twice", path), &token).await.assert_status(200).json()
    };
    let rain: Vec<f64> = table("rain?sort=precipitation&page=147").await["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row[0].as_f64().unwrap())
        .collect();
    assert_eq!(rain.last(), Some(&118.9), "numbers are sorted as numbers: {rain:?}");
    assert!(rain.is_sorted());

    // A sort by something that is not a column of the table is reported, and the table is sorted as usual.
    for sort in ["wind", "-wind", "temp_max", "%3Cb%3E", ""] {
        let page = wren.get(&format!("/dashboards/twice?days.sort={sort}")).await;
        page.assert_status(200).assert_shows("to sort by, so it is sorted as usual.").assert_shows("2012-01-01");
        assert!(!page.body.contains("<b>"), "{page:#?}");
        app.ask(&format!("{}?sort={sort}", routes::api_v1_panel("twice", "days")), &token).await.assert_problem(400);
    }
    app.ask(&format!("{}?sort=date", routes::api_v1_panel("twice", "here")), &token).await.assert_problem(400);
    wren.get("/dashboards/twice").await.assert_status(200);
}

#[tokio::test]
async fn groups_are_sorted_by_any_heading_and_counted_as_groups() {
    let app = TestApp::setup().with_dashboard("groups", GROUPS).start().await;
    let token = app.person_token("reed").await;
    let table = async |path: &str| -> Value {
        app.ask(&routes::api_v1_panel("groups", path), &token).await.assert_status(200).json()
    };
    let (first, last) = (table("rain").await, table("rain?sort=-Days&page=3").await);
    // Five kinds of weather in two cities.
    assert_eq!((&first["total"], &first["pages"]), (&5.into(), &3.into()));
    let days = |table: &Value| -> Vec<i64> {
        table["rows"].as_array().unwrap().iter().map(|row| row[3].as_i64().unwrap()).collect()
    };
    let all =
        [days(&table("rain?sort=-Days").await), days(&table("rain?sort=-Days&page=2").await), days(&last)].concat();
    assert!(all.is_sorted_by(|one, other| one >= other) && all.iter().sum::<i64>() == 2922, "{all:?}");

    let (most, by_name) = (table("most").await, table("most?sort=weather").await);
    assert_eq!((&most["total"], &most["pages"]), (&5.into(), &1.into()));
    let names = |table: &Value| -> Vec<String> {
        table["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap().to_owned()).collect()
    };
    assert!(names(&by_name).is_sorted());
    let sorted = |mut names: Vec<String>| {
        names.sort_unstable();
        names
    };
    assert_eq!(sorted(names(&most)), names(&by_name), "the limit keeps the same groups");
    let mut reed = signed_in(&app, "reed").await;
    let page = reed.get("/dashboards/groups?most.sort=weather").await;
    page.assert_shows("3 of 5 groups").assert_shows("aria-sort=\"ascending\"");
}

#[tokio::test]
async fn the_heading_of_a_table_that_is_sorted_by_its_days_says_so() {
    let app = TestApp::setup().with_dashboard("groups", GROUPS).start().await;
    let mut reed = signed_in(&app, "reed").await;
    let page = reed.get("/dashboards/groups").await;
    let link = "<a href=\"?first.sort=earliest%20date#first\" data-column=\"earliest date\">";
    page.assert_status(200).assert_shows(&format!("aria-sort=\"descending\">{link}"));
    // The column also has another name, which works here and for the script that turns pages.
    for (sort, order) in [("", "-earliest date"), ("&sort=lowest+date", "earliest date")] {
        let rows = reed.fetch(&format!("/api/table_page?slug=groups&panel=first&page=1{sort}")).await;
        let rows: TableRows = rows.assert_status(200).json();
        assert_eq!(rows.sort.unwrap().to_string(), order);
    }
}

/// The expected values were computed from `crates/core/src/datasets/built_in/birdstrikes.csv` by a short script.
#[tokio::test]
async fn the_bird_strikes_are_what_was_worked_out_from_the_data() {
    const BIRDS: &str = include_str!("../../../config/dashboards/bird-strikes.toml");
    let app = TestApp::setup().with_dashboard("bird-strikes", BIRDS).start().await;
    let token = app.person_token("reed").await;
    let ask = async |panel: &str| -> Value {
        app.ask(&routes::api_v1_panel("bird-strikes", panel), &token).await.assert_status(200).json()
    };
    let figures = ask("figures").await["figures"].take();
    let values: Vec<f64> = figures.as_array().unwrap().iter().map(|figure| figure["value"].as_f64().unwrap()).collect();
    assert_eq!(values, [10_000.0, 40_545_276.0, 7_043_545.0, 140.0]);
    assert_eq!(
        (&figures[0]["unit"], &figures[1]["unit"], &figures[3]["unit"]),
        (&Value::Null, &"$".into(), &"kn".into())
    );
    let costs = ask("costs").await;
    assert_eq!(costs["unit"], "$");
    assert_eq!(costs["points"].as_array().unwrap()[..3], ["Texas", "New York", "California"]);
    assert_eq!(costs["series"][0]["values"].as_array().unwrap()[..3], [7_798_739, 6_370_278, 4_861_510]);
    let species = ask("species").await;
    assert_eq!((&species["total"], &species["pages"]), (&37.into(), &3.into()));
    let geese = species["rows"].as_array().unwrap().iter().find(|row| row[0] == "Canada goose").unwrap();
    assert_eq!((&geese[1], geese[3].as_f64().unwrap().round()), (&190.into(), 80_999.0));
    assert_eq!(species["totals"][0], 10_000);
}
