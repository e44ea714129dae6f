//! The way from a file to a data set.

use rolecall_routes as routes;

use super::{SALES, folders, imported, path_to, rows, settled, submit, upload, wren};
use crate::support::{TestApp, TestDb, on_both_dialects};

on_both_dialects! {
    a_file_is_shown_as_it_is_understood_and_becomes_a_data_set,
    a_long_text_scrolls_within_its_cell,
    what_a_file_was_taken_for_can_be_corrected,
    what_makes_a_column_text_stands_beside_its_type,
    what_cannot_be_known_is_asked_before_the_import,
    times_without_a_zone_ask_for_it_and_the_proposed_dashboard_has_it,
    rows_are_appended_and_replaced_with_columns_matched_by_name,
    mistakes_are_told_with_line_column_value_and_reason_and_nothing_changes,
    rows_that_cannot_be_read_are_counted_as_rows_of_the_file,
    an_upload_that_is_not_wanted_is_deleted_with_all_that_belongs_to_it,
}

/// An application whose data is in `database`.
async fn on(database: &TestDb) -> TestApp {
    TestApp::setup().on(database).start().await
}

// Case: uploads/whole-way
async fn a_file_is_shown_as_it_is_understood_and_becomes_a_data_set(database: &TestDb) {
    let app = on(database).await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "Sales 2026.csv", SALES).await;
    let shown = settled(&mut wren, &page).await;
    shown.assert_status(200).assert_shows("Sales 2026.csv").assert_shows("All 2 rows");
    assert_eq!(shown.tables()[1], [["2026-01-02", "North", "120.5"], ["2026-01-05", "South", "80"]]);
    assert_eq!(imported(&app).await, 0);

    let answer = submit(&mut wren, &page, "import", &[("title", "Sales"), ("name", "sales"), ("role", "read")]).await;
    answer.assert_status(302);
    assert_eq!(answer.location(), "/datasets/sales?imported=1");
    assert_eq!((rows(&app, "sales").await.as_str(), imported(&app).await), ("2", 1));
    wren.get("/datasets/sales").await.assert_status(200).assert_shows("Sales");
    // The result is kept, but no longer listed as an upload.
    let list = wren.get(routes::UPLOADS).await;
    assert!(!list.body.contains("Sales 2026.csv"), "{list:#?}");
}

// Case: panel/long-texts-leave-room
async fn a_long_text_scrolls_within_its_cell(database: &TestDb) {
    let app = on(database).await;
    let mut wren = wren(&app).await;
    let file = format!("day,letter\n2026-01-02,<b>Dear all{}\n", " and so on".repeat(40));
    let page = upload(&mut wren, routes::UPLOADS, "letters.csv", file).await;
    let shown = settled(&mut wren, &page).await;
    shown.assert_shows("<div class=\"lines\" tabindex=\"0\">&lt;b&gt;Dear all and so on");
    assert!(!shown.body.contains("<b>Dear"), "{shown:#?}");
}

// Case: uploads/corrections
async fn what_a_file_was_taken_for_can_be_corrected(database: &TestDb) {
    let app = on(database).await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "codes.csv", "code;price\n1;1,5\n2;2,25\n").await;
    let shown = settled(&mut wren, &page).await;
    assert_eq!(shown.tables()[1], [["1", "1.5"], ["2", "2.25"]]);
    let fields = [
        ("column.0.name", "id"),
        ("column.0.type", "text"),
        ("column.0.taken", "on"),
        ("column.1.name", "price"),
        ("column.1.type", "decimal"),
    ];
    // Importing with changed fields first shows the result, and announces that to screen readers.
    let shown = submit(&mut wren, &page, "import", &fields).await;
    assert_eq!(shown.tables()[1], [["1"], ["2"]]);
    shown.assert_shows("Nothing is imported yet: the file was read again with your changes.");
    let before = shown.body.split("Nothing is imported yet").next().unwrap();
    assert!(before.rsplit("<section").next().unwrap().contains("role=\"alert\""), "{shown:#?}");
    assert_eq!(imported(&app).await, 0);
    // The notice does not appear after the button to show the file.
    let shown = submit(&mut wren, &page, "show", &[("numbers", ",.")]).await;
    assert!(!shown.body.contains("read again with your changes"), "{shown:#?}");
    submit(&mut wren, &page, "show", &[("numbers", ",")]).await.assert_status(200);
    submit(
        &mut wren,
        &page,
        "import",
        &[
            ("name", "codes"),
            ("column.0.name", "id"),
            ("column.0.type", "text"),
            ("column.0.taken", "on"),
            ("column.1.name", "price"),
            ("column.1.type", "decimal"),
        ],
    )
    .await
    .assert_status(302);
    let columns = "SELECT columns FROM dataset_versions v JOIN datasets d ON d.id = v.dataset WHERE d.name = 'codes'";
    assert_eq!(crate::support::text(app.db(), columns).await, r#"[{"name":"id","type":"text"}]"#);
}

