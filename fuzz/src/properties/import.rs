//! Files that people upload.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rolecall_data::import::{
    DateOrder, Examined, Format, Given, GivenColumn, ImportError, Limits, Mistake, NumberStyle, Progress, convert,
    examine,
};
use rolecall_model::data::{Cell, ColumnType};

/// Small, so that the limits are met, too.
const LIMITS: Limits = Limits { file_bytes: 1_000_000, rows: 1_000, columns: 40, cell_bytes: 2_000 };

/// How many bytes of a cell are shown.
const SHOWN_BYTES: usize = 1_000;

/// A file is refused, or written as what it was taken for: whatever was inferred from all rows fits all of them. After
/// a refusal nothing is left, also where somebody decided how it is read.
pub fn import(data: &[u8]) {
    import_as_it_is_taken(data);
    import_as_somebody_decides(data);
}

fn import_as_it_is_taken(data: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let (file, into) = (folder.path().join("file"), folder.path().join("into"));
    std::fs::write(&file, data).unwrap();
    let go_on = |_: Progress| ControlFlow::Continue(());
    let examined = unless_parquet_panics(data, || examine(&file, &Given::default(), &LIMITS, go_on));
    let Some(Ok(examined)) = examined else { return };
    assert!(examined.preview.len() <= 50);
    let is_whole = |row: &Vec<_>| row.len() == examined.reading.columns.len();
    assert!(examined.preview.iter().all(is_whole), "a row of the preview has other columns: {examined:?}");
    // A byte that is no letter is shown as a sign of three.
    let is_cut = |cell: &Cell| !matches!(cell, Cell::Text(text) if text.len() > 3 * SHOWN_BYTES + "…".len());
    assert!(examined.preview.iter().flatten().all(is_cut), "a cell of the preview is too long: {examined:?}");
    match unless_parquet_panics(data, || convert(&file, &examined.reading, &into, &LIMITS, go_on)) {
        Some(Ok(converted)) => {
            assert!(examined.report.is_empty(), "written with mistakes: {examined:?}");
            assert_eq!(converted.columns, examined.reading.data_columns());
            let written = examine(&into, &Given::default(), &Limits::default(), go_on);
            let written = written.unwrap();
            assert_eq!((converted.rows, converted.columns), (written.rows, written.reading.data_columns()));
            assert!(examined.reading.format == Format::Parquet || examined.rows == converted.rows, "{examined:?}");
        }
        Some(Err(error)) => {
            assert!(!into.exists(), "something is left after {error:?}");
            assert!(is_expected(&error, &examined), "{error:?} after {examined:?}");
        }
        None => {}
    }
}

fn import_as_somebody_decides(data: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let (file, into) = (folder.path().join("file"), folder.path().join("into"));
    std::fs::write(&file, data).unwrap();
    let go_on = |_: Progress| ControlFlow::Continue(());
    let given = decided(data);
    let examined = unless_parquet_panics(data, || examine(&file, &given, &LIMITS, go_on));
    let Some(Ok(examined)) = examined else { return };
    assert!(examined.preview.len() <= 50);
    match unless_parquet_panics(data, || convert(&file, &examined.reading, &into, &LIMITS, go_on)) {
        Some(Ok(converted)) => assert_eq!(converted.columns, examined.reading.data_columns()),
        Some(Err(error)) => assert!(!into.exists(), "something is left after {error:?} of {given:?}"),
        None => {}
    }
}

/// How somebody decides that a file with these bytes is read, well or not: other bytes, other decisions. Only what
/// begins like Parquet is read as that.
fn decided(data: &[u8]) -> Given {
    let mut rest = data.iter().fold(0_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let mut choice = |of: usize| {
        let chosen = rest % of;
        rest /= of;
        chosen
    };
    let encodings = [None, Some("utf-8"), Some("windows-1252"), Some("utf-16le"), Some("gbk"), Some("none")];
    let (types, styles, orders) = (ColumnType::ALL, NumberStyle::ALL, DateOrder::ALL);
    let column =
        GivenColumn { position: choice(3), column_type: Some(types[choice(types.len())]), ..GivenColumn::default() };
    Given {
        format: [None, None, Some(Format::Csv), Some(Format::Ndjson), Some(Format::Xlsx)][choice(5)],
        encoding: encodings[choice(6)].map(str::to_owned),
        delimiter: [None, Some(','), Some(';'), Some('\t'), Some('"'), Some('x')][choice(6)],
        quote: [None, Some('"'), Some('\''), Some(',')][choice(4)],
        header_row: [None, Some(0), Some(1), Some(2), Some(7)][choice(5)],
        numbers: [None, Some(styles[choice(styles.len())])][choice(2)],
        date_order: [None, Some(orders[choice(orders.len())])][choice(2)],
        columns: vec![column],
        ..Given::default()
    }
}

/// What `read` returns; `None` if it panics at a Parquet file. The reader does at some broken ones, which is why files
/// are read in a process of their own.
fn unless_parquet_panics<T>(data: &[u8], read: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => Some(read),
        Err(_) if data.starts_with(b"PAR1") => None,
        Err(panic) => resume_unwind(panic),
    }
}

/// Of Parquet only texts and the beginning are examined; otherwise what can be wrong with a file is known then.
fn is_expected(error: &ImportError, examined: &Examined) -> bool {
    match error {
        ImportError::Mistakes(report) if examined.report.is_empty() => {
            let is_size = |mistake: &Mistake| mistake.reason.contains("has more than");
            examined.reading.format == Format::Parquet && !report.mistakes.iter().any(is_size)
        }
        ImportError::Mistakes(_) => true,
        ImportError::Cancelled | ImportError::Unsafe => false,
        _ => examined.reading.format == Format::Parquet,
    }
}
