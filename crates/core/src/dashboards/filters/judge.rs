//! Checks the filters in an address for the person who looks at the dashboard.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use futures_util::future::try_join_all;
use rolecall_data::query::{QueryError, check};
use rolecall_model::data::{DataColumn, Filter, Query, RowQuery, Scalar, Select};
use rolecall_model::spec::{DashboardFilter, DatePreset, FilterKind, LastDay};

use super::asked::{AskedFilters, shortened};
use super::chosen::{AskedRange, Chosen};
use super::comparison::Comparison;
use super::days::{AskedDays, NamedOrDays};
use super::judged::{FilterSource, Filters, JudgedFilter};
use super::range::DayRange;
use super::sources::sources_of;
use crate::dashboards::error::DashboardsError;
use crate::dashboards::open::Dashboards;
use crate::dashboards::person::Person;
use crate::dashboards::spec::Dashboard;

/// How many values can be chosen in a filter.
const MAX_VALUES: usize = 100;
/// How many unknown filters a message lists by name.
const MOST_STRAYS: usize = 5;

impl Dashboards {
    /// The filters of `dashboard` that `person` can use, with the choices in `asked`. Invalid choices are not in force,
    /// and are reported. Without filters or choices this costs nothing.
    pub async fn filters<'a>(
        &self,
        dashboard: &'a Dashboard,
        asked: &AskedFilters,
        person: Person<'_>,
    ) -> Result<Filters<'a>, DashboardsError> {
        let (mut filters, mut strays) = (Vec::new(), Vec::new());
        if !dashboard.spec.filters.is_empty() {
            let views = self.dataset_views(dashboard, person).await?;
            let judged = dashboard.spec.filters.iter().filter_map(|spec| {
                let sources = sources_of(dashboard, spec, person.open_role(), &views);
                (!sources.is_empty()).then(|| self.judged(dashboard, spec, asked, sources))
            });
            filters = try_join_all(judged).await?;
        }
        if !asked.is_empty() {
            let specs: Vec<&DashboardFilter> = filters.iter().map(|filter: &JudgedFilter<'_>| filter.spec).collect();
            let unknown = asked.unknown_to(&specs);
            strays = unknown.iter().take(MOST_STRAYS).map(|name| stray(name, &specs)).collect();
            match unknown.len().saturating_sub(MOST_STRAYS) {
                0 => {}
                1 => strays.push("The address has one more filter that is not here.".to_owned()),
                others => strays.push(format!("The address has {others} more filters that are not here.")),
            }
        }
        Ok(Filters::new(filters, strays))
    }

    async fn judged<'a>(
        &self,
        dashboard: &Dashboard,
        spec: &'a DashboardFilter,
        asked: &AskedFilters,
        mut sources: Vec<FilterSource>,
    ) -> Result<JudgedFilter<'a>, DashboardsError> {
        let mut mistakes = asked.idle(spec);
        let (mut typed, mut comparison) = (DayRange::default(), None);
        let chosen = match spec.kind {
            FilterKind::DateRange => {
                let of = AskedDays::of(spec, asked);
                typed = of.typed;
                mistakes.extend(of.mistakes);
                let (range, days) = match of.range {
                    Some(NamedOrDays::Days(days)) => (AskedRange::Days, Some(days)),
                    Some(NamedOrDays::Named(preset)) => (AskedRange::Preset(preset), None),
                    None => (AskedRange::Usual(spec.default.unwrap_or(DatePreset::All)), None),
                };
                let days = match (days, range.preset()) {
                    (Some(days), _) => days,
                    (None, None | Some(DatePreset::All)) => DayRange::default(),
                    (None, Some(preset)) => {
                        DayRange::of(preset, self.last_day(spec, &sources, dashboard.zone()).await?)
                    }
                };
                for source in &mut sources {
                    source.condition = days.condition(&spec.column);
                }
                let has_figures = sources.iter().any(|source| source.has_figures);
                comparison = Comparison::of(spec, asked, has_figures.then_some(days), &mut mistakes);
                Chosen::Days(range, days)
            }
            FilterKind::Values => {
                Chosen::Values(take_values(spec, asked.values(&spec.id), &mut sources, dashboard.zone(), &mut mistakes))
            }
        };
        let search = asked.search(&spec.id).filter(|_| spec.kind == FilterKind::Values).map(shortened);
        Ok(JudgedFilter { spec, chosen, comparison, mistakes, search, typed, sources })
    }

    /// The day from which named ranges are counted: today if the data have no day, or cannot be queried now.
    pub(super) async fn last_day(
        &self,
        spec: &DashboardFilter,
        sources: &[FilterSource],
        zone: Tz,
    ) -> Result<NaiveDate, DashboardsError> {
        let now = DateTime::from_timestamp_millis(self.clock.now_ms()).unwrap_or_default();
        let sources = sources.iter().filter(|_| spec.last_day == LastDay::Newest);
        let newest = try_join_all(sources.map(|source| self.newest_day(spec, source, zone))).await?;
        let newest = newest.into_iter().flatten().max();
        Ok(newest.unwrap_or_else(|| now.with_timezone(&zone).date_naive()))
    }

    /// The newest day of `source` in rows that the person may see; `None` if there is none, or it cannot be queried
    /// now.
    async fn newest_day(
        &self,
        spec: &DashboardFilter,
        source: &FilterSource,
        zone: Tz,
    ) -> Result<Option<NaiveDate>, DashboardsError> {
        match self.datasets().newest_day(&source.dataset, &spec.column, zone, &source.viewer).await {
            Ok(newest) => Ok(newest),
            Err(error @ QueryError::Failed(_)) => Err(error.into()),
            // Its panels report this.
            Err(_) => Ok(None),
        }
    }
}

