//! Files with mistakes, and files that are too large.

use rolecall_data::import::{DateOrder, Given, ImportError, Limits, Mistake, NumberStyle, TimeZone};
use rolecall_model::data::ColumnType;

use crate::files::{TestFile, names, refusal};

fn only_mistake(file: &TestFile) -> (u64, String) {
    match file.try_examine(&Given::default()).unwrap_err() {
        ImportError::Mistakes(report) => (report.mistakes[0].line, report.mistakes[0].reason.clone()),
        other => panic!("{other}"),
    }
}

// Case: import/ragged-rows
#[test]
fn rows_of_another_length_are_reported_with_their_line() {
    let file = TestFile::new("a,b,c\n1,2,3\n4,5\n\"x\ny\",6,7\n8,9,10,11\n");
    let examined = file.examine();
    assert_eq!((examined.rows, examined.left_out, examined.report.count), (2, 2, 2));
    let (count, mistakes) = file.mistakes(&examined.reading);
    assert_eq!(count, 2);
    let told: Vec<_> = mistakes.iter().map(|mistake| (mistake.line, mistake.reason.as_str())).collect();
    assert_eq!(told, [(3, "the row has 2 cells instead of 3"), (6, "the row has 4 cells instead of 3")]);
}

// Case: import/ragged-rows
#[test]
fn rows_of_another_length_are_shown_as_in_the_file() {
    let long = format!("a,b\n{}\n", ["1"; 100].join(","));
    let cut = format!("{}…", "1,".repeat(30));
    for (text, value) in [
        ("a,b,c\n4,5\n", "4,5"),
        ("a,b,c\n4,\n", "4,"),
        ("a;b\n1,5;2;3\n", "1,5;2;3"),
        ("a\tb\n1\t2\t3\n", "1\\t2\\t3"),
        ("a,b\n\"1,2\",3,\"say \"\"no\"\"\"\n", "\"1,2\",3,\"say \"\"no\"\"\""),
        (long.as_str(), cut.as_str()),
    ] {
        let report = TestFile::new(text).examine().report;
        assert_eq!((report.count, report.mistakes[0].value.as_deref()), (1, Some(value)), "{text}");
    }
}

#[test]
fn lines_are_counted_through_cells_of_several_lines() {
    for end in ["\n", "\r\n"] {
        let file = TestFile::new(["a,b", "1,\"x", "y\"", "2,z", "q,\"u", "v\"", "w,t"].join(end));
        let mut reading = file.examine().reading;
        reading.columns[0].column_type = ColumnType::Integer;
        let lines: Vec<u64> = file.mistakes(&reading).1.iter().map(|mistake| mistake.line).collect();
        assert_eq!(lines, [5, 7], "{end:?}");
    }
}

#[test]
fn the_first_hundred_mistakes_are_listed_and_all_counted() {
    let mut text = "n\n1\n".to_owned();
    for _ in 0..50_000 {
        text.push_str("a\u{1}b\n");
    }
    let file = TestFile::new(text);
    let mut reading = file.examine().reading;
    reading.columns[0].column_type = ColumnType::Decimal;
    let (count, mistakes) = file.mistakes(&reading);
    assert_eq!((count, mistakes.len(), mistakes[99].line), (50_000, 100, 102));
    assert_eq!(mistakes[0].value.as_deref(), Some("a\\u{1}b"));
}

// Case: import/each-mistake
#[test]
fn a_cell_of_the_wrong_type_is_reported_with_the_reason() {
    use ColumnType::{Boolean, Date, Decimal, Integer, Timestamp};
    use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};

    let point = NumberStyle::PLAIN;
    let comma = NumberStyle { decimal: ',', thousands: Some('.') };
    let given = Given { delimiter: Some(';'), header_row: Some(1), ..Given::default() };
    for (column_type, numbers, date_order, cell, reason) in [
        (Integer, point, YearMonthDay, "1.5", "is not a whole number of at most 64 bits"),
        (Integer, point, YearMonthDay, "9223372036854775808", "is not a whole number of at most 64 bits"),
        (Decimal, point, YearMonthDay, "1,5", "is not a number with “.” before the fraction"),
        (Decimal, comma, YearMonthDay, "18500.00", "is not a number with “,” before the fraction"),
        (Boolean, point, YearMonthDay, "perhaps", "is neither true nor false"),
        (Date, point, YearMonthDay, "2026-02-30", "is not a date (year-month-day)"),
        (Date, point, DayMonthYear, "01/31/2026", "is not a date (day-month-year)"),
        (Date, point, MonthDayYear, "31/01/2026", "is not a date (month-day-year)"),
        (Timestamp, point, YearMonthDay, "2026-01-31 25:00", "is not a date and time (year-month-day) in Asia/Kolkata"),
    ] {
        let file = TestFile::new(format!("a;b\n{cell};1\n"));
        let mut reading = file.try_examine(&given).unwrap().reading;
        (reading.numbers, reading.time_zone) = (numbers, TimeZone::try_from("Asia/Kolkata".to_owned()).unwrap());
        (reading.columns[0].column_type, reading.columns[0].date_order) = (column_type, date_order);
        let (column, value) = (Some("a".to_owned()), Some(cell.to_owned()));
        let mistake = Mistake { line: 2, column, value, reason: reason.to_owned() };
        assert_eq!(file.mistakes(&reading), (1, vec![mistake]), "{column_type} {cell}");
    }
}

