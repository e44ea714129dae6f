//! The start page: favourites, what people looked at, what is new, the search, and small pictures of dashboards.

use rolecall_routes as routes;

use crate::support::{Answer, Browser, CapturedLog, TestApp, TestDb, execute, on_both_dialects, signed_in, until};

on_both_dialects! {
    favourites_stand_first_for_who_marked_them_and_never_name_what_is_closed,
    what_somebody_looked_at_and_what_came_since_is_listed_also_after_a_restart,
}

/// A dashboard with one chart among its panels.
const RAIN: &str = r#"
format = 1
title = "Rain"
summary = "How much it rained."
[[panels]]
id = "days"
title = "Days"
kind = "figure"
dataset = "weather"
measures = [{ compute = "count", title = "Days counted" }]
[[panels]]
id = "by-place"
title = "By place"
kind = "bar"
dataset = "weather"
measures = [{ compute = "sum", of = "precipitation" }]
by = { column = "location" }
"#;
/// A dashboard with only figures.
const COUNT: &str = r#"
format = 1
title = "Count"
[[panels]]
id = "days"
title = "Days"
kind = "figure"
dataset = "weather"
measures = [{ compute = "count", title = "Days counted" }]
"#;

async fn start(database: &TestDb) -> TestApp {
    let setup = TestApp::setup().on(database);
    setup.with_dashboard("rain", RAIN).with_dashboard("count", COUNT).start().await
}

async fn star(browser: &mut Browser, way: &str, thing: &str, back: &str) -> Answer {
    browser.submit(routes::FAVOURITES, &[(way, thing), ("back", back)]).await
}

/// The content of the section of `page` that `id` labels.
#[track_caller]
fn section<'a>(page: &'a Answer, id: &str) -> &'a str {
    let begin = format!("<section aria-labelledby=\"{id}\"");
    let (_, rest) = page.body.split_once(&begin).unwrap_or_else(|| panic!("no section {id} in {page:#?}"));
    rest.split("</section>").next().unwrap()
}

fn has_section(page: &Answer, id: &str) -> bool {
    page.body.contains(&format!("<section aria-labelledby=\"{id}\""))
}

async fn picture(browser: &mut Browser, slug: &str) -> Answer {
    browser.get(&routes::of_dashboard(routes::DASHBOARD_PREVIEW, slug)).await
}

