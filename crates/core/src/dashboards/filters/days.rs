//! The range of days in an address.

use chrono::{Datelike as _, NaiveDate};
use rolecall_model::spec::{DashboardFilter, DatePreset};
use strum::IntoEnumIterator as _;

use super::asked::{AskedFilters, shortened};
use super::range::DayRange;
use super::words::preset_name;

/// A range of days in an address.
pub(super) struct AskedDays {
    /// The requested range; `None` if the address has none, or no valid one.
    pub(super) range: Option<NamedOrDays>,
    /// The days in the address, even if they are not in force.
    pub(super) typed: DayRange,
    /// Mistakes, as whole sentences.
    pub(super) mistakes: Vec<String>,
}

/// The two ways to request a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedOrDays {
    Named(DatePreset),
    Days(DayRange),
}

impl AskedDays {
    /// Parses `asked` for the range `spec`.
    pub(super) fn of(spec: &DashboardFilter, asked: &AskedFilters) -> Self {
        let (id, title) = (spec.id.as_str(), spec.title());
        let mut mistakes = Vec::new();
        let mut day = |text: Option<&str>| match text.map(|text| (text, read(text))) {
            Some((text, None)) => {
                let text = shortened(text);
                mistakes
                    .push(format!("{title}: “{text}” is no day, so the range is ignored. Write days as 2026-01-31."));
                None
            }
            Some((_, day)) => day,
            None => None,
        };
        let typed = DayRange { from: day(asked.from(id)), to: day(asked.to(id)) };
        if let (Some(first), Some(last)) = (typed.from, typed.to)
            && first > last
        {
            let what = format!("{title}: the range ends on {last}, before it begins on {first}. It is ignored.");
            mistakes.push(what);
        }
        let given = asked.values(id);
        let name = given.first().map(String::as_str);
        if mistakes.is_empty() && !typed.is_all() {
            if let Some(name) = name.map(shortened) {
                let what = format!("{title}: the address has the range “{name}” and days as well. The days are used.");
                mistakes.push(what);
            }
            return Self { range: Some(NamedOrDays::Days(typed)), typed, mistakes };
        }
        let range = name.or_else(|| asked.otherwise(id)).and_then(|name| {
            let preset = name.parse().ok();
            if preset.is_none() {
                let known: Vec<&str> = DatePreset::iter().map(|preset| preset_name(preset, spec.last_day)).collect();
                let (name, known) = (shortened(name), known.join(", "));
                let what =
                    format!("{title}: there is no range “{name}”, so it is ignored. Choose one of these: {known}.");
                mistakes.push(what);
            }
            preset
        });
        Self { range: range.map(NamedOrDays::Named), typed, mistakes }
    }
}

fn read(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().filter(|day| (1..=9999).contains(&day.year()))
}

#[cfg(test)]
mod tests {
    use rolecall_model::spec::{FilterKind, LastDay};

    use super::*;

    fn asked(query: &str) -> (Option<NamedOrDays>, String, Vec<String>) {
        let spec = DashboardFilter {
            id: "period".into(),
            title: Some("Day".into()),
            kind: FilterKind::DateRange,
            column: "day".into(),
            dataset: None,
            default: None,
            last_day: LastDay::Today,
            except: Vec::new(),
        };
        let AskedDays { range, typed, mistakes } = AskedDays::of(&spec, &AskedFilters::of_query(Some(query)));
        (range, typed.words(), mistakes)
    }

    #[test]
    fn days_replace_the_range_that_a_form_also_sends() {
        let last_year = Some(NamedOrDays::Named(DatePreset::LastYear));
        assert_eq!(asked("period.otherwise=last_year"), (last_year, "all days".to_owned(), Vec::new()));
        let (range, days, mistakes) = asked("period.otherwise=last_year&period.from=2026-01-02");
        assert!(matches!(range, Some(NamedOrDays::Days(_))) && mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(days, "from 2026-01-02 on");
    }

    #[test]
    fn invalid_days_are_kept_so_that_they_can_be_corrected() {
        let (range, days, mistakes) = asked("period.from=2026-02-02&period.to=2026-02-01&period.otherwise=all");
        assert_eq!((range, mistakes.len()), (Some(NamedOrDays::Named(DatePreset::All)), 1));
        assert_eq!(days, "2026-02-02 to 2026-02-01");
        let (range, days, mistakes) = asked("period.from=2026-02-30&period.to=2026-02-01");
        assert_eq!((range, mistakes.len(), days.as_str()), (None, 1, "up to 2026-02-01"));
    }

    #[test]
    fn a_range_name_next_to_days_is_reported() {
        let (range, _, mistakes) = asked("period=last_year&period.to=2026-02-01");
        assert!(matches!(range, Some(NamedOrDays::Days(_))));
        assert!(mistakes[0].contains("“last_year” and days as well"), "{mistakes:?}");
    }
}
