//! Panels of a dashboard that are closed to its owner: what its history shows of them, and that an owner cannot bring
//! them back, change or delete them.

use rolecall_model::Role;
use rolecall_routes as routes;
use serde_json::Value;

use crate::making::{edit, hidden, make, panel, start, with_sales};
use crate::support::{Answer, Browser, TestApp, TestDb, execute, on_both_dialects, signed_in, text, until};

on_both_dialects! {
    the_history_and_a_conflict_say_nothing_of_panels_that_are_closed_to_who_looks,
    a_panel_that_was_open_is_closed_in_every_version_and_so_is_what_its_data_set_closes,
    filters_say_nothing_of_closed_panels_and_keep_what_concerns_them,
    nobody_takes_up_again_what_would_change_a_panel_that_is_closed_to_them,
    a_filter_by_a_column_that_only_closed_data_has_is_closed_too,
    deleting_a_data_set_opens_nothing,
    what_is_written_on_a_closed_note_is_shown_by_no_preview_and_no_version,
}

const CLOSED: &str = "A panel that is not open to you.";
const REFUSED: &str = "This would bring back, change or take away a panel that is not open to you.";

/// A panel for administrators only, with texts that nobody else may see.
const SECRET: [(&str, &str); 4] = [("id", "ebitda"), ("title", "Our ebitda"), ("role", "admin"), ("unit", "per mille")];

fn history(slug: &str) -> String {
    routes::of_dashboard(routes::DASHBOARD_HISTORY, slug)
}

async fn version(browser: &mut Browser) -> String {
    hidden(&browser.get(&edit("sales")).await, "version")
}

/// Adds the closed panel to the dashboard of sales.
async fn close(ada: &mut Browser) {
    let now = version(ada).await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    ada.submit(&add, &panel(&now, &SECRET)).await.assert_status(303);
}

/// Saves `fields` of the closed panel.
async fn change(ada: &mut Browser, fields: &[(&'static str, &'static str)]) {
    let now = version(ada).await;
    let kept = SECRET.into_iter().filter(|(name, _)| !fields.iter().any(|(other, _)| other == name));
    let fields: Vec<_> = kept.chain(fields.iter().copied()).collect();
    ada.submit(&routes::dashboard_edit_panel("sales", "ebitda"), &panel(&now, &fields)).await.assert_status(303);
}

/// Gives the dashboard a title.
async fn call(browser: &mut Browser, title: &str) {
    let now = version(browser).await;
    let fields = [("version", now.as_str()), ("title", title), ("role", "read"), ("do", "settings")];
    browser.submit(&edit("sales"), &fields).await.assert_status(303);
}

#[track_caller]
fn says_nothing(page: &Answer) {
    for secret in ["ebitda", "Our yield", "per mille"] {
        assert!(!page.body.contains(secret), "{secret} in {page:#?}");
    }
}

// Case: making/closed-history
async fn the_history_and_a_conflict_say_nothing_of_panels_that_are_closed_to_who_looks(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    make(&mut wren, "Sales").await;
    close(&mut ada).await;
    change(&mut ada, &[("title", "Our yield")]).await;
    for fields in [[("do", "earlier"), ("width", "1")], [("do", "width"), ("width", "6")]] {
        let now = version(&mut ada).await;
        let fields = [fields.as_slice(), &[("version", now.as_str()), ("panel", "ebitda")]].concat();
        ada.submit(&edit("sales"), &fields).await.assert_status(303);
    }
    call(&mut wren, "What we sold").await;

    let told = ada.get(&history("sales")).await;
    told.assert_shows("Added “Our ebitda”").assert_shows("Moved “Our yield” earlier");
    let told = wren.get(&history("sales")).await;
    says_nothing(&told);
    let words: Vec<String> = told.assert_status(200).tables()[0].iter().map(|row| row[1].clone()).collect();
    assert_eq!(words, ["Changed title, role or other settings", CLOSED, CLOSED, CLOSED, CLOSED, "Made"]);
    for number in 1..=6 {
        let path = routes::dashboard_version("sales", number);
        let shown = wren.get(&path).await;
        says_nothing(shown.assert_status(200).assert_shows("amount by region").assert_shows(CLOSED));
        let of_ada = ada.get(&path).await;
        assert!(!of_ada.assert_status(200).body.contains(CLOSED), "{of_ada:#?}");
        of_ada.assert_shows(if number == 1 { "Our yield" } else { "ebitda" });
    }

    // A save that conflicts shows just as little, whichever version it claims to come from.
    for from in ["1", "3", "99"] {
        let stale = [("version", from), ("title", "Mine"), ("role", "read"), ("do", "settings")];
        let conflict = wren.submit(&edit("sales"), &stale).await;
        says_nothing(conflict.assert_status(409).assert_shows("What we sold"));
    }
    let stale = [("version", "1"), ("title", "Mine"), ("role", "read"), ("do", "settings")];
    wren.submit(&edit("sales"), &stale).await.assert_status(409).assert_shows(CLOSED);
    ada.submit(&edit("sales"), &stale).await.assert_status(409).assert_shows("Our yield");
}

