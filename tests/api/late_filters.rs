//! Filters and panels whose data takes long: the page comes without them, and they are loaded later.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

use openidconnect::reqwest::Method;
use rolecall_model::Role;
use rolecall_routes as routes;

use crate::support::{Answer, TestApp, until};

const DASHBOARD: &str = r#"
format = 1
title = "Sales"
[[filters]]
id = "period"
title = "Day"
kind = "date_range"
column = "day"
last_day = "newest"
[[panels]]
id = "about"
title = "About"
kind = "text"
text = "Read this first"
[[panels]]
id = "count"
title = "How many sales"
kind = "figure"
dataset = "sales"
measures = [{ title = "Sales", compute = "count" }]
"#;
const ASKED: &str = "period=last_7_days";
const LATE: &str = "The filters take longer than usual.";

/// A file that blocks everybody who opens it, like on a disk that does not answer, until this is dropped.
struct HeldFile {
    file: PathBuf,
    /// Where the content is in the meantime.
    content: PathBuf,
    pipe: PathBuf,
}

impl HeldFile {
    /// Holds `file`. `aside` is a folder on the same disk, for its content.
    fn hold(file: PathBuf, aside: &Path) -> Self {
        let (content, pipe) = (aside.join("content"), aside.join("pipe"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        fs::rename(&file, &content).unwrap();
        fs::hard_link(&pipe, &file).unwrap();
        Self { file, content, pipe }
    }
}

impl Drop for HeldFile {
    fn drop(&mut self) {
        fs::rename(&self.content, &self.file).unwrap();
        // Opening the pipe to write releases the readers that wait. Opening it to read as well does not block.
        OpenOptions::new().read(true).write(true).open(&self.pipe).unwrap();
    }
}

// Case: dashboards/late-filters
#[tokio::test]
async fn a_page_waits_for_no_filter_for_ever_and_what_depends_on_it_follows() {
    let app =
        TestApp::setup().with_dashboard("sales", DASHBOARD).set("ROLECALL_DASHBOARDS__PAGE_WAIT", "1s").start().await;
    app.make_dataset(("sales", Role::Read), "day,amount\n2026-01-02,1\n2026-02-05,2\n2026-02-07,4\n").await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    until("the rows are there", async || reed.get("/dashboards/sales").await.texts_of("figure-value") == ["3"]).await;
    let datasets = app.datasets_elsewhere();
    let file = datasets.current("sales").await.unwrap().unwrap().data.files[0].clone();
    let held = HeldFile::hold(datasets.folder().join(file), &app.data_dir());

    // The newest day is not known yet, so no panel can choose its rows.
    let address = format!("/dashboards/sales?{ASKED}");
    let page = reed.get(&address).await;
    page.assert_status(200).assert_shows(LATE).assert_shows("How many sales").assert_shows("Read this first");
    assert_eq!(page.texts_of("figure-value"), Vec::<String>::new());
    assert!(page.body.contains("data-stamps=\":late"), "the script is not told to fetch them: {page:#?}");
    let alone = routes::with_fields(&routes::of_panel(routes::PANEL, "sales", "count"), ASKED);
    page.assert_shows(&format!("href=\"{alone}\""));

    drop(held);
    until("filters and panels follow", async || {
        let request = reed.request(Method::GET, &address).header("rolecall-unasked", "1");
        let follows = Answer::read(request.send().await.unwrap()).await;
        let count = follows.texts_of("figure-value").first().cloned();
        count.as_deref() == Some("2") && !follows.body.contains(LATE) && follows.body.contains("last_7_days")
    })
    .await;
}

const TWO_PANELS: &str = r#"
format = 1
title = "Sales and stock"
[[panels]]
id = "sales"
title = "Sales"
kind = "figure"
dataset = "sales"
measures = [{ title = "Sales", compute = "count" }]
[[panels]]
id = "stock"
title = "Stock"
kind = "figure"
dataset = "stock"
measures = [{ title = "Stock", compute = "count" }]
"#;

// Case: dashboards/late-one-by-one
#[tokio::test]
async fn each_late_panel_follows_when_it_is_there_and_waits_for_no_other() {
    let app =
        TestApp::setup().with_dashboard("both", TWO_PANELS).set("ROLECALL_DASHBOARDS__PAGE_WAIT", "1s").start().await;
    app.make_dataset(("sales", Role::Read), "amount\n1\n2\n").await;
    app.make_dataset(("stock", Role::Read), "amount\n1\n2\n3\n").await;
    let datasets = app.datasets_elsewhere();
    let mut held = Vec::new();
    for name in ["sales", "stock"] {
        let file = datasets.current(name).await.unwrap().unwrap().data.files[0].clone();
        let aside = app.data_dir().join(format!("aside-{name}"));
        fs::create_dir(&aside).unwrap();
        held.push(HeldFile::hold(datasets.folder().join(file), &aside));
    }
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    let page = reed.get("/dashboards/both").await;
    assert_eq!(page.assert_status(200).texts_of("figure-value"), Vec::<String>::new());

    let follows = async || {
        let request = reed.request(Method::GET, "/dashboards/both").header("rolecall-unasked", "1");
        Answer::read(request.send().await.unwrap()).await
    };
    let stock = held.pop();
    held.clear();
    until("the sales are there without the stock", async || {
        let page = follows().await;
        page.texts_of("figure-value") == ["2"] && page.body.contains(" stock:late")
    })
    .await;
    drop(stock);
    until("the stock is there, too", async || {
        let page = follows().await;
        page.texts_of("figure-value") == ["2", "3"] && !page.body.contains(":late")
    })
    .await;
}