// Case: front/closed-favourite
async fn favourites_stand_first_for_who_marked_them_and_never_name_what_is_closed(database: &TestDb) {
    let mut app = start(database).await;
    let (mut wren, mut reed) = (signed_in(&app, "wren").await, signed_in(&app, "reed").await);
    let home = wren.get("/").await;
    assert!(!has_section(&home, "favourites-title"), "{home:#?}");
    home.assert_shows("Add Rain to your favourites");
    star(&mut wren, "add", "dashboard/rain", "/").await.assert_redirect("/");
    star(&mut wren, "add", "dashboard/rain", "/dashboards?q=rain").await.assert_redirect("/dashboards?q=rain");
    let home = wren.get("/").await;
    assert!(section(&home, "favourites-title").contains("Rain"), "{home:#?}");
    assert!(!section(&home, "dashboards").contains(">Rain<"), "it is listed twice: {home:#?}");
    wren.get(&routes::dashboard("rain")).await.assert_shows("Remove Rain from your favourites");
    let all = wren.get(routes::DASHBOARDS).await;
    let place = |title: &str| all.body.find(&format!("<bdi>{title}<")).unwrap_or_else(|| panic!("{all:#?}"));
    assert!(place("Rain") < place("Count"), "favourites stand first");
    assert!(!has_section(&reed.get("/").await, "favourites-title"));

    // Something that does not exist, or not for the caller, cannot be marked; and the redirect never leads to another
    // site.
    for thing in ["dashboard/none", "app/none", "rain", "", "dashboard/"] {
        star(&mut wren, "add", thing, "/").await.assert_status(404);
    }
    star(&mut reed, "add", "dashboard/rain", "//evil.test/").await.assert_redirect("/");
    let fields = [("title", "Board"), ("role", "write")];
    wren.submit(routes::DASHBOARD_NEW, &fields).await.assert_status(303);
    star(&mut reed, "add", "dashboard/board", "/").await.assert_status(404);
    star(&mut wren, "add", "dashboard/board", "/").await.assert_redirect("/");
    wren.get(&routes::dashboard("board")).await.assert_status(200);

    // A deleted dashboard is named nowhere; once restored, it is still a favourite.
    let edit = routes::of_dashboard(routes::DASHBOARD_EDIT, "board");
    wren.submit(&edit, &[("version", "1"), ("do", "delete-dashboard")]).await.assert_status(303);
    let home = wren.get("/").await;
    assert!(!home.body.contains("Board"), "{home:#?}");
    wren.submit(routes::DASHBOARDS, &[("slug", "board")]).await.assert_status(303);
    assert!(section(&wren.get("/").await, "favourites-title").contains("Board"));
    // The same holds after the role is lost.
    execute(app.db(), "UPDATE sign_ins SET role = 'read'").await;
    app.restart().await;
    let home = wren.get("/").await;
    assert!(!home.body.contains("Board") && section(&home, "favourites-title").contains("Rain"), "{home:#?}");

    // A mark on something that is gone can be removed, and the answer does not show whether it exists.
    for thing in ["dashboard/rain", "dashboard/none", "app/none"] {
        star(&mut wren, "remove", thing, "/").await.assert_redirect("/");
    }
    assert!(!has_section(&wren.get("/").await, "favourites-title"));
    assert!(has_section(&reed.get("/").await, "favourites-title"), "each has their own");
}

// Case: front/since
async fn what_somebody_looked_at_and_what_came_since_is_listed_also_after_a_restart(database: &TestDb) {
    let mut app = start(database).await;
    let (mut wren, mut reed) = (signed_in(&app, "wren").await, signed_in(&app, "reed").await);
    let fields = [("title", "Sales"), ("role", "read")];
    wren.submit(routes::DASHBOARD_NEW, &fields).await.assert_status(303);
    let home = reed.get("/").await;
    assert!(section(&home, "news").contains("Sales") && section(&home, "news").contains("New dashboard"), "{home:#?}");
    assert!(!has_section(&wren.get("/").await, "news"), "a person's own dashboards must not be listed as new");

    reed.get(&routes::dashboard("rain")).await.assert_status(200);
    app.clock.advance(std::time::Duration::from_secs(1));
    reed.get(&routes::dashboard("sales")).await.assert_status(200);
    // A request with which a script updates a page does not count as a visit.
    let unasked = reed.script(openidconnect::reqwest::Method::GET, &routes::dashboard("count"));
    reed.send(unasked.header("rolecall-unasked", "1")).await.assert_status(200);
    let home = reed.get("/").await;
    assert!(!has_section(&home, "news"), "{home:#?}");
    let visited = |home: &Answer| {
        let visited = section(home, "visited");
        let place = |title: &str| visited.find(&format!("<bdi>{title}<"));
        (place("Sales") < place("Rain") && place("Sales").is_some(), place("Count"))
    };
    assert_eq!(visited(&home), (true, None), "{home:#?}");

    app.restart().await;
    assert_eq!(visited(&reed.get("/").await), (true, None));
    app.clock.advance(std::time::Duration::from_secs(1));
    let settings = [("version", "1"), ("title", "Sold"), ("role", "read"), ("do", "settings")];
    let edit = routes::of_dashboard(routes::DASHBOARD_EDIT, "sales");
    wren.submit(&edit, &settings).await.assert_status(303);
    let home = reed.get("/").await;
    assert!(section(&home, "news").contains("Changed") && section(&home, "news").contains("Sold"), "{home:#?}");
    assert!(section(&home, "visited").contains("Sold") && !home.body.contains("Sales"), "{home:#?}");

    // Once the dashboard needs a higher role, Reed no longer sees its name.
    let settings = [("version", "2"), ("title", "Sold"), ("role", "write"), ("do", "settings")];
    wren.submit(&edit, &settings).await.assert_status(303);
    assert!(!reed.get("/").await.body.contains("Sold"));
}

