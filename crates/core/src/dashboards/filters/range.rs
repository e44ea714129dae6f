//! A range of days.

use chrono::{Datelike as _, Days, Months, NaiveDate};
use rolecall_model::data::{Filter, Scalar, TimeStep};
use rolecall_model::spec::DatePreset;

/// A range of days, including both ends. Without a first or last day, it is open on that side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayRange {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

impl DayRange {
    /// The days from `from` to `to`.
    #[must_use]
    pub const fn between(from: NaiveDate, to: NaiveDate) -> Self {
        Self { from: Some(from), to: Some(to) }
    }

    /// The days of `preset`, counted back from `last`. A month or year that is not over ends on that day, because the
    /// rest of it has no rows yet.
    #[must_use]
    pub fn of(preset: DatePreset, last: NaiveDate) -> Self {
        let days = |count: u64| {
            last.checked_sub_days(Days::new(count - 1)).map_or(Self::default(), |from| Self::between(from, last))
        };
        let year =
            |year: i32| Self { from: NaiveDate::from_ymd_opt(year, 1, 1), to: NaiveDate::from_ymd_opt(year, 12, 31) };
        match preset {
            DatePreset::Today => days(1),
            DatePreset::Last7Days => days(7),
            DatePreset::Last30Days => days(30),
            DatePreset::Last90Days => days(90),
            DatePreset::ThisMonth => Self { from: last.with_day(1), to: Some(last) },
            DatePreset::ThisYear => Self { to: Some(last), ..year(last.year()) },
            DatePreset::LastYear => year(last.year() - 1),
            DatePreset::All => Self::default(),
        }
    }

    /// The days of the `step` of time that begins on `first`; `None` for an hour.
    #[must_use]
    pub fn of_step(first: NaiveDate, step: TimeStep) -> Option<Self> {
        let next = match step {
            TimeStep::Hour => None,
            TimeStep::Day => first.succ_opt(),
            TimeStep::Week => first.checked_add_days(Days::new(7)),
            TimeStep::Month => first.checked_add_months(Months::new(1)),
            TimeStep::Quarter => first.checked_add_months(Months::new(3)),
            TimeStep::Year => first.checked_add_months(Months::new(12)),
        };
        Some(Self::between(first, next?.pred_opt()?))
    }

    /// Whether the range is all days.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// Whether all of these can be days of data: the year must be 1 or later.
    #[must_use]
    pub fn can_have_data(&self) -> bool {
        self.from.is_none_or(|from| from.year() >= 1)
    }

