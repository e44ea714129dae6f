//! Work that is cancelled, killed with `kill -9`, or continues after the person has lost the right to it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use rolecall_routes as routes;
use sha2::{Digest as _, Sha256};

use super::{SALES, folders, imported, path_to, rows, settled, submit, upload, wren};
use crate::faults::small_disk::SmallDisk;
use crate::support::{Browser, OwnProvider, Program, TestApp, TestClock, count, execute, text, until};

/// Many rows, so that reading them takes a while.
fn many_rows(rows: u32) -> String {
    let mut text = "id,group,text\n".to_owned();
    for row in 0..rows {
        _ = writeln!(text, "{row},{},some text that is not very long but is different each time {row}", row % 97);
    }
    text
}

/// Uploads many rows, and begins to import them.
async fn begin_long_import(browser: &mut Browser) -> String {
    let page = upload(browser, routes::UPLOADS, "many.csv", many_rows(400_000)).await;
    settled(browser, &page).await.assert_shows("400,000 rows");
    browser.submit(&page, &[("do", "import")]).await.assert_redirect(&page);
    page
}

// Case: uploads/cancel
#[tokio::test]
async fn an_import_that_is_cancelled_changes_nothing_and_can_be_begun_again() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let page = begin_long_import(&mut wren).await;
    // No other action on the upload is possible while it is imported.
    wren.submit(&page, &[("do", "import")]).await.assert_status(422).assert_shows("being worked on");
    wren.submit(&page, &[("do", "cancel")]).await.assert_redirect(&page);
    settled(&mut wren, &page).await.assert_shows("The import was cancelled");
    assert_eq!(imported(&app).await, 0);
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(rows(&app, "many").await, "400000");
}

// Case: uploads/other-instance
#[tokio::test]
async fn work_of_another_instance_shows_how_far_it_is_and_is_taken_over_when_nothing_is_heard_of_it() {
    let clock = TestClock::starting_now();
    let app = TestApp::setup().with_clock(clock.clone()).start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    settled(&mut wren, &page).await.assert_status(200);
    let folder = app.data_dir().join(page.replace("/uploads", "datasets/uploads"));
    let entry = folder.join("upload.json");
    let mut upload: serde_json::Value = serde_json::from_slice(&std::fs::read(&entry).unwrap()).unwrap();
    upload["state"] = serde_json::json!({ "importing": { "file": null } });
    std::fs::write(&entry, upload.to_string()).unwrap();
    let now_ms = clock.now_ms();
    let work = serde_json::json!({
        "holder": "another", "began_at_ms": now_ms - 10_000, "renewed_at_ms": now_ms, "is_receiving": false,
        "progress": { "rows": 1_234, "bytes_read": 25, "bytes": 100 },
    });
    std::fs::write(folder.join("work.json"), work.to_string()).unwrap();

    let shown = wren.get(&page).await;
    shown.assert_status(200).assert_shows("<progress").assert_shows("1,234").assert_shows("about 30 seconds left");
    assert_eq!(shown.header("refresh"), "2");
    wren.submit(&page, &[("do", "import")]).await.assert_status(422).assert_shows("being worked on");
    clock.advance(Duration::from_secs(31));
    settled(&mut wren, &page).await.assert_status(200).assert_shows("This was interrupted");
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(imported(&app).await, 1);
}

