//! Uploads that are refused, and that nothing of them is kept.

use std::time::Duration;

use rolecall_routes as routes;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{SALES, folders, form_with, head_of_upload, imported, path_to, sending, settled, submit, upload, wren};
use crate::support::{TestApp, execute, raw, raw_status, until};

// Case: uploads/own-only
#[tokio::test]
async fn the_upload_of_somebody_else_does_not_exist() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    settled(&mut wren, &page).await.assert_status(200);
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    ada.get(&page).await.assert_status(404);
    for what in ["show", "import", "cancel"] {
        ada.submit(&page, &[("do", what)]).await.assert_status(404);
    }
    for other in ["/uploads/0123456789abcdef0123456789abcdef", "/uploads/x", "/uploads/%2e%2e%2fx"] {
        wren.get(other).await.assert_status(404);
    }
    assert_eq!((folders(&app), imported(&app).await), (1, 0));
}

// Case: uploads/role
#[tokio::test]
async fn who_may_only_read_is_refused_and_so_is_another_origin() {
    let app = TestApp::start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    reed.get(routes::UPLOADS).await.assert_status(403);
    let answer = reed.send(sending(&reed, routes::UPLOADS, "sales.csv", SALES.as_bytes())).await;
    answer.assert_status(403);

    let mut wren = wren(&app).await;
    let request = sending(&wren, routes::UPLOADS, "sales.csv", SALES.as_bytes());
    let mut foreign = request.build().unwrap();
    foreign.headers_mut().insert("origin", "https://elsewhere.example".parse().unwrap());
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    wren.execute(foreign).await.assert_status(403);
    assert_eq!(folders(&app), 0);
    upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
}

// Case: uploads/whose-data-set
#[tokio::test]
async fn only_who_owns_a_data_set_or_an_administrator_brings_rows_to_it() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let page = upload(&mut ada, routes::UPLOADS, "sales.csv", SALES).await;
    submit(&mut ada, &page, "import", &[]).await.assert_status(302);
    let mut wren = wren(&app).await;
    for (how, name, status) in [("replace", "sales", 403), ("append", "sales", 403), ("append", "weather", 422)] {
        let path = path_to(&app, how, name).await;
        wren.get(&path).await.assert_status(status);
        let answer = wren.send(sending(&wren, &path, "more.csv", SALES.as_bytes())).await;
        answer.assert_status(status);
    }
    execute(app.db(), "UPDATE datasets SET role = 'admin' WHERE name = 'sales'").await;
    for path in [path_to(&app, "append", "sales").await, "/uploads?append=nothing".to_owned()] {
        wren.get(&path).await.assert_status(404);
        wren.send(sending(&wren, &path, "more.csv", SALES.as_bytes())).await.assert_status(404);
    }
    assert_eq!(folders(&app), 1);
    // The role of a data set cannot be higher than one's own.
    let page = upload(&mut wren, routes::UPLOADS, "mine.csv", SALES).await;
    submit(&mut wren, &page, "import", &[("role", "admin")]).await.assert_status(422);
    assert_eq!(imported(&app).await, 1);
}

// Case: uploads/whose-data-set
#[tokio::test]
async fn who_lost_a_data_set_learns_nothing_of_it_from_an_upload() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    let page = upload(&mut wren, &path_to(&app, "append", "sales").await, "more.csv", "other,region\nx,North\n").await;
    settled(&mut wren, &page).await.assert_shows("the file has no such column");
    execute(app.db(), "UPDATE datasets SET role = 'admin' WHERE name = 'sales'").await;
    let shown = settled(&mut wren, &page).await;
    assert!(!shown.body.contains("no such column"), "{shown:#?}");
    let answer = submit(&mut wren, &page, "import", &[]).await;
    answer.assert_shows("You may not do this any more");
    assert!(!answer.body.contains("no such column"), "{answer:#?}");
}

// Case: uploads/too-large
#[tokio::test]
async fn a_file_that_is_too_large_is_refused_with_the_limit_before_it_is_read() {
    let app = TestApp::setup().set("ROLECALL_DATASETS__MAX_BYTES", "1000").start().await;
    let mut wren = wren(&app).await;
    let answer = wren.send(sending(&wren, routes::UPLOADS, "large.csv", &[b'1'; 1001])).await;
    answer.assert_status(413).assert_shows("1.0 kB");
    let head = head_of_upload(&app.address().to_string(), &wren, 90_000_000);
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut stream, &mut answer).await.unwrap();
    assert_eq!(raw_status(&String::from_utf8_lossy(&answer)), 413);
    until("nothing is left", async || folders(&app) == 0).await;
    upload(&mut wren, routes::UPLOADS, "small.csv", &[b'1'; 999]).await;
}

