//! Changes that conflict with another change: of a colleague, of a role, or of the data set.

use rolecall_routes as routes;

use super::{hidden, make, panel, start, with_sales};
use crate::support::{TestDb, execute, on_both_dialects, signed_in, until};

on_both_dialects! {
    of_two_who_change_a_dashboard_the_second_is_told_and_decides,
    a_dashboard_that_somebody_else_changed_is_deleted_only_by_who_saw_that,
    a_version_that_names_a_deleted_data_set_is_restored_and_says_so,
    who_may_not_write_any_more_saves_nothing_and_loses_nothing,
}

// Case: making/two-editors
async fn of_two_who_change_a_dashboard_the_second_is_told_and_decides(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    let editor = make(&mut wren, "Sales").await;
    let breakdown = routes::dashboard_edit_panel("sales", "breakdown");
    let version = hidden(&wren.get(&breakdown).await, "version");
    assert_eq!(hidden(&ada.get(&breakdown).await, "version"), version);
    ada.submit(&breakdown, &panel(&version, &[("title", "Of Ada"), ("id", "breakdown")])).await.assert_status(303);
    let mine = [("title", "Of Wren"), ("id", "breakdown"), ("unit", "€")];
    let told = wren.submit(&breakdown, &panel(&version, &mine)).await;
    told.assert_status(409).assert_shows("Ada").assert_shows("Changed “Of Ada”").assert_shows("Keep theirs");
    told.assert_shows("Of Wren").assert_shows("Save mine over version 2");
    assert!(told.tables().iter().flatten().any(|row| row.contains(&"title".to_owned())), "{told:#?}");
    assert_eq!(
        (hidden(&told, "version"), hidden(&told, "title"), hidden(&told, "unit")),
        ("2".into(), "Of Wren".into(), "€".into())
    );
    assert_eq!(app.count("dashboard_versions").await, 2);
    wren.submit(&breakdown, &panel("2", &mine)).await.assert_status(303);
    wren.get(&routes::dashboard("sales")).await.assert_shows("Of Wren");
    // Buttons of the editor report the same conflict, as does a panel that was deleted in the meantime.
    let stale = [("version", "1"), ("panel", "rows"), ("do", "delete")];
    ada.submit(&editor, &stale).await.assert_status(409).assert_shows("Of Wren");
    ada.submit(&editor, &[("version", "3"), ("panel", "breakdown"), ("do", "delete")]).await.assert_status(303);
    wren.submit(&breakdown, &panel("3", &mine)).await.assert_status(409).assert_shows("deleted").assert_shows("added");
    wren.submit(&breakdown, &panel("4", &mine)).await.assert_status(303);
    wren.get(&routes::dashboard("sales")).await.assert_shows("Of Wren");
}

// Case: making/delete-conflict
async fn a_dashboard_that_somebody_else_changed_is_deleted_only_by_who_saw_that(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    let editor = make(&mut wren, "Sales").await;
    let page = wren.get(&editor).await;
    let (_, ways_on) = page.body.split_once("id=\"ways-on\"").unwrap();
    assert!(ways_on.contains("name=\"version\" value=\"1\"") && ways_on.contains("delete-dashboard"), "{ways_on}");
    ada.submit(&editor, &[("version", "1"), ("panel", "rows"), ("do", "duplicate")]).await.assert_status(303);
    // A form without the version that was seen deletes nothing.
    wren.submit(&editor, &[("do", "delete-dashboard")]).await.assert_status(422);
    let told = wren.submit(&editor, &[("version", "1"), ("do", "delete-dashboard")]).await;
    told.assert_status(409).assert_shows("Nothing was deleted").assert_shows("Ada").assert_shows("Duplicated “Sales”");
    told.assert_shows("What deleting it would take away").assert_shows("Delete it anyway");
    assert_eq!((hidden(&told, "version"), hidden(&told, "do")), ("2".into(), "delete-dashboard".into()));
    wren.get(&routes::dashboard("sales")).await.assert_status(200);
    let again = wren.submit(&editor, &[("version", "2"), ("do", "delete-dashboard")]).await;
    again.assert_redirect("/dashboards?deleted=sales");
    wren.submit(&editor, &[("version", "2"), ("do", "delete-dashboard")]).await.assert_status(404);
}

// Case: making/restore-names-deleted
async fn a_version_that_names_a_deleted_data_set_is_restored_and_says_so(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let editor = make(&mut wren, "Sales").await;
    for (version, panel) in [("1", "figure"), ("2", "over-time"), ("3", "breakdown"), ("4", "rows")] {
        wren.submit(&editor, &[("version", version), ("panel", panel), ("do", "delete")]).await.assert_status(303);
    }
    execute(app.db(), "UPDATE datasets SET deleted_at = 1 WHERE name = 'sales'").await;
    until("the data set is gone", async || wren.get(&routes::dataset("sales")).await.status == 404).await;
    let history = routes::of_dashboard(routes::DASHBOARD_HISTORY, "sales");
    let restored = wren.submit(&history, &[("version", "5"), ("restored", "1")]).await;
    restored.assert_redirect(&format!("{editor}?done=6&at=0#done"));
    wren.get(&editor).await.assert_status(200).assert_shows("This panel does not fit its data");
    let mut ada = signed_in(&app, "ada").await;
    ada.get(&routes::dashboard("sales")).await.assert_status(200).assert_shows("There is no data set “sales”.");
    // Other panels can still be changed, but a panel of the missing data set cannot be saved.
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    wren.submit(&add, &panel("6", &[])).await.assert_status(422).assert_shows("There is no data set `sales`");
    wren.submit(&add, &panel("6", &[("kind", "text"), ("text", "Hello")])).await.assert_status(303);
}

// Case: making/role-lost-while-editing
async fn who_may_not_write_any_more_saves_nothing_and_loses_nothing(database: &TestDb) {
    let mut app = start(database).await;
    let mut wren = with_sales(&app).await;
    let editor = make(&mut wren, "Sales").await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    let typed =
        panel("1", &[("title", "What I typed"), ("filters[0].column", "region"), ("filters[0].value", "a\r\nb")]);
    for role in ["'read'", "NULL"] {
        execute(app.db(), &format!("UPDATE sign_ins SET role = {role}")).await;
        // Roles of sign-ins are cached in memory.
        app.restart().await;
        wren.get(routes::DASHBOARD_NEW).await.assert_status(403);
        let kept = wren.submit(&add, &typed).await;
        kept.assert_status(403).assert_shows("Nothing was saved").assert_shows("What I typed").assert_shows("a\nb");
        let kept = wren.submit(&editor, &[("version", "1"), ("title", "Of mine"), ("do", "settings")]).await;
        kept.assert_status(403).assert_shows("Of mine");
    }
    assert_eq!(app.count("dashboard_versions").await, 1);
    // A person who was signed out in the meantime gets back what they typed, too.
    wren.cookies.clear();
    wren.submit(&add, &typed).await.assert_status(401).assert_shows("What I typed");
}
