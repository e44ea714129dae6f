//! What figures are compared with: chosen beside a range of days, kept in the address, and offered to people who see
//! such a figure.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, SALES_PAGE as PAGE, TestApp, assert_told, filtered, sales_by_day, until};

/// Each amount is a power of two, so that a sum tells which rows are in it.
const ROWS: &str = "day,amount\n2025-01-10,1\n2025-02-10,2\n2026-01-10,4\n2026-02-10,8\n";
/// A figure that shows a comparison, beside one without.
const TOTAL: &str = r#"
[[panels]]
id = "total"
title = "Total"
kind = "figure"
dataset = "sales"
measures = [{ title = "Largest", compute = "maximum", of = "amount", show = ["day"] }, { title = "Sum", compute = "sum", of = "amount" }]
"#;
/// The fields of an address.
type Fields = [(&'static str, &'static str)];

const FEBRUARY: &Fields = &[("period.from", "2026-02-01"), ("period.to", "2026-02-28")];
const IN_FEBRUARY: &str = "2026-02-01 to 2026-02-28";

/// An application with the sales of two months in two years, and the browser of Reed.
async fn start() -> (TestApp, Browser) {
    start_with(ROWS).await
}

/// The same with these `rows`.
async fn start_with(rows: &str) -> (TestApp, Browser) {
    let app = TestApp::with_sales(sales_by_day(TOTAL), rows).await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    until("the rows are there", async || reed.get(PAGE).await.texts_of("figure-value").len() == 4).await;
    (app, reed)
}

/// The path of the page `path` with these fields.
fn with(path: &str, fields: &[&[(&str, &str)]]) -> String {
    filtered(path, &fields.concat())
}

fn details(page: &Answer) -> Vec<String> {
    page.texts_of("figure-detail")
}