/// Those of `values` that are valid for the column, as conditions on `sources`. Values that are valid in none of them
/// are reported.
fn take_values(
    spec: &DashboardFilter,
    mut values: Vec<String>,
    sources: &mut [FilterSource],
    zone: Tz,
    mistakes: &mut Vec<String>,
) -> Vec<String> {
    let title = spec.title();
    if values.len() > MAX_VALUES {
        mistakes.push(format!("{title}: only the first {MAX_VALUES} of {} values are used.", values.len()));
        values.truncate(MAX_VALUES);
    }
    if values.is_empty() {
        return values;
    }
    for source in &mut *sources {
        let fit = values.iter().filter(|value| problem(spec, source, value, zone).is_none());
        let is = fit.cloned().map(Scalar::Text).collect();
        source.condition = Some(Filter { column: spec.column.clone(), is: Some(is), ..Filter::default() });
    }
    values.retain(|value| {
        let mut problems = sources.iter().map(|source| problem(spec, source, value, zone));
        let first = problems.next().flatten();
        let Some(first) = first.filter(|_| problems.all(|other| other.is_some())) else { return true };
        mistakes.push(format!("{title}: {first}"));
        false
    });
    if values.is_empty() {
        for source in sources {
            source.condition = None;
        }
    }
    values
}

/// Why `value` cannot be in the column of `source`, in a sentence.
pub(super) fn problem(spec: &DashboardFilter, source: &FilterSource, value: &str, zone: Tz) -> Option<String> {
    let column = DataColumn { name: spec.column.clone(), column_type: source.column_type };
    let filter =
        Filter { column: column.name.clone(), is: Some(vec![Scalar::Text(value.to_owned())]), ..Filter::default() };
    let rows = RowQuery { columns: vec![column.name.clone()], order: Vec::new(), offset: 0, limit: 1 };
    let query = Query { filters: vec![filter], zone: zone.name().to_owned(), select: Select::Rows(rows) };
    let mistakes = check(&query, &[column]).err()?;
    mistakes.into_iter().next().map(|mistake| mistake.problem)
}

fn stray(name: &str, filters: &[&DashboardFilter]) -> String {
    let name = shortened(name);
    let known: Vec<&str> = filters.iter().map(|filter| filter.id.as_str()).collect();
    if known.is_empty() {
        return format!("There is no filter “{name}” here. Everything is shown.");
    }
    format!("There is no filter “{name}” here. There are: {}.", known.join(", "))
}
