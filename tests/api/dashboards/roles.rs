//! Which role opens a dashboard and its notes.

use std::time::Duration;

use rolecall_routes as routes;

use super::setup;
use crate::support::signed_in;

const MINUTE: Duration = Duration::from_mins(1);

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
