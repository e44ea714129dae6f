//! What CSV files are recognised as, and their contents.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::ops::ControlFlow;

use rolecall_data::import::{DateOrder, Given, GivenColumn, ImportError, NumberStyle, Question, TimeZone, convert};
use rolecall_model::data::Cell;
use rolecall_model::data::ColumnType::{self, Boolean, Date, Decimal, Integer, Text, Timestamp};

use crate::files::{TestFile, names, types};

/// How much more memory a large file may take than a small one: half of the difference in size.
const FLAT: u64 = 30_000_000;

#[test]
fn every_type_is_found_and_kept() {
    let file = TestFile::new(
        "name,count,price,open,day,seen\n\
         Anna,1,2.50,true,2024-01-31,2024-01-31T12:30:00Z\n\
         Béla,-2,1e-3,FALSE,2024-02-29,2024-02-29 00:00:00.25+01:00\n\
         ,,,,,\n",
    );
    let examined = file.examine();
    assert_eq!(names(&examined), ["name", "count", "price", "open", "day", "seen"]);
    assert_eq!(types(&examined), [Text, Integer, Decimal, Boolean, Date, Timestamp]);
    assert_eq!((examined.rows, examined.questions.len()), (3, 0));
    assert_eq!(examined.preview[2], vec![Cell::Missing; 6]);
    assert_eq!(
        file.convert(),
        [
            ["Anna", "1", "2.5", "true", "2024-01-31", "2024-01-31T12:30:00Z"],
            ["Béla", "-2", "0.001", "false", "2024-02-29", "2024-02-28T23:00:00.250Z"],
            ["missing"; 6],
        ]
    );
}

// Case: import/leading-zeros
#[test]
fn leading_zeros_plus_signs_and_long_numbers_are_kept_as_text() {
    let file = TestFile::new("zip,phone,account,whole\n01067,+49301234,9223372036854775808,1\n10115,5,1,2\n");
    assert_eq!(types(&file.examine())[..3], [ColumnType::Text; 3]);
    assert_eq!(file.convert()[0], ["01067", "+49301234", "9223372036854775808", "1"]);
}

// Case: import/decimal-mark
#[test]
fn a_decimal_point_never_becomes_a_thousands_separator() {
    let file = TestFile::new("name;price;much\na;18500.00;1,5\nb;1.50;2,25\n");
    assert_eq!(file.convert()[0], ["a", "18500.0", "1,5"]);
    let mut reading = file.examine().reading;
    reading.numbers = NumberStyle { decimal: ',', thousands: Some('.') };
    let (count, mistakes) = file.mistakes(&reading);
    assert_eq!(count, 2);
    assert_eq!(mistakes[0].value.as_deref(), Some("18500.00"));
}

#[test]
fn the_number_style_is_one_setting_for_the_file() {
    let file = TestFile::new("a;b;c\n1.234,50;2.000;0,5\n1,5;3.000;7\n");
    let examined = file.examine();
    assert_eq!(examined.reading.numbers, NumberStyle { decimal: ',', thousands: Some('.') });
    assert_eq!(file.convert(), [["1234.5", "2000", "0.5"], ["1.5", "3000", "7.0"]]);
}

#[test]
fn an_ambiguous_mark_is_asked_about() {
    let file = TestFile::new("a\n\"1,234\"\n\"5,678\"\n");
    assert_eq!(file.examine().questions, [Question::DecimalMark]);
    let numbers = Some(NumberStyle { decimal: ',', thousands: None });
    let examined = file.try_examine(&Given { numbers, ..Given::default() }).unwrap();
    assert_eq!((examined.questions.len(), examined.preview[0][0].clone()), (0, Cell::Decimal(1.234)));
}

// Case: import/inference-over-all-rows, import/late-wrong-type
#[test]
fn one_cell_in_row_900_001_decides_the_type() {
    let mut text = "n,m\n".to_owned();
    for _ in 0..900_000 {
        text.push_str("1,2\n");
    }
    text.push_str("x,2\n");
    let file = TestFile::new(&text);
    let mut examined = file.examine();
    assert_eq!(types(&examined), [ColumnType::Text, ColumnType::Integer]);
    examined.reading.columns[0].column_type = ColumnType::Integer;
    let (count, mistakes) = file.mistakes(&examined.reading);
    assert_eq!((count, mistakes[0].line, mistakes[0].value.as_deref()), (1, 900_002, Some("x")));
    assert_eq!(mistakes[0].column.as_deref(), Some("n"));
}

// Case: import/date-order
#[test]
fn day_and_month_are_decided_for_the_whole_column_or_asked_about() {
    let decided = TestFile::new("day\n01/02/2024\n13/02/2024\n").examine();
    assert_eq!((decided.reading.columns[0].date_order, decided.questions.len()), (DateOrder::DayMonthYear, 0));

    let file = TestFile::new("day\n01/02/2024\n03/04/2024\n");
    assert_eq!(file.examine().questions, [Question::DateOrder { position: 0 }]);
    let given = Given { date_order: Some(DateOrder::MonthDayYear), ..Given::default() };
    let answered = file.try_examine(&given).unwrap();
    assert_eq!(answered.questions, []);
    assert_eq!(file.convert_as(&answered.reading), [["2024-01-02"], ["2024-03-04"]]);
}

