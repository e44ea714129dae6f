//! Files that people upload in the browser: from the upload to the data set, and everything that can go wrong.

mod corrected;
mod formats;
mod interrupted;
mod next_file;
mod refused;
mod way;

use openidconnect::reqwest::{Method, RequestBuilder};
use rolecall_model::AppError;
use rolecall_routes as routes;

use crate::support::{Answer, Browser, TestApp, until};

const SALES: &str = "day,region,amount\n2026-01-02,North,120.50\n2026-01-05,South,80.00\n";
const BOUNDARY: &str = "a-boundary-that-no-file-has";

/// The body of a form with the file `content`, called `name`.
fn form_with(name: &str, content: &[u8]) -> Vec<u8> {
    let name = name.replace('"', "%22");
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    [head.as_bytes(), content, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat()
}

/// The request that sends that form.
fn sending(browser: &Browser, path: &str, name: &str, content: &[u8]) -> RequestBuilder {
    let request = browser.navigation(Method::POST, path);
    request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}")).body(form_with(name, content))
}

/// The head of a request that sends a form of so many bytes, for a connection that closes afterwards.
fn head_of_upload(host: &str, browser: &Browser, bytes: usize) -> String {
    format!(
        "POST /uploads HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {}\r\nAccept: text/html\r\n\
         Connection: close\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {bytes}\r\n\r\n",
        browser.cookie_header()
    )
}

/// Wren, who has the role Write, signed in to `app`.
async fn wren(app: &TestApp) -> Browser {
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    wren
}

/// Sends a file. Returns the page to which the browser is redirected.
async fn upload(browser: &mut Browser, path: &str, name: &str, content: impl AsRef<[u8]>) -> String {
    let answer = browser.send(sending(browser, path, name, content.as_ref())).await;
    answer.assert_status(303);
    answer.location().to_owned()
}

/// The page of an upload, once no work on it is running.
async fn settled(browser: &mut Browser, page: &str) -> Answer {
    let mut answer = browser.get(page).await;
    until("the upload is settled", async || {
        answer = browser.get(page).await;
        answer.header("refresh").is_empty()
    })
    .await;
    answer
}

/// Sends the action `what` with `fields` on the page of an upload. Returns the page that follows.
async fn submit(browser: &mut Browser, page: &str, what: &str, fields: &[(&str, &str)]) -> Answer {
    settled(browser, page).await;
    let fields: Vec<_> = fields.iter().copied().chain([("do", what)]).collect();
    let answer = browser.submit(page, &fields).await;
    if answer.status == 303 && answer.location() == page { settled(browser, page).await } else { answer }
}

/// The number of rows of the data set `name`, from the database.
async fn rows(app: &TestApp, name: &str) -> String {
    let of = format!(
        "SELECT CAST(v.row_count AS TEXT) FROM dataset_versions v JOIN datasets d ON d.id = v.dataset \
         AND d.version = v.version WHERE d.name = '{name}'"
    );
    crate::support::text(app.db(), &of).await
}

/// What is left of uploads on the disk.
fn folders(app: &TestApp) -> usize {
    std::fs::read_dir(app.data_dir().join("datasets/uploads")).unwrap().count()
}

/// The path to which files for the data set `name` are sent; `how` is `append` or `replace`.
async fn path_to(app: &TestApp, how: &str, name: &str) -> String {
    let id = format!("SELECT id FROM datasets WHERE name = '{name}' AND deleted_at IS NULL");
    format!("{}?{how}={}", routes::UPLOADS, crate::support::text(app.db(), &id).await)
}

/// The data sets that were imported, the built-in ones left out.
async fn imported(app: &TestApp) -> i64 {
    app.count("datasets WHERE kind = 'uploaded'").await
}

// Case: uploads/by-script
#[tokio::test]
async fn a_script_is_told_where_the_upload_is_and_why_a_file_is_refused() {
    let app = TestApp::setup().set("ROLECALL_DATASETS__MAX_BYTES", "1000").start().await;
    let mut wren = wren(&app).await;
    let by_script = |content: &[u8]| {
        let request = wren.request(Method::POST, routes::UPLOADS).header("accept", "application/json");
        let request = request.header("sec-fetch-site", "same-origin");
        let form = format!("multipart/form-data; boundary={BOUNDARY}");
        request.header("content-type", form).body(form_with("sales.csv", content))
    };
    let (fits, is_larger) = (by_script(SALES.as_bytes()), by_script(&[b'1'; 1001]));
    let created = wren.send(fits).await;
    let page = created.assert_status(201).header("location").to_owned();
    settled(&mut wren, &page).await.assert_status(200).assert_shows("sales.csv");
    let refused = wren.send(is_larger).await;
    let limit = "1.0 kB".to_owned();
    assert_eq!(refused.assert_status(413).json::<AppError>(), AppError::FileTooLarge { limit });
}

#[tokio::test]
async fn the_form_says_what_can_be_sent_and_works_without_script() {
    let app = TestApp::start().await;
    let page = wren(&app).await.get(routes::UPLOADS).await;
    page.assert_status(200).assert_shows("CSV, TSV, XLSX, NDJSON or Parquet").assert_shows("500.0 MB");
    page.assert_shows("enctype=\"multipart/form-data\"");
}