// Case: making/closed-history
async fn a_panel_that_was_open_is_closed_in_every_version_and_so_is_what_its_data_set_closes(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    make(&mut wren, "Sales").await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    wren.submit(&add, &panel("1", &[("id", "ebitda"), ("title", "Our ebitda")])).await.assert_status(303);
    wren.get(&history("sales")).await.assert_shows("Added “Our ebitda”");
    change(&mut ada, &[]).await;
    says_nothing(&wren.get(&history("sales")).await);
    let of_then = wren.get(&routes::dashboard_version("sales", 2)).await;
    says_nothing(of_then.assert_status(200).assert_shows(CLOSED));

    call(&mut wren, "What we sold").await;
    execute(app.db(), "UPDATE datasets SET role = 'admin' WHERE name = 'sales'").await;
    until("it is closed", async || wren.get(&routes::dataset("sales")).await.status == 404).await;
    let of_then = wren.get(&routes::dashboard_version("sales", 1)).await;
    of_then.assert_status(200).assert_shows(CLOSED);
    assert!(!of_then.body.contains("amount") && !of_then.body.contains("120.5"), "{of_then:#?}");
    // A version in which the dashboard was open only to administrators does not exist for others.
    let role = "UPDATE dashboard_versions SET document = REPLACE(document, '\"role\":\"read\"', '\"role\":\"admin\"') \
                WHERE version = 1";
    execute(app.db(), role).await;
    wren.get(&routes::dashboard_version("sales", 1)).await.assert_status(404);
    let now = version(&mut wren).await;
    wren.submit(&history("sales"), &[("version", &now), ("restored", "1")]).await.assert_status(404);
    ada.get(&routes::dashboard_version("sales", 1)).await.assert_status(200);
}

// Case: making/closed-filters
async fn filters_say_nothing_of_closed_panels_and_keep_what_concerns_them(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    make(&mut wren, "Sales").await;
    close(&mut ada).await;
    let filters = |version: String, except: &'static [&'static str]| {
        let fixed = [("version", version), ("do", "filters".to_owned())].into_iter();
        let row = [("column", "region"), ("kind", "values"), ("id", "region"), ("title", "Where")];
        let row = row.into_iter().chain(except.iter().map(|panel| ("except", *panel)));
        let row = row.map(|(name, value)| (format!("dashboard_filters[0].{name}"), value.to_owned()));
        fixed.map(|(name, value)| (name.to_owned(), value)).chain(row).collect::<Vec<_>>()
    };
    let save = async |browser: &mut Browser, except: &'static [&'static str]| {
        let fields = filters(version(browser).await, except);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.submit(&edit("sales"), &fields).await
    };
    save(&mut ada, &["ebitda"]).await.assert_status(303);
    says_nothing(wren.get(&edit("sales")).await.assert_status(200).assert_shows("Where"));
    save(&mut wren, &["breakdown"]).await.assert_status(303);
    let saved = stored(&app).await;
    assert_eq!(saved["filters"][0]["except"], serde_json::json!(["breakdown", "ebitda"]));
    let now = version(&mut wren).await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    let previewed = wren.submit(&add, &panel(&now, &[("do", "preview")])).await;
    assert!(!previewed.assert_status(200).body.contains("Fill in the form"), "{previewed:#?}");
    // Naming the closed panel gives the same message as naming one that does not exist.
    let names: [&'static [&'static str]; 2] = [&["ebitda"], &["nothing"]];
    for name in names {
        let told = save(&mut wren, name).await;
        told.assert_status(422).assert_shows(&format!("There is no panel `{}`.", name[0]));
    }
    assert_eq!(stored(&app).await, saved);
}

