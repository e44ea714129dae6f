//! NDJSON, XLSX and Parquet.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryArray, Decimal128Array, DictionaryArray, Float64Array, Int32Array, ListArray, NullArray,
    RecordBatch, StringArray, TimestampMillisecondArray, TimestampNanosecondArray, UInt8Array, UInt64Array,
};
use datafusion::arrow::datatypes::{Int8Type, Int32Type};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::data_type::{ByteArray, ByteArrayType, DataType, Int96, Int96Type};
use datafusion::parquet::file::writer::SerializedFileWriter;
use datafusion::parquet::schema::parser::parse_message_type;
use rolecall_data::import::{
    DateOrder, Format, Given, GivenColumn, ImportError, Limits, NumberStyle, Question, TimeZone,
};
use rolecall_model::data::Cell;
use rolecall_model::data::ColumnType::{Boolean, Date, Decimal, Integer, Text, Timestamp};
use rust_xlsxwriter::{ExcelDateTime, Format as CellStyle, Workbook};

use crate::files::{TestFile, names, refusal, types};

// Case: import/ndjson
#[test]
fn objects_are_rows_and_their_names_columns() {
    let file = TestFile::new(
        "{\"id\": 1, \"name\": \"007\", \"at\": \"2024-01-31T12:00:00Z\", \"ok\": true, \"x\": 1}\n\n\
         {\"name\": \"\", \"id\": 2, \"tags\": [1, \"a\"], \"x\": 1.5, \"at\": null}\r\n\
         {\"id\": 18446744073709551615, \"geo\": {\"lat\": 1}}",
    );
    let examined = file.examine();
    assert_eq!(examined.reading.format, Format::Ndjson);
    assert_eq!(names(&examined), ["id", "name", "at", "ok", "x", "tags", "geo"]);
    assert_eq!(types(&examined), [Text, Text, Timestamp, Boolean, Decimal, Text, Text]);
    assert_eq!(
        file.convert(),
        [
            ["1", "007", "2024-01-31T12:00:00Z", "true", "1.0", "missing", "missing"],
            ["2", "", "missing", "missing", "1.5", "[1,\"a\"]", "missing"],
            ["18446744073709551615", "missing", "missing", "missing", "missing", "missing", "{\"lat\":1}"],
        ]
    );
}

#[test]
fn lines_that_are_no_objects_are_told() {
    let file = TestFile::new("{\"a\": 1}\n[2]\n{\"a\": 3, \"a\": 4}\n{\"a\": \n");
    let reading = file.examine().reading;
    let (count, mistakes) = file.mistakes(&reading);
    let lines: Vec<u64> = mistakes.iter().map(|mistake| mistake.line).collect();
    assert_eq!((count, lines), (3, vec![2, 3, 4]));
    assert_eq!(mistakes[1].reason, "the object has the name \"a\" twice");
    assert!(refusal(&TestFile::new("[{\"a\": 1}]")).contains("NDJSON"));
}

