//! The editor: from a proposal to a dashboard that others see, and how its panels are arranged.

use std::fmt::Write as _;

use rolecall_routes as routes;

use super::{edit, hidden, make, offered, panel, start, with_sales};
use crate::support::{Answer, TestDb, on_both_dialects, signed_in, until};

on_both_dialects! {
    a_data_set_becomes_a_dashboard_that_others_see,
    a_long_title_with_markup_is_text_everywhere,
    a_dashboard_of_forty_panels_is_edited_and_shown,
    a_panel_is_put_at_a_place_and_has_any_width,
}

/// A title of 200 characters: from right to left, with markup, and long.
const TITLE_BEGINS: &str = "מכירות <script>alert(1)</script> & \"Sales\" ";

/// The notice on `page` about the last change.
#[track_caller]
fn notice_of(page: &Answer) -> String {
    let (_, notice) = page.body.split_once("id=\"done\"").unwrap_or_else(|| panic!("no notice in {page:#?}"));
    notice.split("</div>").next().unwrap().to_owned()
}

// Case: making/whole-way
async fn a_data_set_becomes_a_dashboard_that_others_see(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let of_sales = routes::dashboard_of("sales");
    wren.get(&routes::dataset("sales")).await.assert_shows(&of_sales);
    wren.get(routes::DASHBOARD_NEW).await.assert_status(200).assert_shows(&of_sales);
    let proposal = wren.get(&of_sales).await;
    proposal.assert_status(200).assert_shows("amount by region").assert_shows("value=\"Sales\"");
    let editor = make(&mut wren, "Sales 2026").await;
    assert_eq!(editor, edit("sales-2026"));
    let mut reed = signed_in(&app, "reed").await;
    let shown = reed.get(&routes::dashboard("sales-2026")).await;
    shown.assert_status(200).assert_shows("amount by region").assert_shows("120.5").assert_shows("amount by month");
    // With only three rows, the figure is the total: there is nothing to compare.
    shown.assert_shows("Total amount").assert_shows("157.5");
    assert!(!shown.body.contains("since 2026") && !shown.body.contains("as in 2026"), "{shown:#?}");
    reed.get(routes::DASHBOARDS).await.assert_shows("Sales 2026");

    // A panel is refused with the mistake beside its field and everything that was typed; then its fields are shown, it
    // is previewed, and it is saved.
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales-2026");
    wren.get(&add).await.assert_status(200).assert_shows("Show fields");
    let wrong = [("measures[0].compute", "median"), ("measures[0].of", "region"), ("limit", "many"), ("unit", "€")];
    let refused = wren.submit(&add, &panel("1", &wrong)).await;
    refused.assert_status(422).assert_shows("which have no median").assert_shows("Type a whole number from 1 on");
    refused.assert_shows("value=\"many\"").assert_shows("value=\"€\"").assert_shows("value=\"Sales by region\"");
    // Missing fields are named by their labels, beside the preview before the panel is saved.
    let missing = [("do", "show"), ("measures[0].compute", ""), ("by.column", "")];
    let shown = wren.submit(&add, &panel("1", &missing)).await;
    shown.assert_status(200).assert_shows("The preview still needs this").assert_shows("Choose what to calculate");
    shown.assert_shows("Choose the column that makes the bars");
    assert!(!shown.body.contains("Nothing was saved yet") && !shown.body.contains("`by`"), "{shown:#?}");
    let shown = wren.submit(&add, &panel("1", &[("do", "show"), ("kind", "text"), ("text", "Hello **you**")])).await;
    shown.assert_status(200).assert_shows("Text (**bold**").assert_shows("<strong>you</strong>");
    // Values for which a text has no field are kept in hidden fields.
    assert_eq!(hidden(&shown, "by.column"), "region");
    let preview = wren.submit(&add, &panel("1", &[("do", "preview")])).await;
    preview.assert_status(200).assert_shows("Preview").assert_shows("South");
    assert_eq!(app.count("dashboard_versions").await, 1);
    let saved = wren.submit(&add, &panel("1", &[("width", "6")])).await;
    saved.assert_redirect(&format!("{editor}#edit-sales-by-region"));
    reed.get(&routes::dashboard("sales-2026")).await.assert_shows("id=\"sales-by-region\"");

    // The panel is moved, resized, duplicated and deleted; then the settings are changed, and that is undone. Each
    // action leads to its place on the page, where a notice says what was done.
    for (version, wish, at, told) in [
        (2, "earlier", 3, "Moved “Sales by region” earlier"),
        (3, "width", 3, "Set the width of “Sales by region” to 4 of 12"),
        (4, "duplicate", 4, "Duplicated “Sales by region”"),
        (5, "later", 4, "Moved “Sales by region” later"),
        (6, "delete", 4, "Deleted “Sales by region”"),
    ] {
        let (from, made) = (version.to_string(), version + 1);
        let fields = [("version", from.as_str()), ("panel", "sales-by-region"), ("width", "4"), ("do", wish)];
        let there = format!("{editor}?done={made}&at={at}");
        wren.submit(&editor, &fields).await.assert_redirect(&format!("{there}#done"));
        let notice = notice_of(&wren.get(&there).await);
        assert!(notice.contains(told) && notice.contains("value=\"undo\""), "{notice}");
    }
    for (field, wish, told) in [("to", "move", "Type a position"), ("width", "width", "Type a number of columns")] {
        let fields = [("version", "7"), ("panel", "total"), (field, "x"), ("do", wish)];
        wren.submit(&editor, &fields).await.assert_status(422).assert_shows(told);
    }
    let settings = [("version", "7"), ("title", "Sold"), ("role", "write"), ("zone", "Mars"), ("do", "settings")];
    wren.submit(&editor, &settings)
        .await
        .assert_status(422)
        .assert_shows("no time zone")
        .assert_shows("value=\"Mars\"");
    let settings = [("version", "7"), ("title", "Sold"), ("role", "admin"), ("do", "settings")];
    wren.submit(&editor, &settings).await.assert_status(422).assert_shows("no higher than your own");
    let settings = [("version", "7"), ("title", "Sold"), ("role", "write"), ("do", "settings")];
    wren.submit(&editor, &settings).await.assert_redirect(&format!("{editor}?done=8#done"));
    reed.get(&routes::dashboard("sales-2026")).await.assert_status(404);
    let undone = format!("{editor}?done=9");
    wren.submit(&editor, &[("version", "8"), ("do", "undo")]).await.assert_redirect(&format!("{undone}#done"));
    let notice = notice_of(&wren.get(&undone).await);
    assert!(notice.contains("Undid: Changed title, role or other settings (back to version 7)"), "{notice}");
    assert!(!notice.contains("value=\"undo\""), "{notice}");
    // Only the latest change is confirmed, and not one that an address invents.
    for query in ["done=8", "done=99", "done=x&at=x"] {
        assert!(
            !wren.get(&format!("{editor}?{query}")).await.assert_status(200).body.contains("id=\"done\""),
            "{query}"
        );
    }
    wren.get(&format!("{editor}?done=9&at=99")).await.assert_status(200).assert_shows("id=\"done\"");
    reed.get(&routes::dashboard("sales-2026")).await.assert_status(200).assert_shows("Sales 2026");
    let history = wren.get(&routes::of_dashboard(routes::DASHBOARD_HISTORY, "sales-2026")).await;
    history.assert_status(200).assert_shows("(back to version 7)").assert_shows("Wren Hollis");
    assert_eq!(history.tables()[0].len(), 9);
    wren.get(&routes::dashboard_version("sales-2026", 1)).await.assert_status(200).assert_shows("What changed since");
    wren.get(&routes::dashboard_version("sales-2026", 99)).await.assert_status(404);
}