#[tokio::test]
async fn a_search_leaves_what_has_its_words_and_shows_markup_as_text() {
    let app = TestApp::setup().with_dashboard("rain", RAIN).with_dashboard("count", COUNT).start().await;
    let mut reed = signed_in(&app, "reed").await;
    for path in ["/", routes::DASHBOARDS] {
        let found = reed.get(&format!("{path}?q=RAINED+rain")).await;
        found.assert_status(200).assert_shows("<bdi>Rain<").assert_shows("value=\"RAINED rain\"");
        assert!(!found.body.contains("<bdi>Count<"), "{found:#?}");
        let nothing = reed.get(&format!("{path}?q=%3Cscript%3Ealert(1)")).await;
        nothing.assert_status(200).assert_shows("has these words").assert_shows("&lt;script");
        assert!(!nothing.body.contains("<script>alert"), "{nothing:#?}");
    }
}

// Case: front/memory
#[tokio::test]
async fn no_page_fails_for_its_stars() {
    let app = TestApp::setup().with_dashboard("rain", RAIN).start().await;
    execute(app.db(), "ALTER TABLE bookmarks RENAME TO elsewhere").await;
    let log = CapturedLog::begin();
    let mut reed = signed_in(&app, "reed").await;
    for path in ["/", routes::DASHBOARDS, routes::APPS, "/dashboards/rain"] {
        let page = reed.get(path).await;
        page.assert_status(200);
        assert!(!page.body.contains("your favourites"), "{page:#?}");
    }
    assert!(log.text().contains("what somebody marked cannot be read"), "{}", log.text());
    execute(app.db(), "ALTER TABLE elsewhere RENAME TO bookmarks").await;
    reed.get("/dashboards/rain").await.assert_shows("Add Rain to your favourites");
}

// Case: front/row-rules, row-rules/every-path
#[tokio::test]
async fn a_dashboard_in_small_shows_each_person_their_rows_and_nobody_a_closed_panel() {
    let app = TestApp::setup().with_dashboard("rain", RAIN).with_dashboard("count", COUNT).start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let home = wren.get("/").await;
    home.assert_shows("src=\"/dashboards/rain/preview\"").assert_shows("src=\"/dashboards/weather/preview\"");
    let chart = picture(&mut wren, "rain").await;
    assert_eq!(chart.assert_status(200).header("content-type"), "image/svg+xml");
    // The picture is that of the chart, although figures come before it.
    chart.assert_shows("class=\"bars series-1\"");
    assert!(!chart.body.contains("Days counted"), "{chart:#?}");
    picture(&mut wren, "count").await.assert_status(200).assert_shows("Days counted").assert_shows("2,922");

    let rule = r#"[{"column": "location", "is": {"claim": "no_such_claim"}, "except": "admin"}]"#;
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'weather'")).await;
    until("the rule holds", async || {
        picture(&mut wren, "count").await.body.contains("class=\"figure\" x=\"8\" y=\"50\">0<")
    })
    .await;
    picture(&mut wren, "rain").await.assert_status(200).assert_shows("no values");
    picture(&mut ada, "count").await.assert_status(200).assert_shows("2,922");
    picture(&mut ada, "rain").await.assert_shows("class=\"bars series-1\"");

    // If its data set is closed, there is no picture, and the page does not ask for one.
    execute(app.db(), "UPDATE datasets SET role = 'admin' WHERE name = 'weather'").await;
    until("it is closed", async || picture(&mut wren, "rain").await.status == 404).await;
    assert!(!wren.get("/").await.body.contains("/dashboards/rain/preview"));
    picture(&mut wren, "none").await.assert_status(404);
    picture(&mut app.browser(), "rain").await.assert_status(303);
}