// Case: uploads/nearly-a-type
async fn what_makes_a_column_text_stands_beside_its_type(database: &TestDb) {
    let app = on(database).await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "prices.csv", "name,price\na,1.5\nb,<i>none\nc,2\n").await;
    let shown = settled(&mut wren, &page).await;
    assert!(!shown.body.contains("<i>none"), "{shown:#?}");
    let (before, why) = shown.body.split_once("id=\"column.1.type-why\"").unwrap();
    assert!(before.contains("aria-describedby=\"column.1.type-why\""), "{shown:#?}");
    let why = why.split("</p>").next().unwrap();
    assert!(why.contains("&lt;i&gt;none") && why.contains("in line 3. 2 of 3 values are numbers."), "{why}");
    shown.assert_shows("decimal (2 of 3 values)");
    assert!(!shown.body.contains("column.0.type-why"), "{shown:#?}");
    // The suggested type can be chosen like any other: then that cell is the mistake.
    let fields = [("column.1.name", "price"), ("column.1.type", "decimal"), ("column.1.taken", "on")];
    let shown = submit(&mut wren, &page, "show", &fields).await;
    assert!(!shown.body.contains("type-why"), "{shown:#?}");
    let told = submit(&mut wren, &page, "import", &[]).await;
    assert_eq!(told.tables()[0][0][..3], ["3", "price", "<i>none"]);
}

// Case: uploads/questions
async fn what_cannot_be_known_is_asked_before_the_import(database: &TestDb) {
    let app = on(database).await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "days.csv", "day\n01/02/2026\n").await;
    let shown = settled(&mut wren, &page).await;
    shown.assert_shows("Please decide first").assert_shows("fit two orders");
    submit(&mut wren, &page, "import", &[]).await.assert_status(422).assert_shows("Answer the questions");
    let shown = submit(&mut wren, &page, "show", &[("answer.date_order.0", "mdy")]).await;
    assert!(!shown.body.contains("Please decide first"), "{shown:#?}");
    assert_eq!(shown.tables()[1], [["2026-01-02"]]);
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(imported(&app).await, 1);
}

// Case: uploads/zone
async fn times_without_a_zone_ask_for_it_and_the_proposed_dashboard_has_it(database: &TestDb) {
    let app = on(database).await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "zoned.csv", "at,n\n2026-01-02T00:30:00Z,1\n").await;
    let shown = settled(&mut wren, &page).await;
    assert!(!shown.body.contains("In which time zone are the times?"), "{shown:#?}");

    let page = upload(&mut wren, routes::UPLOADS, "doors.csv", "at,n\n2026-01-02 00:30,1\n2026-01-03 00:30,2\n").await;
    let shown = settled(&mut wren, &page).await;
    shown.assert_shows("In which time zone are the times?").assert_shows("They are read as UTC.");
    shown.assert_shows("value=\"UTC\"").assert_shows("value=\"Europe/Zurich\"");
    let shown = submit(&mut wren, &page, "show", &[("time_zone", "Europe/Zurich")]).await;
    assert!(!shown.body.contains("In which time zone are the times?"), "{shown:#?}");
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);

    wren.get(&routes::dashboard_of("doors")).await.assert_status(200).assert_shows("2026-01-02 00:30");
    let fields = [("dataset", "doors"), ("title", "Doors"), ("role", "read")];
    wren.submit(routes::DASHBOARD_NEW, &fields).await.assert_status(303);
    let document = wren.get(&routes::of_dashboard(routes::DASHBOARD_DOCUMENT, "doors")).await;
    document.assert_status(200).assert_shows("zone = \"Europe/Zurich\"");
}

