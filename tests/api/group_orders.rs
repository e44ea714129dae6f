//! The order of groups whose names are texts: by name, which is the same everywhere, and by hand, as listed.

use html_escape::decode_html_entities;
use rolecall_model::Role;
use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, TestApp, until};

/// Each size has two rows, so that nothing but the names decides.
const ROWS: &str = "day,size\n2026-01-01,> 100\n2026-01-01,10–100\n2026-01-02,< 0\n2026-01-02,0–10\n\
                    2026-01-03,10–100\n2026-01-03,> 100\n2026-01-04,0–10\n2026-01-04,< 0\n";
/// By name: digits come before `<`, and that before `>`, as Unicode has them.
const BY_NAME: [&str; 4] = ["0–10", "10–100", "< 0", "> 100"];
const BY_HAND: [&str; 4] = ["< 0", "0–10", "10–100", "> 100"];
/// Values that are not listed follow by name.
const LAST_FIRST: [&str; 4] = ["> 100", "0–10", "10–100", "< 0"];

/// A dashboard of bars, series, groups and rows; groups are sorted by `sort`, which is a line of a panel or empty.
fn dashboard(sort: &str) -> String {
    const COUNT: &str = "dataset = \"orders\"\nmeasures = [{ title = \"Orders\", compute = \"count\" }]\n";
    format!(
        "format = 1\ntitle = \"Sizes\"\n[[filters]]\nid = \"size\"\nkind = \"values\"\ncolumn = \"size\"\n\
         [[panels]]\nid = \"bars\"\ntitle = \"Bars\"\nkind = \"bar\"\n{COUNT}by = {{ column = \"size\" }}\n{sort}\n\
         [[panels]]\nid = \"groups\"\ntitle = \"Groups\"\nkind = \"table\"\n{COUNT}by = {{ column = \"size\" }}\n{sort}\n\
         [[panels]]\nid = \"series\"\ntitle = \"Series\"\nkind = \"bar\"\n{COUNT}\
         by = {{ column = \"day\", step = \"year\" }}\nsplit = {{ column = \"size\" }}\n\
         [[panels]]\nid = \"rows\"\ntitle = \"Rows\"\nkind = \"table\"\ndataset = \"orders\"\n\
         columns = [{{ column = \"size\" }}]\norder = [{{ column = \"size\" }}]\n"
    )
}

/// An application with the orders, Reed, and a token of theirs.
async fn start() -> (TestApp, Browser, String) {
    let by_hand = "sort = { by = \"hand\", values = [\"< 0\", \"0–10\", \"10–100\", \"> 100\"] }";
    let last_first = "sort = { by = \"hand\", values = [\"> 100\"] }";
    let app = TestApp::setup()
        .with_dashboard("by-name", dashboard(""))
        .with_dashboard("by-hand", dashboard(by_hand))
        .with_dashboard("last-first", dashboard(last_first))
        .start()
        .await;
    app.make_dataset(("orders", Role::Read), ROWS).await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    until("the data set is there", async || !reed.get("/dashboards/by-name").await.tables().is_empty()).await;
    let token = app.person_token("reed").await;
    (app, reed, token)
}

/// The first cells of the table in the panel `id`, which may be the table of a chart's values.
#[track_caller]
fn names_in(page: &Answer, id: &str) -> Vec<String> {
    let (_, panel) = page.body.split_once(&format!(" id=\"{id}\"")).unwrap();
    let panel = Answer { body: panel.to_owned(), ..page.clone() };
    panel.tables()[0].iter().map(|row| row[0].clone()).collect()
}

/// The keys of the legend of the panel `id`.
fn legend_of(page: &Answer, id: &str) -> Vec<String> {
    let (_, panel) = page.body.split_once(&format!(" id=\"{id}\"")).unwrap();
    let (panel, _) = panel.split_once("</figure>").unwrap();
    let keys = panel.split("class=\"key ").skip(1);
    let name = |key: &str| key.split("<bdi>").nth(1).unwrap().split("</bdi>").next().unwrap().to_owned();
    keys.map(|key| decode_html_entities(&name(key)).into_owned()).collect()
}

