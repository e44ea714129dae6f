//! Dates, times and steps of time, ordered year, month, day (ISO 8601), which is unambiguous everywhere.

use chrono::{DateTime, Datelike, LocalResult, NaiveDateTime, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;
use rolecall_model::data::{Cell, TimeStep};

/// A time in `zone`, to the minute, or to the second if it has seconds: `2024-01-31 14:05`. In the hour that a clock
/// change repeats, the offset from UTC is added.
#[must_use]
pub fn moment(moment: DateTime<Utc>, zone: Tz) -> String {
    let local = moment.with_timezone(&zone);
    let pattern = if local.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    let text = local.format(pattern).to_string();
    match zone.from_local_datetime(&local.naive_local()) {
        LocalResult::Ambiguous(..) => format!("{text} {}", local.format("%:z")),
        _ => text,
    }
}

/// The name of the step of time that begins at `start`: `2024`, `2024-Q1`, `2024-01`; weeks by their Monday; hours as
/// [`moment`] writes them. `None` where `start` is not a time.
#[must_use]
pub fn step_label(start: &Cell, step: TimeStep, zone: Tz) -> Option<String> {
    let local = local_time(start, zone)?;
    Some(match (step, start) {
        (TimeStep::Hour, Cell::Timestamp(start)) => moment(*start, zone),
        (TimeStep::Hour, _) => local.format("%Y-%m-%d %H:%M").to_string(),
        (TimeStep::Day | TimeStep::Week, _) => local.format("%Y-%m-%d").to_string(),
        (TimeStep::Month, _) => local.format("%Y-%m").to_string(),
        (TimeStep::Quarter, _) => format!("{}-Q{}", local.format("%Y"), local.month0() / 3 + 1),
        (TimeStep::Year, _) => local.format("%Y").to_string(),
    })
}

/// The local time: a date begins at midnight in every zone, a time is converted to `zone`.
pub fn local_time(cell: &Cell, zone: Tz) -> Option<NaiveDateTime> {
    match cell {
        Cell::Date(day) => Some(day.and_time(chrono::NaiveTime::MIN)),
        Cell::Timestamp(moment) => Some(moment.with_timezone(&zone).naive_local()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_read_in_the_zone() {
        assert_eq!(moment(at("2024-01-31T23:30:00Z"), Tz::Europe__Zurich), "2024-02-01 00:30");
        assert_eq!(moment(at("2024-01-31T23:30:05Z"), Tz::UTC), "2024-01-31 23:30:05");
    }

    #[test]
    fn the_hour_that_a_clock_change_repeats_is_told_apart() {
        assert_eq!(moment(at("2024-10-27T00:30:00Z"), Tz::Europe__Zurich), "2024-10-27 02:30 +02:00");
        assert_eq!(moment(at("2024-10-27T01:30:00Z"), Tz::Europe__Zurich), "2024-10-27 02:30 +01:00");
    }

    #[test]
    fn a_step_of_time_is_named_by_what_it_is() {
        let day = Cell::Date(NaiveDate::from_ymd_opt(2024, 4, 1).unwrap());
        let label = |step| step_label(&day, step, Tz::America__New_York).unwrap();
        assert_eq!(label(TimeStep::Day), "2024-04-01");
        assert_eq!(label(TimeStep::Week), "2024-04-01");
        assert_eq!(label(TimeStep::Month), "2024-04");
        assert_eq!(label(TimeStep::Quarter), "2024-Q2");
        assert_eq!(label(TimeStep::Year), "2024");
        let hour = Cell::Timestamp(at("2024-04-01T12:00:00Z"));
        assert_eq!(step_label(&hour, TimeStep::Hour, Tz::Asia__Kolkata).as_deref(), Some("2024-04-01 17:30"));
        assert_eq!(step_label(&Cell::Missing, TimeStep::Day, Tz::UTC), None);
    }
}