fn spreadsheet(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> TestFile {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    TestFile::new(workbook.save_to_buffer().unwrap())
}

// Case: import/xlsx
#[test]
fn cells_of_a_spreadsheet_keep_their_types() {
    let day = CellStyle::new().set_num_format("yyyy-mm-dd");
    let file = spreadsheet(|sheet| {
        for (column, name) in ["name", "count", "price", "open", "day", "zip"].into_iter().enumerate() {
            sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
        }
        sheet.write(1, 0, "Zoë").unwrap().write(1, 1, 3).unwrap().write(1, 2, 2.5).unwrap().write(1, 3, true).unwrap();
        sheet.write_with_format(1, 4, ExcelDateTime::from_ymd(2024, 2, 29).unwrap(), &day).unwrap();
        sheet.write(1, 5, "01067").unwrap().write(2, 1, 4).unwrap();
    });
    let examined = file.examine();
    assert_eq!((examined.reading.header_row, examined.sheets.len()), (1, 1));
    assert_eq!(types(&examined), [Text, Integer, Decimal, Boolean, Date, Text]);
    let missing = "missing";
    assert_eq!(
        file.convert(),
        [["Zoë", "3", "2.5", "true", "2024-02-29", "01067"], [missing, "4", missing, missing, missing, missing]]
    );
}

#[test]
fn a_far_cell_fills_nothing_and_too_far_a_one_is_refused() {
    let file = spreadsheet(|sheet| {
        sheet.write(0, 1, "n").unwrap().write(1, 1, 1).unwrap().write(1_048_575, 1, 2).unwrap();
    });
    let examined = file.examine();
    assert_eq!((examined.rows, examined.reading.columns[0].taken), (2, false));
    assert_eq!(file.convert(), [["1"], ["2"]]);
    let wide = spreadsheet(|sheet| {
        sheet.write(0, 0, "n").unwrap().write(5, 16_383, 2).unwrap();
    });
    assert!(refusal(&wide).contains("more than 500 columns"));
}

// Case: import/zip-bomb
#[test]
fn a_zip_bomb_is_refused_before_it_is_unpacked() {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..64 {
        archive.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let mut file = TestFile::new(archive.finish().unwrap().into_inner());
    file.limits = Limits { file_bytes: 1_000_000, ..Limits::default() };
    assert_eq!(refusal(&file), "The spreadsheet unpacks to more than 4 MB.");
}

// Case: import/zip-bomb
#[test]
fn a_spreadsheet_of_very_many_parts_is_refused() {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for number in 0..10_001 {
        archive.start_file(format!("xl/{number}.xml"), zip::write::SimpleFileOptions::default()).unwrap();
    }
    let file = TestFile::new(archive.finish().unwrap().into_inner());
    assert_eq!(refusal(&file), "The spreadsheet has more than 10000 parts.");
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

// Case: import/parquet-types
#[test]
fn types_of_parquet_become_ours() {
    let words: DictionaryArray<Int8Type> = ["a", "b"].into_iter().collect();
    let file = parquet(vec![
        ("small", Arc::new(UInt8Array::from(vec![Some(255), None]))),
        ("large", Arc::new(UInt64Array::from(vec![u64::MAX, 1]))),
        ("price", Arc::new(Decimal128Array::from(vec![1234, 5]).with_precision_and_scale(10, 2).unwrap())),
        ("word", Arc::new(words)),
        ("at", Arc::new(TimestampNanosecondArray::from(vec![1_000_001_000, 0]))),
        ("ratio", Arc::new(Float64Array::from(vec![f64::NAN, 0.5]))),
    ]);
    let examined = file.examine();
    assert_eq!(types(&examined), [Integer, Text, Decimal, Text, Timestamp, Decimal]);
    assert_eq!((examined.rows, examined.preview[0][0].clone()), (2, Cell::Integer(255)));
    assert_eq!(
        file.convert(),
        [
            ["255", "18446744073709551615", "12.34", "a", "1970-01-01T00:00:01.000001Z", "missing"],
            ["missing", "1", "0.05", "b", "1970-01-01T00:00:00Z", "0.5"],
        ]
    );
}

/// A file of one column as Arrow's own writer makes none.
fn parquet_of<T: DataType>(schema: &str, cells: &[T::T]) -> TestFile {
    let file = TestFile::new("");
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(File::create(file.path()).unwrap(), schema, Arc::default()).unwrap();
    let mut rows = writer.next_row_group().unwrap();
    let mut column = rows.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(cells, None, None).unwrap();
    column.close().unwrap();
    rows.close().unwrap();
    writer.close().unwrap();
    file
}

// Case: import/parquet-types
#[test]
fn moments_of_96_bits_may_be_far_from_today() {
    let moment = |nanoseconds: u32, julian_day: u32| {
        let mut moment = Int96::new();
        moment.set_data(nanoseconds, 0, julian_day);
        moment
    };
    let moments = [moment(1_000, 5_373_484), moment(0, 1_721_426), moment(0, 2_440_588)];
    let file = parquet_of::<Int96Type>("message spark { REQUIRED INT96 at; }", &moments);
    assert_eq!(types(&file.examine()), [Timestamp]);
    assert_eq!(file.convert(), [["9999-12-31T00:00:00.000001Z"], ["0001-01-01T00:00:00Z"], ["1970-01-01T00:00:00Z"]]);
}

// Case: import/clock-change
#[test]
fn a_clock_change_is_in_parquet_what_it_is_in_texts() {
    let local = |month: u32, day: u32, hour: u32| {
        let day = chrono::NaiveDate::from_ymd_opt(2025, month, day).unwrap();
        day.and_hms_opt(hour, 30, 0).unwrap().and_utc().timestamp_millis()
    };
    let given = Given { time_zone: Some(TimeZone(chrono_tz::Europe::Zurich)), ..Given::default() };
    let moments = vec![Some(local(10, 26, 1)), Some(local(10, 26, 2)), None, Some(local(10, 26, 3))];
    let repeated = parquet(vec![("at", Arc::new(TimestampMillisecondArray::from(moments)))]);
    let examined = repeated.try_examine(&given).unwrap();
    let converted = repeated.convert_as(&examined.reading);
    assert_eq!(converted, [["2025-10-25T23:30:00Z"], ["2025-10-26T00:30:00Z"], ["missing"], ["2025-10-26T02:30:00Z"]]);

    let moments = vec![local(3, 30, 1), local(3, 30, 2)];
    let skipped = parquet(vec![("at", Arc::new(TimestampMillisecondArray::from(moments)))]);
    let (count, mistakes) = skipped.mistakes(&skipped.try_examine(&given).unwrap().reading);
    assert_eq!((count, mistakes[0].line, mistakes[0].value.as_deref()), (1, 2, Some("2025-03-30T02:30:00")));
}

#[test]
fn columns_of_parquet_can_be_of_another_type() {
    let file = parquet(vec![("n", Arc::new(Int32Array::from(vec![1, 2])))]);
    let mut reading = file.examine().reading;
    reading.columns[0].column_type = Text;
    assert_eq!(file.convert_as(&reading), [["1"], ["2"]]);
    reading.columns[0].column_type = Date;
    assert_eq!(file.mistakes(&reading).1[1].line, 2);
}

#[test]
fn lists_in_parquet_are_refused_with_their_column() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1)])]);
    assert!(refusal(&parquet(vec![("tags", Arc::new(list))])).starts_with("The column tags is of a type"));
}

