//! Each file format, from the upload to the data set.

use std::ops::ControlFlow;

use rolecall_data::import::{Given, GivenColumn, Limits, convert, examine};
use rolecall_model::data::ColumnType;
use rolecall_routes as routes;
use rust_xlsxwriter::Workbook;

use super::{imported, rows, settled, submit, upload, wren};
use crate::support::TestApp;

// Case: uploads/formats
#[tokio::test]
async fn every_format_becomes_a_data_set() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "name").unwrap().write(0, 1, "amount").unwrap();
    sheet.write(1, 0, "North").unwrap().write(1, 1, 2.5).unwrap();
    let xlsx = workbook.save_to_buffer().unwrap();
    // A Parquet file from Rolecall's own storage can be uploaded like any other.
    let parquet = std::fs::read_dir(app.data_dir().join("datasets")).unwrap().map(|entry| entry.unwrap().path());
    let parquet = parquet.into_iter().find(|path| path.display().to_string().contains("weather-built-in")).unwrap();
    let utf_16: Vec<u8> = "\u{feff}name,amount\nNörth,2.5\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, content, shown) in [
        ("tabs.tsv", b"name\tamount\nNorth\t2.5\n".to_vec(), "text with delimiters (CSV)"),
        ("marked.csv", "\u{feff}name,amount\r\nNorth,2.5\r\n".into(), "text with delimiters (CSV)"),
        ("wide.csv", utf_16, "Nörth"),
        ("sheet.xlsx", xlsx, "a spreadsheet (XLSX)"),
        ("lines.ndjson", br#"{"name":"North","amount":2.5}"#.to_vec(), "objects of JSON (NDJSON)"),
        ("weather.parquet", std::fs::read(parquet).unwrap(), "Parquet"),
    ] {
        let page = upload(&mut wren, routes::UPLOADS, name, content).await;
        settled(&mut wren, &page).await.assert_status(200).assert_shows(shown);
        let stem = format!("my-{}", name.split('.').next().unwrap());
        submit(&mut wren, &page, "import", &[("name", &stem)]).await.assert_status(302);
        let expected = if name == "weather.parquet" { "2922" } else { "1" };
        assert_eq!(rows(&app, &stem).await, expected, "{name}");
    }
    assert_eq!(imported(&app).await, 6);
}

/// A Parquet file with a text column, whose cells are made of `text`.
fn parquet_of_texts(text: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (file, into) = (folder.path().join("file"), folder.path().join("parquet"));
    std::fs::write(&file, text).unwrap();
    let column = GivenColumn { position: 0, column_type: Some(ColumnType::Text), ..GivenColumn::default() };
    let given = Given { columns: vec![column], header_row: Some(1), ..Given::default() };
    let reading = examine(&file, &given, &Limits::default(), |_| ControlFlow::Continue(())).unwrap().reading;
    convert(&file, &reading, &into, &Limits::default(), |_| ControlFlow::Continue(())).unwrap();
    std::fs::read(into).unwrap()
}

// Case: uploads/texts-of-other-formats
#[tokio::test]
async fn marks_of_numbers_and_orders_of_dates_can_be_chosen_for_texts_of_every_format() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "days.parquet", parquet_of_texts("day\n01/02/2026\n")).await;
    settled(&mut wren, &page).await.assert_shows("Numbers in texts").assert_shows("Dates in texts");
    let fields = [("column.0.name", "day"), ("column.0.type", "date"), ("column.0.taken", "on")];
    submit(&mut wren, &page, "show", &fields).await.assert_shows("fit two orders");
    submit(&mut wren, &page, "import", &[]).await.assert_status(422).assert_shows("Answer the questions");
    let shown = submit(&mut wren, &page, "show", &[("date_order", "mdy")]).await;
    assert_eq!(shown.tables()[1], [["2026-01-02"]]);

    let lines = br#"{"price":"1.234,5","weight":2.5}"#;
    let page = upload(&mut wren, routes::UPLOADS, "prices.ndjson", lines).await;
    settled(&mut wren, &page).await.assert_shows("Numbers in texts");
    let fields = [
        ("numbers", ",."),
        ("column.0.name", "price"),
        ("column.0.type", "decimal"),
        ("column.0.taken", "on"),
        ("column.1.name", "weight"),
        ("column.1.type", "decimal"),
        ("column.1.taken", "on"),
    ];
    let shown = submit(&mut wren, &page, "show", &fields).await;
    assert_eq!(shown.tables()[1], [["1234.5", "2.5"]]);
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(rows(&app, "prices").await, "1");
}

// Case: uploads/encoding
#[tokio::test]
async fn an_encoding_that_is_guessed_is_asked_about() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let page = upload(&mut wren, routes::UPLOADS, "names.csv", b"name\nM\xfcller\nStra\xdfe\n").await;
    let shown = settled(&mut wren, &page).await;
    shown.assert_shows("The encoding is a guess").assert_shows("Müller");
    // The question appears only once on the page.
    assert!(!shown.body.contains("name=\"encoding\""), "{shown:#?}");
    // If the file cannot be read with this answer, what was shown before stays.
    let typed = [("answer.encoding", "UTF-8"), ("title", "Kept"), ("column.0.name", "kept"), ("column.0.taken", "on")];
    let shown = submit(&mut wren, &page, "show", &typed).await;
    shown.assert_shows("href=\"#answer.encoding\"").assert_shows("id=\"answer.encoding-mistake\"");
    shown.assert_shows("value=\"kept\"").assert_shows("value=\"Kept\"");
    shown.assert_shows("Choose another one").assert_shows("Müller").assert_shows("The encoding is a guess");
    let fields = [("answer.encoding", "windows-1252"), ("column.0.name", "person"), ("column.0.type", "text")];
    let fields = [&fields[..], &[("column.0.taken", "on")]].concat();
    let shown = submit(&mut wren, &page, "show", &fields).await;
    assert!(!shown.body.contains("The encoding is a guess"), "{shown:#?}");
    shown.assert_shows("Müller").assert_shows("value=\"person\"").assert_shows("name=\"encoding\"");
    submit(&mut wren, &page, "import", &[]).await.assert_status(302);
    assert_eq!(rows(&app, "names").await, "2");
}

// Case: uploads/late-wrong-type
#[tokio::test]
async fn a_wrong_type_in_row_900001_is_told_with_its_line() {
    let app = TestApp::start().await;
    let mut wren = wren(&app).await;
    let text = format!("n\n{}x\n", "1\n".repeat(900_000));
    let page = upload(&mut wren, routes::UPLOADS, "numbers.csv", text).await;
    let fields = [("column.0.name", "n"), ("column.0.type", "integer"), ("column.0.taken", "on")];
    submit(&mut wren, &page, "show", &fields).await.assert_status(200);
    let shown = submit(&mut wren, &page, "import", &fields).await;
    assert_eq!(shown.tables()[0][0][..3], ["900,002", "n", "x"]);
    assert_eq!(imported(&app).await, 0);
}