/// The document of the latest version.
async fn stored(app: &TestApp) -> Value {
    let latest = "SELECT document FROM dashboard_versions WHERE dashboard = 'sales' ORDER BY version DESC LIMIT 1";
    serde_json::from_str(&text(app.db(), latest).await).unwrap()
}

// Case: making/closed-restore
async fn nobody_takes_up_again_what_would_change_a_panel_that_is_closed_to_them(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    make(&mut wren, "Sales").await;
    close(&mut ada).await;
    call(&mut wren, "What we sold").await;
    let restore = async |browser: &mut Browser, number: &str| {
        let now = version(browser).await;
        browser.submit(&history("sales"), &[("version", &now), ("restored", number)]).await
    };
    let undo = async |browser: &mut Browser| {
        let now = version(browser).await;
        browser.submit(&edit("sales"), &[("version", &now), ("do", "undo")]).await
    };
    let count = async || app.count("dashboard_versions").await;
    let refused = |answer: Answer| {
        says_nothing(answer.assert_status(422).assert_shows(REFUSED));
    };

    // The first version has no such panel; the second has it as it is.
    refused(restore(&mut wren, "1").await);
    assert_eq!(count().await, 3);
    let offered = wren.get(&history("sales")).await;
    assert!(!offered.body.contains("Restore version 1"), "{offered:#?}");
    assert!(!wren.get(&routes::dashboard_version("sales", 1)).await.body.contains("Restore version 1"));
    offered.assert_shows("Restore version 2");
    restore(&mut wren, "2").await.assert_status(303);
    refused(undo(&mut wren).await);
    assert_eq!(count().await, 4);

    // A deleted panel does not come back, and a panel that was open in between is not opened again.
    let now = version(&mut ada).await;
    let delete = [("version", now.as_str()), ("panel", "ebitda"), ("do", "delete")];
    ada.submit(&edit("sales"), &delete).await.assert_status(303);
    refused(undo(&mut wren).await);
    refused(restore(&mut wren, "4").await);
    undo(&mut ada).await.assert_status(303);
    ada.get(&history("sales")).await.assert_shows("Undid: Deleted “Our ebitda”");
    says_nothing(&wren.get(&history("sales")).await);
    change(&mut ada, &[("role", "")]).await;
    change(&mut ada, &[("unit", "permyriad")]).await;
    refused(undo(&mut wren).await);
    refused(restore(&mut wren, "7").await);
    assert_eq!(count().await, 8);
    assert_eq!(stored(&app).await["panels"][4]["unit"], "permyriad");
    restore(&mut ada, "7").await.assert_status(303);
    // A panel that is open to her now is hers to delete and to bring back.
    restore(&mut wren, "1").await.assert_status(303);
    restore(&mut wren, "7").await.assert_status(303);

    // Nor can an owner close a panel to themselves, since they could not open it again.
    let now = version(&mut wren).await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    let above = wren.submit(&add, &panel(&now, &[("role", "admin"), ("title", "Mine")])).await;
    above.assert_status(422).assert_shows("Choose a role that is no higher than your own.");
    assert_eq!(version(&mut wren).await, now);
}

