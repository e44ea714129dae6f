//! The next file for a data set, which is read in the same way as the last one.

use rolecall_routes as routes;

use super::{SALES, imported, path_to, rows, settled, submit, upload, wren};
use crate::support::{Browser, TestApp, TestDb, execute, on_both_dialects, text};

on_both_dialects! {
    the_next_file_is_read_as_the_last_one_was_with_what_was_decided_of_that,
    a_file_that_cannot_be_read_as_the_last_one_is_read_by_itself_and_that_is_said,
    after_a_version_is_restored_its_own_file_is_the_last_one,
    the_same_file_is_added_again_only_after_a_question,
    what_an_import_did_is_said_on_the_page_of_the_data_set_to_who_may_change_it,
}

/// An application whose data is in `database`, and Wren in it.
async fn on(database: &TestDb) -> (TestApp, Browser) {
    let app = TestApp::setup().on(database).start().await;
    let wren = wren(&app).await;
    (app, wren)
}

/// Makes the data set `january` from a file, with decisions about its columns, the order of dates and the marks in
/// numbers.
async fn january(wren: &mut Browser) {
    let file = "Tag;Betrag;Kunde;intern\n03/04/2026;1.500,25;007;x\n";
    let page = upload(wren, routes::UPLOADS, "january.csv", file).await;
    let fields = [
        ("numbers", ",."),
        ("date_order", "dmy"),
        ("column.0.name", "day"),
        ("column.0.type", "date"),
        ("column.0.taken", "on"),
        ("column.1.name", "amount"),
        ("column.1.type", "decimal"),
        ("column.1.taken", "on"),
        ("column.2.name", "customer"),
        ("column.2.type", "text"),
        ("column.2.taken", "on"),
        ("column.3.name", "intern"),
        ("column.3.type", "text"),
    ];
    submit(wren, &page, "show", &fields).await.assert_status(200);
    submit(wren, &page, "import", &[]).await.assert_status(302);
}

// Case: uploads/like-the-last
async fn the_next_file_is_read_as_the_last_one_was_with_what_was_decided_of_that(database: &TestDb) {
    let (app, mut wren) = on(database).await;
    january(&mut wren).await;
    // Without those decisions, this would be 2.25 with a decimal point, integers as customers, and dates that fit two
    // orders.
    let next = "intern;Kunde;Betrag;Tag\ny;12;2.250;05/06/2026\n";
    for (how, expected) in [("append", "2"), ("replace", "1")] {
        let page = upload(&mut wren, &path_to(&app, how, "january").await, "february.csv", next).await;
        let shown = settled(&mut wren, &page).await;
        let last = if how == "append" { "january.csv" } else { "february.csv" };
        shown.assert_shows("Read like the last file").assert_shows(last);
        assert!(!shown.body.contains("Please decide first"), "{shown:#?}");
        assert_eq!(shown.tables()[1], [["12", "2250", "2026-06-05"]]);
        submit(&mut wren, &page, "import", &[]).await.assert_status(302);
        assert_eq!(rows(&app, "january").await, expected);
    }
    // The way of reading can still be corrected.
    let page = upload(&mut wren, &path_to(&app, "append", "january").await, "march.csv", next).await;
    let shown = submit(&mut wren, &page, "show", &[("numbers", ".")]).await;
    assert_eq!(shown.tables()[1], [["12", "2.25", "2026-06-05"]]);
    // A file for another data set does not use these decisions.
    let page = upload(&mut wren, routes::UPLOADS, "other.csv", next).await;
    let shown = settled(&mut wren, &page).await;
    shown.assert_shows("Please decide first");
    assert!(!shown.body.contains("last file"), "{shown:#?}");
}

// Case: uploads/unlike-the-last
async fn a_file_that_cannot_be_read_as_the_last_one_is_read_by_itself_and_that_is_said(database: &TestDb) {
    let (app, mut wren) = on(database).await;
    january(&mut wren).await;
    let append = path_to(&app, "append", "january").await;
    let json = r#"{"day":"2026-06-05","amount":2.25,"customer":"12"}"#;
    let page = upload(&mut wren, &append, "february.ndjson", json).await;
    let shown = settled(&mut wren, &page).await;
    shown
        .assert_shows("Rolecall could not read it in the same way as the last file")
        .assert_shows("objects of JSON (NDJSON), and that one was not");
    // The types are still those of the data set.
    assert_eq!(shown.tables()[0][2][3], "text");
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(rows(&app, "january").await, "2");

    let page = upload(&mut wren, &append, "march.csv", "day,amount,customer\n2026-06-05,2.25,12\n").await;
    settled(&mut wren, &page).await.assert_shows("Rolecall could not read it in the same way as the last file");
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    let page = upload(&mut wren, &append, "april.csv", "day,amount,customer\n2026-06-05,\"2,25\",12\n").await;
    settled(&mut wren, &page).await.assert_shows("except for its numbers: this file writes them in another way");
    assert_eq!(imported(&app).await, 1);
}

