//! Single values of the form, as people write them and as fields encode them. Errors are sentences.

use rolecall_data::import::{DateOrder, NumberStyle, TimeZone, is_encoding};

/// The name of an encoding in the WHATWG's standard.
pub(super) fn encoding(name: &str) -> Result<String, String> {
    if is_encoding(name) {
        Ok(name.to_owned())
    } else {
        Err(format!("There is no encoding “{name}”. Choose one of the list."))
    }
}

/// The number of a row, from 1; 0 for none.
pub(super) fn header_row(text: &str) -> Result<u32, String> {
    text.trim().parse().map_err(|_| "Give the number of the row, or 0 if no row has the names.".to_owned())
}

pub(super) fn time_zone(text: &str) -> Result<TimeZone, String> {
    let unknown = |_| format!("There is no time zone “{text}”. Give a name such as Europe/Zurich or UTC.");
    TimeZone::try_from(text.trim().to_owned()).map_err(unknown)
}

/// One ASCII byte that can separate cells or quote texts.
pub(super) fn mark(text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(mark), None) if mark.is_ascii() && !mark.is_ascii_alphanumeric() && !"\0\r\n".contains(mark) => Ok(mark),
        _ => Err("Give one character, no letter or digit.".to_owned()),
    }
}

/// The encoding of a number style in a field: decimal mark and thousands mark.
#[must_use]
pub fn number_key(style: NumberStyle) -> String {
    style.thousands.into_iter().fold(style.decimal.to_string(), |key, mark| key + &mark.to_string())
}

/// The encoding of a date order in a field.
#[must_use]
pub const fn date_order_key(order: DateOrder) -> &'static str {
    match order {
        DateOrder::YearMonthDay => "ymd",
        DateOrder::DayMonthYear => "dmy",
        DateOrder::MonthDayYear => "mdy",
    }
}

pub(super) fn date_order(key: &str) -> Result<DateOrder, String> {
    let found = DateOrder::ALL.into_iter().find(|order| date_order_key(*order) == key);
    found.ok_or_else(|| "Choose one of the orders of day, month and year in the list.".to_owned())
}