/// The values that the filter offers.
fn offered(page: &Answer) -> Vec<String> {
    let boxes = page.body.split("type=\"checkbox\" name=\"size\" value=\"").skip(1);
    boxes.map(|rest| decode_html_entities(rest.split('"').next().unwrap()).into_owned()).collect()
}

/// Each name twice.
fn doubled(names: [&str; 4]) -> Vec<&str> {
    names.into_iter().flat_map(|name| [name, name]).collect()
}

/// The first cells of a table from the API.
fn first_cells(table: &Value) -> Vec<&str> {
    table["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap()).collect()
}

// Case: dashboards/group-order
#[tokio::test]
async fn texts_are_sorted_by_name_alike_in_charts_tables_legends_filters_files_and_the_api() {
    let (app, mut reed, token) = start().await;
    let page = reed.get("/dashboards/by-name").await;
    for panel in ["bars", "groups"] {
        assert_eq!(names_in(page.assert_status(200), panel), BY_NAME, "{panel}");
    }
    assert_eq!(names_in(&page, "rows"), doubled(BY_NAME));
    assert_eq!(legend_of(&page, "series"), BY_NAME);
    assert_eq!(offered(&page), BY_NAME);

    let ask = async |path: &str| -> Value {
        app.ask(&routes::api_v1_panel("by-name", path), &token).await.assert_status(200).json()
    };
    assert_eq!(ask("bars").await["points"], json!(BY_NAME));
    let series = ask("series").await;
    let series: Vec<&str> =
        series["series"].as_array().unwrap().iter().map(|series| series["name"].as_str().unwrap()).collect();
    assert_eq!(series, BY_NAME);
    assert_eq!(first_cells(&ask("groups").await), BY_NAME);
    assert_eq!(first_cells(&ask("rows").await), doubled(BY_NAME));
    let mut backwards = BY_NAME;
    backwards.reverse();
    assert_eq!(first_cells(&ask("groups?sort=-size").await), backwards);
    assert_eq!(names_in(&reed.get("/dashboards/by-name?groups.sort=-size").await, "groups"), backwards);
}

// Case: dashboards/group-order
#[tokio::test]
async fn an_order_by_hand_is_kept_as_it_was_listed() {
    let (app, mut reed, token) = start().await;
    for (slug, expected) in [("by-hand", BY_HAND), ("last-first", LAST_FIRST)] {
        let page = reed.get(&routes::dashboard(slug)).await;
        for panel in ["bars", "groups"] {
            assert_eq!(names_in(page.assert_status(200), panel), expected, "{slug} {panel}");
            let csv = reed.get(&routes::of_panel(routes::PANEL_CSV, slug, panel)).await;
            let names: Vec<&str> =
                csv.assert_status(200).body.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
            assert_eq!(names, expected, "{slug} {panel}");
        }
        let ask = async |path: &str| -> Value {
            app.ask(&routes::api_v1_panel(slug, path), &token).await.assert_status(200).json()
        };
        assert_eq!(ask("bars").await["points"], json!(expected));
        assert_eq!(first_cells(&ask("groups").await), expected);
        // A viewer can sort a table by name, too.
        assert_eq!(first_cells(&ask("groups?sort=size").await), BY_NAME);
        let page = reed.get(&format!("{}?groups.sort=size", routes::dashboard(slug))).await;
        assert_eq!(names_in(&page, "groups"), BY_NAME);
        assert_eq!(names_in(&page, "bars"), expected);
    }
    // A filter leaves some groups, in the same order.
    let some = reed.get("/dashboards/by-hand?size=%3E+100&size=%3C+0").await;
    assert_eq!(names_in(some.assert_status(200), "bars"), ["< 0", "> 100"]);
}
