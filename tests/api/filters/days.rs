//! Ranges of days, typed or named, and values that are refused.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde_json::{Value, json};

use super::{boxes, start, sum};
use crate::support::{Answer, Browser, SALES_PAGE as PAGE, assert_told, filtered};

// Case: filters/sentences
#[tokio::test]
async fn what_cannot_be_taken_is_told_and_not_in_force() {
    let (app, mut reed, _) = start().await;
    for (name, value, sentence) in [
        ("period", "soon", "there is no range “soon”, so it is ignored. Choose one of these: "),
        ("period.from", "2026-02-30", "“2026-02-30” is no day"),
        ("city", "x", "There is no filter “city” here. There are: period, region."),
        ("period.until", "2026-01-01", "“period.until”"),
        ("region.from", "2026-02-01", "“region.from” means nothing here"),
        ("period.search", "x", "“period.search” means nothing here"),
    ] {
        assert_eq!(sum(&assert_told(&app, &mut reed, &[(name, value)], sentence).await), "63", "{name}");
    }
    // Up to five unknown filters are listed by name.
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
    // The form keeps what was typed, so that it can be corrected.
    page.assert_shows("type=\"date\" value=\"2026-02-02\"").assert_shows("type=\"date\" value=\"2026-02-01\"");
    assert_eq!(sum(&page), "4");
    let nobody = reed.get(&filtered(PAGE, &[("region", "Atlantis")])).await;
    nobody.assert_status(200).assert_shows("no row that you can see has “Atlantis”");
    assert_eq!(boxes(&nobody, "region")[0], ("Atlantis".to_owned(), true));
    // A dashboard without filters also reports unknown ones; the fields of tables are not filters.
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
    // A month that is not over is compared with as many days of the month before.
    let this_month = reed.get(&filtered(PAGE, &[("period", "this_month")])).await;
    let expected = "2026-02-01 to 2026-02-08: +59 (+5,900.0%) against 2026-01-01 to 2026-01-08";
    assert!(detail(&this_month).contains(expected), "{}", detail(&this_month));
    // A file has only the values of the steps, without what they are compared with.
    let file = filtered(&routes::of_panel(routes::PANEL_CSV, "sales", "monthly"), &february);
    let csv = Answer::read(reed.request(Method::GET, &file).send().await.unwrap()).await;
    assert_eq!(csv.assert_status(200).body.lines().skip(1).collect::<Vec<_>>(), ["2026-02,60"], "{csv:#?}");
    // Without a filter, the last step, up to the newest row, is compared with as many days of the one before.
    let page = reed.get(PAGE).await;
    assert!(detail(&page).contains(expected), "{}", detail(&page));
}
