//! How the rows of a data set are spread over time: which step to group them by, and whether two steps can be compared.

use chrono::{Datelike as _, NaiveDate};
use rolecall_model::data::TimeStep;

/// Up to this number of days each step is best, the shortest first; beyond, a year.
const BEST_WITHIN: [(TimeStep, i64); 4] =
    [(TimeStep::Hour, 3), (TimeStep::Day, 62), (TimeStep::Week, 200), (TimeStep::Month, 3660)];
/// The steps, the shortest first.
const STEPS: [TimeStep; 6] =
    [TimeStep::Hour, TimeStep::Day, TimeStep::Week, TimeStep::Month, TimeStep::Quarter, TimeStep::Year];
/// Up to this number of steps a bar chart is better than a line.
const FEW_STEPS: i64 = 12;
/// How many rows a step needs on average for a comparison. With fewer, a change is random.
const ROWS_TO_COMPARE: i64 = 20;

/// How rows are spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// The step to group them by: neither few nor many steps, and no more than rows.
    pub(super) step: TimeStep,
    steps: i64,
    rows: i64,
    /// Whether the column has times, and not only days.
    has_hours: bool,
}

impl Pace {
    /// For `rows` from `first` to `last`, with times or only days.
    pub(super) fn of(rows: i64, days: Option<(NaiveDate, NaiveDate)>, has_hours: bool) -> Self {
        let shortest = if has_hours { TimeStep::Hour } else { TimeStep::Day };
        let Some((first, last)) = days else { return Self { step: shortest, steps: 0, rows, has_hours } };
        let span = (last - first).num_days();
        let best = BEST_WITHIN.into_iter().find(|(step, most)| span < *most && (has_hours || *step != TimeStep::Hour));
        let best = best.map_or(TimeStep::Year, |(step, _)| step);
        let from = STEPS.iter().position(|step| *step == best).unwrap_or_default();
        let candidates = STEPS.iter().skip(from).map(|step| (*step, steps_between(first, last, *step)));
        // If most steps would be empty, a longer step is better, as long as there are at least two.
        let kept = candidates.clone().take_while(|(_, steps)| *steps > 1).find(|(_, steps)| *steps <= rows);
        let longest = candidates.take_while(|(_, steps)| *steps > 1).last();
        let (step, steps) = kept.or(longest).unwrap_or((best, 1));
        Self { step, steps, rows, has_hours }
    }

    /// Whether there are so few steps that bars are better than a line.
    pub(super) const fn is_short(self) -> bool {
        self.steps <= FEW_STEPS
    }

    /// Whether the last step can be compared with the previous one. For an unfinished hour or day, the matching part of
    /// the previous one is unknown; if rows are `growing`, every last day is unfinished.
    pub(super) const fn can_be_compared(self, growing: bool) -> bool {
        let goes_on = match self.step {
            TimeStep::Hour => true,
            TimeStep::Day => self.has_hours || growing,
            TimeStep::Week | TimeStep::Month | TimeStep::Quarter | TimeStep::Year => false,
        };
        !goes_on && self.steps > 2 && self.rows >= self.steps * ROWS_TO_COMPARE
    }
}

/// The number of steps from `first` to `last`, including both.
fn steps_between(first: NaiveDate, last: NaiveDate, step: TimeStep) -> i64 {
    let days = (last - first).num_days();
    let weekday = i64::from(first.weekday().num_days_from_monday());
    let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    1 + match step {
        TimeStep::Hour => days * 24 + 23,
        TimeStep::Day => days,
        TimeStep::Week => (weekday + days) / 7,
        TimeStep::Month => month(last) - month(first),
        TimeStep::Quarter => month(last) / 3 - month(first) / 3,
        TimeStep::Year => i64::from(last.year() - first.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(rows: i64, first: &str, last: &str) -> Pace {
        let day = |text: &str| text.parse().unwrap();
        Pace::of(rows, Some((day(first), day(last))), false)
    }

    #[test]
    fn the_step_fits_the_period_and_the_number_of_rows() {
        for (rows, first, last, expected) in [
            (60, "2026-01-01", "2026-01-31", TimeStep::Day),
            (500, "2026-01-01", "2026-06-30", TimeStep::Week),
            (5000, "2015-01-01", "2023-12-31", TimeStep::Month),
            (5000, "1995-01-01", "2023-12-31", TimeStep::Year),
            // Few rows.
            (3, "2026-01-02", "2026-02-06", TimeStep::Month),
            (2, "2026-01-02", "2026-12-06", TimeStep::Quarter),
            (2, "2026-01-05", "2026-01-06", TimeStep::Day),
            (1, "2026-01-05", "2026-01-05", TimeStep::Day),
            (0, "2026-01-05", "2026-01-05", TimeStep::Day),
        ] {
            assert_eq!(pace(rows, first, last).step, expected, "{rows} {first} {last}");
        }
        assert_eq!(Pace::of(0, None, false).step, TimeStep::Day);
        let day = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
        assert_eq!(Pace::of(100, Some((day, day)), true).step, TimeStep::Hour);
    }

    #[test]
    fn only_steps_with_many_rows_are_compared_and_few_steps_become_bars() {
        assert!(!pace(3, "2026-01-02", "2026-02-06").can_be_compared(false));
        assert!(!pace(500, "2026-01-01", "2026-06-30").can_be_compared(false), "19 rows a week");
        assert!(pace(800, "2026-01-01", "2026-06-30").can_be_compared(false), "30 rows a week");
        assert!(!pace(800, "2026-01-05", "2026-01-06").can_be_compared(false), "two days");
        assert!(!Pace::of(0, None, true).can_be_compared(false));
        let daily = pace(2000, "2026-01-01", "2026-01-31");
        assert!(daily.can_be_compared(false), "days of a file");
        assert!(!daily.can_be_compared(true), "the last day goes on");
        let day = |text: &str| text.parse().unwrap();
        let of_moments = |last| Pace::of(9000, Some((day("2026-01-01"), day(last))), true);
        assert!(!of_moments("2026-01-02").can_be_compared(false), "hours");
        assert!(!of_moments("2026-01-31").can_be_compared(false), "the last day ends at some hour");
        assert!(of_moments("2026-12-31").can_be_compared(true), "months are compared by as many days");
        assert!(pace(600, "2026-01-01", "2026-12-31").is_short(), "12 months");
        assert!(!pace(600, "2025-01-01", "2026-12-31").is_short(), "24 months");
    }
}