#[test]
fn no_order_fits_a_column_of_both() {
    let examined = TestFile::new("day\n13/02/2024\n02/13/2024\n").examine();
    assert_eq!(types(&examined), [ColumnType::Text]);
}

// Case: import/clock-change
#[test]
fn times_without_an_offset_are_in_the_chosen_zone() {
    let file = TestFile::new("at\n2024-07-01 12:00\n2024-10-27 02:30\n");
    let zone = TimeZone(chrono_tz::Europe::Berlin);
    let given = Given { time_zone: Some(zone), ..Given::default() };
    let reading = file.try_examine(&given).unwrap().reading;
    assert_eq!(file.convert_as(&reading), [["2024-07-01T10:00:00Z"], ["2024-10-27T00:30:00Z"]]);
}

#[test]
fn the_assumption_of_utc_is_reported_until_a_zone_is_chosen() {
    for (text, assumes_utc) in [
        ("at\n2024-07-01T12:00:00Z\n2024-07-01 12:00 +02:00\n2024-07-01 12:00:00.5-01\n2024-07-01 1:00 UTC\n", false),
        ("at\n2024-07-01T12:00:00Z\n2024-07-01 12:00\n", true),
        ("at\n2024-07-01 2:30 PM\n", true),
        ("at\n2024-07-01\n", false),
        ("at\nnoon\n2024-07-01 12:00\n", false),
    ] {
        assert_eq!(TestFile::new(text).examine().assumes_utc, assumes_utc, "{text}");
    }
    let file = TestFile::new("at\n2024-07-01 12:00\n");
    let given = Given { time_zone: Some(TimeZone(chrono_tz::Europe::Berlin)), ..Given::default() };
    assert!(!file.try_examine(&given).unwrap().assumes_utc);
    let given = GivenColumn { position: 0, taken: Some(false), ..GivenColumn::default() };
    let given = Given { columns: vec![given], ..Given::default() };
    assert!(!file.try_examine(&given).unwrap().assumes_utc, "it is not taken");
}

// Case: import/clock-change
#[test]
fn a_time_that_the_clock_change_skips_is_a_mistake() {
    let file = TestFile::new("at\n2024-03-31 02:30\n");
    let given = Given { time_zone: Some(TimeZone(chrono_tz::Europe::Berlin)), ..Given::default() };
    let reading = file.try_examine(&given).unwrap().reading;
    assert_eq!(file.mistakes(&reading).0, 1);
}

#[test]
fn a_file_without_header_gets_letters() {
    let file = TestFile::new("1,x\n2,y\n");
    let examined = file.examine();
    assert_eq!((examined.reading.header_row, names(&examined)), (0, vec!["A", "B"]));
    assert_eq!((examined.rows, examined.preview.len()), (2, 2));
    assert_eq!(file.convert(), [["1", "x"], ["2", "y"]]);
}

#[test]
fn rows_above_the_header_are_skipped() {
    let file = TestFile::new("Report of May,\nname,count\na,1\n");
    let examined = file.try_examine(&Given { header_row: Some(2), ..Given::default() }).unwrap();
    assert_eq!(names(&examined), ["name", "count"]);
    assert_eq!(file.convert_as(&examined.reading), [["a", "1"]]);
}

#[test]
fn columns_can_be_left_out_renamed_and_retyped() {
    let file = TestFile::new("id,name\n1,a\n");
    let columns = vec![
        GivenColumn {
            position: 0,
            column_type: Some(ColumnType::Text),
            name: Some("key".into()),
            ..GivenColumn::default()
        },
        GivenColumn { position: 1, taken: Some(false), ..GivenColumn::default() },
    ];
    let examined = file.try_examine(&Given { columns, ..Given::default() }).unwrap();
    assert_eq!(examined.preview, [[Cell::Text("1".into()), Cell::Text("a".into())]]);
    assert_eq!(file.convert_as(&examined.reading), [["1"]]);
    assert_eq!(examined.reading.data_columns()[0].name, "key");
}

#[test]
fn an_import_can_be_cancelled_and_leaves_nothing() {
    let file = TestFile::new("a\n1\n");
    let reading = file.examine().reading;
    let stop = |_| ControlFlow::Break(());
    let error = convert(&file.path(), &reading, &file.parquet(), &file.limits, stop).unwrap_err();
    assert!(matches!(error, ImportError::Cancelled));
    assert!(!file.parquet().exists());
}

/// The peak memory of this test's process, in bytes, since the last call. Each test runs in its own process.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    // Resets the peak to the memory in use now (proc(5)).
    fs::write("/proc/self/clear_refs", "5").unwrap();
    peak.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

/// Imports a CSV file of about `count` kilobytes, with one row for each.
fn import_kilobytes(count: u64) {
    let file = TestFile::new("");
    let mut csv = BufWriter::new(File::create(file.path()).unwrap());
    let text = "words".repeat(200);
    writeln!(csv, "n,text").unwrap();
    for number in 0..count {
        writeln!(csv, "{number},{text}").unwrap();
    }
    csv.flush().unwrap();
    assert_eq!(file.try_convert(&file.examine().reading).unwrap().rows, count);
}

// Case: import/memory
#[test]
fn a_large_file_takes_no_more_memory_than_a_small_one() {
    import_kilobytes(4_000);
    peak_memory();
    let before = peak_memory();
    import_kilobytes(65_000);
    let after = peak_memory();
    assert!(after < before + FLAT, "from {before} to {after} bytes");
}
