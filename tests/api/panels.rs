//! The dashboard as each role sees it: nothing of a closed panel is sent to the browser.

use rolecall_model::panels::TableRows;
use rolecall_routes as routes;

use crate::support::{Answer, Browser, TestApp};

const PAGE: &str = "/dashboards/weather";
const TABLE_PAGE: &str = "/api/table_page?slug=weather&panel=table";
/// A text that appears in the note and nowhere else.
const NOTE: &str = "Kestrel nests on the east roof";
/// Texts that appear in the table and nowhere else: the name of a column, and the last day.
const TABLE: [&str; 2] = ["Wind (m/s)", "2015-12-31"];
/// Texts that appear in the figures about sign-ins and nowhere else.
const SIGN_INS: [&str; 2] = ["Sign-ins in the last 24 hours", "Live sign-ins by highest role"];

/// An application whose dashboard has a note, and a browser of `person`.
async fn start(person: &str) -> (TestApp, Browser) {
    let app = TestApp::start().await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let fields = [("slug", "weather"), ("panel", "note"), ("body", NOTE), ("version", "0")];
    wren.call(routes::API_SAVE_NOTE, &fields).await.assert_status(200);
    let mut browser = app.browser();
    browser.sign_in_as(person).await;
    (app, browser)
}

/// Everything of the dashboard that is sent to the browser: the page with the data of its islands.
async fn everything(browser: &mut Browser) -> String {
    let page = browser.get(PAGE).await;
    page.assert_status(200);
    page.body
}

/// The panels, in order.
async fn panels(browser: &mut Browser) -> Vec<String> {
    browser.get(PAGE).await.panels()
}

fn has_all(text: &str, markers: &[&str]) -> bool {
    markers.iter().all(|marker| text.contains(marker))
}

fn has_none(text: &str, markers: &[&str]) -> bool {
    markers.iter().all(|marker| !text.contains(marker))
}

#[tokio::test]
async fn a_reader_gets_figures_and_charts_and_nothing_of_the_rest() {
    let (_app, mut reed) = start("reed").await;
    let everything = everything(&mut reed).await;
    assert!(has_none(&everything, &[NOTE, "Kestrel", "textarea"]), "{everything}");
    assert!(has_none(&everything, &TABLE), "{everything}");
    assert!(has_none(&everything, &SIGN_INS), "{everything}");
    assert!(has_all(&everything, &["Warmest day", "Mean temperature by month", "Precipitation by month"]));
    assert_eq!(panels(&mut reed).await, ["figures", "temperature", "precipitation"]);
}

#[tokio::test]
async fn a_writer_gets_note_and_table_too() {
    let (_app, mut wren) = start("wren").await;
    let everything = everything(&mut wren).await;
    assert!(has_all(&everything, &[NOTE, "textarea"]) && has_all(&everything, &TABLE), "{everything}");
    assert!(has_none(&everything, &SIGN_INS), "{everything}");
    assert_eq!(panels(&mut wren).await, ["figures", "temperature", "precipitation", "note", "table"]);
}

#[tokio::test]
async fn an_administrator_gets_the_sign_in_figures_too() {
    let (_app, mut ada) = start("ada").await;
    let everything = everything(&mut ada).await;
    assert!(has_all(&everything, &[NOTE]) && has_all(&everything, &TABLE) && has_all(&everything, &SIGN_INS));
    assert_eq!(panels(&mut ada).await, ["figures", "temperature", "precipitation", "sign-ins", "note", "table"]);

    let figures: Vec<&str> = everything.split("figure-value\">").skip(1).collect();
    let figures: Vec<&str> = figures.iter().filter_map(|rest| rest.split('<').next()).collect();
    // Live sign-ins, people, and sign-ins of the last day: of Wren and of Ada.
    assert!(figures.ends_with(&["2", "2", "2"]), "{figures:?}");
}

// Case: dashboards/as-of
#[tokio::test]
async fn every_panel_with_values_says_of_when_its_data_are() {
    let (_app, mut wren) = start("wren").await;
    let page = wren.get(PAGE).await;
    let in_menus = page.texts_of("muted as-of");
    // Figures, two charts and the table: a note has no data.
    assert_eq!(in_menus.len(), 4, "{page:#?}");
    assert!(in_menus.iter().all(|line| *line == in_menus[0]), "{in_menus:?}");
    assert_eq!(page.texts_of("muted as-of only-print"), in_menus, "on paper there are no menus");
    let alone = wren.get(&routes::of_panel(routes::PANEL, "weather", "temperature")).await;
    assert_eq!(alone.texts_of("muted as-of"), in_menus[..1]);
    // The time is that at which the current version was made.
    let moment = in_menus[0].strip_prefix("Data of ").unwrap();
    wren.get(&routes::dataset("weather")).await.assert_shows(moment);
}

#[tokio::test]
async fn the_page_of_a_panel_offers_the_full_screen_only_by_script() {
    let (_app, mut reed) = start("reed").await;
    let page = reed.get(&routes::of_panel(routes::PANEL, "weather", "temperature")).await;
    page.assert_shows("Full screen");
    let (element, _) = page.body.split_once("data-full-screen").unwrap();
    assert!(element.rsplit('<').next().unwrap().contains(" hidden"), "{page:#?}");
}

#[tokio::test]
async fn the_other_pages_of_the_table_are_closed_to_a_reader_too() {
    let (_app, mut reed) = start("reed").await;
    let page = reed.get(&format!("{PAGE}?table.page=2")).await;
    let turned = reed.fetch(&format!("{TABLE_PAGE}&page=2")).await;
    turned.assert_status(404);
    for text in [&page.body, &turned.body] {
        assert!(has_none(text, &["Wind (m/s)", "2015-12-2", "2015-12-1"]), "{text}");
    }
}

