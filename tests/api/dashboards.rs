//! Dashboards in files: who sees them, and what of their data.

use std::time::Duration;

use rolecall::routes;
use rolecall_model::panels::{Note, TableRows};
use serde_json::{Value, json};

use crate::support::faulty_provider::Faults;
use crate::support::{Face, Setup, StandIn, TestApp, execute, signed_in, until};

const MINUTE: Duration = Duration::from_mins(1);
/// Two tables and two notes on one page.
const TWICE: &str = r#"
format = 1
title = "Twice"
[[panels]]
id = "days"
title = "Days"
kind = "table"
dataset = "weather"
columns = [{ column = "date" }]
order = [{ column = "date" }]
[[panels]]
id = "rain"
title = "Rain"
kind = "table"
dataset = "weather"
columns = [{ column = "precipitation" }, { column = "date" }]
order = [{ column = "precipitation", order = "descending" }]
[[panels]]
id = "here"
title = "Here"
kind = "note"
[[panels]]
id = "there"
title = "There"
kind = "note"
"#;
/// For administrators.
const CLOSED: &str = r#"
format = 1
title = "Board of directors"
role = "admin"
[[panels]]
id = "note"
title = "Note"
kind = "note"
[[panels]]
id = "days"
title = "Days"
kind = "table"
dataset = "weather"
columns = [{ column = "date" }]
"#;
/// A table of groups with two rows each, and one that a limit cuts.
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
"#;
/// What there is no data for, beside what there is.
const UNFIT: &str = r#"
format = 1
title = "Unfit"
[[panels]]
id = "large"
title = "Large"
kind = "line"
dataset = "bird-strikes"
measures = [{ compute = "count" }]
by = { column = "Flight Date", step = "day" }
split = { column = "Flight Date", top = 50 }
[[panels]]
id = "nothing"
title = "Nothing"
kind = "figure"
dataset = "never-imported"
measures = [{ compute = "count" }]
[[panels]]
id = "renamed"
title = "Renamed"
kind = "figure"
dataset = "weather"
measures = [{ compute = "sum", of = "temp_maximum" }]
[[panels]]
id = "days"
title = "Days"
kind = "figure"
dataset = "weather"
measures = [{ title = "Days in the data", compute = "count" }]
"#;

fn setup() -> Setup {
    TestApp::setup().with_dashboard("twice", TWICE).with_dashboard("closed", CLOSED).with_dashboard("unfit", UNFIT)
}

/// What a person sees of the weather: the number of days in the table, on the page and in the API.
async fn days(app: &TestApp, person: &str) -> (String, u64) {
    let mut browser = signed_in(app, person).await;
    let page = browser.get("/dashboards/weather").await;
    let caption =
        page.assert_status(200).body.split("id=\"table-caption\">").nth(1).unwrap().split('<').next().unwrap();
    let token = app.person_token(person).await;
    let table: Value = app.ask(&routes::api_v1_panel("weather", "table"), &token).await.assert_status(200).json();
    (caption.to_owned(), table["total"].as_u64().unwrap())
}

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

// Case: dashboards/closed
#[tokio::test]
async fn a_dashboard_of_a_higher_role_does_not_exist_for_others() {
    let app = setup().start().await;
    let mut wren = signed_in(&app, "wren").await;
    wren.get("/dashboards/closed").await.assert_status(404);
    assert!(!wren.get("/dashboards").await.body.contains("Board of directors"));
    let fields = [("slug", "closed"), ("panel", "note"), ("body", "x"), ("version", "0")];
    wren.call(routes::API_SAVE_NOTE, &fields).await.assert_status(404);
    let token = app.person_token("wren").await;
    app.ask(&routes::api_v1_dashboard("closed"), &token).await.assert_problem(404);
    app.ask(&routes::api_v1_panel("closed", "note"), &token).await.assert_problem(404);

    let mut ada = signed_in(&app, "ada").await;
    ada.get("/dashboards/closed").await.assert_status(200).assert_shows("Board of directors");
    ada.get("/dashboards").await.assert_shows("Board of directors");
    app.browser().get("/dashboards/closed").await.assert_status(303);
}

