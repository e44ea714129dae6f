//! Values as CSV (RFC 4180), for spreadsheets and programs.

use chrono::SecondsFormat;
use csv::{Terminator, WriterBuilder};
use rolecall_model::data::Cell;

use super::values::Values;

/// Marks the file as UTF-8 for spreadsheets.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// The first characters of texts that spreadsheets take for formulas. Some also accept the full-width forms.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// `values` as a file: UTF-8 with a byte order mark, lines ending with CRLF, dates and times in ISO 8601, times in UTC.
/// A missing value is empty. If rows are left out, the last line says so.
///
/// A text that a spreadsheet would take for a formula gets an apostrophe in front: see [`without_formulas`]. Numbers
/// never do.
#[must_use]
pub fn csv(values: &Values) -> String {
    // Flexible, because the last sentence is a record of a different length.
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).flexible(true).from_writer(Vec::new());
    let headings = values.columns.iter().map(|column| without_formulas(&column.heading));
    let rows = values.rows.iter().map(|row| row.iter().map(field).collect::<Vec<_>>());
    let records = std::iter::once(headings.collect()).chain(rows).chain(values.cut().map(|cut| vec![cut]));
    for record in records {
        // Writing to memory does not fail.
        _ = writer.write_record(record);
    }
    let text = writer.into_inner().unwrap_or_default();
    format!("{BYTE_ORDER_MARK}{}", String::from_utf8_lossy(&text))
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Text(text) => without_formulas(text),
        Cell::Integer(number) => number.to_string(),
        Cell::Decimal(number) => number.to_string(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Date(day) => day.to_string(),
        Cell::Timestamp(moment) => moment.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        Cell::Others => "Others".to_owned(),
    }
}

/// `text` changed so that no spreadsheet computes it (OWASP, "CSV injection"): an apostrophe is put before anything
/// that begins like a formula, even after spaces and invisible characters. The same is done after each semicolon, tab
/// and line end in the text, where a spreadsheet with other separators begins a new cell. A hyphen with a space at the
/// beginning of a line stays: it is a list.
#[must_use]
pub fn without_formulas(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len() + 1);
    let begins_with_break = text.starts_with(['\t', '\r', '\n']);
    if begins_with_break || text.trim_start_matches(is_unseen).starts_with(FORMULA) {
        harmless.push('\'');
    }
    let mut rest = text;
    while let Some(at) = rest.find([';', '\t', '\r', '\n']) {
        let (before, after) = rest.split_at(at + 1);
        harmless.push_str(before);
        let is_item = before.ends_with(['\r', '\n']) && after.starts_with("- ");
        if after.starts_with(FORMULA) && !is_item {
            harmless.push('\'');
        }
        rest = after;
    }
    harmless + rest
}

/// Whether spreadsheets may skip `c` at the beginning of a cell.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use chrono_tz::Tz;

    use super::*;
    use crate::columns::ValueColumn;
    use crate::format::ValueFormat;

    fn values(rows: Vec<Vec<Cell>>) -> Values {
        let written = ValueFormat::of_names(Tz::UTC);
        let column =
            |heading: &str| ValueColumn { heading: heading.to_owned(), is_number: false, written: written.clone() };
        Values { columns: vec![column("=name"), column("n")], total: rows.len() as u64, rows }
    }

    // Case: export/formula-injection, text/csv
    #[test]
    fn no_text_is_taken_for_a_formula_and_no_number_for_a_text() {
        let texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "\n1"];
        let rows = texts.iter().map(|text| vec![Cell::Text((*text).to_owned()), Cell::Integer(-1)]).collect();
        let text = csv(&values(rows));
        let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        assert_eq!(reader.headers().unwrap().get(0), Some("'=name"));
        for (record, text) in reader.records().zip(texts) {
            let record = record.unwrap();
            assert_eq!((&record[0], &record[1]), (format!("'{text}").as_str(), "-1"));
        }
    }

    // Case: export/formula-injection
    #[test]
    fn no_part_of_a_text_becomes_a_formula_with_other_separators_or_skipped_spaces() {
        for (text, written) in [
            (" =1+1", "' =1+1"),
            ("\u{a0}=1", "'\u{a0}=1"),
            ("\u{200b}@x", "'\u{200b}@x"),
            ("\0+1", "'\0+1"),
            ("＝1+1", "'＝1+1"),
            ("a;=1+1", "a;'=1+1"),
            ("a\t-1", "a\t'-1"),
            ("a;- 1", "a;'- 1"),
            ("\t=1", "'\t'=1"),
            ("a\r\n=1", "a\r\n'=1"),
            ("to do\n- tea\n- coffee; -3 °C", "to do\n- tea\n- coffee; -3 °C"),
            ("a=1, b-2; c", "a=1, b-2; c"),
            ("", ""),
        ] {
            assert_eq!(without_formulas(text), written);
        }
    }

    // Case: export/csv-cells
    #[test]
    fn each_value_is_written_in_a_form_that_programs_can_read() {
        let moment = DateTime::from_timestamp_millis(1_769_846_400_500).unwrap();
        let rows = [
            (Cell::Missing, ""),
            (Cell::Decimal(-0.25), "-0.25"),
            (Cell::Integer(i64::MIN), "-9223372036854775808"),
            (Cell::Boolean(true), "true"),
            (Cell::Date(NaiveDate::from_ymd_opt(2026, 1, 31).unwrap()), "2026-01-31"),
            (Cell::Timestamp(moment), "2026-01-31T08:00:00.500Z"),
            (Cell::Text("a \"b\", c\nd".to_owned()), "\"a \"\"b\"\", c\nd\""),
        ];
        let text = csv(&values(rows.iter().map(|(cell, _)| vec![cell.clone(), Cell::Missing]).collect()));
        let expected: Vec<String> = rows.iter().map(|(_, text)| format!("{text},\r\n")).collect();
        assert_eq!(text, format!("\u{feff}'=name,n\r\n{}", expected.concat()));
    }

    // Case: export/cut-off
    #[test]
    fn the_last_line_says_where_rows_are_left_out() {
        let mut values = values(vec![vec![Cell::Missing, Cell::Integer(1)]]);
        values.total = 12_000;
        assert!(csv(&values).ends_with("\r\n\"The first 1 of 12,000 rows.\"\r\n"));
    }
}
