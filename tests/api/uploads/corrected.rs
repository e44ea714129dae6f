//! Invalid values in the form of an upload come back with the mistake beside their field, and nothing that was typed is
//! lost.

use rolecall_routes as routes;

use super::{SALES, imported, rows, settled, submit, upload, wren};
use crate::support::{Answer, TestApp, TestDb, on_both_dialects};

on_both_dialects! {
    what_cannot_be_used_comes_back_beside_its_field_with_all_that_was_typed,
    a_name_that_is_taken_is_told_on_the_page_and_a_free_one_is_proposed,
    names_that_two_columns_have_are_marked_at_both,
    an_import_that_fails_shows_what_was_sent_last_and_no_earlier_form,
}

/// The mistake beside the field `name` on `page`; empty if there is none.
fn beside(page: &Answer, name: &str) -> String {
    let told = page.body.split(&format!("id=\"{name}-mistake\"")).nth(1).unwrap_or_default();
    told.split('>').nth(1).unwrap_or_default().split('<').next().unwrap_or_default().to_owned()
}

/// The opening tag of the field `name`.
fn field(page: &Answer, name: &str) -> String {
    let (before, after) = page.body.split_once(&format!("name=\"{name}\"")).unwrap();
    format!("{}{}", before.rsplit('<').next().unwrap(), after.split('>').next().unwrap())
}

// Case: uploads/wrong-decisions
async fn what_cannot_be_used_comes_back_beside_its_field_with_all_that_was_typed(database: &TestDb) {
    let app = TestApp::setup().set("ROLECALL_DATABASE_URL", &database.url).start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    settled(&mut wren, &page).await.assert_status(200);
    let typed = [
        ("title", "My own title"),
        ("time_zone", "Mars/Olympus"),
        ("column.0.name", "when"),
        ("column.0.type", "text"),
        ("column.0.taken", "on"),
        ("column.1.name", "where"),
        ("column.1.type", "text"),
    ];
    for what in ["show", "import"] {
        let shown = submit(&mut wren, &page, what, &typed).await;
        shown.assert_status(422).assert_shows("My own title").assert_shows("How the file is read");
        assert!(beside(&shown, "time_zone").contains("There is no time zone “Mars/Olympus”"), "{shown:#?}");
        let zone = field(&shown, "time_zone");
        assert!(zone.contains("aria-invalid=\"true\"") && zone.contains("value=\"Mars/Olympus\""), "{zone}");
        assert!(field(&shown, "column.0.name").contains("value=\"when\""), "{shown:#?}");
        assert!(field(&shown, "column.0.taken").contains("checked"), "{shown:#?}");
        assert!(!field(&shown, "column.1.taken").contains("checked"), "{shown:#?}");
        assert!(shown.body.contains("href=\"#time_zone\""), "{shown:#?}");
    }
    // None of the invalid values is stored.
    assert!(settled(&mut wren, &page).await.body.contains("value=\"UTC\""));
    for (name, value) in [
        ("encoding", "Morse"),
        ("delimiter", "ab"),
        ("quote", "a"),
        ("numbers", "x"),
        ("date_order", "x"),
        ("header_row", "first"),
        ("title", " "),
        ("role", "king"),
    ] {
        let shown = submit(&mut wren, &page, "show", &[(name, value)]).await;
        assert!(!beside(shown.assert_status(422), name).is_empty(), "{name}: {shown:#?}");
    }
    for (name, value) in [("column.1.name", "Day"), ("column.1.name", " "), ("column.1.type", "y")] {
        let fields = [("column.0.name", "day"), ("column.0.taken", "on"), ("column.1.taken", "on"), (name, value)];
        let more: &[(&str, &str)] = if name == "column.1.type" { &[("column.1.name", "b")] } else { &[] };
        let fields = [&fields[..], more].concat();
        let shown = submit(&mut wren, &page, "show", &fields).await;
        assert!(!beside(shown.assert_status(422), name).is_empty(), "{name}: {shown:#?}");
    }
    assert_eq!(imported(&app).await, 0);
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
}

