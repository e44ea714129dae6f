//! Dates.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The order of day, month and year, the same for a whole column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 2024-01-31, as in ISO 8601.
    #[default]
    YearMonthDay,
    /// 31.01.2024 or 31/01/2024.
    DayMonthYear,
    /// 01/31/2024.
    MonthDayYear,
}

impl DateOrder {
    /// All orders, the most likely first.
    pub const ALL: [Self; 3] = [Self::YearMonthDay, Self::DayMonthYear, Self::MonthDayYear];
}

/// Parses a cell that contains a date and nothing else.
pub(in super::super) fn parse_date(cell: &[u8], order: DateOrder) -> Option<NaiveDate> {
    let (day, rest) = split_date(cell, order)?;
    rest.is_empty().then_some(day)
}

/// The date at the start of a cell, and the rest of it.
pub(super) fn split_date(cell: &[u8], order: DateOrder) -> Option<(NaiveDate, &[u8])> {
    let (first, rest) = number(cell, order == DateOrder::YearMonthDay)?;
    let (separator, rest) = rest.split_first()?;
    let known: &[u8] = if order == DateOrder::MonthDayYear { b"/-" } else { b"-/." };
    if !known.contains(separator) {
        return None;
    }
    let (second, rest) = number(rest, false)?;
    let (third, rest) = number(rest.strip_prefix(&[*separator])?, order != DateOrder::YearMonthDay)?;
    let (year, month, day) = match order {
        DateOrder::YearMonthDay => (first, second, third),
        DateOrder::DayMonthYear => (third, second, first),
        DateOrder::MonthDayYear => (third, first, second),
    };
    Some((NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?, rest))
}

/// The number at the start: four digits for a year, otherwise one or two.
fn number(cell: &[u8], is_year: bool) -> Option<(u32, &[u8])> {
    let digits = cell.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let fits = if is_year { digits == 4 } else { digits == 1 || digits == 2 };
    let (number, rest) = cell.split_at_checked(digits)?;
    fits.then(|| (number.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')), rest))
}
