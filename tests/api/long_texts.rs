//! Cells with long texts: pages stay small, and files have the full texts.

use std::fmt::Write as _;

use openidconnect::reqwest::Method;
use rolecall_model::Role;
use rolecall_routes as routes;

use crate::support::{TestApp, until};

const DASHBOARD: &str = r#"
format = 1
title = "Letters"
[[filters]]
id = "letter"
kind = "values"
column = "letter"
[[panels]]
id = "rows"
title = "Rows"
kind = "table"
dataset = "letters"
columns = [{ column = "n" }, { column = "letter" }]
rows_per_page = 100
[[panels]]
id = "bars"
title = "Bars"
kind = "bar"
dataset = "letters"
measures = [{ compute = "sum", of = "n" }]
by = { column = "letter" }
[[panels]]
id = "series"
title = "Series"
kind = "line"
dataset = "letters"
measures = [{ compute = "sum", of = "n" }]
by = { column = "day", step = "day" }
split = { column = "letter", top = 5 }
[[panels]]
id = "longest"
title = "Longest"
kind = "figure"
dataset = "letters"
measures = [{ compute = "maximum", of = "n", show = ["letter"] }]
[[panels]]
id = "groups"
title = "Groups"
kind = "table"
dataset = "letters"
measures = [{ compute = "sum", of = "n" }]
by = { column = "letter" }
"#;
const ROWS: usize = 30;
const CHARACTERS: usize = 100_000;
/// The length of a text that is not offered as a filter, but fits into an address.
const CHARACTERS_OF_AN_ADDRESS: usize = 600;
/// The maximum size of a page, in bytes. The texts alone have 3 million.
const MOST_OF_A_PAGE: usize = 400_000;

// Case: data/long-texts
#[tokio::test]
async fn a_page_shows_the_beginning_of_long_texts_and_files_have_all_of_them() {
    let app = TestApp::setup().with_dashboard("letters", DASHBOARD).start().await;
    let mut csv = String::from("n,day,letter\n");
    for n in 0..ROWS {
        writeln!(csv, "{n},2026-01-{:02},letter {n} {}", n + 1, "x".repeat(CHARACTERS)).unwrap();
    }
    let in_an_address = "y".repeat(CHARACTERS_OF_AN_ADDRESS);
    writeln!(csv, "0,2026-01-01,{in_an_address}").unwrap();
    app.make_dataset(("letters", Role::Read), &csv).await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;

    until("the data set is known", async || wren.get("/dashboards/letters").await.body.contains("letter 7 xxx")).await;

    let paths = [
        "/dashboards/letters".to_owned(),
        routes::of_panel(routes::PANEL, "letters", "bars"),
        routes::of_panel(routes::PANEL, "letters", "longest"),
        "/datasets/letters".to_owned(),
    ];
    for path in paths {
        let page = wren.get(&path).await;
        page.assert_status(200).assert_shows("xxxx");
        assert!(page.body.len() < MOST_OF_A_PAGE, "{path} has {} bytes", page.body.len());
        page.assert_shows("Long texts are cut here.");
    }
    for path in ["/dashboards/letters", "/datasets/letters"] {
        wren.get(path).await.assert_shows("<div class=\"lines\" tabindex=\"0\">letter ");
    }
    let page = wren.get("/dashboards/letters").await;
    page.assert_shows("Values of more than 500 bytes are not offered.");
    assert!(!page.body.contains("name=\"letter\" value="), "a value that no address can have is offered");
    let chosen = wren.get(&format!("/dashboards/letters?letter={in_an_address}")).await;
    let after = chosen.body.split(&format!("name=\"letter\" value=\"{in_an_address}\"")).nth(1).unwrap();
    assert!(after.split('>').next().unwrap().contains("checked"), "what is in force is not chosen");
    assert!(!chosen.body.contains("no row that you can see"), "a value that is there is said to be in no row");

    for (panel, most) in [("rows", ROWS), ("groups", ROWS), ("bars", ROWS), ("series", 4), ("longest", 1)] {
        let answer = wren.request(Method::GET, &routes::of_panel(routes::PANEL_CSV, "letters", panel)).send().await;
        let text = answer.unwrap().text().await.unwrap();
        assert!(text.len() > most * CHARACTERS, "{panel} has {} bytes", text.len());
    }
}