// Case: uploads/interrupted
#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let body = form_with("sales.csv", SALES.repeat(10_000).as_bytes());
    let head = head_of_upload(&app.address().to_string(), &wren, body.len());
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body[..body.len() / 2]).await.unwrap();
    until("it comes in", async || folders(&app) == 1).await;
    drop(stream);
    until("nothing is left", async || folders(&app) == 0).await;
    // A file whose form has no end is not complete, either.
    let cut = &body[..body.len() - 10];
    let request = head.replace(&format!("Length: {}", body.len()), &format!("Length: {}", cut.len()));
    let answer = raw(&app, &[request.as_bytes(), cut].concat()).await;
    assert_eq!(raw_status(&answer), 422, "{answer}");
    assert_eq!(folders(&app), 0);
    let whole = raw(&app, &[head.as_bytes(), &body].concat()).await;
    assert_eq!(raw_status(&whole), 303, "{whole}");
    wren.get(routes::UPLOADS).await.assert_shows("sales.csv");
}

// Case: uploads/form-without-end
#[tokio::test]
async fn what_never_becomes_a_file_is_refused_before_it_fills_the_memory() {
    let app = TestApp::start().await;
    let wren = wren(&app).await;
    let head = head_of_upload(&app.address().to_string(), &wren, 90_000_000);
    // One body never has a boundary, the other never ends the header of a part.
    for beginning in ["", "--boundary\r\nContent-Disposition: form-data; name=\"file\"; x="] {
        let boundary = head.split("boundary=").nth(1).unwrap().lines().next().unwrap().trim();
        let beginning = beginning.replace("boundary", boundary);
        let mut stream = TcpStream::connect(app.address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let (mut reading, mut writing) = stream.into_split();
        // The answer comes although most of the body is never sent.
        let sending = tokio::spawn(async move {
            for _ in 0..32 {
                if writing.write_all(&vec![b'a'; 64 * 1024]).await.is_err() {
                    break;
                }
            }
            writing
        });
        let reading = tokio::spawn(async move {
            let mut answer = [0; 12];
            tokio::io::AsyncReadExt::read_exact(&mut reading, &mut answer).await.unwrap();
            answer
        });
        // The answer comes at once, rather than after a minute without data.
        until("it is refused", async || reading.is_finished()).await;
        assert_eq!(raw_status(&String::from_utf8_lossy(&reading.await.unwrap())), 422);
        drop(sending.await);
        assert_eq!(folders(&app), 0);
    }
}

// Case: uploads/not-a-file
#[tokio::test]
async fn what_is_no_file_may_not_be_as_large_as_one() {
    let app = TestApp::start().await;
    let wren = wren(&app).await;
    let head = head_of_upload(&app.address().to_string(), &wren, 90_000_000);
    for method in ["GET", "PUT", "DELETE"] {
        let answer = raw(&app, head.replacen("POST", method, 1).as_bytes()).await;
        assert_eq!(raw_status(&answer), 413, "{method}: {answer}");
    }
}

// Case: uploads/at-once
#[tokio::test]
async fn nobody_has_more_than_five_uploads_at_once() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let mut pages = Vec::new();
    for _ in 0..5 {
        pages.push(upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await);
    }
    let answer = wren.send(sending(&wren, routes::UPLOADS, "sales.csv", SALES.as_bytes())).await;
    answer.assert_status(422).assert_shows("5 uploads");
    settled(&mut wren, &pages[0]).await;
    submit(&mut wren, &pages[0], "import", &[]).await.assert_status(302);
    upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
}

// Case: uploads/at-once
#[tokio::test]
async fn nobody_has_more_than_five_by_sending_all_at_the_same_moment() {
    let app = TestApp::start().await;
    let wren = wren(&app).await;
    let sent = (0..12).map(|_| sending(&wren, routes::UPLOADS, "sales.csv", SALES.as_bytes()).send());
    let answers = futures_util::future::join_all(sent).await;
    let taken = answers.into_iter().filter(|answer| answer.as_ref().unwrap().status() == 303).count();
    assert_eq!((taken, folders(&app)), (5, 5));
}

