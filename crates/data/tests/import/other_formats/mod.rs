//! NDJSON, XLSX and Parquet.

mod ndjson;
mod parquet_files;
mod sheets;

use std::fs::File;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use rolecall_data::import::{Given, GivenColumn, NumberStyle};
use rolecall_model::data::Cell;
use rolecall_model::data::ColumnType::Decimal;
use rust_xlsxwriter::Workbook;

use crate::files::{TestFile, types};

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
fn the_decimal_mark_is_that_of_texts_and_never_of_what_is_a_number() {
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
