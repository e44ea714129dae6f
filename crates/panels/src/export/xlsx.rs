//! Values as a spreadsheet (XLSX, ECMA-376).

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use rolecall_model::data::Cell;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::values::Values;
use crate::html::shortened;

/// The maximum length of a text in a cell.
const LONGEST_TEXT: usize = 32_767;
/// The largest whole number that a cell stores exactly: 2^53.
const EXACT: u64 = 1 << 53;
/// The maximum width of a column, in pixels.
const WIDEST: u32 = 400;

/// `values` as a file. Numbers, dates and times become cells of that type, times in UTC; texts never become formulas. A
/// missing value is an empty cell. If rows are left out, the last row says so.
///
/// # Errors
/// When there are more rows or columns than a sheet may have.
pub fn xlsx(values: &Values) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Values")?;
    let bold = Format::new().set_bold();
    for (at, column) in (0..).zip(&values.columns) {
        sheet.write_string_with_format(0, at, shortened(&column.heading, LONGEST_TEXT), &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let (day, moment) =
        (Format::new().set_num_format("yyyy-mm-dd"), Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"));
    let mut place = 0;
    for row in &values.rows {
        place += 1;
        for (at, cell) in (0..).zip(row) {
            push(sheet, (place, at), cell, (&day, &moment))?;
        }
    }
    if let Some(cut) = values.cut() {
        sheet.write_string(place + 1, 0, cut)?;
    }
    sheet.set_autofit_max_width(WIDEST).autofit();
    workbook.save_to_buffer()
}

fn push(
    sheet: &mut Worksheet,
    (row, at): (u32, u16),
    cell: &Cell,
    (day, moment): (&Format, &Format),
) -> Result<(), XlsxError> {
    match cell {
        Cell::Missing => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, at, shortened(text, LONGEST_TEXT)),
        Cell::Integer(number) if number.unsigned_abs() > EXACT => sheet.write_string(row, at, number.to_string()),
        Cell::Integer(_) | Cell::Decimal(_) => sheet.write_number(row, at, cell.number().unwrap_or_default()),
        Cell::Boolean(value) => sheet.write_boolean(row, at, *value),
        Cell::Date(date) => match in_excel(*date) {
            Ok(date) => sheet.write_datetime_with_format(row, at, date, day),
            // Excel has no dates before 1900.
            Err(_) => sheet.write_string(row, at, date.to_string()),
        },
        Cell::Timestamp(at_utc) => match moment_in_excel(*at_utc) {
            Ok(at_utc) => sheet.write_datetime_with_format(row, at, at_utc, moment),
            Err(_) => sheet.write_string(row, at, at_utc.to_rfc3339()),
        },
        Cell::Others => sheet.write_string(row, at, "Others"),
    }
    .map(|_| ())
}

fn in_excel(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let part = |part: u32| u8::try_from(part).unwrap_or_default();
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or_default(), part(day.month()), part(day.day()))
}

fn moment_in_excel(moment: DateTime<Utc>) -> Result<ExcelDateTime, XlsxError> {
    let seconds = f64::from(moment.second()) + f64::from(moment.timestamp_subsec_millis()) / 1000.0;
    let hour = u16::try_from(moment.hour()).unwrap_or_default();
    in_excel(moment.date_naive())?.and_hms(hour, u8::try_from(moment.minute()).unwrap_or_default(), seconds)
}
