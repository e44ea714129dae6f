//! The effect of a dashboard's filters on one of its panels.

use rolecall_model::data::Filter;
use rolecall_model::spec::PanelSpec;

use super::chosen::Chosen;
use super::comparison::Comparison;
use super::judged::{Filters, JudgedFilter};
use super::range::DayRange;
use crate::dashboards::spec::{Content, Panel, is_about};
use crate::datasets::DataSet;

/// A panel's filters.
#[derive(Clone, Debug, Default)]
pub struct PanelFilters {
    /// The conditions on its rows.
    pub conditions: Vec<Filter>,
    /// What its figures are compared with.
    pub compared: PanelComparison,
}

/// What the figures of a panel are compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PanelComparison {
    /// As the panel's document says: with the previous step of time, or with the same number of its days if the last
    /// step is not over, or with nothing.
    #[default]
    Usual,
    /// With nothing, although the document says otherwise.
    Nothing,
    /// The figures are those of all `days` of a column, and are compared with the days `before`, or with nothing.
    Days { column: String, days: DayRange, before: Option<DayRange> },
}

impl Filters<'_> {
    /// The titles of the filters in force that do not apply to `panel`, whose data set is `dataset`.
    #[must_use]
    pub fn leaving_alone(&self, panel: &Panel, dataset: &DataSet) -> Vec<&str> {
        let in_force = self.all().iter().filter(|filter| filter.chosen.is_in_force());
        in_force.filter(|filter| !filter.is_followed_by(panel, dataset)).map(|filter| filter.spec.title()).collect()
    }

    /// The filters of `panel`, whose data set is `dataset`.
    #[must_use]
    pub fn of_panel(&self, panel: &Panel, dataset: &DataSet) -> PanelFilters {
        let about = self.all().iter().filter(|filter| is_about(filter.spec, &panel.spec));
        let sources = about.filter_map(|filter| Some((filter, filter.source(dataset)?)));
        let conditions = sources.clone().filter_map(|(_, source)| source.condition.clone()).collect();
        let compared = match panel.content {
            Content::Figures(_) => comparing(&panel.spec, sources.map(|(filter, _)| filter)),
            _ => PanelComparison::Usual,
        };
        PanelFilters { conditions, compared }
    }
}

/// What the figures of `panel` are compared with; all of `filters` apply to it. The person's choice takes precedence
/// over the dashboard's default, and the last filter over the others.
fn comparing<'a, 'b: 'a>(
    panel: &PanelSpec,
    filters: impl Iterator<Item = &'a JudgedFilter<'b>> + Clone,
) -> PanelComparison {
    let last = |is_chosen: bool| {
        let filters = filters.clone().filter(|filter| filter.compared_with().is_some() == is_chosen);
        filters.filter_map(|filter| filter.comparing(panel)).last()
    };
    last(true).or_else(|| last(false)).unwrap_or_default()
}

impl JudgedFilter<'_> {
    /// Whether it applies to `panel`, whose data set is `dataset`.
    pub(super) fn is_followed_by(&self, panel: &Panel, dataset: &DataSet) -> bool {
        is_about(self.spec, &panel.spec) && self.source(dataset).is_some()
    }

    /// Its comparison for the figures of `panel`; `None` if it does not decide that.
    fn comparing(&self, panel: &PanelSpec) -> Option<PanelComparison> {
        let Chosen::Days(range, days) = self.chosen else { return None };
        let steps = panel.by.as_ref().filter(|_| panel.compare);
        let is_of_steps = steps.is_some_and(|by| by.column == self.spec.column);
        let before = match self.compared_with() {
            None if !is_of_steps => return None,
            None | Some(Comparison::PeriodBefore) => Some(days.before(range.preset())?),
            Some(Comparison::YearBefore) => Some(days.year_before(range.preset())?),
            // The figure of these days stays, without comparison.
            Some(Comparison::Nothing) if is_of_steps && days.from.is_some() && days.to.is_some() => None,
            Some(Comparison::Nothing) => return panel.compare.then_some(PanelComparison::Nothing),
        };
        let before = before.filter(DayRange::can_have_data);
        Some(PanelComparison::Days { column: self.spec.column.clone(), days, before })
    }
}

