//! Parquet: the mapping of its types, large cells, and broken files.

use std::fs::File;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryArray, Decimal128Array, DictionaryArray, Float64Array, Int32Array, ListArray, NullArray,
    StringArray, TimestampMillisecondArray, TimestampNanosecondArray, UInt8Array, UInt64Array,
};
use datafusion::arrow::datatypes::{Int8Type, Int32Type};
use datafusion::parquet::data_type::{ByteArray, ByteArrayType, DataType, Int96, Int96Type};
use datafusion::parquet::file::writer::SerializedFileWriter;
use datafusion::parquet::schema::parser::parse_message_type;
use rolecall_data::import::{DateOrder, Given, ImportError, Question, TimeZone};
use rolecall_model::data::Cell;
use rolecall_model::data::ColumnType::{Date, Decimal, Integer, Text, Timestamp};

use super::{of_type, parquet};
use crate::files::{TestFile, refusal, types};

// Case: import/parquet-types
#[test]
fn types_of_parquet_are_mapped_to_ours() {
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

/// A file with one column of a kind that Arrow's own writer does not produce.
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
fn timestamps_of_96_bits_may_be_far_from_today() {
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
fn a_clock_change_is_treated_in_parquet_as_in_texts() {
    let local = |month: u32, day: u32, hour: u32| {
        let day = chrono::NaiveDate::from_ymd_opt(2025, month, day).unwrap();
        day.and_hms_opt(hour, 30, 0).unwrap().and_utc().timestamp_millis()
    };
    let given = Given { time_zone: Some(TimeZone(chrono_tz::Europe::Zurich)), ..Given::default() };
    let moments = vec![Some(local(10, 26, 1)), Some(local(10, 26, 2)), None, Some(local(10, 26, 3))];
    let repeated = parquet(vec![("at", Arc::new(TimestampMillisecondArray::from(moments)))]);
    let examined = repeated.try_examine(&given).unwrap();
    assert_eq!((repeated.examine().assumes_utc, examined.assumes_utc), (true, false));
    let converted = repeated.convert_as(&examined.reading);
    assert_eq!(converted, [["2025-10-25T23:30:00Z"], ["2025-10-26T00:30:00Z"], ["missing"], ["2025-10-26T02:30:00Z"]]);

    let moments = vec![local(3, 30, 1), local(3, 30, 2)];
    let skipped = parquet(vec![("at", Arc::new(TimestampMillisecondArray::from(moments)))]);
    let (count, mistakes) = skipped.mistakes(&skipped.try_examine(&given).unwrap().reading);
    assert_eq!((count, mistakes[0].line, mistakes[0].value.as_deref()), (1, 2, Some("2025-03-30T02:30:00")));
}

#[test]
fn columns_of_parquet_can_be_retyped() {
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
fn a_value_of_parquet_that_is_lost_is_reported() {
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
fn large_cells_of_parquet_are_cut_in_the_preview_and_refused_above_the_limit() {
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
    // Only the last row settles the order.
    let settled = days("03/31/2026");
    let examined = settled.try_examine(&of_type(Date)).unwrap();
    assert!(examined.questions.is_empty());
    assert_eq!(settled.convert_as(&examined.reading)[199], ["2026-03-31"]);
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
