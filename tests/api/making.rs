//! Dashboards made in the browser, by forms, as people make them.

use std::fmt::Write as _;

use rolecall::routes;
use rolecall_model::Role;

use crate::support::{Answer, Browser, TestApp, TestDb, execute, on_both_dialects, signed_in, text, until};

on_both_dialects! {
    a_data_set_becomes_a_dashboard_that_others_see,
    of_two_who_change_a_dashboard_the_second_is_told_and_decides,
    a_dashboard_that_somebody_else_changed_is_deleted_only_by_who_saw_that,
    a_version_that_names_a_deleted_data_set_is_restored_and_says_so,
    a_long_title_with_markup_is_text_everywhere,
    a_dashboard_of_forty_panels_is_edited_and_shown,
    who_may_not_write_any_more_saves_nothing_and_loses_nothing,
    only_the_owner_and_administrators_change_a_dashboard,
    copies_exports_and_imports_are_the_same_document_with_the_open_panels,
    its_owner_neither_reads_nor_changes_a_panel_that_is_closed_to_them,
    its_owner_sees_a_dashboard_as_others_do_and_never_more_than_they_see_themselves,
    a_preview_the_table_of_a_chart_its_own_page_and_an_export_agree,
    a_panel_is_offered_only_what_fits_its_data,
    a_filter_is_offered_only_what_fits_the_data_of_the_panels,
    who_will_see_it_is_said_before_anything_is_saved,
    a_panel_is_put_at_a_place_and_has_any_width,
}

const SALES: &str = "day,region,amount\n2026-01-02,North,120.50\n2026-02-05,South,30\n2026-02-06,South,7\n";
/// A title of 200 characters: from right to left, with markup, and long.
const TITLE_BEGINS: &str = "מכירות <script>alert(1)</script> & \"Sales\" ";

pub(crate) async fn start(database: &TestDb) -> TestApp {
    TestApp::setup().on(database).start().await
}

pub(crate) async fn with_sales(app: &TestApp) -> Browser {
    let mut wren = signed_in(app, "wren").await;
    app.make_dataset(("sales", Role::Read), SALES).await;
    until("the data set is there", async || wren.get(&routes::dataset("sales")).await.status == 200).await;
    wren
}

pub(crate) fn edit(slug: &str) -> String {
    routes::of_dashboard(routes::DASHBOARD_EDIT, slug)
}

/// Makes a dashboard of the sales, and gives its editor's path.
pub(crate) async fn make(browser: &mut Browser, title: &str) -> String {
    let fields = [("dataset", "sales"), ("title", title), ("role", "read")];
    let made = browser.submit(routes::DASHBOARD_NEW, &fields).await;
    made.assert_status(303);
    made.location().to_owned()
}

/// The notice on `page` that says what was done last.
#[track_caller]
fn notice_of(page: &Answer) -> String {
    let (_, notice) = page.body.split_once("id=\"done\"").unwrap_or_else(|| panic!("no notice in {page:#?}"));
    notice.split("</div>").next().unwrap().to_owned()
}