#[cfg(test)]
mod tests {
    use rolecall_model::data::{Dimension, TimeStep};
    use rolecall_model::spec::{DashboardFilter, FilterKind, LastDay, PanelKind};

    use super::*;
    use crate::dashboards::filters::AskedRange;

    fn spec(column: &str) -> DashboardFilter {
        DashboardFilter {
            id: column.to_owned(),
            title: None,
            kind: FilterKind::DateRange,
            column: column.to_owned(),
            dataset: None,
            default: None,
            last_day: LastDay::Today,
            except: Vec::new(),
        }
    }

    fn filter(spec: &DashboardFilter, days: DayRange, comparison: Option<Comparison>) -> JudgedFilter<'_> {
        JudgedFilter {
            spec,
            chosen: Chosen::Days(AskedRange::Days, days),
            comparison,
            mistakes: Vec::new(),
            search: None,
            typed: days,
            sources: Vec::new(),
        }
    }

    fn february(year: i32) -> DayRange {
        let day = |day: u32| format!("{year}-02-{day:02}").parse().unwrap();
        DayRange::between(day(2), day(20))
    }

    /// A figure without comparison, and one that compares months.
    fn panels() -> (PanelSpec, PanelSpec) {
        let plain = PanelSpec::new("p", "P", PanelKind::Figure);
        let by = Some(Dimension { column: "day".to_owned(), step: Some(TimeStep::Month) });
        (plain.clone(), PanelSpec { compare: true, by, ..plain })
    }

    fn of_february(column: &str, before: Option<DayRange>) -> PanelComparison {
        PanelComparison::Days { column: column.to_owned(), days: february(2026), before }
    }

    #[test]
    fn a_choice_decides_the_comparison_of_figures_and_otherwise_their_document() {
        let (day, (plain, monthly)) = (spec("day"), panels());
        let of = |panel: &PanelSpec, comparison| comparing(panel, [filter(&day, february(2026), comparison)].iter());
        let period_before = february(2026).before(None);
        assert!(period_before.is_some());
        assert_eq!(of(&plain, None), PanelComparison::Usual);
        assert_eq!(of(&monthly, None), of_february("day", period_before));
        for panel in [&plain, &monthly] {
            assert_eq!(of(panel, Some(Comparison::PeriodBefore)), of_february("day", period_before));
            assert_eq!(of(panel, Some(Comparison::YearBefore)), of_february("day", Some(february(2025))));
        }
        assert_eq!(of(&plain, Some(Comparison::Nothing)), PanelComparison::Usual);
        assert_eq!(of(&monthly, Some(Comparison::Nothing)), of_february("day", None));
    }

    #[test]
    fn all_days_can_only_be_compared_with_nothing() {
        let (day, (plain, monthly)) = (spec("day"), panels());
        let of =
            |panel: &PanelSpec, comparison| comparing(panel, [filter(&day, DayRange::default(), comparison)].iter());
        for panel in [&plain, &monthly] {
            assert_eq!(of(panel, Some(Comparison::YearBefore)), PanelComparison::Usual);
        }
        assert_eq!(of(&plain, Some(Comparison::Nothing)), PanelComparison::Usual);
        assert_eq!(of(&monthly, Some(Comparison::Nothing)), PanelComparison::Nothing);
    }

    #[test]
    fn the_first_days_that_data_can_have_are_compared_with_nothing() {
        let (day, (plain, _)) = (spec("day"), panels());
        let days = DayRange::between("0001-01-01".parse().unwrap(), "0001-01-31".parse().unwrap());
        for comparison in [Comparison::PeriodBefore, Comparison::YearBefore] {
            let compared = comparing(&plain, [filter(&day, days, Some(comparison))].iter());
            assert_eq!(compared, PanelComparison::Days { column: "day".to_owned(), days, before: None });
        }
    }

    #[test]
    fn a_persons_choice_overrides_the_dashboards_default() {
        let (day, delivered, (_, monthly)) = (spec("day"), spec("delivered"), panels());
        let chosen = filter(&delivered, february(2026), Some(Comparison::YearBefore));
        let usual = filter(&day, february(2026), None);
        assert_eq!(comparing(&monthly, [chosen, usual].iter()), of_february("delivered", Some(february(2025))));
    }
}