// Case: uploads/unclear
#[tokio::test]
async fn while_a_version_may_still_appear_nothing_is_imported_again_and_its_file_stays() {
    let clock = TestClock::starting_now();
    let app = TestApp::setup().with_clock(clock.clone()).start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    settled(&mut wren, &page).await.assert_status(200);
    let folder = app.data_dir().join(page.replace("/uploads", "datasets/uploads"));
    let entry = folder.join("upload.json");
    let read = || serde_json::from_slice::<serde_json::Value>(&std::fs::read(&entry).unwrap()).unwrap();
    until("the reading is done and has tidied up", async || {
        read()["state"] == "preview" && !folder.join("work.json").exists()
    })
    .await;
    // The state that a process leaves if it did not learn whether its commit succeeded.
    let mut upload = read();
    upload["state"] = serde_json::json!({ "importing": { "file": "sales-1.parquet" } });
    upload["touched_at_ms"] = clock.now_ms().into();
    std::fs::write(&entry, upload.to_string()).unwrap();
    let stored = app.data_dir().join("datasets/sales-1.parquet");
    std::fs::write(&stored, "rows").unwrap();

    // The sweep may be examining it at the same moment, so wait.
    until("it is said", async || wren.get(&page).await.body.contains("not certain yet")).await;
    wren.submit(&page, &[("do", "import")]).await.assert_status(422);
    clock.advance(Duration::from_mins(2));
    settled(&mut wren, &page).await.assert_status(200).assert_shows("This was interrupted");
    assert!(stored.exists(), "the sweep of data sets deletes it when nobody can name it any more");
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(imported(&app).await, 1);
}

// Case: uploads/unreadable
#[tokio::test]
async fn an_upload_that_cannot_be_read_is_nobodys_and_stops_no_other() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    settled(&mut wren, &page).await.assert_status(200);
    let folder = app.data_dir().join(page.replace("/uploads", "datasets/uploads"));
    std::fs::write(folder.join("upload.json"), "").unwrap();
    wren.get(routes::UPLOADS).await.assert_status(200);
    let other = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    settled(&mut wren, &other).await.assert_status(200);
    submit(&mut wren, &other, "import", &[]).await.assert_status(302);
}

// Case: uploads/unreadable-work
#[tokio::test]
async fn where_it_cannot_be_read_who_works_on_an_upload_it_can_be_begun_again_or_deleted() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    for what in ["import", "cancel"] {
        let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
        settled(&mut wren, &page).await.assert_status(200);
        let folder = app.data_dir().join(page.replace("/uploads", "datasets/uploads"));
        let entry = folder.join("upload.json");
        let mut upload: serde_json::Value = serde_json::from_slice(&std::fs::read(&entry).unwrap()).unwrap();
        upload["state"] = serde_json::json!({ "importing": { "file": null } });
        std::fs::write(&entry, upload.to_string()).unwrap();
        std::fs::write(folder.join("work.json"), "{\"holder\":").unwrap();
        let shown = wren.get(&page).await;
        shown.assert_status(200).assert_shows("This was interrupted").assert_shows("Delete this upload");
        let answer = submit(&mut wren, &page, what, &[]).await;
        assert_eq!(answer.location(), if what == "import" { "/datasets/sales?imported=1" } else { routes::UPLOADS });
        // An upload whose result of the examination is lost can be deleted as well.
        let page = super::upload(&mut wren, routes::UPLOADS, "other.csv", SALES).await;
        settled(&mut wren, &page).await.assert_status(200);
        let folder = app.data_dir().join(page.replace("/uploads", "datasets/uploads"));
        std::fs::write(folder.join("examined.json"), "").unwrap();
        wren.get(&page).await.assert_status(200).assert_shows("Show again");
        wren.submit(&page, &[("do", "cancel")]).await.assert_redirect(routes::UPLOADS);
    }
    assert_eq!((imported(&app).await, folders(&app)), (1, 1));
}

// Case: uploads/deleted-and-made-anew
#[tokio::test]
async fn an_upload_for_a_data_set_that_was_deleted_brings_its_rows_to_no_other() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let make = async |browser: &mut Browser| {
        let page = upload(browser, routes::UPLOADS, "sales.csv", SALES).await;
        submit(browser, &page, "import", &[]).await.assert_status(302);
    };
    make(&mut wren).await;
    let page = upload(&mut wren, &path_to(&app, "append", "sales").await, "more.csv", SALES).await;
    settled(&mut wren, &page).await.assert_status(200);
    execute(app.db(), "UPDATE datasets SET deleted_at = 1 WHERE name = 'sales'").await;
    make(&mut wren).await;
    submit(&mut wren, &page, "import", &[]).await.assert_status(200).assert_shows("You may not do this any more");
    let rows = "SELECT CAST(SUM(row_count) AS TEXT) FROM dataset_versions v JOIN datasets d ON d.id = v.dataset \
                WHERE d.name = 'sales' AND d.deleted_at IS NULL";
    assert_eq!(text(app.db(), rows).await, "2");
}