// Case: uploads/like-the-last
async fn after_a_version_is_restored_its_own_file_is_the_last_one(database: &TestDb) {
    let (app, mut wren) = on(database).await;
    january(&mut wren).await;
    let append = path_to(&app, "append", "january").await;
    let page = upload(&mut wren, &append, "wrong.csv", "day,amount,customer\n2026-06-05,2,12\n").await;
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    let id = text(app.db(), "SELECT id FROM datasets WHERE name = 'january'").await;
    let restored = [("id", id.as_str()), ("version", "1"), ("current", "2")];
    wren.submit(routes::API_RESTORE_DATASET_VERSION, &restored).await.assert_redirect("/datasets/january");
    let page = upload(&mut wren, &append, "february.csv", "Kunde;Betrag;Tag\n12;2.250;05/06/2026\n").await;
    let shown = settled(&mut wren, &page).await;
    shown.assert_shows("Read like the last file").assert_shows("january.csv");
    assert_eq!(shown.tables()[1], [["12", "2250", "2026-06-05"]]);
}

// Case: uploads/outcome
async fn what_an_import_did_is_said_on_the_page_of_the_data_set_to_who_may_change_it(database: &TestDb) {
    let (app, mut wren) = on(database).await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let page = upload(&mut ada, routes::UPLOADS, "sales.csv", SALES).await;
    let made = submit(&mut ada, &page, "import", &[]).await;
    let shown = ada.get(made.location()).await;
    shown.assert_shows("The data set was made. It has 2 rows.");
    assert_eq!(shown.body.matches("Make a dashboard").count(), 1, "{shown:#?}");
    let to_others = wren.get(made.location()).await;
    to_others.assert_status(200);
    assert!(!to_others.body.contains("was made") && !to_others.body.contains("sales.csv"), "{to_others:#?}");

    let rows = "day,region,amount\n2026-03-01,East,1\n";
    let page = upload(&mut ada, &path_to(&app, "append", "sales").await, "march.csv", rows).await;
    let added = submit(&mut ada, &page, "import", &[]).await;
    let shown = ada.get(added.location()).await;
    shown.assert_shows("1 row added. The data set now has 3.").assert_shows("march.csv");
    // Only the latest version is announced in this way.
    let shown = ada.get(made.location()).await;
    assert!(!shown.body.contains("was made"), "{shown:#?}");

    let page = upload(&mut ada, &path_to(&app, "replace", "sales").await, "march.csv", rows).await;
    let replaced = submit(&mut ada, &page, "import", &[]).await;
    ada.get(replaced.location()).await.assert_shows("All rows were replaced. The data set now has 1 row.");
}

// Case: uploads/same-file
async fn the_same_file_is_added_again_only_after_a_question(database: &TestDb) {
    let (app, mut wren) = on(database).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    let append = path_to(&app, "append", "sales").await;
    let page = upload(&mut wren, &append, "the same.csv", SALES).await;
    let shown = settled(&mut wren, &page).await;
    shown.assert_shows("This file was added before").assert_shows("sales.csv");
    assert!(!shown.body.contains("value=\"import\""), "{shown:#?}");
    // A page that was opened before the file was added does not add it again, either.
    submit(&mut wren, &page, "import", &[]).await.assert_status(200).assert_shows("This file was added before");
    assert_eq!(rows(&app, "sales").await, "2");
    let other = upload(&mut wren, &append, "other.csv", format!("{SALES}2026-01-06,West,1\n")).await;
    let shown = settled(&mut wren, &other).await;
    assert!(!shown.body.contains("added before"), "{shown:#?}");
    submit(&mut wren, &page, "again", &[]).await.assert_status(302);
    assert_eq!(rows(&app, "sales").await, "4");
    // Somebody who may no longer change the data set learns nothing about its files.
    let page = upload(&mut wren, &append, "the same.csv", SALES).await;
    settled(&mut wren, &page).await.assert_shows("This file was added before");
    execute(app.db(), "UPDATE datasets SET role = 'admin' WHERE name = 'sales'").await;
    let shown = wren.get(&page).await;
    assert!(!shown.body.contains("added before"), "{shown:#?}");
    execute(app.db(), "UPDATE datasets SET role = 'read' WHERE name = 'sales'").await;
    // Replacing the rows with the same file duplicates nothing, so it is allowed.
    let page = upload(&mut wren, &path_to(&app, "replace", "sales").await, "sales.csv", SALES).await;
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(rows(&app, "sales").await, "2");
}