    /// The label for people: `2026-01-01 to 2026-01-31`.
    #[must_use]
    pub fn words(&self) -> String {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => from.to_string(),
            (Some(from), Some(to)) => format!("{from} to {to}"),
            (Some(from), None) => format!("from {from} on"),
            (None, Some(to)) => format!("up to {to}"),
            (None, None) => "all days".to_owned(),
        }
    }

    /// The period before: for whole months, as many whole months, otherwise as many days. If `preset` is the month or
    /// year to date, as many days from the beginning of the previous one. `None` without a first or last day.
    #[must_use]
    pub fn before(&self, preset: Option<DatePreset>) -> Option<Self> {
        let (from, to) = self.from.zip(self.to)?;
        let last = from.pred_opt()?;
        if are_months(from, to, preset) {
            let months =
                (to.year() - from.year()) * 12 + i32::try_from(to.month()).ok()? - i32::try_from(from.month()).ok()?;
            let first = from.checked_sub_months(Months::new(u32::try_from(months + 1).ok()?))?;
            return Some(Self::between(first, last));
        }
        let days = Days::new(u64::try_from(to.signed_duration_since(from).num_days()).ok()?);
        let months = match preset {
            Some(DatePreset::ThisMonth) => 1,
            Some(DatePreset::ThisYear) => 12,
            _ => return Some(Self::between(last.checked_sub_days(days)?, last)),
        };
        let first = from.checked_sub_months(Months::new(months))?;
        // The month before can be shorter.
        Some(Self::between(first, first.checked_add_days(days)?.min(last)))
    }

    /// The same part of the previous step of time, if the range is the beginning of a `step`: as many days from its
    /// beginning, but none beyond its end. `None` for steps shorter than days.
    #[must_use]
    pub fn before_in_step(&self, step: TimeStep) -> Option<Self> {
        let (from, to) = self.from.zip(self.to)?;
        let first = match step {
            TimeStep::Hour | TimeStep::Day => None,
            TimeStep::Week => from.checked_sub_days(Days::new(7)),
            TimeStep::Month => from.checked_sub_months(Months::new(1)),
            TimeStep::Quarter => from.checked_sub_months(Months::new(3)),
            TimeStep::Year => from.checked_sub_months(Months::new(12)),
        }?;
        let days = Days::new(u64::try_from(to.signed_duration_since(from).num_days()).ok()?);
        Some(Self::between(first, first.checked_add_days(days)?.min(from.pred_opt()?)))
    }

    /// The same days a year before: for whole months whole months, unless `preset` says year to date; February 28 for a
    /// February 29 that has no counterpart. `None` without a first or last day.
    #[must_use]
    pub fn year_before(&self, preset: Option<DatePreset>) -> Option<Self> {
        let (from, to) = self.from.zip(self.to)?;
        let year_before = |day: NaiveDate| day.checked_sub_months(Months::new(12));
        let last = year_before(to)?;
        let is_end = are_months(from, to, preset);
        Some(Self::between(year_before(from)?, if is_end { end_of_month(last)? } else { last }))
    }

    /// The condition that the values of `column` are within the range; `None` for all days.
    #[must_use]
    pub fn condition(&self, column: &str) -> Option<Filter> {
        let day = |day: Option<NaiveDate>| day.map(|day| Scalar::Text(day.to_string()));
        (!self.is_all()).then(|| Filter {
            column: column.to_owned(),
            at_least: day(self.from),
            at_most: day(self.to),
            ..Filter::default()
        })
    }
}

/// Whether the days `from` to `to` are whole months, and not a year to date by `preset`.
fn are_months(from: NaiveDate, to: NaiveDate, preset: Option<DatePreset>) -> bool {
    let is_part_of_year = preset == Some(DatePreset::ThisYear) && to.month() != 12;
    from.day() == 1 && end_of_month(to) == Some(to) && !is_part_of_year
}

