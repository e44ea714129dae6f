//! Who may see what and why, and the health of Rolecall.

use std::time::Duration;

use rolecall_routes as routes;

use super::{number_of, setup};
use crate::support::{Answer, Browser, TestApp, TestDb, execute, on_both_dialects, signed_in, until};

on_both_dialects! {
    an_administrator_asks_whether_somebody_may_see_something_and_why,
    what_is_asked_about_is_found_by_a_part_of_its_name_path_or_id,
    the_page_that_looks_again_does_not_count_everything_each_time,
}

const SECRET: &str = r#"
format = 1
title = "Board"
role = "write"
[[panels]]
id = "count"
title = "How many"
kind = "figure"
role = "admin"
dataset = "weather"
measures = [{ compute = "count" }]
"#;

async fn ask(administrator: &mut Browser, person: &str, address: &str) -> Answer {
    administrator.get(&format!("{}?person={person}&address={address}", routes::ADMIN_ACCESS)).await
}

// Case: admin/access-matrix
#[tokio::test]
async fn the_matrix_says_what_is_enforced() {
    let app = TestApp::setup().with_dashboard("board", SECRET).start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    wren.get(routes::ADMIN_ACCESS).await.assert_status(403);
    let page = ada.get(routes::ADMIN_ACCESS).await;
    page.assert_status(200).assert_shows("<bdi>Board<").assert_shows("<bdi>Board: How many<");
    let cells = |what: &str| {
        let row = page.body.split(what).nth(1).unwrap().split("</tr>").next().unwrap().to_owned();
        row.matches(">yes<").count()
    };
    assert_eq!(cells("<bdi>Board<"), 2);
    assert_eq!(cells("<bdi>Board: How many<"), 1);
    assert_eq!(cells("<code>/admin/access<"), 1);
    assert_eq!(cells("<code>/sign-in<"), 5);
    assert_eq!(cells("<code>/api/save_note<"), 2);
    for (path, told) in [
        (routes::DASHBOARD_EDIT, "the owner of the dashboard, with the role Write, and administrators"),
        (routes::API_V1_DASHBOARD, "the dashboard says"),
        (routes::API_V1_DATASET, "the data set says"),
        (routes::PANEL_CSV, "the panel and its data set say"),
        (routes::DASHBOARD_DOCUMENT, "Write at least, and what the dashboard says"),
    ] {
        let what = format!("<code>{path}<");
        assert_eq!(cells(&what), 0, "{path}");
        let row = page.body.split(&what).nth(1).unwrap().split("</tr>").next().unwrap();
        assert!(row.contains(told), "{path}: {row}");
    }
    for rule in rolecall::policy::POLICY {
        assert!(page.body.contains(&format!("<code>{}<", rule.path)) || rule.path.contains("/apps"), "{}", rule.path);
    }
}

// Case: admin/access-question
async fn an_administrator_asks_whether_somebody_may_see_something_and_why(database: &TestDb) {
    let app = setup(database).with_dashboard("board", SECRET).set("ROLECALL_STEP_UP__WRITE", "1h").start().await;
    let mut ada = signed_in(&app, "ada").await;
    for person in ["wren", "reed", "nora"] {
        signed_in(&app, person).await;
    }
    let no = ask(&mut ada, "reed", "/dashboards/board").await;
    no.assert_status(200).assert_shows("<strong>No. ").assert_shows("needs the role Write");
    no.assert_shows("The provider demo gave them the role Read");
    let yes = ask(&mut ada, "wren", "/dashboards/board").await;
    yes.assert_shows("<strong>Yes. ").assert_shows("These panels stay closed to them: “How many” (Admin).");
    yes.assert_shows("within the last 60 minutes");
    ask(&mut ada, "nora", routes::ACCOUNT).await.assert_shows("<strong>Yes. ").assert_shows("no role");
    ask(&mut ada, "nora", routes::HOME).await.assert_shows("open to anybody");
    ask(&mut ada, "nora", "/dashboards/none").await.assert_shows("There is no rule for this address");
    ask(&mut ada, "nora", "/nowhere").await.assert_shows("There is no rule for this address");
    ask(&mut ada, "zzz", "/").await.assert_shows("Nobody with this name or address has signed in.");
    let several = ask(&mut ada, "example", "/dashboards/board").await;
    several.assert_shows("Who is meant?").assert_shows("<bdi>Wren");
    let number = number_of(&app, "Reed").await;
    let one = format!("{}?person=example&user={number}&address=%2Fdashboards%2Fboard", routes::ADMIN_ACCESS);
    several.assert_shows(&one.replace('&', "&amp;"));
    ada.get(&one).await.assert_shows("<strong>No. ").assert_shows("value=\"example\"");

    // The answer takes decisions of administrators into account.
    let grant = [("user_id", number.as_str()), ("role", "write"), ("reason", "x")];
    ada.submit(routes::API_GRANT_ROLE, &grant).await.assert_status(303);
    let yes = ask(&mut ada, "reed", "/dashboards/board").await;
    yes.assert_shows("<strong>Yes. ").assert_shows("An administrator gave them the role Write here.");
    let disable = [("user_id", number.as_str()), ("reason", "Left <b>us</b>")];
    ada.submit(routes::API_DISABLE_PERSON, &disable).await.assert_status(303);
    let no = ask(&mut ada, "reed", "/dashboards/board").await;
    no.assert_shows("<strong>No. ").assert_shows("Left &lt;b&gt;us");
    execute(app.db(), "UPDATE users SET name = '<img src=x>' WHERE name LIKE 'Reed%'").await;
    let odd = ada.get(&format!("{}?user={number}&address=/", routes::ADMIN_ACCESS)).await;
    assert!(odd.assert_status(200).body.contains("<bdi>&lt;img") && !odd.body.contains("<img src=x"));
}