// Case: step-up/dashboard
#[tokio::test]
async fn a_dashboard_that_step_up_closes_says_so_and_so_does_its_note() {
    let app = setup().set("ROLECALL_STEP_UP__ADMIN", "15m").start().await;
    let mut ada = signed_in(&app, "ada").await;
    ada.get("/dashboards/closed").await.assert_status(200);
    app.clock.advance(16 * MINUTE);
    ada.get("/dashboards").await.assert_shows("Board of directors");
    ada.get("/dashboards/closed").await.assert_redirect("/login/demo?prompt=login&return_to=/dashboards/closed");
    ada.fetch("/api/table_page?slug=closed&panel=days&page=1").await.assert_status(401);
    let token = app.person_token("ada").await;
    app.ask(&routes::api_v1_dashboard("closed"), &token).await.assert_status(200);
    app.clock.advance(16 * MINUTE);
    for path in [routes::api_v1_dashboard("closed"), routes::api_v1_panel("closed", "note")] {
        let challenge = app.ask(&path, &token).await;
        assert!(
            challenge.assert_problem(401).challenge().contains("insufficient_user_authentication"),
            "{challenge:#?}"
        );
    }
    let fields = [("slug", "closed"), ("panel", "note"), ("body", "x"), ("version", "0")];
    ada.call(routes::API_SAVE_NOTE, &fields).await.assert_status(401);
    assert_eq!(app.count("notes").await, 0);
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
    assert!(!page.body.contains("cannot be read"), "a failure is never kept: {page:#?}");
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

    // What is no column of the table is told, and the table is there as usual.
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

// Case: dashboards/note-to-read
#[tokio::test]
async fn who_may_not_edit_a_note_reads_it() {
    let app = setup().start().await;
    let (mut wren, mut reed) = (signed_in(&app, "wren").await, signed_in(&app, "reed").await);
    reed.get("/dashboards/twice").await.assert_shows("No note yet.");
    let fields = [("slug", "twice"), ("panel", "here"), ("body", "<b>open</b> until six"), ("version", "0")];
    wren.call(routes::API_SAVE_NOTE, &fields).await.assert_status(200);
    let page = reed.get("/dashboards/twice").await;
    page.assert_shows("&lt;b&gt;open&lt;/b&gt; until six").assert_shows("Wren");
    assert!(!page.body.contains("<textarea") && !page.body.contains("save_note"), "{page:#?}");
    wren.get("/dashboards/twice").await.assert_shows("<textarea");
}

// Case: row-rules/exact, row-rules/every-path, row-rules/cache
#[tokio::test]
async fn each_person_sees_the_rows_of_their_rules_and_no_others() {
    let app = setup().start().await;
    assert_eq!(days(&app, "ada").await, ("2,922 rows".to_owned(), 2922));
    let rule = r#"[{"column": "location", "is": {"values": ["Seattle"]}, "except": "admin"}]"#;
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'weather'")).await;
    // The list of data sets is kept for a second.
    until("the rule holds", async || days(&app, "wren").await == ("1,461 rows".to_owned(), 1461)).await;
    assert_eq!(days(&app, "ada").await, ("2,922 rows".to_owned(), 2922));
    let mut wren = signed_in(&app, "wren").await;
    let page = wren.get("/dashboards/weather").await;
    assert!(!page.assert_status(200).body.contains("New York,"), "{page:#?}");
    let turned = wren.fetch("/api/table_page?slug=weather&panel=table&page=2").await;
    assert!(!turned.assert_status(200).body.contains("New York"), "{turned:#?}");
}

// Case: row-rules/no-match
#[tokio::test]
async fn who_meets_no_rule_sees_no_rows() {
    let app = setup().start().await;
    let rule = r#"[{"column": "location", "is": {"claim": "no_such_claim"}}]"#;
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'weather'")).await;
    until("the rule holds", async || days(&app, "wren").await == ("0 rows".to_owned(), 0)).await;
    assert_eq!(days(&app, "ada").await, ("0 rows".to_owned(), 0));
}

/// The rows of the weather whose location is what `claim` says, on the page and in the API.
async fn rows_by(rule: &str, claims: Value) -> (String, u64) {
    let app = setup().start().await;
    let rule = format!(r#"[{{"column": "location", "is": {rule}}}]"#);
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'weather'")).await;
    app.demo().set_faults(Faults { extra_claims: claims.as_object().unwrap().clone(), ..Faults::default() });
    until("the rule holds", async || days(&app, "ada").await.0 != "2,922 rows").await;
    days(&app, "wren").await
}

// Case: row-rules/unverified-email
#[tokio::test]
async fn a_rule_by_email_needs_an_address_that_the_provider_has_verified() {
    let email = r#""email""#;
    let verified = rows_by(email, json!({"email": "Seattle"})).await;
    assert_eq!(verified.0, "1,461 rows");
    for unverified in
        [json!({"email": "Seattle", "email_verified": false}), json!({"email": "Seattle", "email_verified": null})]
    {
        assert_eq!(rows_by(email, unverified).await.0, "0 rows");
    }
}

// Case: row-rules/groups
#[tokio::test]
async fn a_rule_by_groups_knows_those_of_the_token() {
    assert_eq!(rows_by(r#""groups""#, json!({"groups": ["Seattle", "other"]})).await.0, "1,461 rows");
    assert_eq!(rows_by(r#""groups""#, json!({"groups": ["other"]})).await.0, "0 rows");
}

// Case: row-rules/api
#[tokio::test]
async fn rules_know_the_claims_of_an_access_token_of_a_person() {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    let rows = async |rule: &str, claims: Value| {
        let rule = format!(r#"[{{"column": "location", "is": {rule}}}]"#);
        execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'weather'")).await;
        let token = stand_in.access_token(|token| token.claim(claims));
        let path = routes::api_v1_panel("weather", "table");
        let rows = async || app.ask(&path, &token).await.assert_status(200).json::<Value>()["total"].as_u64();
        until("the rule holds", async || rows().await != Some(2922)).await;
        execute(app.db(), "UPDATE datasets SET row_rules = '[]' WHERE name = 'weather'").await;
        let held = rows().await;
        until("the rule is gone", async || rows().await == Some(2922)).await;
        held
    };
    let (half, none) = (Some(1461), Some(0));
    let town = r#"{"claim": "town"}"#;
    assert_eq!(rows(town, json!({"town": "Seattle"})).await, half);
    assert_eq!(rows(town, json!({"town": ["Paris"]})).await, none);
    assert_eq!(rows(town, json!({})).await, none);
    assert_eq!(rows(r#""groups""#, json!({"groups": ["Seattle"]})).await, half);
    assert_eq!(rows(r#""email""#, json!({"email": "Seattle"})).await, none);
    assert_eq!(rows(r#""email""#, json!({"email": "Seattle", "email_verified": true})).await, half);
    let application = json!({"sub": "some-tool", "scope": null, "name": null, "town": "Seattle"});
    assert_eq!(rows(town, application).await, none);
}

/// What is expected was worked out from `src/datasets/built_in/birdstrikes.csv` by a script of a few lines.
#[tokio::test]
async fn the_bird_strikes_are_what_was_worked_out_from_the_data() {
    const BIRDS: &str = include_str!("../../config/dashboards/bird-strikes.toml");
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