// Case: uploads/wrong-decisions
async fn names_that_two_columns_have_are_marked_at_both(database: &TestDb) {
    let app = TestApp::setup().set("ROLECALL_DATABASE_URL", &database.url).start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sums.csv", "sum,Sum,other\n1,2,3\n").await;
    let assert_marked = |shown: &Answer| {
        for name in ["column.0.name", "column.1.name"] {
            assert!(beside(shown, name).contains("Give one of them another name"), "{name}: {shown:#?}");
            let field = field(shown, name);
            assert!(field.contains("aria-invalid=\"true\""), "{field}");
            assert!(field.contains(&format!("aria-describedby=\"{name}-mistake\"")), "{field}");
        }
        assert_eq!(beside(shown, "column.2.name"), "");
    };
    assert_marked(settled(&mut wren, &page).await.assert_status(200));
    let refused = submit(&mut wren, &page, "import", &[]).await;
    assert_marked(refused.assert_status(422).assert_shows("href=\"#column.0.name\""));
    let with = |third: &'static str| {
        let names = [("column.0.name", "sum"), ("column.1.name", "second"), ("column.2.name", third)];
        [&names[..], &[("column.0.taken", "on"), ("column.1.taken", "on"), ("column.2.taken", "on")]].concat()
    };
    // A duplicate name that somebody types is refused in the same way.
    let refused = submit(&mut wren, &page, "show", &with("SECOND")).await;
    refused.assert_status(422);
    assert!(!beside(&refused, "column.1.name").is_empty() && !beside(&refused, "column.2.name").is_empty());
    assert_eq!(beside(&refused, "column.0.name"), "");
    let shown = submit(&mut wren, &page, "show", &with("third")).await;
    assert_eq!(beside(shown.assert_status(200), "column.0.name"), "");
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(rows(&app, "sums").await, "1");
}

// Case: uploads/wrong-decisions
async fn an_import_that_fails_shows_what_was_sent_last_and_no_earlier_form(database: &TestDb) {
    let app = TestApp::setup().set("ROLECALL_DATABASE_URL", &database.url).start().await;
    let mut wren = wren(&app).await;
    // Only after all rows are read is it known that the last amount is not a number.
    let rows = [b"name,amount\nM\xfcller,1\n".to_vec(), b"x,1\n".repeat(20_000), b"x,much\n".to_vec()].concat();
    let page = upload(&mut wren, routes::UPLOADS, "amounts.csv", rows).await;
    let columns = [
        ("column.0.name", "name"),
        ("column.0.type", "text"),
        ("column.0.taken", "on"),
        ("column.1.name", "amount"),
        ("column.1.type", "integer"),
        ("column.1.taken", "on"),
    ];
    let with = |more: &[(&'static str, &'static str)]| [&columns[..], more].concat();
    let answered = with(&[("answer.encoding", "windows-1252")]);
    submit(&mut wren, &page, "show", &answered).await.assert_status(200).assert_shows("Müller");
    let wrong = with(&[("encoding", "UTF-8"), ("title", "First"), ("name", "first")]);
    let shown = submit(&mut wren, &page, "show", &wrong).await;
    assert!(!beside(&shown, "encoding").is_empty(), "{shown:#?}");
    let right = with(&[("encoding", "windows-1252"), ("title", "Second"), ("name", "second")]);
    let shown = submit(&mut wren, &page, "import", &right).await;
    assert_eq!(shown.tables()[0][0][2], "much");
    assert!(field(&shown, "title").contains("value=\"Second\""), "{shown:#?}");
    assert!(field(&shown, "name").contains("value=\"second\""), "{shown:#?}");
    let encodings = shown.body.split("name=\"encoding\"").nth(1).unwrap().split("</select>").next().unwrap();
    let chosen = encodings.split("<option").find(|option| option.split('>').next().unwrap().contains("selected"));
    assert!(chosen.unwrap().contains("value=\"windows-1252\""), "{encodings}");
    assert_eq!(imported(&app).await, 0);
}

// Case: uploads/taken-name
async fn a_name_that_is_taken_is_told_on_the_page_and_a_free_one_is_proposed(database: &TestDb) {
    let app = TestApp::setup().set("ROLECALL_DATABASE_URL", &database.url).start().await;
    let mut wren = wren(&app).await;
    let early = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    let first = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    submit(&mut wren, &first, "import", &[]).await.assert_status(302);
    // The name of this upload was free when it was sent.
    let shown = settled(&mut wren, &early).await;
    shown.assert_status(200);
    assert!(beside(&shown, "name").contains("There is a data set “sales” already"), "{shown:#?}");
    let shown = submit(&mut wren, &early, "import", &[("name", "sales"), ("title", "Kept")]).await;
    assert!(beside(shown.assert_status(422), "name").contains("“sales” already"), "{shown:#?}");
    assert!(field(&shown, "title").contains("value=\"Kept\""), "{shown:#?}");
    for (name, why) in [("weather", "comes with Rolecall"), ("Sales!", "cannot be the name")] {
        let shown = submit(&mut wren, &early, "import", &[("name", name)]).await;
        assert!(beside(shown.assert_status(422), "name").contains(why), "{shown:#?}");
    }
    // The next upload is offered a free name.
    for (file, name) in [("sales.csv", "sales-2"), ("sales.csv", "sales-3"), ("weather.csv", "weather-2")] {
        let next = upload(&mut wren, routes::UPLOADS, file, SALES).await;
        let shown = settled(&mut wren, &next).await;
        assert!(field(&shown, "name").contains(&format!("value=\"{name}\"")), "{shown:#?}");
        assert_eq!(beside(&shown, "name"), "");
        submit(&mut wren, &next, "import", &[]).await.assert_status(302);
        assert_eq!(rows(&app, name).await, "2");
    }
}