// Case: step-up/uploads
#[tokio::test]
async fn a_file_for_what_only_administrators_open_needs_their_recent_sign_in() {
    let app = TestApp::setup().set("ROLECALL_STEP_UP__ADMIN", "15m").start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let path = path_to(&app, "append", "sales").await;
    ada.get(&path).await.assert_status(200);
    app.clock.advance(Duration::from_mins(16));
    // Ada may change the data set only as an administrator, and her sign-in is too old for that.
    let answer = ada.send(sending(&ada, &path, "more.csv", SALES.as_bytes())).await;
    answer.assert_status(401).assert_shows("Sign in again");
    assert_eq!(folders(&app), 1);
    upload(&mut ada, routes::UPLOADS, "sales.csv", SALES).await;
}

// Case: datasets/quota
#[tokio::test]
async fn who_owns_as_many_data_sets_as_one_may_is_told_so_before_a_file_is_sent() {
    let app = TestApp::setup().set("ROLECALL_DATASETS__MAX_PER_OWNER", "1").start().await;
    let mut wren = wren(&app).await;
    let first = upload(&mut wren, routes::UPLOADS, "sales.csv", SALES).await;
    let second = upload(&mut wren, routes::UPLOADS, "other.csv", SALES).await;
    submit(&mut wren, &first, "import", &[]).await.assert_status(302);
    // This upload was sent before the limit was reached.
    submit(&mut wren, &second, "import", &[]).await.assert_status(200).assert_shows("can own 1 data sets");
    let answer = wren.send(sending(&wren, routes::UPLOADS, "more.csv", SALES.as_bytes())).await;
    answer.assert_status(422).assert_shows("can own 1 data sets");
    assert_eq!(imported(&app).await, 1);
    let path = path_to(&app, "append", "sales").await;
    upload(&mut wren, &path, "more.csv", SALES).await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    for name in ["one", "two"] {
        let page = upload(&mut ada, routes::UPLOADS, &format!("{name}.csv"), SALES).await;
        submit(&mut ada, &page, "import", &[]).await.assert_status(302);
    }
}

#[tokio::test]
async fn names_and_cells_are_shown_as_text() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let evil = "<script>alert(1)</script>";
    let page = upload(&mut wren, routes::UPLOADS, "<b>x</b>.csv", format!("{evil},n\n{evil},1\n")).await;
    let shown = settled(&mut wren, &page).await;
    assert!(!shown.body.contains("<script>alert") && !shown.body.contains("<b>x"), "{shown:#?}");
    assert_eq!(shown.tables()[1], [[evil, "1"]]);
}

// Case: uploads/no-table
#[tokio::test]
async fn what_is_no_table_is_refused_with_a_reason_and_nothing_of_it_is_kept() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    // There are more of these files than anybody may have as uploads at once.
    for (content, reason) in [
        (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "a picture (PNG)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture (JPEG)"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"", "The file is empty"),
        (b"\0\x01\x02\x03\0\0\0", "it is not a text"),
        (b"[{\"a\":1}]", "one list of JSON"),
    ] {
        let answer = wren.send(sending(&wren, routes::UPLOADS, "data.csv", content)).await;
        answer.assert_status(422).assert_shows(reason).assert_shows("Nothing of it was kept");
        assert_eq!(folders(&app), 0);
    }
    let answer = wren.send(sending(&wren, routes::UPLOADS, "", b"")).await;
    answer.assert_status(422).assert_shows("Choose one first");
}

// Case: uploads/no-table
#[tokio::test]
async fn what_turns_out_to_be_no_table_is_refused_does_not_count_and_is_no_upload_any_more() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let wide = (0..10_000).map(|at| at.to_string()).collect::<Vec<_>>().join(",");
    let mut pages = Vec::new();
    for (content, reason) in [
        (&b"PAR1 and then nothing of use PAR1"[..], "The file"),
        (b"PK\x03\x04 and then nothing of use", "no spreadsheet"),
        (wide.as_bytes(), "500"),
        (b"{}\n", "no objects with names"),
        (b"\n\n", "The file is empty"),
        (wide.as_bytes(), "500"),
    ] {
        let page = upload(&mut wren, routes::UPLOADS, "data.csv", content).await;
        let shown = settled(&mut wren, &page).await;
        shown.assert_status(200).assert_shows(reason).assert_shows("Nothing of it was kept");
        assert!(!shown.body.contains("name=\"do\""), "{shown:#?}");
        wren.submit(&page, &[("do", "show")]).await.assert_status(404);
        let list = wren.get(routes::UPLOADS).await;
        assert!(!list.body.contains("Not imported yet"), "{list:#?}");
        pages.push(page);
    }
    let folder = app.data_dir().join(pages[5].replace("/uploads", "datasets/uploads"));
    assert!(!folder.join("rows").exists() && folder.exists());
    // Only the result of the last upload is kept.
    assert_eq!(folders(&app), 1);
    wren.get(&pages[0]).await.assert_status(404);
}