// Case: admin/access-search
async fn what_is_asked_about_is_found_by_a_part_of_its_name_path_or_id(database: &TestDb) {
    let (nowhere, board) = ("127.0.0.1:1".parse().unwrap(), SECRET.replace("Board", "Water <b>Meters</b>"));
    let setup = setup(database).with_dashboard("hydro", &board).with_app("desk", nowhere, "admin");
    let app = setup.start().await;
    let mut ada = signed_in(&app, "ada").await;
    signed_in(&app, "reed").await;
    // A part of the name, another case, the id, a part of the path with and without the first slash, and the address in
    // another case.
    for asked in ["meter", "WATER", "Hydro", "/dashboards/hy", "dashboards/hydro", "/Dashboards/HYDRO"] {
        let no = ask(&mut ada, "reed", asked).await;
        no.assert_status(200).assert_shows("<strong>No. ").assert_shows("The dashboard “Water &lt;b&gt;Meters");
    }
    ask(&mut ada, "reed", "desk").await.assert_shows("<strong>No. ").assert_shows("needs the role Admin");
    // Both a dashboard and a data set have this name.
    let several = ask(&mut ada, "reed", "weather").await;
    several.assert_shows("What is meant?").assert_shows("<code>/datasets/weather").assert_shows("The data set “");
    let number = number_of(&app, "Reed").await;
    let one = format!("{}?person=reed&user={number}&address=%2Fdashboards%2Fweather", routes::ADMIN_ACCESS);
    several.assert_shows(&one.replace('&', "&amp;"));
    ada.get(&one).await.assert_shows("<strong>Yes. ");
    let nothing = ask(&mut ada, "reed", "%3Ci%3Enone").await;
    nothing.assert_shows("no dashboard, data set, app or page has “").assert_shows("&lt;i&gt;none");
}

// Case: admin/health
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_how_rolecall_is_and_what_its_doctor_finds() {
    let app = TestApp::start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    signed_in(&app, "nora").await;
    wren.get(routes::ADMIN_HEALTH).await.assert_status(403);
    let page = ada.get(routes::ADMIN_HEALTH).await;
    page.assert_status(200).assert_shows("3 (people: 3)").assert_shows("1 (33 %)").assert_shows("SQLite, ");
    page.assert_shows("This instance of Rolecall has not run these checks since its start.");
    wren.submit(routes::ADMIN_HEALTH, &[]).await.assert_status(403);
    ada.submit(routes::ADMIN_HEALTH, &[]).await.assert_redirect(routes::ADMIN_HEALTH);
    until("the doctor has looked", async || {
        let page = ada.get(routes::ADMIN_HEALTH).await;
        page.body.contains("SQLite answers.") && page.body.contains("provider demo")
    })
    .await;
}

// Case: admin/health
async fn the_page_that_looks_again_does_not_count_everything_each_time(database: &TestDb) {
    let app = setup(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    ada.get(routes::ADMIN_HEALTH).await.assert_shows("1 (people: 1)").assert_shows(">0 (0 %)");
    signed_in(&app, "nora").await;
    ada.get(routes::ADMIN_HEALTH).await.assert_shows("1 (people: 1)").assert_shows(">0 (0 %)");
    // Figures that are older than a minute are counted again before they are shown.
    app.clock.advance(Duration::from_secs(61));
    ada.get(routes::ADMIN_HEALTH).await.assert_shows("2 (people: 2)").assert_shows(">1 (50 %)");
}
