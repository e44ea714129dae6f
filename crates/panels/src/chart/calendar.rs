//! The ticks of a time axis: from minutes to millennia, on the boundaries of the calendar in the dashboard's time
//! zone.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _};
use rolecall_model::data::TimeStep;

/// The distance between two ticks of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of minutes that divides an hour.
    Minutes(u32),
    /// A number of hours that divides a day.
    Hours(u32),
    Day,
    /// A week, from Monday.
    Week,
    /// A number of months that divides a year.
    Months(u32),
    /// A number of years.
    Years(i32),
}

/// The distances that ticks may have, the shortest first.
pub const UNITS: [Unit; 23] = [
    Unit::Minutes(1),
    Unit::Minutes(5),
    Unit::Minutes(15),
    Unit::Minutes(30),
    Unit::Hours(1),
    Unit::Hours(3),
    Unit::Hours(6),
    Unit::Hours(12),
    Unit::Day,
    Unit::Week,
    Unit::Months(1),
    Unit::Months(3),
    Unit::Months(6),
    Unit::Years(1),
    Unit::Years(2),
    Unit::Years(5),
    Unit::Years(10),
    Unit::Years(20),
    Unit::Years(50),
    Unit::Years(100),
    Unit::Years(200),
    Unit::Years(500),
    Unit::Years(1000),
];

impl Unit {
    /// The unit of a step of time.
    pub const fn of(step: TimeStep) -> Self {
        match step {
            TimeStep::Hour => Self::Hours(1),
            TimeStep::Day => Self::Day,
            TimeStep::Week => Self::Week,
            TimeStep::Month => Self::Months(1),
            TimeStep::Quarter => Self::Months(3),
            TimeStep::Year => Self::Years(1),
        }
    }

    /// The tick at or before `at`; `at` itself where the calendar ends.
    pub fn floor(self, at: NaiveDateTime) -> NaiveDateTime {
        let day = |date: Option<NaiveDate>| date.map_or(at, |date| date.and_time(NaiveTime::MIN));
        let within = |seconds: u32| {
            let since = at.num_seconds_from_midnight() % seconds;
            at.with_nanosecond(0).unwrap_or(at) - TimeDelta::seconds(since.into())
        };
        match self {
            Self::Minutes(count) => within(count * 60),
            Self::Hours(count) => within(count * 3600),
            Self::Day => day(Some(at.date())),
            Self::Week => day(at.date().checked_sub_days(Days::new(at.weekday().num_days_from_monday().into()))),
            Self::Months(count) => day(NaiveDate::from_ymd_opt(at.year(), at.month0() / count * count + 1, 1)),
            Self::Years(count) => day(NaiveDate::from_ymd_opt(at.year().div_euclid(count) * count, 1, 1)),
        }
    }

    /// The tick after `mark`; `None` where the calendar ends.
    pub fn next(self, mark: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Minutes(count) => mark.checked_add_signed(TimeDelta::minutes(count.into())),
            Self::Hours(count) => mark.checked_add_signed(TimeDelta::hours(count.into())),
            Self::Day => mark.checked_add_days(Days::new(1)),
            Self::Week => mark.checked_add_days(Days::new(7)),
            Self::Months(count) => mark.checked_add_months(Months::new(count)),
            Self::Years(count) => mark.checked_add_months(Months::new(count.unsigned_abs() * 12)),
        }
    }

    /// The label of a tick: as much of the date as the distance needs. Among hours, midnight is labelled with its date.
    pub fn label(self, mark: NaiveDateTime) -> String {
        let pattern = match self {
            Self::Minutes(_) | Self::Hours(_) if mark.time() != NaiveTime::MIN => "%H:%M",
            Self::Minutes(_) | Self::Hours(_) | Self::Day | Self::Week => "%Y-%m-%d",
            Self::Months(_) => "%Y-%m",
            Self::Years(_) => "%Y",
        };
        mark.format(pattern).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn marks_lie_where_people_expect_them() {
        let wednesday = at("2024-05-15T13:47:31");
        let floors = [
            (Unit::Minutes(15), "2024-05-15T13:45:00"),
            (Unit::Hours(6), "2024-05-15T12:00:00"),
            (Unit::Day, "2024-05-15T00:00:00"),
            (Unit::Week, "2024-05-13T00:00:00"),
            (Unit::Months(3), "2024-04-01T00:00:00"),
            (Unit::Years(10), "2020-01-01T00:00:00"),
        ];
        for (unit, expected) in floors {
            assert_eq!(unit.floor(wednesday), at(expected), "{unit:?}");
        }
    }

    #[test]
    fn the_next_mark_is_one_unit_later() {
        let december = at("2024-12-01T00:00:00");
        assert_eq!(Unit::Months(1).next(december), Some(at("2025-01-01T00:00:00")));
        assert_eq!(Unit::Years(2).next(at("2024-01-01T00:00:00")), Some(at("2026-01-01T00:00:00")));
        assert_eq!(Unit::Day.next(NaiveDateTime::MAX), None);
    }

    #[test]
    fn a_label_has_no_more_of_the_date_than_it_needs() {
        let midnight = at("2024-01-01T00:00:00");
        assert_eq!(Unit::Hours(6).label(midnight), "2024-01-01");
        assert_eq!(Unit::Hours(6).label(at("2024-01-01T18:00:00")), "18:00");
        assert_eq!(Unit::Months(3).label(midnight), "2024-01");
        assert_eq!(Unit::Years(5).label(midnight), "2024");
    }
}