/// Makes a data set for administrators, and a panel on the dashboard of sales that is closed only because of its data
/// set.
async fn close_by_data(app: &TestApp, ada: &mut Browser) {
    app.make_dataset(("people", Role::Admin), "ebitda,region\n5,North\n7,South\n").await;
    until("the data set is there", async || ada.get(&routes::dataset("people")).await.status == 200).await;
    let now = version(ada).await;
    let of_people = [("dataset", "people"), ("id", "pay"), ("title", "Our yield"), ("unit", "per mille")];
    let fields = [of_people.as_slice(), &[("measures[0].of", "ebitda")]].concat();
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    ada.submit(&add, &panel(&now, &fields)).await.assert_status(303);
}

/// Saves filters, each a column with a name in addresses and a title.
async fn filter_by(browser: &mut Browser, filters: &[(&str, &str, &str)]) -> Answer {
    let now = version(browser).await;
    let rows = filters.iter().enumerate().flat_map(|(at, (column, id, title))| {
        let row = [("column", *column), ("kind", "values"), ("id", *id), ("title", *title)];
        row.map(|(name, value)| (format!("dashboard_filters[{at}].{name}"), value))
    });
    let rows: Vec<(String, &str)> = rows.collect();
    let rows = rows.iter().map(|(name, value)| (name.as_str(), *value));
    let fields: Vec<(&str, &str)> = rows.chain([("version", now.as_str()), ("do", "filters")]).collect();
    browser.submit(&edit("sales"), &fields).await
}

// Case: making/closed-filters
async fn a_filter_by_a_column_that_only_closed_data_has_is_closed_too(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    make(&mut wren, "Sales").await;
    close_by_data(&app, &mut ada).await;
    filter_by(&mut ada, &[("ebitda", "pay", "Our yield"), ("region", "region", "Where")]).await.assert_status(303);

    says_nothing(wren.get(&edit("sales")).await.assert_status(200).assert_shows("Where"));
    let exported = wren.get(&routes::of_dashboard(routes::DASHBOARD_DOCUMENT, "sales")).await;
    says_nothing(exported.assert_status(200).assert_shows("region"));
    // She changes her own filter, deletes her filters, and adds one that would get the name of the closed one.
    filter_by(&mut wren, &[("region", "region", "Here")]).await.assert_status(303);
    filter_by(&mut wren, &[]).await.assert_status(303);
    filter_by(&mut wren, &[("region", "", "Pay")]).await.assert_status(303);
    let filters = stored(&app).await["filters"].clone();
    let told: Vec<_> = [0, 1].map(|at| (filters[at]["id"].clone(), filters[at]["column"].clone())).into();
    assert_eq!(told, [("pay".into(), "ebitda".into()), ("pay-2".into(), "region".into())]);
    let refused = filter_by(&mut wren, &[("region", "pay", "Where")]).await;
    says_nothing(refused.assert_status(422).assert_shows("Another filter has this name."));
    says_nothing(&wren.get(&history("sales")).await);
}

// Case: making/closed-by-deleted-data
async fn deleting_a_data_set_opens_nothing(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    make(&mut wren, "Sales").await;
    close_by_data(&app, &mut ada).await;
    let id = text(app.db(), "SELECT id FROM datasets WHERE name = 'people'").await;
    let delete = [("id", id.as_str()), ("confirmation", "people")];
    ada.submit(routes::API_DELETE_DATASET, &delete).await.assert_redirect(routes::DATASETS);
    let page = routes::dashboard("sales");
    ada.get(&page).await.assert_status(200).assert_shows("Our yield").assert_shows("does not fit its data");
    for path in [&page, &edit("sales"), &history("sales"), &routes::dashboard_version("sales", 2)] {
        says_nothing(wren.get(path).await.assert_status(200));
    }
    let now = version(&mut wren).await;
    let take_away = [("version", now.as_str()), ("panel", "pay"), ("do", "delete")];
    wren.submit(&edit("sales"), &take_away).await.assert_status(404);
    wren.get(&routes::dashboard_edit_panel("sales", "pay")).await.assert_status(404);
    assert_eq!(version(&mut wren).await, now);
    // Nor does another person's data set of the same name open the panel.
    app.make_dataset(("people", Role::Read), "ebitda,region\n1,North\n").await;
    let owner = "UPDATE datasets SET owner = (SELECT id FROM users WHERE name LIKE 'Wren%') \
                 WHERE name = 'people' AND deleted_at IS NULL";
    execute(app.db(), owner).await;
    until("it is there", async || wren.get(&routes::dataset("people")).await.status == 200).await;
    until("it is somebody else's", async || !wren.get(&page).await.body.contains("Our yield")).await;
    for path in [&page, &edit("sales")] {
        says_nothing(wren.get(path).await.assert_status(200));
    }
    wren.submit(&edit("sales"), &take_away).await.assert_status(404);
}

