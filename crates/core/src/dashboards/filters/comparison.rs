//! What the days of a range are compared with.

use rolecall_model::spec::DashboardFilter;
use strum::{Display, EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};

use super::asked::{AskedFilters, shortened};
use super::range::DayRange;

/// What the figures of the chosen days are compared with. Without a choice, the dashboard decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Comparison {
    /// [The period before](DayRange::before).
    PeriodBefore,
    /// [The same days a year before](DayRange::year_before).
    YearBefore,
    /// No comparison.
    Nothing,
}

impl Comparison {
    /// The comparison in `asked` for the range `spec`, even if it does not fit the `days` in force. `days` is `None`
    /// if no figure uses the range. What is not in force is added to the `mistakes`.
    pub(super) fn of(
        spec: &DashboardFilter,
        asked: &AskedFilters,
        days: Option<DayRange>,
        mistakes: &mut Vec<String>,
    ) -> Option<Self> {
        let (id, title) = (&spec.id, spec.title());
        let name = asked.compared(id)?;
        let Some(days) = days else {
            mistakes.push(format!("{title}: “{id}.compared” means nothing here. No figure follows this filter."));
            return None;
        };
        let Ok(comparison) = name.parse::<Self>() else {
            let known = Self::iter().map(|known| known.to_string()).collect::<Vec<_>>().join(", ");
            let name = shortened(name);
            mistakes.push(format!("{title}: there is no comparison “{name}”, so it is ignored. There are: {known}."));
            return None;
        };
        if !comparison.fits(days) {
            mistakes.push(format!("{title}: the comparison is ignored. It needs a range with a first and a last day."));
        }
        Some(comparison)
    }

    /// Whether `days` can be compared this way: only with a first and a last day.
    pub(super) const fn fits(self, days: DayRange) -> bool {
        matches!(self, Self::Nothing) || (days.from.is_some() && days.to.is_some())
    }
}

#[cfg(test)]
mod tests {
    use rolecall_model::spec::{FilterKind, LastDay};

    use super::*;

    fn asked(query: &str, days: Option<DayRange>) -> (Option<Comparison>, Vec<String>) {
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
        let mut mistakes = Vec::new();
        let comparison = Comparison::of(&spec, &AskedFilters::of_query(Some(query)), days, &mut mistakes);
        (comparison, mistakes)
    }

    fn january() -> DayRange {
        DayRange::between("2026-01-01".parse().unwrap(), "2026-01-31".parse().unwrap())
    }

    #[test]
    fn the_address_names_the_comparison_of_days() {
        for (query, comparison) in [
            ("", None),
            ("period.compared=", None),
            ("other.compared=nothing", None),
            ("period.compared=period_before", Some(Comparison::PeriodBefore)),
            ("period.compared=year_before", Some(Comparison::YearBefore)),
            ("period.compared=nothing", Some(Comparison::Nothing)),
        ] {
            assert_eq!(asked(query, Some(january())), (comparison, Vec::new()), "{query}");
        }
        // "None" is also valid for days without an end.
        assert_eq!(
            asked("period.compared=nothing", Some(DayRange::default())),
            (Some(Comparison::Nothing), Vec::new())
        );
    }

    #[test]
    fn an_impossible_comparison_is_reported() {
        let (comparison, mistakes) = asked("period.compared=the+moon", Some(january()));
        assert_eq!(comparison, None);
        let expected = "Day: there is no comparison “the moon”, so it is ignored. \
                        There are: period_before, year_before, nothing.";
        assert_eq!(mistakes, [expected]);
        let (comparison, mistakes) = asked("period.compared=nothing", None);
        assert_eq!((comparison, mistakes.len()), (None, 1));
        assert!(mistakes[0].contains("“period.compared” means nothing here"), "{mistakes:?}");
        // It can still be chosen for other days.
        let from_january = DayRange { to: None, ..january() };
        for days in [DayRange::default(), from_january] {
            let (comparison, mistakes) = asked("period.compared=year_before", Some(days));
            assert_eq!(comparison, Some(Comparison::YearBefore));
            assert!(mistakes[0].contains("needs a range with a first and a last day"), "{mistakes:?}");
        }
    }
}
