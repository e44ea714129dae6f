//! Filters that somebody adds to a dashboard in the browser.

use rolecall_routes as routes;

use crate::support::{Browser, TestApp, TestDb, on_both_dialects, until};

on_both_dialects! {
    filters_are_proposed_added_changed_and_removed_by_form,
}

// Case: filters/made
async fn filters_are_proposed_added_changed_and_removed_by_form(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let fields = [("dataset", "weather"), ("title", "Rain"), ("role", "read")];
    let editor = wren.submit(routes::DASHBOARD_NEW, &fields).await.location().to_owned();
    let page = routes::dashboard("rain");
    let proposed = wren.get(&page).await;
    proposed.assert_status(200).assert_shows("name=\"period.from\"").assert_shows("value=\"Seattle\"");
    let shown = wren.get(&editor).await;
    shown.assert_status(200).assert_shows("Filters (2)").assert_shows("name=\"dashboard_filters[1].of\"");

    let save = async |wren: &mut Browser, version: &str, fields: &[(&str, &str)]| {
        let fields = [&[("version", version), ("do", "filters")], fields].concat();
        wren.submit(&editor, &fields).await
    };
    let wrong = [("dashboard_filters[0].column", "weather"), ("dashboard_filters[0].id", "Not A Name")];
    let refused = save(&mut wren, "1", &wrong).await;
    refused.assert_status(422).assert_shows("Give 1 to 64 small letters").assert_shows("value=\"Not A Name\"");
    let days = [("dashboard_filters[0].column", "weather"), ("dashboard_filters[0].kind", "date_range")];
    save(&mut wren, "1", &days).await.assert_status(422).assert_shows("holds no days or times");
    let right = [
        ("dashboard_filters[0].column", ""),
        ("dashboard_filters[1].column", "weather"),
        ("dashboard_filters[1].title", "Sky"),
        ("dashboard_filters[1].except", "rows"),
    ];
    save(&mut wren, "1", &right).await.assert_redirect(&format!("{editor}?done=2#done"));
    let changed = wren.get(&format!("{page}?sky=snow")).await;
    changed.assert_status(200).assert_shows("Sky: snow");
    assert!(!changed.body.contains("name=\"period.from\""));
    // A panel to which the filter does not apply can be deleted without breaking the filter.
    let delete = [("version", "2"), ("do", "delete"), ("panel", "rows")];
    wren.submit(&editor, &delete).await.assert_status(303);
    save(&mut wren, "3", &[]).await.assert_redirect(&format!("{editor}?done=4#done"));
    until("the filter is gone", async || !wren.get(&page).await.body.contains("data-filters")).await;
}