// Case: import/lost-values
#[test]
fn a_value_of_parquet_that_is_lost_is_told() {
    let file = parquet(vec![
        ("name", Arc::new(BinaryArray::from_vec(vec![&b"a"[..], &b"M\xfcller"[..]]))),
        ("at", Arc::new(TimestampMillisecondArray::from(vec![Some(i64::MAX), None]))),
    ]);
    let (count, mistakes) = file.mistakes(&file.examine().reading);
    let told: Vec<_> = mistakes.iter().map(|it| (it.line, it.column.as_deref(), it.value.as_deref())).collect();
    let number = i64::MAX.to_string();
    let in_order = [(1, Some("at"), Some(number.as_str())), (2, Some("name"), Some("M\u{fffd}ller"))];
    assert_eq!((count, told.as_slice()), (2, in_order.as_slice()));
}

#[test]
fn a_column_of_parquet_without_values_is_missing_throughout() {
    let file = parquet(vec![("nothing", Arc::new(NullArray::new(2))), ("n", Arc::new(Int32Array::from(vec![1, 2])))]);
    assert_eq!(file.examine().preview[0], [Cell::Missing, Cell::Integer(1)]);
    assert_eq!(file.convert(), [["missing", "1"], ["missing", "2"]]);
}

// Case: import/large-parquet
#[test]
fn large_cells_of_parquet_are_cut_where_they_are_shown_and_refused_above_the_limit() {
    let texts = |bytes: usize| -> ArrayRef {
        let mut texts = vec!["x".to_owned(); 100];
        texts[70] = "y".repeat(bytes);
        texts[1] = "z".repeat(2_000);
        Arc::new(StringArray::from(texts))
    };
    let fits = parquet(vec![("n", Arc::new(Int32Array::from(vec![1; 100]))), ("text", texts(1_000_000))]);
    let examined = fits.examine();
    assert_eq!((examined.preview.len(), examined.rows), (50, 100));
    assert_eq!(examined.preview[1][1], Cell::Text(format!("{}…", "z".repeat(1_000))));
    assert_eq!(fits.convert()[70][1].len(), 1_000_000);

    let too_large = parquet(vec![("n", Arc::new(Int32Array::from(vec![1; 100]))), ("text", texts(1_000_001))]);
    let Err(ImportError::Mistakes(report)) = too_large.try_examine(&Given::default()) else { panic!("it is read") };
    let mistake = &report.mistakes[0];
    assert_eq!((mistake.line, mistake.column.as_deref()), (71, Some("text")));
    assert_eq!(mistake.reason, "the cell has more than 1 MB");
}