// Case: uploads/role-at-the-end
#[tokio::test]
async fn who_is_signed_out_while_rows_are_written_imports_nothing() {
    let app = TestApp::start().await;
    let mut other = wren(&app).await;
    let page = begin_long_import(&mut other).await;
    other.submit(routes::API_SIGN_OUT, &[]).await;
    let mut wren = wren(&app).await;
    settled(&mut wren, &page).await.assert_status(200).assert_shows("You may not do this any more");
    assert_eq!(imported(&app).await, 0);
}

// Case: uploads/kept-a-day
#[tokio::test]
async fn an_upload_that_nobody_touches_for_a_day_is_deleted() {
    let clock = TestClock::starting_now();
    let mut app = TestApp::setup().with_clock(clock.clone()).start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    settled(&mut wren, &page).await;
    clock.advance(Duration::from_hours(23));
    app.restart().await;
    assert_eq!(folders(&app), 1);
    clock.advance(Duration::from_hours(2));
    app.restart().await;
    assert_eq!(folders(&app), 0);
}

// Case: uploads/full-disk
#[tokio::test]
async fn a_full_disk_refuses_an_upload_with_a_page_and_keeps_nothing_of_it() {
    let disk = SmallDisk::mount();
    let app = TestApp::setup().set("ROLECALL_DATA_DIR", &disk.path().display().to_string()).start().await;
    let mut wren = wren(&app).await;
    let request = super::sending(&wren, routes::UPLOADS, "many.csv", many_rows(200_000).as_bytes());
    wren.send(request).await.assert_status(507).assert_shows("The disk is full");
    let left = std::fs::read_dir(disk.path().join("datasets/uploads")).unwrap().count();
    assert_eq!(left, 0);
    upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
}

/// Rows that compression hardly makes smaller.
fn varied_rows(rows: u32) -> String {
    let row = |row: u32| format!("{row},{:x}\n", Sha256::digest(row.to_be_bytes()));
    "id,text\n".to_owned() + &(0..rows).map(row).collect::<Vec<_>>().concat()
}

// Case: uploads/full-disk-importing
#[tokio::test]
async fn a_full_disk_during_an_import_is_told_and_the_rows_come_in_once_there_is_room() {
    let disk = SmallDisk::mount();
    let app = TestApp::setup().set("ROLECALL_DATA_DIR", &disk.path().display().to_string()).start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "many.csv", varied_rows(10_000)).await;
    settled(&mut wren, &page).await.assert_shows("10,000 rows");
    let (stored, folder) = (disk.path().join("datasets"), disk.path().join(format!("datasets{page}")));
    until("the reading has tidied up", async || !folder.join("work.json").exists()).await;
    let names =
        |of: &Path| std::fs::read_dir(of).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files = || {
        let of_data_sets = names(&stored).filter(|name| name.contains("many"));
        of_data_sets.chain(names(&folder)).collect::<BTreeSet<_>>()
    };
    let before = files();

    // There is not even room to record that the import begins.
    disk.fill();
    wren.submit(&page, &[("do", "import")]).await.assert_status(507).assert_shows("The disk is full");
    settled(&mut wren, &page).await.assert_status(200).assert_shows("10,000 rows");
    // Now there is room to record that, but not for the rows.
    disk.give_back(64 * 1024);
    let failed = submit(&mut wren, &page, "import", &[]).await;
    failed.assert_status(200).assert_shows("disk is full, so nothing was imported").assert_shows("10,000 rows");
    assert_eq!(imported(&app).await, 0);
    until("nothing is left of it", async || files() == before).await;

    disk.make_room();
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!((imported(&app).await, rows(&app, "many").await), (1, "10000".to_owned()));
}