fn end_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn each_preset_covers_the_expected_days() {
        let words: Vec<String> =
            DatePreset::iter().map(|preset| DayRange::of(preset, day("2024-03-01")).words()).collect();
        let expected = [
            "2024-03-01",
            "2024-02-24 to 2024-03-01",
            "2024-02-01 to 2024-03-01",
            "2023-12-03 to 2024-03-01",
            "2024-03-01",
            "2024-01-01 to 2024-03-01",
            "2023-01-01 to 2023-12-31",
            "all days",
        ];
        assert_eq!(words, expected);
    }

    /// Asserts for each case that the period before the days from the first to the second is the third, as text. Open
    /// ranges have none.
    fn assert_before(before: impl Fn(DayRange) -> Option<DayRange>, cases: &[(&str, &str, &str)]) {
        for (from, to, expected) in cases {
            let before = before(DayRange::between(day(from), day(to)));
            assert_eq!(before.map(|before| before.words()).as_deref(), Some(*expected), "{from} {to}");
        }
        for endless in [DayRange { from: Some(day("2024-01-01")), to: None }, DayRange::default()] {
            assert_eq!(before(endless), None);
        }
    }

    #[test]
    fn the_period_before_is_equally_long_and_has_whole_months_if_the_range_has() {
        assert_before(
            |range| range.before(None),
            &[
                ("2024-03-02", "2024-03-08", "2024-02-24 to 2024-03-01"),
                ("2024-03-05", "2024-03-05", "2024-03-04"),
                ("2024-03-01", "2024-03-31", "2024-02-01 to 2024-02-29"),
                ("2024-01-01", "2024-12-31", "2023-01-01 to 2023-12-31"),
                ("2024-04-01", "2024-06-30", "2024-01-01 to 2024-03-31"),
                ("2024-03-01", "2024-03-30", "2024-01-31 to 2024-02-29"),
            ],
        );
    }

    #[test]
    fn the_year_before_has_the_same_days_and_whole_months_if_the_range_has() {
        assert_before(
            |range| range.year_before(None),
            &[
                ("2024-03-02", "2024-03-08", "2023-03-02 to 2023-03-08"),
                ("2024-02-29", "2024-02-29", "2023-02-28"),
                ("2024-02-20", "2024-02-29", "2023-02-20 to 2023-02-28"),
                ("2024-02-01", "2024-02-29", "2023-02-01 to 2023-02-28"),
                ("2025-02-01", "2025-02-28", "2024-02-01 to 2024-02-29"),
                ("2025-02-02", "2025-02-28", "2024-02-02 to 2024-02-28"),
                ("2023-12-15", "2024-01-14", "2022-12-15 to 2023-01-14"),
                ("2024-01-01", "2024-12-31", "2023-01-01 to 2023-12-31"),
            ],
        );
        let year_to_date = DayRange::between(day("2025-01-01"), day("2025-02-28"));
        for before in
            [year_to_date.year_before(Some(DatePreset::ThisYear)), year_to_date.before(Some(DatePreset::ThisYear))]
        {
            assert_eq!(before, Some(DayRange::between(day("2024-01-01"), day("2024-02-28"))));
        }
    }

    #[test]
    fn the_beginning_of_a_step_is_compared_with_the_same_number_of_days_of_the_previous_one() {
        for (from, to, step, before) in [
            ("2024-03-04", "2024-03-06", TimeStep::Week, "2024-02-26 to 2024-02-28"),
            ("2024-03-01", "2024-03-08", TimeStep::Month, "2024-02-01 to 2024-02-08"),
            ("2024-03-01", "2024-03-01", TimeStep::Month, "2024-02-01"),
            ("2024-03-01", "2024-03-30", TimeStep::Month, "2024-02-01 to 2024-02-29"),
            ("2024-04-01", "2024-06-29", TimeStep::Quarter, "2024-01-01 to 2024-03-30"),
            ("2024-01-01", "2024-12-30", TimeStep::Year, "2023-01-01 to 2023-12-31"),
        ] {
            let range = DayRange::between(day(from), day(to));
            assert_eq!(range.before_in_step(step).map(|before| before.words()).as_deref(), Some(before), "{to}");
        }
        let days = DayRange::between(day("2024-03-01"), day("2024-03-01"));
        assert_eq!((days.before_in_step(TimeStep::Day), days.before_in_step(TimeStep::Hour)), (None, None));
    }

    #[test]
    fn an_unfinished_month_or_year_is_compared_with_the_same_number_of_days_of_the_previous_one() {
        use DatePreset::{ThisMonth, ThisYear};
        for (preset, last, before) in [
            (ThisMonth, "2024-03-08", "2024-02-01 to 2024-02-08"),
            (ThisMonth, "2024-03-01", "2024-02-01"),
            (ThisMonth, "2024-03-30", "2024-02-01 to 2024-02-29"),
            (ThisMonth, "2024-03-31", "2024-02-01 to 2024-02-29"),
            (ThisMonth, "2024-02-29", "2024-01-01 to 2024-01-31"),
            (ThisMonth, "2024-01-10", "2023-12-01 to 2023-12-10"),
            (ThisYear, "2024-02-10", "2023-01-01 to 2023-02-10"),
            (ThisYear, "2024-12-30", "2023-01-01 to 2023-12-31"),
            (ThisYear, "2024-02-29", "2023-01-01 to 2023-03-01"),
            (ThisYear, "2025-12-31", "2024-01-01 to 2024-12-31"),
            (ThisYear, "2023-12-31", "2022-01-01 to 2022-12-31"),
        ] {
            let range = DayRange::of(preset, day(last));
            assert_eq!(range.before(Some(preset)).map(|before| before.words()).as_deref(), Some(before), "{last}");
        }
    }
}
