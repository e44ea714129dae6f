//! NDJSON, XLSX and Parquet.

mod ndjson;
mod parquet_files;
mod sheets;

use std::fs::File;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use rolecall_data::import::{Given, GivenColumn, ImportError, Limits, NumberStyle};
use rolecall_model::data::Cell;
use rolecall_model::data::ColumnType::Decimal;
use rust_xlsxwriter::Workbook;

use crate::files::{TestFile, refusal, types};

fn spreadsheet(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> TestFile {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    TestFile::new(workbook.save_to_buffer().unwrap())
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> TestFile {
    let file = TestFile::new("");
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(file.path()).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}

fn of_type(column_type: rolecall_model::data::ColumnType) -> Given {
    let column = GivenColumn { position: 0, column_type: Some(column_type), ..GivenColumn::default() };
    Given { columns: vec![column], ..Given::default() }
}

// Case: import/marks-in-texts
#[test]
fn the_decimal_mark_applies_to_texts_and_never_to_typed_numbers() {
    let ndjson = TestFile::new("{\"text\": \"1.234,5\", \"number\": 2.125}\n{\"text\": \"2\", \"number\": 3}\n");
    let xlsx = spreadsheet(|sheet| {
        sheet.write(0, 0, "text").unwrap().write(0, 1, "number").unwrap();
        sheet.write(1, 0, "1.234,5").unwrap().write(1, 1, 2.125).unwrap();
        sheet.write(2, 0, "2").unwrap().write(2, 1, 3).unwrap();
    });
    let texts = StringArray::from(vec!["1.234,5", "2"]);
    let numbers = Float64Array::from(vec![2.125, 3.0]);
    let parquet = parquet(vec![("text", Arc::new(texts)), ("number", Arc::new(numbers))]);
    for file in [ndjson, xlsx, parquet] {
        let given = Given { numbers: Some(NumberStyle { decimal: ',', thousands: Some('.') }), ..of_type(Decimal) };
        let examined = file.try_examine(&given).unwrap();
        assert_eq!((types(&examined), examined.questions.len()), (vec![Decimal, Decimal], 0));
        let row = [Cell::Decimal(1234.5), Cell::Decimal(2.125)];
        assert_eq!(examined.preview[0], row, "{:?}", examined.reading.format);
        assert_eq!(file.convert_as(&examined.reading), [["1234.5", "2.125"], ["2.0", "3.0"]]);
    }
}

// Case: import/matched-by-name
#[test]
fn columns_are_matched_by_name_never_by_position() {
    let first = TestFile::new("id,Größe\n1,2.5\n").examine().reading.data_columns();
    let second = TestFile::new("GRÖSSE,ID\n3,4\n");
    let reading = second.examine().reading.for_columns(&first).unwrap();
    assert_eq!(second.convert_as(&reading), [["4", "3.0"]]);
    assert_eq!(reading.data_columns(), first);

    let third = TestFile::new("id,size\n1,2\n").examine().reading;
    let report = third.for_columns(&first).unwrap_err();
    let told: Vec<_> = report.mistakes.iter().map(|it| (it.column.as_deref().unwrap(), it.reason.as_str())).collect();
    assert_eq!(told, [("Größe", "the file has no such column"), ("size", "the data set has no such column")]);
}

// Case: import/each-mistake, import/large-cell
#[test]
fn a_cell_or_row_that_is_too_large_is_reported_with_its_place_in_every_format() {
    let long = "x".repeat(101);
    let sheet = spreadsheet(|sheet| {
        sheet.write(0, 0, "a").unwrap().write(1, 0, long.as_str()).unwrap();
    });
    // No single cell of these is too large.
    let names: Vec<String> = (0..20).map(|number| format!("c{number}")).collect();
    let cells = vec!["y".repeat(90); 20];
    let members: Vec<String> = names.iter().zip(&cells).map(|(name, cell)| format!("\"{name}\": \"{cell}\"")).collect();
    for (mut file, column, reason) in [
        (
            TestFile::new(format!("{{\"a\": 1}}\n{{\"a\": \"{long}\"}}\n")),
            Some("a"),
            "the cell has more than 100 bytes",
        ),
        (sheet, Some("A"), "the cell has more than 100 bytes"),
        (TestFile::new(format!("{{\"c0\": 1}}\n{{{}}}\n", members.join(", "))), None, "the row has more than 1 kB"),
        (TestFile::new(format!("{}\n{}\n", names.join(","), cells.join(","))), None, "the row has more than 1 kB"),
    ] {
        file.limits = Limits { cell_bytes: 100, ..Limits::default() };
        let Err(ImportError::Mistakes(report)) = file.try_examine(&Given::default()) else { panic!("it is read") };
        let mistake = &report.mistakes[0];
        let told = (mistake.line, mistake.column.as_deref(), mistake.reason.as_str());
        assert_eq!((report.count, told), (1, (2, column, reason)));
    }
}

// Case: import/limits, import/many-columns
#[test]
fn too_many_rows_and_too_many_columns_are_refused_in_every_format() {
    let ndjson = TestFile::new("{\"a\": 1}\n{\"a\": 2}\n");
    let xlsx = spreadsheet(|sheet| {
        sheet.write(0, 0, "a").unwrap().write(1, 0, 1).unwrap().write(2, 0, 2).unwrap();
    });
    let of_numbers = parquet(vec![("a", Arc::new(Float64Array::from(vec![1.0, 2.0])))]);
    for mut file in [ndjson, xlsx, of_numbers] {
        file.limits = Limits { rows: 1, ..Limits::default() };
        assert_eq!(refusal(&file), "The file has more than 1 row, the most that can be imported.");
    }
    let names: Vec<String> = (0..501).map(|number| format!("c{number}")).collect();
    let members: Vec<String> = names.iter().map(|name| format!("\"{name}\": 1")).collect();
    let one: ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
    let of_columns = parquet(names.iter().map(|name| (name.as_str(), Arc::clone(&one))).collect());
    for file in [TestFile::new(format!("{{{}}}\n", members.join(", "))), of_columns] {
        assert_eq!(refusal(&file), "The file has more than 500 columns, the most that can be imported.");
    }
}

// Case: import/cut-off
#[test]
fn a_truncated_file_is_refused_in_formats_that_are_read_from_the_end() {
    let xlsx = spreadsheet(|sheet| {
        sheet.write(0, 0, "a").unwrap().write(1, 0, 1).unwrap();
    });
    let of_numbers = parquet(vec![("a", Arc::new(Float64Array::from(vec![1.0, 2.0])))]);
    for (file, expected) in [
        (xlsx, "The file is no spreadsheet (XLSX): its parts cannot be unpacked."),
        (of_numbers, "The file is no Parquet file that can be read."),
    ] {
        let bytes = std::fs::read(file.path()).unwrap();
        assert_eq!(refusal(&TestFile::new(&bytes[..bytes.len() / 2])), expected);
    }
}
