//! Reads cells from the texts that databases return.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rolecall_model::data::Cell;

/// The number of decimal digits that every double keeps (IEEE 754).
const EXACT_DIGITS: usize = 15;

/// A date: `2026-01-31`.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    // chrono would accept years beyond 9999 with a sign; databases write none.
    if text.len() == 10 { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

/// A timestamp: `2026-01-31 08:00:00.5`, also with `T` and with an offset. Without an offset it is in UTC.
pub(super) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let (day, time) = text.split_once([' ', 'T'])?;
    let is_offset = |(at, c): (usize, char)| (at >= 5 && matches!(c, '+' | '-' | 'Z' | 'z')).then_some(at);
    let (clock, offset) = match time.char_indices().find_map(is_offset) {
        Some(at) => time.split_at(at),
        None => (time, ""),
    };
    let clock = clock.trim_end();
    let format = if clock.len() == 5 { "%H:%M" } else { "%H:%M:%S%.f" };
    let clock = chrono::NaiveTime::parse_from_str(clock, format).ok()?;
    let local = NaiveDateTime::new(date(day)?, clock);
    let seconds = offset_seconds(offset.trim())?;
    Some((local - chrono::TimeDelta::seconds(seconds)).and_utc())
}

/// The offset in seconds east of UTC: `+02`, `+0200`, `+02:00`, `Z`, or nothing.
fn offset_seconds(offset: &str) -> Option<i64> {
    if offset.is_empty() || offset.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits: String = offset.get(1..)?.chars().filter(|c| *c != ':').collect();
    let number = |part: std::ops::Range<usize>| digits.get(part)?.parse::<i64>().ok();
    match digits.len() {
        2 => Some(sign * number(0..2)? * 3600),
        4 => Some(sign * (number(0..2)? * 3600 + number(2..4)? * 60)),
        6 => Some(sign * (number(0..2)? * 3600 + number(2..4)? * 60 + number(4..6)?)),
        _ => None,
    }
}

/// A number, and whether it lost digits. Infinity and NaN become missing values.
pub(super) fn decimal(text: &str) -> Option<(Cell, bool)> {
    let number: f64 = text.parse().ok()?;
    if !number.is_finite() {
        // A number too large for a double lost its value; "Infinity" and "NaN" have no digits.
        let is_too_large = text.bytes().any(|byte| byte.is_ascii_digit());
        return Some((Cell::Missing, is_too_large));
    }
    let digits = significant_digits(text);
    let is_rounded = digits.len() > EXACT_DIGITS && digits != significant_digits(&number.to_string());
    Some((Cell::Decimal(number), is_rounded))
}

/// The digits of a number without its sign, point and exponent, and without zeros at either end.
fn significant_digits(text: &str) -> String {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_with_and_without_an_offset() {
        let read = |text: &str| moment(text).map(|moment| moment.to_rfc3339());
        assert_eq!(read("2026-01-31 08:00:00").as_deref(), Some("2026-01-31T08:00:00+00:00"));
        assert_eq!(read("2026-01-31T08:00:00.25Z").as_deref(), Some("2026-01-31T08:00:00.250+00:00"));
        assert_eq!(read("2026-01-31 08:00:00+02").as_deref(), Some("2026-01-31T06:00:00+00:00"));
        assert_eq!(read("2026-01-31 08:00:00 -03:30").as_deref(), Some("2026-01-31T11:30:00+00:00"));
        assert_eq!(read("2026-01-31 08:00").as_deref(), Some("2026-01-31T08:00:00+00:00"));
        for wrong in ["", "2026-01-31", "2026-02-30 08:00:00", "infinity", "0044-03-15 12:00:00 BC", "2026-01-31 8"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn lost_digits_of_numbers_are_noticed() {
        let read = |text: &str| decimal(text).unwrap();
        assert_eq!(read("0.1"), (Cell::Decimal(0.1), false));
        assert_eq!(read("-12345678901234567890"), (Cell::Decimal(-12_345_678_901_234_567_890.0), true));
        assert_eq!(read("1234567890.123456789"), (Cell::Decimal(1_234_567_890.123_456_7), true));
        assert_eq!(read("100000000000000000000000"), (Cell::Decimal(1e23), false));
        assert_eq!(read("NaN"), (Cell::Missing, false));
        assert_eq!(decimal("x"), None);
    }

    #[test]
    fn a_day_is_written_with_four_digits_of_the_year() {
        assert_eq!(date("2024-02-29"), NaiveDate::from_ymd_opt(2024, 2, 29));
        for wrong in ["2023-02-29", "12024-01-01", "0044-03-15 BC", "24-02-29"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }
}