// Case: making/closed-notes
async fn what_is_written_on_a_closed_note_is_shown_by_no_preview_and_no_version(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    make(&mut wren, "Sales").await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    let send = async |browser: &mut Browser, path: &str, fields: &[(&str, &str)]| {
        let now = version(browser).await;
        let note = [("kind", "note"), ("version", now.as_str())];
        browser.submit(path, &[note.as_slice(), fields].concat()).await
    };
    let plan = [("title", "Plan"), ("id", "plan")];
    send(&mut wren, &add, &[plan.as_slice(), &[("do", "save")]].concat()).await.assert_status(303);
    let closed = [plan.as_slice(), &[("role", "admin"), ("do", "save")]].concat();
    send(&mut ada, &routes::dashboard_edit_panel("sales", "plan"), &closed).await.assert_status(303);
    let text = [("slug", "sales"), ("panel", "plan"), ("body", "Our ebitda falls."), ("version", "0")];
    ada.submit(routes::API_SAVE_NOTE, &text).await.assert_redirect(&edit("sales"));

    let preview = [("title", "Mine"), ("id", "plan"), ("do", "preview")];
    let told = send(&mut wren, &add, &preview).await;
    says_nothing(told.assert_status(200).assert_shows("Another panel is called “plan”."));
    let then = routes::dashboard_version("sales", 2);
    says_nothing(wren.get(&then).await.assert_status(200).assert_shows(CLOSED));
    let now = version(&mut ada).await;
    let delete = [("version", now.as_str()), ("panel", "plan"), ("do", "delete")];
    ada.submit(&edit("sales"), &delete).await.assert_status(303);
    says_nothing(send(&mut wren, &add, &preview).await.assert_status(200).assert_shows("No note yet."));
    let shown = wren.get(&then).await;
    says_nothing(shown.assert_status(200).assert_shows(CLOSED));
    assert!(!shown.body.contains("Restore version 2"), "{shown:#?}");
    // Using the id of the closed panel is refused with a reason, and what was typed is kept.
    let mine = [("title", "My own words"), ("id", "plan"), ("do", "save")];
    says_nothing(
        send(&mut wren, &add, &mine).await.assert_status(422).assert_shows(REFUSED).assert_shows("My own words"),
    );
    // A note with the same title becomes a new panel.
    send(&mut wren, &add, &[("title", "Plan"), ("do", "save")]).await.assert_status(303);
    let ids = async || {
        let panels = stored(&app).await["panels"].as_array().unwrap().clone();
        panels.into_iter().map(|panel| panel["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids().await.last().unwrap(), "plan-2");
    says_nothing(wren.get(&routes::dashboard("sales")).await.assert_status(200).assert_shows("No note yet."));
    let offered = wren.get(&history("sales")).await;
    assert!(!offered.body.contains("Restore version 2"), "{offered:#?}");
    // Nor does a copy get the text of a note whose panel no longer exists.
    execute(app.db(), "UPDATE notes SET panel = 'plan-2-2'").await;
    let now = version(&mut wren).await;
    let copy = [("version", now.as_str()), ("panel", "plan-2"), ("do", "duplicate")];
    wren.submit(&edit("sales"), &copy).await.assert_status(303);
    assert_eq!(ids().await.last().unwrap(), "plan-2-3");
}