// Case: uploads/append-and-replace
async fn rows_are_appended_and_replaced_with_columns_matched_by_name(database: &TestDb) {
    let app = on(database).await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    let more = "amount,region,day\n5,East,2026-02-01\n";
    let page = upload(&mut wren, &path_to(&app, "append", "sales").await, "more.csv", more).await;
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(rows(&app, "sales").await, "3");
    let page = upload(&mut wren, &path_to(&app, "replace", "sales").await, "all.csv", more).await;
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(rows(&app, "sales").await, "1");

    let page =
        upload(&mut wren, &path_to(&app, "append", "sales").await, "other.csv", "day,region\n2026-02-01,East\n").await;
    settled(&mut wren, &page).await.assert_shows("the file has no such column");
    submit(&mut wren, &page, "import", &[]).await.assert_status(200).assert_shows("the file has no such column");
    assert_eq!(rows(&app, "sales").await, "1");
}

// Case: uploads/mistakes
async fn mistakes_are_told_with_line_column_value_and_reason_and_nothing_changes(database: &TestDb) {
    let app = on(database).await;
    let mut wren = wren(&app).await;
    let text = format!("amount\n{}much\n", "1\n".repeat(20_000));
    let page = upload(&mut wren, routes::UPLOADS, "amounts.csv", text).await;
    let fields = [("column.0.name", "amount"), ("column.0.type", "integer"), ("column.0.taken", "on")];
    submit(&mut wren, &page, "show", &fields).await.assert_status(200);
    let shown = submit(&mut wren, &page, "import", &fields).await;
    assert_eq!(shown.tables()[0], [["20,002", "amount", "much", "is not a whole number of at most 64 bits"]]);
    assert_eq!(imported(&app).await, 0);
    // The form is still there: everything can be read as text.
    let fields = [("column.0.name", "amount"), ("column.0.type", "text"), ("column.0.taken", "on")];
    submit(&mut wren, &page, "show", &fields).await.assert_status(200);
    submit(&mut wren, &page, "import", &fields).await.assert_status(302);
    assert_eq!(rows(&app, "amounts").await, "20001");
}

// Case: uploads/mistakes
async fn rows_that_cannot_be_read_are_counted_as_rows_of_the_file(database: &TestDb) {
    let app = on(database).await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "ragged.csv", "a,b\n1,2\n3\n4,5\n").await;
    let shown = settled(&mut wren, &page).await;
    shown.assert_shows("2 of 3 rows").assert_shows("1 row cannot be read, and is left out here");
    assert_eq!(shown.tables()[0], [["3", "", "3", "the row has 1 cell instead of 2"]]);
    assert!(!shown.body.contains("All 2 rows"), "{shown:#?}");
    let many = format!("a,b\n{}1,2,3\n4\n", "1,2\n".repeat(1_000));
    let page = upload(&mut wren, routes::UPLOADS, "many.csv", many).await;
    let shown = settled(&mut wren, &page).await;
    shown.assert_shows("The first 50 of 1,002 rows").assert_shows("2 rows cannot be read, and are left out here");
}

async fn an_upload_that_is_not_wanted_is_deleted_with_all_that_belongs_to_it(database: &TestDb) {
    let app = on(database).await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    settled(&mut wren, &page).await;
    assert_eq!(folders(&app), 1);
    wren.submit(&page, &[("do", "cancel")]).await.assert_redirect(routes::UPLOADS);
    wren.get(&page).await.assert_status(404);
    assert_eq!(folders(&app), 0);
}