/// The comparison that the filter's field shows; empty if the dashboard decides.
fn chosen(page: &Answer) -> String {
    let field = page.body.split("name=\"period.compared\"").nth(1).unwrap().split("</select>").next().unwrap();
    let options = field.split("<option").filter(|option| option.split('>').next().unwrap().contains("selected"));
    options.map(|option| option.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

// Case: export/pictures
// Case: filters/comparison
#[tokio::test]
async fn figures_are_compared_with_what_the_address_says() {
    let (app, mut reed) = start().await;
    let token = app.person_token("reed").await;
    for (choice, of_total, of_monthly, before) in [
        ("", None, "+4 (+100.0%) against 2026-01-01 to 2026-01-31", [json!(null), json!(null), json!(4)]),
        (
            "period_before",
            Some("+4 (+100.0%) against 2026-01-01 to 2026-01-31"),
            "+4 (+100.0%) against 2026-01-01 to 2026-01-31",
            [json!(4), json!(4), json!(4)],
        ),
        (
            "year_before",
            Some("+6 (+300.0%) against 2025-02-01 to 2025-02-28"),
            "+6 (+300.0%) against 2025-02-01 to 2025-02-28",
            [json!(2), json!(2), json!(2)],
        ),
        ("nothing", None, "", [json!(null), json!(null), json!(null)]),
    ] {
        // The form sends the field empty if nothing is chosen.
        let fields = [FEBRUARY, &[("period.compared", choice)]];
        let page = reed.get(&with(PAGE, &fields)).await;
        assert_eq!(chosen(page.assert_status(200)), choice);
        // Whatever they are compared with, the values are those of February. The filter does not apply to the last
        // figure.
        assert_eq!(page.texts_of("figure-value"), ["8", "8", "8", "15"], "{choice}");
        let told =
            |change: &str| if change.is_empty() { IN_FEBRUARY.to_owned() } else { format!("{IN_FEBRUARY}: {change}") };
        let mut expected = vec!["2026-02-10".to_owned()];
        if let Some(change) = of_total {
            expected.extend([told(change), told(change)]);
        }
        expected.push(told(of_monthly));
        assert_eq!(details(&page), expected, "{choice}");
        let picture = reed.get(&with(&routes::of_panel(routes::PANEL_SVG, "sales", "monthly"), &fields)).await;
        picture.assert_status(200).assert_shows(&format!(">{}</text>", told(of_monthly)));
        let figures = async |panel: &str| -> Value {
            let path = with(&routes::api_v1_panel("sales", panel), &fields);
            app.ask(&path, &token).await.assert_status(200).json::<Value>()["figures"].clone()
        };
        let (total, monthly) = (figures("total").await, figures("monthly").await);
        assert_eq!([&total[0]["value"], &total[1]["value"], &monthly[0]["value"]], [8, 8, 8], "{choice}");
        let told = [&total[0]["before"], &total[1]["before"], &monthly[0]["before"]];
        assert_eq!(told.map(Clone::clone), before, "{choice}");
    }
}

// Case: filters/comparison
// Case: filters/permalink
#[tokio::test]
async fn a_link_keeps_the_comparison_and_takes_it_back() {
    let (app, mut reed) = start().await;
    let link = with(PAGE, &[FEBRUARY, &[("period.compared", "year_before")]]);
    let mut fresh = app.browser();
    fresh.sign_in_as("reed").await;
    // A page cached with one comparison is not shown for another.
    let usual = reed.get(&with(PAGE, &[FEBRUARY])).await;
    for _ in 0..2 {
        let again = fresh.get(&link).await;
        assert!(details(&again).iter().any(|detail| detail.contains("against 2025-02-01")), "{again:#?}");
        assert_eq!(details(&reed.get(&with(PAGE, &[FEBRUARY])).await), details(&usual));
    }
    let page = reed.get(&link).await;
    page.assert_shows("Day, compared with: A year before");
    // Ranges with a name keep it, and all days have no year before them.
    page.assert_shows("href=\"/dashboards/sales?period=this_month&amp;period.compared=year_before\"");
    page.assert_shows("href=\"/dashboards/sales?period=all\"");
    // A panel by itself, and the way back.
    page.assert_shows("/dashboards/sales/panels/total?period.from=2026-02-01&amp;period.to=2026-02-28&amp;period.compared=year_before");
    let alone =
        reed.get(&with("/dashboards/sales/panels/total", &[FEBRUARY, &[("period.compared", "year_before")]])).await;
    alone.assert_status(200).assert_shows("+6 (+300.0%) against ");
    assert_eq!(chosen(&alone), "year_before");
    // A file has only the values, without what they are compared with.
    let file =
        with(&routes::of_panel(routes::PANEL_CSV, "sales", "monthly"), &[FEBRUARY, &[("period.compared", "nothing")]]);
    let csv = Answer::read(reed.request(Method::GET, &file).send().await.unwrap()).await;
    assert_eq!(csv.assert_status(200).body.lines().skip(1).collect::<Vec<_>>(), ["2026-02,8"], "{csv:#?}");
}

// Case: filters/comparison
#[tokio::test]
async fn a_range_with_a_name_is_compared_and_days_without_an_end_with_nothing_alone() {
    let (_app, mut reed) = start().await;
    // The newest day is February 10.
    let this_year = [("period", "this_year"), ("period.compared", "year_before")];
    let page = reed.get(&with(PAGE, &[&this_year])).await;
    // The sum is 4 + 8 now and was 1 + 2 then.
    let expected = "2026-01-01 to 2026-02-10: +9 (+300.0%) against 2025-01-01 to 2025-02-10";
    assert_eq!(details(&page).last().unwrap(), expected);
    // Without a range, the last month is compared with the one before.
    assert_eq!(details(&reed.get(PAGE).await).last().unwrap(), "2026-02: +4 (+100.0%) since 2026-01");
    let alone = reed.get(&with(PAGE, &[&[("period.compared", "nothing")]])).await;
    assert_eq!(details(&alone).last().unwrap(), "2026-02");
    assert_eq!(alone.texts_of("figure-value")[2], "8");
    assert!(!alone.body.contains("class=\"bad\""), "{alone:#?}");
}

// Case: panel/compares-like-with-like
#[tokio::test]
async fn a_month_that_is_not_over_is_compared_with_as_many_days_of_the_one_before() {
    // The amount of January 25 does not count, so February has more.
    let (app, mut reed) = start_with("day,amount\n2026-01-05,1\n2026-01-25,64\n2026-02-05,4\n2026-02-10,8\n").await;
    let page = reed.get(PAGE).await;
    let expected = "2026-02-01 to 2026-02-10: +11 (+1,100.0%) against 2026-01-01 to 2026-01-10";
    assert_eq!((details(&page).last().unwrap().as_str(), page.texts_of("figure-value")[2].as_str()), (expected, "12"));
    let token = app.person_token("reed").await;
    let api: Value = app.ask(&routes::api_v1_panel("sales", "monthly"), &token).await.assert_status(200).json();
    let figure = &api["figures"][0];
    assert_eq!((&figure["value"], &figure["before"], &figure["values"]), (&json!(12), &json!(1), &json!([65, 12])));
    let picture = reed.get(&routes::of_panel(routes::PANEL_SVG, "sales", "monthly")).await;
    picture.assert_status(200).assert_shows("2026-01-10");
}

// Case: panel/compares-like-with-like
#[tokio::test]
async fn a_month_that_is_over_is_compared_with_the_one_before() {
    let (_app, mut reed) = start_with("day,amount\n2026-01-05,1\n2026-01-25,64\n2026-02-05,4\n2026-02-28,8\n").await;
    let page = reed.get(PAGE).await;
    assert_eq!(details(&page).last().unwrap(), "2026-02: \u{2212}53 (\u{2212}81.5%) since 2026-01");
}

// Case: panel/compares-shares
#[tokio::test]
async fn a_share_is_that_of_the_last_step_and_never_of_all_days_together() {
    const SHARE: &str = "[[panels]]\nid = \"share\"\ntitle = \"Share\"\nkind = \"figure\"\ndataset = \"sales\"\n\
                         measures = [{ compute = \"share\", of = \"amount\" }]\n\
                         by = { column = \"day\", step = \"month\" }\ncompare = true\n";
    let rows = "day,amount\n2026-01-05,1\n2026-02-05,1\n2026-02-10,2\n";
    let app = TestApp::with_sales(sales_by_day(SHARE), rows).await;
    let token = app.person_token("reed").await;
    let path = routes::api_v1_panel("sales", "share");
    until("the rows are there", async || app.ask(&path, &token).await.body.contains("\"value\":0.75")).await;
    let both: &Fields = &[("period.from", "2026-01-01"), ("period.to", "2026-02-28")];
    for (fields, before) in [
        (Vec::new(), json!(0.25)),
        (both.to_vec(), json!(0.25)),
        ([both, &[("period.compared", "year_before")]].concat(), json!(0.25)),
        ([both, &[("period.compared", "nothing")]].concat(), json!(null)),
    ] {
        let answer = app.ask(&filtered(&path, &fields), &token).await;
        let figure = answer.assert_status(200).json::<Value>()["figures"][0].clone();
        assert_eq!((&figure["value"], &figure["before"]), (&json!(0.75), &before), "{fields:?}");
    }
}

// Case: filters/comparison
#[tokio::test]
async fn what_a_panel_says_of_its_days_holds_also_of_those_that_it_is_compared_with() {
    const OWN: &str = "[[panels]]\nid = \"own\"\ntitle = \"Own\"\nkind = \"figure\"\ndataset = \"sales\"\n\
                       measures = [{ compute = \"count\" }]\n\
                       filters = [{ column = \"day\", at_least = \"2026-02-01\", at_most = \"2026-02-28\" }]\n";
    let app = TestApp::with_sales(sales_by_day(&format!("{TOTAL}{OWN}")), ROWS).await;
    let token = app.person_token("reed").await;
    let compared = async |panel: &str| {
        let path = with(&routes::api_v1_panel("sales", panel), &[FEBRUARY, &[("period.compared", "year_before")]]);
        app.ask(&path, &token).await
    };
    until("the rows are there", async || compared("own").await.body.contains("\"value\":1")).await;
    let figure = |answer: Answer| answer.assert_status(200).json::<Value>()["figures"][0].clone();
    let (total, own) = (figure(compared("total").await), figure(compared("own").await));
    assert_eq!([&total["before"], &own["value"], &own["before"]], [2, 1, 0], "{own:#}");
}

// Case: filters/comparison-sentences
#[tokio::test]
async fn a_comparison_that_cannot_be_taken_is_told_and_not_in_force() {
    let (app, mut reed) = start().await;
    let usual = details(&reed.get(&with(PAGE, &[FEBRUARY])).await);
    let all = details(&reed.get(PAGE).await);
    let cases: [(&Fields, &str, &str, &[String]); 4] = [
        (FEBRUARY, "the_moon", "there is no comparison “the_moon”", &usual),
        (FEBRUARY, "<b>", "There are: period_before, year_before, nothing.", &usual),
        (&[], "period_before", "It needs a range with a first and a last day", &all),
        (&[("period", "all")], "year_before", "It needs a range with a first and a last day", &all),
    ];
    for (range, choice, sentence, shown) in cases {
        let fields = [range, &[("period.compared", choice)]].concat();
        let page = assert_told(&app, &mut reed, &fields, sentence).await;
        assert_eq!(details(&page), shown, "{choice}");
    }
    // The choice stays, so that days can be chosen for it.
    let page = reed.get(&with(PAGE, &[&[("period.compared", "year_before")]])).await;
    assert_eq!(chosen(&page), "year_before");
    page.assert_shows("href=\"/dashboards/sales?period=this_month&amp;period.compared=year_before\"");
    let twice = [("period.compared", "nothing"), ("period.compared", "year_before")];
    reed.get(&with(PAGE, &[FEBRUARY, &twice])).await.assert_shows("has “period.compared” more than once");
}

// Case: filters/comparison-offered
#[tokio::test]
async fn a_comparison_is_offered_where_an_open_figure_follows_a_range_of_days() {
    const RANGE: &str = "[[filters]]\nid = \"period\"\nkind = \"date_range\"\ncolumn = \"date\"\nexcept = [\"left\"]\n";
    const CITY: &str = "[[filters]]\nid = \"city\"\nkind = \"values\"\ncolumn = \"location\"\n";
    const CHART: &str = "[[panels]]\nid = \"chart\"\ntitle = \"Chart\"\nkind = \"bar\"\ndataset = \"weather\"\n\
                         measures = [{ compute = \"count\" }]\nby = { column = \"location\" }\n";
    let figure = |id: &str, role: &str| {
        format!(
            "[[panels]]\nid = \"{id}\"\ntitle = \"Days\"\nkind = \"figure\"\nrole = \"{role}\"\ndataset = \"weather\"\n\
             measures = [{{ compute = \"count\" }}]\n"
        )
    };
    let dashboard = |parts: &[&str]| format!("format = 1\ntitle = \"Weather\"\n{}", parts.concat());
    let app = TestApp::setup()
        .with_dashboard("open", dashboard(&[RANGE, CITY, CHART, &figure("days", "read"), &figure("left", "read")]))
        .with_dashboard("no-range", dashboard(&[CITY, CHART, &figure("days", "read")]))
        .with_dashboard("no-figure", dashboard(&[RANGE, CHART, &figure("left", "read")]))
        .with_dashboard("closed", dashboard(&[RANGE, CHART, &figure("days", "write"), &figure("left", "read")]))
        .start()
        .await;
    let (mut reed, mut wren) = (app.browser(), app.browser());
    wren.sign_in_as("wren").await;
    reed.sign_in_as("reed").await;
    let is_offered = |page: &Answer| page.body.contains("name=\"period.compared\"");
    for (slug, to_wren, to_reed) in
        [("open", true, true), ("no-range", false, false), ("no-figure", false, false), ("closed", true, false)]
    {
        let page = routes::dashboard(slug);
        // A filter bar cached for one of them is not shown to the other.
        for _ in 0..2 {
            assert_eq!(is_offered(wren.get(&page).await.assert_status(200)), to_wren, "{slug}");
            assert_eq!(is_offered(reed.get(&page).await.assert_status(200)), to_reed, "{slug}");
        }
    }
    let choice: &[&[(&str, &str)]] = &[&[("period", "last_year"), ("period.compared", "nothing")]];
    for slug in ["no-figure", "closed"] {
        let told = reed.get(&with(&routes::dashboard(slug), choice)).await;
        told.assert_status(200).assert_shows("“period.compared” means nothing here. No figure follows this filter.");
    }
    let told = wren.get(&with(&routes::dashboard("closed"), choice)).await;
    assert!(!told.assert_status(200).body.contains("means nothing here"), "{told:#?}");
    reed.get(&with(&routes::dashboard("no-range"), choice))
        .await
        .assert_shows("There is no filter “period.compared” here");
}
