//! Timestamps and their time zones.

use chrono::{MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::date::{DateOrder, split_date};

/// A time zone by its IANA name: `Europe/Berlin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(pub Tz);

impl TimeZone {
    /// UTC.
    pub const UTC: Self = Self(Tz::UTC);
}

impl From<TimeZone> for String {
    fn from(zone: TimeZone) -> Self {
        zone.0.name().to_owned()
    }
}

impl TryFrom<String> for TimeZone {
    type Error = chrono_tz::ParseError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse().map(Self)
    }
}

/// A timestamp in microseconds since 1970 in UTC, from a date, or a date with a time (RFC 3339, or with a space, AM and
/// PM). A date alone means midnight. A time without an offset is in `zone`, see [`in_zone`].
pub(in super::super) fn parse_timestamp(cell: &[u8], order: DateOrder, zone: Tz) -> Option<i64> {
    let (day, rest) = split_date(cell, order)?;
    if rest.is_empty() {
        return in_zone(day.and_time(NaiveTime::MIN), zone);
    }
    let rest = rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b" "))?;
    let (time, rest) = split_time(rest)?;
    let local = day.and_time(time);
    match offset_seconds(rest)? {
        Some(offset) => Some(local.checked_sub_signed(TimeDelta::seconds(offset))?.and_utc().timestamp_micros()),
        None => in_zone(local, zone),
    }
}

/// Whether a cell that is a timestamp has an offset from UTC. Only an offset can have one of these characters after the
/// hours.
pub(in super::super) fn names_offset(cell: &[u8]) -> bool {
    cell.iter().skip_while(|byte| **byte != b':').any(|byte| b"+-ZzU".contains(byte))
}

/// A local time in `zone` as microseconds since 1970 in UTC. In an hour that a clock change repeats, the first
/// occurrence is taken; a time that a clock change skips is `None`.
pub(in super::super) fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<i64> {
    if zone == Tz::UTC {
        return Some(local.and_utc().timestamp_micros());
    }
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(moment) | MappedLocalTime::Ambiguous(moment, _) => Some(moment.timestamp_micros()),
        // A date still begins at midnight if a clock change skips that.
        MappedLocalTime::None if local.time() == NaiveTime::MIN => first_moment(local.date(), zone),
        MappedLocalTime::None => None,
    }
}

/// The first moment of a day that does not have a midnight.
fn first_moment(day: NaiveDate, zone: Tz) -> Option<i64> {
    let quarters = (1..=12).map(|quarter| day.and_time(NaiveTime::MIN) + TimeDelta::minutes(15 * quarter));
    quarters.filter_map(|local| zone.from_local_datetime(&local).earliest()).map(|it| it.timestamp_micros()).next()
}

/// The time at the start, to the microsecond, and the rest: `14:30`, `14:30:15.25`, `2:30 PM`.
fn split_time(cell: &[u8]) -> Option<(NaiveTime, &[u8])> {
    let (hour, rest) = two_digits(cell, 1)?;
    let (minute, mut rest) = two_digits(rest.strip_prefix(b":")?, 2)?;
    let (mut second, mut micros) = (0, 0);
    if let Some(after) = rest.strip_prefix(b":") {
        (second, rest) = two_digits(after, 2)?;
        if let [b'.' | b',', fraction @ ..] = rest {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=9).contains(&digits) {
                return None;
            }
            let padded = fraction[..digits].iter().chain([b'0'; 6].iter()).take(6);
            micros = padded.fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
            rest = &fraction[digits..];
        }
    }
    let half = rest.strip_prefix(b" ").unwrap_or(rest);
    let half_of_day = half.get(..2).filter(|_| half.len() == 2);
    let is_half = |name: &[u8]| half_of_day.is_some_and(|half| half.eq_ignore_ascii_case(name));
    let hour = match (is_half(b"am"), is_half(b"pm"), hour) {
        (false, false, hour) => hour,
        (_, _, 0 | 13..) => return None,
        (true, _, hour) => hour % 12,
        (_, true, hour) => hour % 12 + 12,
    };
    let rest = if is_half(b"am") || is_half(b"pm") { &[] } else { rest };
    Some((NaiveTime::from_hms_micro_opt(hour, minute, second, micros)?, rest))
}

/// The offset in seconds east of UTC, if there is one; `None` if what follows the time is not an offset.
#[expect(clippy::option_option, reason = "no offset and no sense are different")]
fn offset_seconds(rest: &[u8]) -> Option<Option<i64>> {
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let (sign, digits) = match rest {
        [] => return Some(None),
        b"Z" | b"z" | b"UTC" => return Some(Some(0)),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, rest) = two_digits(digits, 2)?;
    let minutes = match rest.strip_prefix(b":").unwrap_or(rest) {
        [] => 0,
        rest => match two_digits(rest, 2)? {
            (minutes @ 0..60, []) => minutes,
            _ => return None,
        },
    };
    (hours <= 18).then_some(Some(sign * i64::from(hours * 3600 + minutes * 60)))
}

/// The number of one or two digits at the start, at least `least` of them.
fn two_digits(cell: &[u8], least: usize) -> Option<(u32, &[u8])> {
    let digits = cell.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = cell.split_at_checked(digits)?;
    (digits >= least).then(|| (number.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')), rest))
}