// Case: making/long-name
async fn a_long_title_with_markup_is_text_everywhere(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let rest = 200 - TITLE_BEGINS.chars().count();
    let title = format!("{TITLE_BEGINS}{}", "x".repeat(rest));
    let editor = make(&mut wren, &title).await;
    let slug = routes::slug_of_dashboard(&editor).unwrap().to_owned();
    let panel_form = routes::dashboard_edit_panel(&slug, "breakdown");
    wren.submit(&panel_form, &panel("1", &[("title", &title), ("id", "breakdown")])).await.assert_status(303);
    wren.submit(&panel_form, &panel("1", &[("title", &title)])).await.assert_status(409);
    for path in [
        editor.clone(),
        panel_form,
        routes::dashboard(&slug),
        routes::DASHBOARDS.to_owned(),
        routes::of_dashboard(routes::DASHBOARD_HISTORY, &slug),
        routes::dashboard_version(&slug, 1),
    ] {
        let shown = wren.get(&path).await;
        shown.assert_status(200).assert_shows("&lt;script&gt;alert(1)&lt;/script&gt;");
        assert!(!shown.body.contains("<script>alert(1)"), "{shown:#?}");
    }
    let too_long = format!("{title}x");
    let fields = [("dataset", "sales"), ("title", too_long.as_str()), ("role", "read")];
    wren.submit(routes::DASHBOARD_NEW, &fields).await.assert_status(422).assert_shows("200 characters");
}