// Case: import/each-mistake, import/doubled-headers
#[test]
fn columns_without_a_unique_name_are_reported_with_the_reason() {
    let file = TestFile::new("a,b\n1,2\n");
    let reading = file.examine().reading;
    let renamed = |name: &str| {
        let mut reading = reading.clone();
        reading.columns[1].name = name.to_owned();
        reading
    };
    for (name, reason) in [(" ", "the column has no name"), (" A", "another column has the same name: a")] {
        let (count, mistakes) = file.mistakes(&renamed(name));
        let mistake = &mistakes[0];
        let told = (mistake.line, mistake.column.as_deref(), mistake.reason.as_str());
        assert_eq!((count, told), (1, (1, Some("B"), reason)));
    }
    let report = renamed("A").for_columns(&reading.data_columns()).unwrap_err();
    let told: Vec<_> = report.mistakes.iter().map(|it| (it.column.as_deref(), it.reason.as_str())).collect();
    assert_eq!(told, [(Some("a"), "the file has two such columns"), (Some("b"), "the file has no such column")]);
}

// Case: import/doubled-headers
#[test]
fn names_that_differ_only_in_case_space_or_unicode_form_are_a_mistake() {
    for header in ["a,A", "name, name ", "Größe,GRÖSSE", "e\u{301},é", "ﬁrm,firm", "x y,x  y"] {
        let file = TestFile::new(format!("{header}\n1,2\n"));
        let mut examined = file.examine();
        assert_eq!((examined.report.count, examined.left_out), (1, 0), "{header}");
        assert_eq!(file.mistakes(&examined.reading).0, 1);
        examined.reading.columns[1].name = "other".into();
        assert_eq!(file.convert_as(&examined.reading), [["1", "2"]]);
    }
}

// Case: import/empty-headers
#[test]
fn empty_headers_are_named_by_their_letter() {
    let examined = TestFile::new("a,, ,b,C\n1,2,3,4,5\n").examine();
    assert_eq!(names(&examined), ["a", "B_", "C_", "b", "C"]);
    assert_eq!(examined.reading.columns[1].source, "");
}

// Case: import/many-columns
#[test]
fn ten_thousand_columns_are_refused() {
    let row = vec!["1"; 10_000].join(",");
    assert_eq!(
        refusal(&TestFile::new(format!("{row}\n{row}\n"))),
        "The file has more than 500 columns, the most that can be imported."
    );
}

// Case: import/large-cell
#[test]
fn a_cell_of_100_megabytes_is_refused_where_it_begins() {
    let mut bytes = b"a,b\n1,2\n3,\"".to_vec();
    bytes.resize(100_000_000, b'x');
    bytes.extend_from_slice(b"\"\n4,5\n");
    let (line, reason) = only_mistake(&TestFile::new(bytes));
    assert_eq!(line, 3);
    assert!(reason.starts_with("a cell has more than 1 MB"), "{reason}");
}

// Case: import/cut-off
#[test]
fn a_file_that_ends_in_the_middle_of_a_record_is_reported() {
    let one = TestFile::new("a,b\n1,2\n3,\"x\ny");
    assert_eq!(refusal(&one), "The file has 1 mistake.");
    let (line, reason) = only_mistake(&one);
    assert_eq!(line, 3);
    assert!(reason.starts_with("a quotation mark is never closed"), "{reason}");
    let Err(ImportError::Mistakes(report)) = one.try_examine(&Given::default()) else { panic!("it is read") };
    assert_eq!(report.mistakes[0].value.as_deref(), Some("x\\ny"));

    let file = TestFile::new("a,b\n1,2\n3");
    assert_eq!(file.mistakes(&file.examine().reading).1[0].line, 3);
    assert_eq!(TestFile::new("a,b\n1,2\n3,x").convert()[1], ["3", "x"]);
}

// Case: import/limits
#[test]
fn files_that_are_too_large_are_refused_early() {
    let mut file = TestFile::new("a\n1\n2\n3\n");
    file.limits = Limits { rows: 2, ..Limits::default() };
    assert_eq!(refusal(&file), "The file has more than 2 rows, the most that can be imported.");
    file.limits = Limits { rows: 1, ..Limits::default() };
    assert_eq!(refusal(&file), "The file has more than 1 row, the most that can be imported.");
    file.limits = Limits { file_bytes: 7, ..Limits::default() };
    assert_eq!(refusal(&file), "The file has 8 bytes. At most 7 bytes can be imported.");
}
