//! The page of a data set: who sees it, and what it says.

use std::time::Duration;

use rolecall_core::datasets::Target;
use rolecall_routes as routes;
use serde_json::Value;

use super::{OPEN, id_of, page, rule, sales, setup, with_sales};
use crate::support::{TestApp, execute, signed_in, until};

// Case: datasets/who-sees
#[tokio::test]
async fn a_data_set_is_there_for_those_whose_role_opens_it() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    wren.get(routes::DATASETS).await.assert_status(200).assert_shows("Sales").assert_shows("Weather in Seattle");
    wren.get(&page()).await.assert_status(200).assert_shows("120.5").assert_shows("Owner").assert_shows("Wren Hollis");
    wren.get(&routes::dataset("nothing")).await.assert_status(404);

    execute(app.db(), "UPDATE datasets SET role = 'admin' WHERE name = 'sales'").await;
    until("it is closed", async || wren.get(&page()).await.status == 404).await;
    assert!(!wren.get(routes::DATASETS).await.body.contains("Sales"));
    let id = id_of(&app, "sales").await;
    let refused = wren.submit(routes::API_DELETE_DATASET, &[("id", &id), ("confirmation", "sales")]).await;
    refused.assert_status(404);
    ada.get(routes::DATASETS).await.assert_shows("Sales");
    ada.get(&page()).await.assert_status(200);

    let mut reed = signed_in(&app, "reed").await;
    for path in [routes::DATASETS, &page()] {
        reed.get(path).await.assert_status(403);
        app.browser().get(path).await.assert_status(303);
    }
    assert!(!reed.get("/").await.body.contains("href=\"/datasets\""));
    wren.get("/").await.assert_shows("href=\"/datasets\"");
}

#[tokio::test]
async fn the_page_tells_columns_missing_values_versions_and_what_shows_it() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let shown = wren.get(&page()).await;
    shown.assert_shows("3 rows").assert_shows("decimal").assert_shows("Sales this year").assert_shows("All sales");
    shown.assert_shows("One panel that you cannot see shows it, too.");
    assert!(!shown.body.contains("For the board"), "{shown:#?}");
    // Of three amounts, one is missing.
    let html = shown.body.replace("<!>", "");
    let amount = html.split("amount</th><td>decimal</td><td class=\"num\">").nth(1).unwrap();
    assert!(amount.starts_with("1<"), "{amount}");
    signed_in(&app, "ada").await.get(&page()).await.assert_shows("For the board");
}

// Case: datasets/about-itself
#[tokio::test]
async fn data_about_rolecall_itself_are_shown_as_they_are_now_without_any_dashboard_being_opened() {
    const NAME: &str = "rolecall-sign-ins";
    let own = OPEN.replace("format = 1", "format = 1\nrole = \"admin\"").replace("\"sales\"", &format!("\"{NAME}\""));
    let app = TestApp::setup().with_dashboard("own", own).start().await;
    let mut ada = signed_in(&app, "ada").await;
    let token = app.person_token("ada").await;
    let ten_seconds = Duration::from_secs(10);

    app.clock.advance(ten_seconds);
    let list = ada.get(routes::DATASETS).await.assert_status(200).body.replace("<!>", "");
    let (_, row) = list.split_once(&format!("<code>{NAME}</code>")).unwrap();
    assert!(row.split("</tr>").next().unwrap().contains("<td class=\"num\">1</td>"), "{row}");

    signed_in(&app, "wren").await;
    app.clock.advance(ten_seconds);
    ada.get(&routes::dataset(NAME)).await.assert_status(200).assert_shows("2 rows");

    signed_in(&app, "reed").await;
    app.clock.advance(ten_seconds);
    let list: Value = app.ask(routes::API_V1_DATASETS, &token).await.assert_status(200).json();
    let own = list["datasets"].as_array().unwrap().iter().find(|dataset| dataset["name"] == NAME).unwrap();
    assert_eq!(own["rows"], 3, "{list}");

    signed_in(&app, "nora").await;
    app.clock.advance(ten_seconds);
    let own: Value = app.ask(&routes::api_v1_dataset(NAME), &token).await.assert_status(200).json();
    assert_eq!(own["rows"], 4, "{own}");
}

// Case: text/html
#[tokio::test]
async fn what_people_write_about_data_is_text() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let markup = "<img src=x onerror=alert(1)>";
    let id = id_of(&app, "sales").await;
    let fields = [("id", id.as_str()), ("title", markup), ("description", markup), ("role", "read"), ("revision", "0")];
    wren.submit(routes::API_DESCRIBE_DATASET, &fields).await.assert_redirect(&page());
    let claim =
        [("rule[column]", "region"), ("rule[subject]", "claim"), ("rule[claim]", markup), ("rule[except]", "write")];
    rule(&mut wren, "1", &claim).await.assert_redirect(&page());
    for path in [page(), routes::DATASETS.to_owned(), format!("{}?rule=0", page()), format!("{}?as=read", page())] {
        let shown = wren.get(&path).await;
        assert!(!shown.assert_status(200).body.contains("<img"), "{shown:#?}");
    }
    let new_columns = Target::Replace { dataset: sales(&app).await, new_columns: true, may_be_empty: false };
    app.import(&format!("{markup},region\n{markup},South\n"), &new_columns).await;
    until("the new columns are there", async || wren.get(&page()).await.body.contains("&lt;img")).await;
    assert!(!wren.get(&page()).await.body.contains("<img"));
}