// Case: making/forty-panels
async fn a_dashboard_of_forty_panels_is_edited_and_shown(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let mut toml = "format = 1\ntitle = \"Forty\"\n".to_owned();
    for at in 0..40 {
        _ = write!(
            toml,
            "[[panels]]\nid = \"p{at}\"\ntitle = \"Panel {at}\"\nkind = \"bar\"\ndataset = \"sales\"\nwidth = 3\n\
             measures = [{{ compute = \"sum\", of = \"amount\" }}]\nby = {{ column = \"region\" }}\n"
        );
    }
    let imported = wren.submit(routes::DASHBOARD_IMPORT, &[("text", toml.as_str())]).await;
    imported.assert_redirect(&edit("forty"));
    let shown = wren.get(&edit("forty")).await;
    shown.assert_status(200).assert_shows("id=\"edit-p39\"");
    wren.submit(&edit("forty"), &[("version", "1"), ("panel", "p39"), ("do", "earlier")]).await.assert_status(303);
    wren.get(&routes::dashboard("forty")).await.assert_status(200).assert_shows("Panel 39");
    // Panels that took longer than the page waited are there when the page is loaded again.
    let drawn = |page: &Answer| page.body.matches("class=\"plot-svg\"").count();
    until("forty panels are drawn", async || drawn(&wren.get(&routes::dashboard("forty")).await) == 40).await;
    // A dashboard cannot have more than sixty panels.
    let more = toml.replace("\"p", "\"q").replace("format = 1\ntitle = \"Forty\"\n", "");
    let refused = wren.submit(routes::DASHBOARD_IMPORT, &[("text", &format!("{toml}{more}"))]).await;
    refused.assert_status(422).assert_shows("at most 60 panels");
}

// Case: making/arranged
async fn a_panel_is_put_at_a_place_and_has_any_width(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let editor = make(&mut wren, "Sales").await;
    let page = wren.get(&editor).await;
    page.assert_shows("aria-label=\"Place of “amount by region”\"");
    assert_eq!(offered(&page, "width").len(), 12);
    for place in ["0", "-1", "x", ""] {
        let fields = [("version", "1"), ("panel", "rows"), ("to", place), ("do", "move")];
        let refused = wren.submit(&editor, &fields).await;
        refused.assert_status(422).assert_shows("Type a position, counted from 1.");
        // The message does not link to a field, and the settings are not opened.
        let is_about_settings = refused.body.contains("<details class=\"panel\" open");
        assert!(!refused.body.contains("#field-") && !is_about_settings, "{refused:#?}");
    }
    let fields = [("version", "1"), ("panel", "rows"), ("to", "1"), ("do", "move")];
    let there = format!("{editor}?done=2&at=0");
    wren.submit(&editor, &fields).await.assert_redirect(&format!("{there}#done"));
    let notice = notice_of(&wren.get(&there).await);
    assert!(notice.contains("Moved “Sales” to place 1"), "{notice}");
    let fields = [("version", "2"), ("panel", "rows"), ("width", "7"), ("do", "width")];
    wren.submit(&editor, &fields).await.assert_status(303);
    wren.get(&editor).await.assert_shows("edited span-7");
    let fields = [("version", "3"), ("panel", "rows"), ("width", "13"), ("do", "width")];
    wren.submit(&editor, &fields).await.assert_status(422).assert_shows("Give a width from 1 to 12.");
}