/// Fails unless every Parquet file in the folder of the data sets belongs to a version.
async fn nothing_is_half_there(program: &Program) {
    let db = program.db().await;
    let files = std::fs::read_dir(program.data_dir().join("datasets")).unwrap().map(Result::unwrap);
    let files: Vec<String> = files.map(|file| file.file_name().into_string().unwrap()).collect();
    for file in files.iter().filter(|file| file.contains("parquet")) {
        assert_eq!(count(&db, &format!("dataset_versions WHERE files LIKE '%{file}%'")).await, 1, "{files:?}");
    }
    assert_eq!(text(&db, "PRAGMA integrity_check").await, "ok");
    db.close().await;
}

/// Kills the program during imports, `times` times, each time at a later point.
async fn kill_in_imports(times: u64) {
    let provider = OwnProvider::start(&TestClock::starting_now()).await;
    let owns_all = ("ROLECALL_DATASETS__MAX_PER_OWNER".to_owned(), times.to_string());
    let mut program = Program::start(provider.settings().into_iter().chain([owns_all])).await;
    let mut wren = program.browser();
    wren.attempt_at(&provider, "wren").await.assert_status(303);
    let content = many_rows(60_000);
    let mut outcomes = [0_u32; 2];
    for time in 0..times {
        let name = format!("many-{time}");
        let page = upload(&mut wren, routes::UPLOADS, &format!("{name}.csv"), &content).await;
        settled(&mut wren, &page).await.assert_shows("60,000 rows");
        wren.submit(&page, &[("do", "import")]).await.assert_redirect(&page);
        let folder = program.data_dir().join(page.replace("/uploads", "datasets/uploads"));
        let reached = content.len() as u64 * time / (times - 1).max(1);
        until("it is so far", async || {
            let work = std::fs::read_to_string(folder.join("work.json")).unwrap_or_default();
            let work: serde_json::Value = serde_json::from_str(&work).unwrap_or_default();
            work.is_null() || work["progress"]["bytes_read"].as_u64().unwrap() >= reached
        })
        .await;
        program.kill();
        program.begin().await;
        nothing_is_half_there(&program).await;
        let found = settled(&mut wren, &page).await;
        let was_imported = found.status == 302;
        if !was_imported {
            found.assert_status(200).assert_shows("This was interrupted");
            submit(&mut wren, &page, "import", &[]).await.assert_status(302);
        }
        outcomes[usize::from(was_imported)] += 1;
        let db = program.db().await;
        assert_eq!(count(&db, &format!("datasets WHERE name = '{name}'")).await, 1);
        db.close().await;
        nothing_is_half_there(&program).await;
        assert!(!folder.join("rows").exists());
    }
    assert!(outcomes[0] > 0, "no import was interrupted: {outcomes:?}");
}

// Case: uploads/kill-9
#[tokio::test]
async fn killed_in_the_middle_of_an_import_it_is_there_in_full_or_can_be_begun_again() {
    kill_in_imports(12).await;
}

#[tokio::test]
#[ignore = "takes ten minutes"]
async fn killed_five_hundred_times_nothing_is_half_there() {
    kill_in_imports(500).await;
}

// Case: uploads/kill-9-receiving
#[tokio::test]
async fn killed_while_a_file_comes_in_nothing_of_it_is_left() {
    use tokio::io::AsyncWriteExt as _;

    let provider = OwnProvider::start(&TestClock::starting_now()).await;
    let mut program = Program::start(provider.settings()).await;
    let mut wren = program.browser();
    wren.attempt_at(&provider, "wren").await.assert_status(303);
    let body = super::form_with("many.csv", many_rows(20_000).as_bytes());
    let head = super::head_of_upload(program.address(), &wren, body.len());
    let mut stream = tokio::net::TcpStream::connect(program.address()).await.unwrap();
    stream.write_all(&[head.as_bytes(), &body[..body.len() / 2]].concat()).await.unwrap();
    let uploads = program.data_dir().join("datasets/uploads");
    let left = || std::fs::read_dir(&uploads).unwrap().count();
    until("it comes in", async || left() == 1).await;
    program.kill();
    assert_eq!(left(), 1);
    program.begin().await;
    assert_eq!(left(), 0);
}
