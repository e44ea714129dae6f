//! Filters stay within the rows and panels that each person may see.

use openidconnect::reqwest::Method;
use rolecall_model::panels::TableRows;
use rolecall_routes as routes;
use serde_json::{Value, json};

use super::{MARKED, RIGHT_TO_LEFT, boxes, links, long, start, sum};
use crate::support::{Answer, SALES_PAGE as PAGE, TestApp, filtered};

fn values_of(page: &Answer, id: &str) -> Vec<String> {
    let mut values: Vec<String> = boxes(page, id).into_iter().map(|(value, _)| value).collect();
    values.sort_unstable();
    values
}

// Case: filters/options-row-rules, row-rules/every-path
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
    // Neither a search nor a filter shows whether rows of others have a value.
    let sought = reed.get(&filtered(PAGE, &[("region.search", "st")])).await;
    assert_eq!(values_of(&sought, "region"), Vec::<String>::new());
    // A chosen value stays in the list, although the search did not find it.
    let sought = reed.get(&filtered(PAGE, &[("region", "North"), ("region.search", "zzz")])).await;
    sought.assert_shows("There are no such values.");
    assert_eq!(values_of(&sought, "region"), ["North"]);
    let asked = reed.get(&filtered(PAGE, &[("region", "East")])).await;
    let nowhere = reed.get(&filtered(PAGE, &[("region", "Nowhere")])).await;
    assert_eq!(asked.body.replace("East", "Nowhere").len(), nowhere.body.len());
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