fn of_type(column_type: rolecall_model::data::ColumnType) -> Given {
    let column = GivenColumn { position: 0, column_type: Some(column_type), ..GivenColumn::default() };
    Given { columns: vec![column], ..Given::default() }
}

// Case: import/dates-in-parquet
#[test]
fn dates_in_texts_of_parquet_are_asked_about_as_in_other_files() {
    let days = |last: &str| {
        let mut days = vec!["01/02/2026"; 200];
        days[199] = last;
        parquet(vec![("day", Arc::new(StringArray::from(days)))])
    };
    let open = days("03/04/2026");
    assert_eq!((types(&open.examine()), open.examine().questions), (vec![Text], vec![]));
    let examined = open.try_examine(&of_type(Date)).unwrap();
    assert_eq!(examined.questions, [Question::DateOrder { position: 0 }]);
    let mut given = of_type(Date);
    given.columns[0].date_order = Some(DateOrder::MonthDayYear);
    let decided = open.try_examine(&given).unwrap();
    assert_eq!((decided.questions.len(), open.convert_as(&decided.reading)[0][0].as_str()), (0, "2026-01-02"));
    // The last row alone says which it is.
    let settled = days("03/31/2026");
    let examined = settled.try_examine(&of_type(Date)).unwrap();
    assert!(examined.questions.is_empty());
    assert_eq!(settled.convert_as(&examined.reading)[199], ["2026-03-31"]);
}

// Case: import/date-order
#[test]
fn dates_that_are_written_among_the_dates_of_a_spreadsheet_are_asked_about() {
    let day = CellStyle::new().set_num_format("yyyy-mm-dd");
    let file = spreadsheet(|sheet| {
        sheet.write(0, 0, "day").unwrap().write(2, 0, "01/02/2026").unwrap();
        sheet.write_with_format(1, 0, ExcelDateTime::from_ymd(2026, 3, 31).unwrap(), &day).unwrap();
    });
    assert_eq!(types(&file.examine()), [Text]);
    let mut given = of_type(Date);
    assert_eq!(file.try_examine(&given).unwrap().questions, [Question::DateOrder { position: 0 }]);
    given.date_order = Some(DateOrder::MonthDayYear);
    let examined = file.try_examine(&given).unwrap();
    assert_eq!(
        (examined.questions.len(), file.convert_as(&examined.reading)),
        (0, vec![vec!["2026-03-31".to_owned()], vec!["2026-01-02".to_owned()]])
    );
}