/// What an element with `name` of a form on `page` holds.
#[track_caller]
pub(crate) fn hidden(page: &Answer, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.body.split_once(&field).unwrap_or_else(|| panic!("no {name} in {page:#?}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The values that the field `name` of a form on `page` offers.
#[track_caller]
fn offered(page: &Answer, name: &str) -> Vec<String> {
    let field = format!("name=\"{name}\"");
    let mut selects = page.body.split("<select").skip(1).filter_map(|select| select.split_once("</select>"));
    let select = selects.find(|(select, _)| select.split_once('>').is_some_and(|(tag, _)| tag.contains(&field)));
    let (select, _) = select.unwrap_or_else(|| panic!("no {name} in {page:#?}"));
    select.split("<option value=\"").skip(1).map(|option| option.split('"').next().unwrap().to_owned()).collect()
}

const BAR: [(&str, &str); 7] = [
    ("kind", "bar"),
    ("dataset", "sales"),
    ("title", "Sales by region"),
    ("measures[0].compute", "sum"),
    ("measures[0].of", "amount"),
    ("by.column", "region"),
    ("do", "save"),
];

pub(crate) fn panel<'a>(version: &'a str, changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = BAR.into_iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    kept.chain(changed.iter().copied()).chain([("version", version)]).collect()
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
    // Of three rows, the figure is the total: there is nothing to compare.
    shown.assert_shows("Total amount").assert_shows("157.5");
    assert!(!shown.body.contains("since 2026") && !shown.body.contains("as in 2026"), "{shown:#?}");
    reed.get(routes::DASHBOARDS).await.assert_shows("Sales 2026");

    // A panel is refused beside its field with everything that was typed, shown with its fields, previewed, and saved.
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales-2026");
    wren.get(&add).await.assert_status(200).assert_shows("Show fields");
    let wrong = [("measures[0].compute", "median"), ("measures[0].of", "region"), ("limit", "many"), ("unit", "€")];
    let refused = wren.submit(&add, &panel("1", &wrong)).await;
    refused.assert_status(422).assert_shows("which have no median").assert_shows("Type a whole number from 1 on");
    refused.assert_shows("value=\"many\"").assert_shows("value=\"€\"").assert_shows("value=\"Sales by region\"");
    // What is missing is told by what people see, beside the preview before somebody wants to save.
    let missing = [("do", "show"), ("measures[0].compute", ""), ("by.column", "")];
    let shown = wren.submit(&add, &panel("1", &missing)).await;
    shown.assert_status(200).assert_shows("The preview still needs this").assert_shows("Choose what to calculate");
    shown.assert_shows("Choose the column that makes the bars");
    assert!(!shown.body.contains("Nothing was saved yet") && !shown.body.contains("`by`"), "{shown:#?}");
    let shown = wren.submit(&add, &panel("1", &[("do", "show"), ("kind", "text"), ("text", "Hello **you**")])).await;
    shown.assert_status(200).assert_shows("Text (**bold**").assert_shows("<strong>you</strong>");
    // What a text has no field for goes along unseen.
    assert_eq!(hidden(&shown, "by.column"), "region");
    let preview = wren.submit(&add, &panel("1", &[("do", "preview")])).await;
    preview.assert_status(200).assert_shows("Preview").assert_shows("South");
    assert_eq!(app.count("dashboard_versions").await, 1);
    let saved = wren.submit(&add, &panel("1", &[("width", "6")])).await;
    saved.assert_redirect(&format!("{editor}#edit-sales-by-region"));
    reed.get(&routes::dashboard("sales-2026")).await.assert_shows("id=\"sales-by-region\"");

    // Its arrangement, its settings, and back.
    // Each leads to its place, and says there what was done.
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
    for (field, wish, told) in [("to", "move", "Give a place"), ("width", "width", "Give a number of columns")] {
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
    // Only what was done last is said, and nothing that an address makes up.
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
    // Buttons of the editor are told the same, and so is a panel that was deleted meanwhile.
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
    // A form that does not say what was seen deletes nothing.
    wren.submit(&editor, &[("do", "delete-dashboard")]).await.assert_status(422);
    let told = wren.submit(&editor, &[("version", "1"), ("do", "delete-dashboard")]).await;
    told.assert_status(409).assert_shows("Nothing was deleted").assert_shows("Ada").assert_shows("Duplicated “Sales”");
    told.assert_shows("What deleting it would take away").assert_shows("Delete it all the same");
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
    // The other panels can still be changed, and this one cannot be saved again as it is.
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    wren.submit(&add, &panel("6", &[])).await.assert_status(422).assert_shows("There is no data set `sales`");
    wren.submit(&add, &panel("6", &[("kind", "text"), ("text", "Hello")])).await.assert_status(303);
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
    // Above sixty no dashboard can be.
    let more = toml.replace("\"p", "\"q").replace("format = 1\ntitle = \"Forty\"\n", "");
    let refused = wren.submit(routes::DASHBOARD_IMPORT, &[("text", &format!("{toml}{more}"))]).await;
    refused.assert_status(422).assert_shows("at most 60 panels");
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
        // What a sign-in opens is kept in memory.
        app.restart().await;
        wren.get(routes::DASHBOARD_NEW).await.assert_status(403);
        let kept = wren.submit(&add, &typed).await;
        kept.assert_status(403).assert_shows("Nothing was saved").assert_shows("What I typed").assert_shows("a\nb");
        let kept = wren.submit(&editor, &[("version", "1"), ("title", "Of mine"), ("do", "settings")]).await;
        kept.assert_status(403).assert_shows("Of mine");
    }
    assert_eq!(app.count("dashboard_versions").await, 1);
    // Who was signed out meanwhile gets it back, too.
    wren.cookies.clear();
    wren.submit(&add, &typed).await.assert_status(401).assert_shows("What I typed");
}

// Case: making/who
async fn only_the_owner_and_administrators_change_a_dashboard(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let mut add = ada.submit(routes::DASHBOARD_NEW, &[("title", "Of Ada"), ("role", "read")]).await;
    add.assert_redirect(&edit("of-ada"));
    add = ada.submit(routes::DASHBOARD_NEW, &[("title", "Board"), ("role", "admin")]).await;
    add.assert_redirect(&edit("board"));
    let own = make(&mut wren, "Sales").await;
    ada.get(&own).await.assert_status(200);
    assert!(!wren.get(&routes::dashboard("of-ada")).await.body.contains("/edit\""));
    let below = ["edit", "add", "edit/breakdown", "history", "history/1"];
    for (slug, of_wren, of_reed) in [("of-ada", 403, 403), ("board", 404, 404), ("none", 404, 404), ("sales", 200, 403)]
    {
        for path in below.map(|path| format!("/dashboards/{slug}/{path}")) {
            let expected = if slug == "sales" || of_wren != 200 { of_wren } else { 200 };
            wren.get(&path).await.assert_status(expected);
            reed.get(&path).await.assert_status(of_reed);
            app.browser().get(&path).await.assert_status(303);
        }
    }
    // A file says what to do.
    wren.get(&edit("weather")).await.assert_status(422).assert_shows("Duplicate it");
    let delete = [("version", "1"), ("do", "delete-dashboard")];
    wren.submit(&edit("of-ada"), &delete).await.assert_status(403);
    let foreign = wren.request(openidconnect::reqwest::Method::POST, &own);
    let foreign = foreign.header("sec-fetch-site", "cross-site").header("origin", "https://evil.test").form(&delete);
    wren.send(foreign).await.assert_status(403);
    let gone = wren.submit(&own, &delete).await;
    gone.assert_redirect("/dashboards?deleted=sales");
    wren.get("/dashboards?deleted=sales").await.assert_shows("It stood at").assert_shows("/dashboards/sales");
    assert!(!reed.get("/dashboards?deleted=sales").await.body.contains("It stood at"));
    reed.get(&routes::dashboard("sales")).await.assert_status(404);
    reed.submit(routes::DASHBOARDS, &[("slug", "sales")]).await.assert_status(403);
    wren.submit(routes::DASHBOARDS, &[("slug", "sales")]).await.assert_redirect(&routes::dashboard("sales"));
    reed.get(&routes::dashboard("sales")).await.assert_status(200);
}

// Case: making/copies
async fn copies_exports_and_imports_are_the_same_document_with_the_open_panels(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let export = wren.get(&routes::of_dashboard(routes::DASHBOARD_DOCUMENT, "weather")).await;
    export.assert_status(200).assert_shows("title = \"Mean temperature by month\"");
    assert_eq!(export.header("content-disposition"), "attachment; filename=\"weather.toml\"");
    // Panels for administrators are not in it.
    assert!(!export.body.contains("sign_ins"), "{}", export.body);
    let copy = wren.submit(&routes::of_dashboard(routes::DASHBOARD_DUPLICATE, "weather"), &[]).await;
    let slug = routes::slug_of_dashboard(copy.assert_status(303).location()).unwrap().to_owned();
    let of_copy = wren.get(&routes::of_dashboard(routes::DASHBOARD_DOCUMENT, &slug)).await;
    assert_eq!(of_copy.body.replace(" (copy)", ""), export.body);
    let imported = wren.submit(routes::DASHBOARD_IMPORT, &[("text", export.body.as_str())]).await;
    let slug = routes::slug_of_dashboard(imported.assert_status(303).location()).unwrap().to_owned();
    let again = wren.get(&routes::of_dashboard(routes::DASHBOARD_DOCUMENT, &slug)).await;
    assert_eq!(again.body, export.body);
    let wrong = export.body.replacen("format = 1", "format = 1\nzone = \"Mars\"", 1);
    let refused = wren.submit(routes::DASHBOARD_IMPORT, &[("text", &wrong)]).await;
    refused.assert_status(422).assert_shows("The file:2: zone: There is no time zone `Mars`.");
    let closed = export.body.replacen("role = \"read\"", "role = \"admin\"", 1);
    wren.submit(routes::DASHBOARD_IMPORT, &[("text", &closed)]).await.assert_status(422);
    // A data set that is closed answers as one that is not there.
    execute(app.db(), "UPDATE datasets SET role = 'admin' WHERE name = 'sales'").await;
    until("it is closed", async || wren.get(&routes::dataset("sales")).await.status == 404).await;
    for name in ["sales", "nothing"] {
        let naming = format!(
            "format = 1\ntitle = \"x\"\n[[panels]]\nid = \"a\"\ntitle = \"x\"\nkind = \"figure\"\ndataset = \"{name}\"\n\
             measures = [{{ compute = \"count\" }}]\n"
        );
        let refused = wren.submit(routes::DASHBOARD_IMPORT, &[("text", &naming)]).await;
        refused.assert_status(422).assert_shows(&format!("panels[0].dataset: There is no data set `{name}`."));
    }
    let mut reed = signed_in(&app, "reed").await;
    reed.get(&routes::of_dashboard(routes::DASHBOARD_DOCUMENT, "weather")).await.assert_status(403);
    reed.submit(&routes::of_dashboard(routes::DASHBOARD_DUPLICATE, "weather"), &[]).await.assert_status(403);
    let editor = format!("SELECT editor FROM dashboard_versions WHERE dashboard = '{slug}'");
    assert_eq!(text(app.db(), &editor).await, "Wren Hollis");
}

// Case: making/closed-panels
async fn its_owner_neither_reads_nor_changes_a_panel_that_is_closed_to_them(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let editor = make(&mut wren, "Sales").await;
    wren.get(&editor).await.assert_shows("have no row rules");
    let of_panel = |id: &str| routes::dashboard_edit_panel("sales", id);
    let version = |page: &Answer| hidden(page, "version");
    let now = version(&ada.get(&editor).await);
    let secret = [("version", now.as_str()), ("do", "save"), ("kind", "text"), ("id", "plan"), ("title", "The plan")];
    let closed = [secret.as_slice(), &[("text", "We sell all of it."), ("role", "admin")]].concat();
    ada.submit(&routes::of_dashboard(routes::DASHBOARD_ADD, "sales"), &closed).await.assert_status(303);
    ada.get(&of_panel("plan")).await.assert_status(200).assert_shows("We sell all of it.");

    let page = wren.get(&editor).await;
    page.assert_status(200).assert_shows("A panel that is not open to you.");
    assert!(!page.body.contains("The plan") && !page.body.contains("edit-plan"), "{}", page.body);
    // Nothing is said of the rows of what is closed to her.
    assert!(!page.body.contains("have no row rules"), "{}", page.body);
    wren.get(&of_panel("plan")).await.assert_status(404);
    let now = version(&page);
    for what in ["duplicate", "delete", "earlier", "later"] {
        let fields = [("version", now.as_str()), ("do", what), ("panel", "plan")];
        wren.submit(&editor, &fields).await.assert_status(404);
    }
    for (what, at) in [("move", "to"), ("width", "width")] {
        let fields = [("version", now.as_str()), ("do", what), ("panel", "plan"), (at, "1")];
        wren.submit(&editor, &fields).await.assert_status(404);
    }
    // Nor does it become a panel that is open to everybody, with what was in it or without.
    let mine = [("version", now.as_str()), ("do", "save"), ("kind", "text"), ("id", "plan"), ("title", "Mine")];
    let opened = [mine.as_slice(), &[("text", "Nothing."), ("role", "read")]].concat();
    wren.submit(&of_panel("plan"), &opened).await.assert_status(404);
    assert_eq!(version(&wren.get(&editor).await), now, "something was saved");
    assert!(!reed.get(&routes::dashboard("sales")).await.body.contains("We sell"));
    ada.get(&of_panel("plan")).await.assert_status(200).assert_shows("We sell all of it.");
}

// Case: making/seen-as
async fn its_owner_sees_a_dashboard_as_others_do_and_never_more_than_they_see_themselves(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let editor = make(&mut wren, "Sales").await;
    let path = routes::of_dashboard(routes::DASHBOARD_SEE_AS, "sales");
    wren.get(&routes::dashboard("sales")).await.assert_shows(&path);
    assert!(!reed.get(&routes::dashboard("sales")).await.body.contains(&path));
    // The owner and administrators alone.
    reed.get(&path).await.assert_status(403);
    wren.get(&routes::of_dashboard(routes::DASHBOARD_SEE_AS, "weather")).await.assert_status(403);
    ada.get(&routes::of_dashboard(routes::DASHBOARD_SEE_AS, "weather")).await.assert_status(200);
    wren.get(&routes::of_dashboard(routes::DASHBOARD_SEE_AS, "none")).await.assert_status(404);
    let asked = wren.get(&path).await;
    assert!(!asked.assert_status(200).body.contains("value=\"admin\""), "{asked:#?}");

    // A panel from Write on, rows by a rule that Wren does not meet herself, and a note that nobody can change here.
    let admin_only = panel("1", &[("title", "For writers"), ("role", "write")]);
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    wren.submit(&add, &admin_only).await.assert_status(303);
    wren.submit(&add, &[("kind", "note"), ("title", "Note"), ("version", "2"), ("do", "save")])
        .await
        .assert_status(303);
    let rule = r#"[{"column": "region", "is": {"claim": "area"}, "except": "admin"}]"#;
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'sales'")).await;
    let editor_page = async |browser: &mut Browser| browser.get(&editor).await;
    until("the rule holds", async || editor_page(&mut wren).await.body.contains("By row rules")).await;
    editor_page(&mut wren).await.assert_shows("Only for the role Write and above: ").assert_shows("For writers");

    let as_reader = ada.get(&format!("{path}?as=read&claim.area=South")).await;
    as_reader.assert_status(200).assert_shows("the role Read, area South").assert_shows("2 rows");
    as_reader.assert_shows("South").assert_shows("No note yet.");
    for hidden in ["North", "For writers", "<textarea", "/csv\"", "<form method=\"post\""] {
        let main = as_reader.body.split_once("<main").unwrap().1;
        assert!(!main.contains(hidden), "{hidden} in {main}");
    }
    // What is filtered stays so, and offers what they see alone.
    let main = as_reader.body.split_once("<main").unwrap().1;
    assert!(main.contains("name=\"region\" value=\"South\"") && !main.contains("value=\"North\""), "{main}");
    let filtered = ada.get(&format!("{}?region=North", routes::dashboard("sales"))).await;
    filtered.assert_shows(&format!("href=\"{path}?region=North\""));
    let both = ada.get(&format!("{path}?as=read&claim.area=North,South&region=North")).await;
    both.assert_shows("1 row<").assert_shows("Remove the filter region: North");
    both.assert_shows("name=\"claim.area\" value=\"North,South\"").assert_shows("name=\"region\" value=\"North\"");
    both.assert_shows(&format!("href=\"{}?region=North\"", routes::dashboard("sales")));

    let as_writer = ada.get(&format!("{path}?as=write&claim.area=North")).await;
    as_writer.assert_shows("For writers").assert_shows("North");
    assert!(!as_writer.body.contains("South"), "{as_writer:#?}");
    ada.get(&format!("{path}?as=read")).await.assert_shows("0 rows");
    // The data set is nobody's, so Wren sees of it what she sees herself, whomever she makes up: nothing.
    let of_wren = wren.get(&format!("{path}?as=read&claim.area=South")).await;
    of_wren.assert_status(200).assert_shows("0 rows");
    assert!(!of_wren.body.contains("North") && !of_wren.body.contains("Claim area"), "{of_wren:#?}");
    // A role above her own is none.
    let above = wren.get(&format!("{path}?as=admin&claim.area=South")).await;
    assert!(!above.assert_status(200).body.contains("This is what"), "{above:#?}");
    // What is her own data set, she decides.
    execute(app.db(), "UPDATE datasets SET owner = (SELECT id FROM users WHERE name = 'Wren Hollis')").await;
    let shown = async || wren.get(&format!("{path}?as=read&claim.area=South")).await.body.contains("2 rows");
    until("the data set is hers", shown).await;

    let settings = [("version", "3"), ("title", "Sales"), ("role", "write"), ("do", "settings")];
    wren.submit(&editor, &settings).await.assert_status(303);
    wren.get(&format!("{path}?as=read")).await.assert_shows("They cannot open this dashboard");
    assert!(app.audit().flush(std::time::Duration::from_secs(30)).await);
    let noted = app.count("audit WHERE kind = 'dashboard_seen_as' AND details LIKE '%area South%'").await;
    assert!(noted >= 2, "{noted}");
}

// Case: making/agree
async fn a_preview_the_table_of_a_chart_its_own_page_and_an_export_agree(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    make(&mut wren, "Sales").await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    let of_preview = values_of(&wren.submit(&add, &panel("1", &[("do", "preview")])).await);
    assert_eq!(of_preview, [("North".to_owned(), 120.5), ("South".to_owned(), 37.0)]);
    wren.submit(&add, &panel("1", &[])).await.assert_status(303);
    let mut reed = signed_in(&app, "reed").await;
    // What is printed is the page itself.
    assert_eq!(values_of(&reed.get(&routes::dashboard("sales")).await), of_preview);
    let alone = reed.get(&routes::of_panel(routes::PANEL, "sales", "sales-by-region")).await;
    assert_eq!(values_of(&alone), of_preview);
    let export = reed.get(&routes::of_panel(routes::PANEL_CSV, "sales", "sales-by-region")).await;
    let rows = export.assert_status(200).body.lines().skip(1).map(|line| line.split_once(',').unwrap());
    let exported: Vec<(String, f64)> = rows.map(|(region, sum)| (region.to_owned(), sum.parse().unwrap())).collect();
    assert_eq!(exported, of_preview);
}

// Case: making/not-offered
async fn a_panel_is_offered_only_what_fits_its_data(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    app.make_dataset(("people", Role::Read), "name,city\nAnn,Rome\nBob,Oslo\n").await;
    until("the data set is there", async || wren.get(&routes::dataset("people")).await.status == 200).await;
    let editor = make(&mut wren, "Sales").await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    let show = async |wren: &mut Browser, fields: &[(&str, &str)]| {
        let fields = [fields, &[("do", "show")]].concat();
        let shown = wren.submit(&add, &panel("1", &fields)).await;
        shown.assert_status(200);
        shown
    };
    assert_eq!(offered(&show(&mut wren, &[]).await, "measures[0].of"), ["", "amount"]);

    // Figures compare by days and times alone, and only where there are some.
    let shown = show(&mut wren, &[("kind", "figure"), ("compare", "on")]).await;
    assert_eq!(offered(&shown, "by.column"), ["", "day"]);
    let shown = show(&mut wren, &[("kind", "figure"), ("compare", "on"), ("by.column", "day")]).await;
    assert_eq!(offered(&shown, "by.step"), ["", "day", "week", "month", "quarter", "year"]);
    let of_people = [("kind", "figure"), ("compare", "on"), ("dataset", "people"), ("measures[0].compute", "count")];
    let shown = show(&mut wren, &of_people).await;
    assert!(!shown.body.contains("Compare the latest period"), "{shown:#?}");
    assert_eq!(offered(&shown, "measures[0].compute"), ["", "count", "distinct", "share"]);

    let numbers = "is is_not at_least more_than at_most less_than missing not_missing";
    for (column, comparisons) in
        [("region", "is is_not contains missing not_missing"), ("amount", numbers), ("day", numbers)]
    {
        let shown = show(&mut wren, &[("filters[0].column", column), ("filters[0].how", "is")]).await;
        assert_eq!(offered(&shown, "filters[0].how").join(" "), comparisons, "{column}");
    }
    // What was chosen for another column makes room while somebody chooses. What is sent to be saved is refused, and kept.
    let stale = [("filters[0].column", "region"), ("filters[0].how", "at_least"), ("filters[0].value", "what I typed")];
    let shown = show(&mut wren, &stale).await;
    assert!(!offered(&shown, "filters[0].how").contains(&"at_least".to_owned()), "{shown:#?}");
    shown.assert_shows("what I typed");
    let refused = wren.submit(&add, &panel("1", &stale)).await;
    refused.assert_status(422).assert_shows("which have no range").assert_shows("what I typed");
    assert!(offered(&refused, "filters[0].how").contains(&"at_least".to_owned()), "{refused:#?}");

    // No panel is for more people than its dashboard.
    assert_eq!(offered(&wren.get(&add).await, "role"), ["", "read", "write"]);
    let settings = [("version", "1"), ("title", "Sales"), ("role", "write"), ("do", "settings")];
    wren.submit(&editor, &settings).await.assert_status(303);
    assert_eq!(offered(&wren.get(&add).await, "role"), ["", "write"]);
}

// Case: making/not-offered
async fn a_filter_is_offered_only_what_fits_the_data_of_the_panels(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    app.make_dataset(("stores", Role::Read), "region,shops\nNorth,3\nSouth,4\n").await;
    app.make_dataset(("people", Role::Read), "name,city\nAnn,Rome\nBob,Oslo\n").await;
    until("the data set is there", async || wren.get(&routes::dataset("people")).await.status == 200).await;
    let editor = make(&mut wren, "Sales").await;
    let page = wren.get(&editor).await;
    let pairs = ["", "date_range:day", "values:day", "values:region", "values:amount"];
    assert_eq!(offered(&page, "dashboard_filters[2].of"), pairs);
    // Only the sales have a region so far.
    page.assert_shows("name=\"dashboard_filters[1].dataset\" value=\"\"");

    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    for (version, dataset, by) in [("1", "stores", "region"), ("2", "people", "city")] {
        let measure = [("measures[0].compute", "count"), ("measures[0].of", "")];
        let fields = [measure.as_slice(), &[("dataset", dataset), ("title", dataset), ("by.column", by)]].concat();
        wren.submit(&add, &panel(version, &fields)).await.assert_status(303);
    }
    let page = wren.get(&editor).await;
    assert_eq!(offered(&page, "dashboard_filters[0].except"), ["figure", "over-time", "breakdown", "rows"]);
    assert_eq!(offered(&page, "dashboard_filters[1].except"), ["figure", "over-time", "breakdown", "rows", "stores"]);
    assert_eq!(offered(&page, "dashboard_filters[1].dataset"), ["", "sales", "stores"]);
    page.assert_shows("name=\"dashboard_filters[0].dataset\" value=\"\"");

    let save = |of: &'static str, dataset: &'static str| {
        let row = [("dashboard_filters[0].of", of), ("dashboard_filters[0].dataset", dataset)];
        [row.as_slice(), &[("version", "3"), ("do", "filters")]].concat()
    };
    let refused = wren.submit(&editor, &save("date_range:region", "")).await;
    refused.assert_status(422).assert_shows("holds no days or times").assert_shows("region — a range of days");
    wren.submit(&editor, &save("median:region", "")).await.assert_status(422).assert_shows("Choose one from the list.");
    wren.submit(&editor, &save("values:region", "stores")).await.assert_status(303);
    let document = text(app.db(), "SELECT document FROM dashboard_versions WHERE version = 4").await;
    assert!(document.contains("\"kind\":\"values\",\"column\":\"region\",\"dataset\":\"stores\""), "{document}");
}

// Case: making/said-before
async fn who_will_see_it_is_said_before_anything_is_saved(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    app.make_dataset(("plans", Role::Write), SALES).await;
    let rule = r#"[{"column": "region", "is": {"claim": "area"}, "except": "admin"}]"#;
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'plans'")).await;
    let of_plans = routes::dashboard_of("plans");
    until("the rule holds", async || wren.get(&of_plans).await.body.contains("By row rules")).await;
    let [readers, writers] =
        ["Read", "Write"].map(|role| format!("“{role}”: everybody with the role {role} or a higher one opens it."));

    let proposal = wren.get(&of_plans).await;
    proposal.assert_status(200).assert_shows("Who will see it").assert_shows(&writers).assert_shows("“Plans”");
    assert!(!proposal.body.contains(&readers) && !proposal.body.contains("have no row rules"), "{proposal:#?}");
    let proposal = wren.get(&routes::dashboard_of("sales")).await;
    proposal.assert_shows(&readers).assert_shows(&writers).assert_shows("have no row rules");
    assert!(!proposal.body.contains("By row rules"), "{proposal:#?}");
    assert_eq!(app.count("dashboard_versions").await, 0);

    let editor = make(&mut wren, "Sales").await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    let raised = "since its data set is open from that role on";
    for (dataset, role, needed, is_raised) in
        [("sales", "", "Read", false), ("sales", "write", "Write", false), ("plans", "", "Write", true)]
    {
        let fields = [("dataset", dataset), ("role", role), ("do", "preview")];
        let shown = wren.submit(&add, &panel("1", &fields)).await;
        shown.assert_status(200).assert_shows(&format!("Everybody with the role {needed} or a higher one"));
        assert_eq!(shown.body.contains(raised), is_raised, "{shown:#?}");
        assert_eq!(shown.body.contains("By row rules"), dataset == "plans", "{shown:#?}");
    }
    assert_eq!(app.count("dashboard_versions").await, 1);

    // The settings say it for each role: with the role Write, everybody who opens it sees all panels.
    wren.submit(&add, &panel("1", &[("dataset", "plans"), ("title", "What is planned")])).await.assert_status(303);
    let page = wren.get(&editor).await;
    let (_, settings) = page.body.split_once("class=\"who-will-see\"").unwrap();
    let (settings, _) = settings.split_once("</form>").unwrap();
    assert!(settings.contains(&readers) && settings.contains(&writers) && settings.contains("“Plans”"), "{settings}");
    assert_eq!(settings.matches("“What is planned”").count(), 1, "{settings}");
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
        refused.assert_status(422).assert_shows("Give a place, counted from 1.");
        // There is no field to lead to, and the settings are not what is wrong.
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

/// The regions with their sums in the last table of `page` that has both.
#[track_caller]
fn values_of(page: &Answer) -> Vec<(String, f64)> {
    let value = |row: &Vec<String>| match &row[..] {
        [region, sum] => sum.parse().ok().map(|sum| (region.clone(), sum)),
        _ => None,
    };
    let mut tables = page.tables().into_iter().map(|table| table.iter().filter_map(value).collect::<Vec<_>>());
    tables.rfind(|rows| rows.len() == 2).unwrap_or_else(|| panic!("no such table in {page:#?}"))
}