#[tokio::test]
async fn a_script_gets_the_page_of_the_table_that_a_link_leads_to() {
    let (_app, mut wren) = start("wren").await;
    for page in [1, 2, 147, 4_294_967_295_u32] {
        let turned: TableRows = wren.fetch(&format!("{TABLE_PAGE}&page={page}")).await.assert_status(200).json();
        let linked = wren.get(&format!("{PAGE}?table.page={page}")).await;
        assert!(linked.body.contains(&turned.html) && turned.html.contains("<tr>"), "{page}");
        assert_eq!((turned.page, turned.pages), (page.min(147), 147));
    }
    wren.fetch("/api/table_page?slug=nope&panel=table&page=1").await.assert_status(404);
}

#[tokio::test]
async fn the_table_turns_its_pages_without_a_script() {
    let (_app, mut wren) = start("wren").await;
    let first = wren.get(PAGE).await;
    first.assert_shows("2015-12-31").assert_shows("?table.page=2#table");
    let second = wren.get(&format!("{PAGE}?table.page=2")).await;
    second.assert_status(200).assert_shows("?table.page=1#table").assert_shows("?table.page=3#table");
    assert!(!second.body.contains("2015-12-31"), "{second:#?}");
    // A page number outside the table shows the nearest page.
    for page in ["0", "1", "999999", "4294967295"] {
        wren.get(&format!("{PAGE}?table.page={page}")).await.assert_status(200);
    }
    for page in ["-1", "x", "", "4294967296"] {
        wren.get(&format!("{PAGE}?table.page={page}")).await.assert_status(200).assert_shows("2015-12-31");
    }
}

#[tokio::test]
async fn an_unknown_dashboard_is_not_found() {
    let (_app, mut ada) = start("ada").await;
    for slug in ["nope", "Weather", "weather%20", "..%2fweather", "%3Cimg%20src=x%3E"] {
        let page = ada.get(&format!("/dashboards/{slug}")).await;
        page.assert_status(404);
        assert!(!page.body.contains("<img"), "{page:#?}");
        ada.fetch(&format!("/api/table_page?slug={slug}&panel=table&page=1")).await.assert_status(404);
    }
}

/// A dashboard with a chart, a table and a note of higher roles.
const BOARD: &str = r#"
format = 1
title = "Board"
[[panels]]
id = "chart"
title = "Chart"
kind = "bar"
role = "write"
dataset = "weather"
measures = [{ compute = "count" }]
by = { column = "location" }
[[panels]]
id = "table"
title = "Table"
kind = "table"
role = "write"
dataset = "weather"
columns = [{ column = "date" }]
[[panels]]
id = "note"
title = "Note"
kind = "note"
role = "admin"
"#;

// Case: policy/closed-panels
#[tokio::test]
async fn a_closed_panel_answers_like_one_that_is_not_there() {
    let app = TestApp::setup().with_dashboard("board", BOARD).start().await;
    let (mut reed, mut wren, mut ada) = (app.browser(), app.browser(), app.browser());
    for (browser, person) in [(&mut reed, "reed"), (&mut wren, "wren"), (&mut ada, "ada")] {
        browser.sign_in_as(person).await;
    }
    let title =
        |page: &Answer| page.body.split(['<', '>']).skip_while(|tag| *tag != "title").nth(1).map(ToOwned::to_owned);
    let routes = [
        (routes::PANEL, "chart"),
        (routes::PANEL_CSV, "table"),
        (routes::PANEL_XLSX, "table"),
        (routes::PANEL_SVG, "chart"),
        (routes::PANEL_SVG, "table"),
    ];
    for (route, panel) in routes {
        let path = |panel: &str| routes::of_panel(route, "board", panel);
        let (closed, nothing) = (reed.get(&path(panel)).await, reed.get(&path("nothing")).await);
        assert_eq!((closed.status, title(&closed)), (404, title(&nothing)), "{route}");
        assert_eq!(nothing.status, 404);
        wren.get(&path(panel)).await.assert_status(200);
    }
    let page = |panel: &str| format!("/api/table_page?slug=board&panel={panel}&page=1");
    let (closed, nothing) = (reed.fetch(&page("table")).await, reed.fetch(&page("nothing")).await);
    assert_eq!((closed.status, &closed.body), (404, &nothing.body));
    wren.fetch(&page("table")).await.assert_status(200);
    let note = |panel: &'static str| [("slug", "board"), ("panel", panel), ("body", NOTE), ("version", "0")];
    let closed = wren.call(routes::API_SAVE_NOTE, &note("note")).await;
    let nothing = wren.call(routes::API_SAVE_NOTE, &note("nothing")).await;
    assert_eq!((closed.status, &closed.body), (404, &nothing.body));
    ada.call(routes::API_SAVE_NOTE, &note("note")).await.assert_status(200);

    let (reeds, wrens) = (app.person_token("reed").await, app.person_token("wren").await);
    for (route, panel) in [
        (routes::API_V1_PANEL, "chart"),
        (routes::API_V1_PANEL_CSV, "table"),
        (routes::API_V1_PANEL_SVG, "chart"),
        (routes::API_V1_PANEL_SVG, "table"),
    ] {
        let path = |panel: &str| routes::of_panel(route, "board", panel);
        let told = async |panel: &str| {
            let mut told: serde_json::Value = app.ask(&path(panel), &reeds).await.assert_problem(404).json();
            told["request_id"].take();
            told
        };
        assert_eq!(told(panel).await, told("nothing").await, "{route}");
        app.ask(&path(panel), &wrens).await.assert_status(200);
    }
}