// Case: import/date-order
#[test]
fn dates_that_a_spreadsheet_knows_say_nothing_of_those_that_are_written() {
    let day = CellStyle::new().set_num_format("yyyy-mm-dd");
    let file = |written: &str| {
        spreadsheet(|sheet| {
            for (column, name) in ["known", "mixed", "written", "open"].into_iter().enumerate() {
                sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
            }
            sheet.write_with_format(1, 0, ExcelDateTime::from_ymd(2026, 3, 31).unwrap(), &day).unwrap();
            sheet.write(1, 1, written).unwrap().write(2, 1, "unknown").unwrap();
            sheet.write(1, 2, written).unwrap().write(1, 3, "01/02/2026").unwrap();
        })
    };
    let mixed = GivenColumn { position: 1, column_type: Some(Date), ..GivenColumn::default() };
    let given = Given { columns: vec![mixed], ..Given::default() };
    for (written, order) in [("31/01/2026", DateOrder::DayMonthYear), ("01/31/2026", DateOrder::MonthDayYear)] {
        let examined = file(written).try_examine(&given).unwrap();
        assert_eq!(types(&examined), [Date, Date, Date, Date]);
        let orders: Vec<DateOrder> = examined.reading.columns[1..].iter().map(|column| column.date_order).collect();
        assert_eq!(orders, [order, order, order]);
        assert_eq!(examined.questions, [Question::DateOrder { position: 3 }]);
        assert_eq!(examined.preview[0][0], Cell::Date(chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap()));
    }
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

// Case: import/malformed-parquet
#[test]
fn malformed_parquet_is_refused_and_nothing_is_written() {
    let numbers: Vec<i32> = (0..10_000).map(|number| number * 7 % 1_013).collect();
    let good = parquet(vec![("n", Arc::new(Int32Array::from(numbers)))]);
    let reading = good.examine().reading;
    let mut bytes = std::fs::read(good.path()).unwrap();
    let middle = bytes.len() / 3;
    bytes[4..middle].fill(0xff);
    let broken = TestFile::new(bytes);
    let error = broken.try_convert(&reading).unwrap_err().to_string();
    assert!(error.starts_with("The Parquet file is broken"), "{error}");
    assert!(!broken.parquet().exists());
    assert_eq!(refusal(&TestFile::new(b"PAR1\0\0\0\0PAR1")), "The file is no Parquet file that can be read.");
}

// Case: import/malformed-parquet
#[test]
fn json_in_parquet_that_is_not_utf_8_is_refused_with_its_row() {
    let json = |last: &[u8]| {
        let cells = [ByteArray::from("{}"), ByteArray::from("[\"ü\"]"), ByteArray::from(last)];
        parquet_of::<ByteArrayType>("message documents { REQUIRED BYTE_ARRAY document (JSON); }", &cells)
    };
    let good = json(b"1");
    let examined = good.examine();
    assert_eq!(types(&examined), [Text]);
    assert_eq!(good.convert_as(&examined.reading), [["{}"], ["[\"ü\"]"], ["1"]]);
    let broken = json(b"\"M\xfcller\"");
    let reason = "The Parquet file is broken: row 3 of the column document is not UTF-8.";
    assert_eq!(refusal(&broken), reason);
    assert_eq!(broken.try_convert(&examined.reading).unwrap_err().to_string(), reason);
    assert!(!broken.parquet().exists());
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

#[test]
fn a_sheet_can_be_chosen() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("one").unwrap().write(0, 0, "a").unwrap();
    workbook.add_worksheet().set_name("two").unwrap().write(2, 0, "b").unwrap().write(3, 0, 1).unwrap();
    let file = TestFile::new(workbook.save_to_buffer().unwrap());
    assert_eq!(file.examine().sheets, ["one", "two"]);
    let second = file.try_examine(&Given { sheet: Some("two".into()), ..Given::default() }).unwrap();
    assert_eq!((names(&second), second.reading.header_row), (vec!["b"], 3));
    assert_eq!(file.convert_as(&second.reading), [["1"]]);
}
