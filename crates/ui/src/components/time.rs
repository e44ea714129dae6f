//! Times for people and machines, and the time of a panel's data. Always UTC.

use leptos::prelude::*;

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A time as text, with its machine-readable form.
#[component]
pub fn Moment(
    /// Unix milliseconds.
    ms: i64,
) -> impl IntoView {
    let civil = Civil::from_unix_ms(ms);

    view! { <time datetime=civil.iso()>{civil.text()}</time> }
}

/// The end of something: if that is midnight, the day before it is shown as the last day.
#[component]
pub fn End(
    /// Unix milliseconds: the first moment after the end.
    ms: i64,
) -> impl IntoView {
    view! { <time datetime=Civil::from_unix_ms(ms).iso()>{end_text(ms)}</time> }
}

/// The same as text.
#[must_use]
pub fn end_text(ms: i64) -> String {
    if ms.rem_euclid(DAY_MS) == 0 {
        format!("the end of {}", Civil::from_unix_ms(ms - DAY_MS).day_text())
    } else {
        Civil::from_unix_ms(ms).text()
    }
}

/// A time in the Gregorian calendar, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    /// The time for `ms` Unix milliseconds, rounded down to the second.
    #[must_use]
    pub fn from_unix_ms(ms: i64) -> Self {
        let seconds = ms.div_euclid(1000);
        let in_day = seconds.rem_euclid(86_400);
        let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
        Self { year, month, day, hour: in_day / 3600, minute: in_day / 60 % 60, second: in_day % 60 }
    }

    /// For people: `21 Nov 2026, 08:05 UTC`.
    #[must_use]
    pub fn text(self) -> String {
        format!("{}, {:02}:{:02} UTC", self.day_text(), self.hour, self.minute)
    }

    /// For people: `21 Nov 2026`.
    #[must_use]
    pub fn day_text(self) -> String {
        let month = usize::try_from(self.month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or("");
        format!("{} {month} {}", self.day, self.year)
    }

    /// For machines: `2026-11-21T08:05:00Z` (RFC 3339).
    #[must_use]
    pub fn iso(self) -> String {
        let Self { year, month, day, hour, minute, second } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Year, month (1 to 12) and day (1 to 31) of a day counted from 1 January 1970.
///
/// Years are counted from March, so that the leap day is the last of its year, in eras of 400 years, which all have
/// the same length.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    const DAYS_OF_ERA: i64 = 146_097;
    /// The number of days from 1 March of year 0 to 1 January 1970.
    const DAYS_BEFORE_1970: i64 = 719_468;

    let days = days + DAYS_BEFORE_1970;
    let era = days.div_euclid(DAYS_OF_ERA);
    let day_of_era = days.rem_euclid(DAYS_OF_ERA);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

/// When a snapshot of a database was queried, and that it is older than it should be.
#[component]
pub fn AsOfLine(
    /// Unix milliseconds.
    ms: i64,
    /// Whether it is older than it should be.
    is_overdue: bool,
    /// Since when there are no newer ones (Unix milliseconds) and why, for administrators.
    failing: Option<(i64, String)>,
) -> impl IntoView {
    let why = failing.map(|(since_ms, why)| {
        view! { <p dir="auto">"Could not be refreshed since " <Moment ms=since_ms/> ". " {why}</p> }
    });

    view! {
        {is_overdue
            .then(|| {
                view! {
                    <div class="notice notice-warn">
                        <p>"These data are older than they should be. Rolecall keeps trying to get newer ones."</p>
                        {why}
                    </div>
                }
            })}
        <p class="muted as-of">"As of " <Moment ms/></p>
    }
}

/// When the version that a panel shows was made.
#[component]
pub fn DataOf(
    /// Unix milliseconds.
    ms: i64,
    /// Whether it is only printed, because the panel's menu shows it on the screen.
    only_print: bool,
) -> impl IntoView {
    let class = if only_print { "muted as-of only-print" } else { "muted as-of" };

    view! {
        <p class=class>"Data of " <Moment ms/></p>
    }
}

#[cfg(test)]
mod tests {
    use super::{Civil, end_text};

    #[test]
    fn the_epoch_is_the_first_of_january_1970() {
        assert_eq!(Civil::from_unix_ms(0).iso(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_time_is_written_for_people_and_for_machines() {
        let moment = Civil::from_unix_ms(1_795_248_330_999);
        assert_eq!(moment.text(), "21 Nov 2026, 08:05 UTC");
        assert_eq!(moment.iso(), "2026-11-21T08:05:30Z");
    }

    #[test]
    fn an_end_at_midnight_names_the_day_before() {
        assert_eq!(end_text(1_803_772_800_000), "the end of 27 Feb 2027");
        assert_eq!(end_text(1_803_772_800_000 + 60_000), "28 Feb 2027, 00:01 UTC");
    }

    #[test]
    fn leap_days_exist_every_four_years_but_not_in_2100() {
        assert_eq!(Civil::from_unix_ms(951_782_400_000).iso(), "2000-02-29T00:00:00Z");
        assert_eq!(Civil::from_unix_ms(1_709_164_800_000).iso(), "2024-02-29T00:00:00Z");
        assert_eq!(Civil::from_unix_ms(4_107_456_000_000).iso(), "2100-02-28T00:00:00Z");
        assert_eq!(Civil::from_unix_ms(4_107_542_400_000).iso(), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn a_moment_before_the_epoch_is_rounded_down() {
        assert_eq!(Civil::from_unix_ms(-1).iso(), "1969-12-31T23:59:59Z");
    }
}
