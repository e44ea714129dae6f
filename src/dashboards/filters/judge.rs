//! What an address asks of the filters of a dashboard, judged for who looks.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike as _, NaiveDate};
use chrono_tz::Tz;
use rolecall_data::query::{QueryError, check};
use rolecall_model::data::{Aggregate, Cell, DataColumn, Filter, GroupQuery, Measure, Query, RowQuery, Scalar, Select};
use rolecall_model::spec::{DashboardFilter, DatePreset, FilterKind, LastDay};
use strum::IntoEnumIterator as _;

use super::asked::AskedFilters;
use super::judged::{AskedRange, Chosen, FilterSource, Filters, JudgedFilter};
use super::range::DayRange;
use crate::dashboards::error::DashboardsError;
use crate::dashboards::open::Dashboards;
use crate::dashboards::person::Person;
use crate::dashboards::spec::{Dashboard, fits};
use crate::datasets::{Catalogue, DataSet, RuleViewer};

/// How many values a filter can be given.
const MAX_VALUES: usize = 100;
/// How much of what an address says is repeated, in characters.
const MAX_REPEATED: usize = 100;

/// The data sets of one question, each with who looks.
type Seen = HashMap<String, (Arc<DataSet>, Arc<RuleViewer>)>;

/// How many filters that there are not are told by name.
const MOST_STRAYS: usize = 5;

impl Dashboards {
    /// The filters of `dashboard` that there are for `person`, with what is `asked` of them. What cannot be taken is not in
    /// force, and is told. Without filters, and where nothing is asked, that costs nothing.
    ///
    /// # Errors
    /// [`DashboardsError`].
    pub async fn filters<'a>(
        &self,
        dashboard: &'a Dashboard,
        asked: &AskedFilters,
        person: Person<'_>,
    ) -> Result<Filters<'a>, DashboardsError> {
        let (mut filters, mut strays) = (Vec::new(), Vec::new());
        if !dashboard.spec.filters.is_empty() {
            let catalogue = self.datasets().catalogue().await?;
            let mut seen = Seen::new();
            for spec in &dashboard.spec.filters {
                let sources = self.filter_sources(dashboard, spec, person, &catalogue, &mut seen).await?;
                if !sources.is_empty() {
                    filters.push(self.judged(dashboard, spec, asked, sources).await?);
                }
            }
        }
        if !asked.is_empty() {
            let specs: Vec<&DashboardFilter> = filters.iter().map(|filter: &JudgedFilter<'_>| filter.spec).collect();
            let unknown = asked.unknown_to(&specs);
            strays = unknown.iter().take(MOST_STRAYS).map(|name| stray(name, &specs)).collect();
            if let Some(others) = unknown.len().checked_sub(MOST_STRAYS).filter(|others| *others > 0) {
                strays.push(format!("It names {others} more that there are not."));
            }
        }
        Ok(Filters::new(filters, strays))
    }

    /// The data sets that the filter `spec` is about: of panels that are open to `person`, with a column that fits.
    async fn filter_sources(
        &self,
        dashboard: &Dashboard,
        spec: &DashboardFilter,
        person: Person<'_>,
        catalogue: &Catalogue,
        seen: &mut Seen,
    ) -> Result<Vec<FilterSource>, DashboardsError> {
        let role = person.open_role();
        let mut sources: Vec<FilterSource> = Vec::new();
        for panel in dashboard.panels_of(spec).filter(|panel| role >= Some(panel.role)) {
            let dataset = panel.spec.dataset.as_ref().and_then(|name| catalogue.get(name));
            let Some(dataset) = dataset.filter(|dataset| dataset.is_open_to(role)) else { continue };
            if sources.iter().any(|source| source.dataset.name == dataset.name) {
                continue;
            }
            if !seen.contains_key(&dataset.name) {
                let current = self.datasets().up_to_date(dataset).await;
                let viewer = person.rule_viewer(self.auth(), current.needs_claims()).await?;
                seen.insert(dataset.name.clone(), (current, Arc::new(viewer)));
            }
            let Some((dataset, viewer)) = seen.get(&dataset.name) else { continue };
            let column = dataset.data.columns.iter().find(|column| column.name == spec.column);
            if let Some(column) = column.filter(|column| fits(spec.kind, column.column_type)) {
                sources.push(FilterSource {
                    dataset: Arc::clone(dataset),
                    viewer: Arc::clone(viewer),
                    column_type: column.column_type,
                    condition: None,
                });
            }
        }
        Ok(sources)
    }

    async fn judged<'a>(
        &self,
        dashboard: &Dashboard,
        spec: &'a DashboardFilter,
        asked: &AskedFilters,
        mut sources: Vec<FilterSource>,
    ) -> Result<JudgedFilter<'a>, DashboardsError> {
        let mut mistakes = Vec::new();
        let chosen = match spec.kind {
            FilterKind::DateRange => {
                let range = asked_range(spec, asked).unwrap_or_else(|mistake| {
                    mistakes.push(mistake);
                    None
                });
                let (range, days) = match range {
                    Some((range, days)) => (range, days),
                    None => (AskedRange::Usual(spec.default.unwrap_or(DatePreset::All)), None),
                };
                let days = match (range, days) {
                    (_, Some(days)) => days,
                    (AskedRange::Usual(DatePreset::All) | AskedRange::Preset(DatePreset::All), None) => {
                        DayRange::default()
                    }
                    (AskedRange::Usual(preset) | AskedRange::Preset(preset), None) => {
                        DayRange::of(preset, self.last_day(spec, &sources, dashboard.zone()).await?)
                    }
                    (AskedRange::Days, None) => DayRange::default(),
                };
                for source in &mut sources {
                    source.condition = days.condition(&spec.column);
                }
                Chosen::Days(range, days)
            }
            FilterKind::Values => {
                Chosen::Values(take_values(spec, asked.values(&spec.id), &mut sources, dashboard.zone(), &mut mistakes))
            }
        };
        let search = asked.search(&spec.id).map(shortened);
        Ok(JudgedFilter { spec, chosen, mistakes, search, sources })
    }

    /// The day from which ranges with a name are counted: today, also where the data have no day at all or cannot be asked now.
    pub(super) async fn last_day(
        &self,
        spec: &DashboardFilter,
        sources: &[FilterSource],
        zone: Tz,
    ) -> Result<NaiveDate, DashboardsError> {
        let now = DateTime::from_timestamp_millis(self.clock.now_ms()).unwrap_or_default();
        let mut newest: Option<NaiveDate> = None;
        for source in sources.iter().filter(|_| spec.last_day == LastDay::Newest) {
            let measure = Measure {
                compute: Aggregate::Maximum,
                of: Some(spec.column.clone()),
                title: None,
                unit: None,
                decimals: None,
                show: Vec::new(),
            };
            let groups = GroupQuery { measures: vec![measure], by: None, split: None, order: None, limit: None };
            let query = Query { filters: Vec::new(), zone: zone.name().to_owned(), select: Select::Groups(groups) };
            let result = match self.datasets().run(&source.dataset, &query, &source.viewer).await {
                Ok(result) => result,
                Err(error @ QueryError::Failed(_)) => return Err(error.into()),
                // Its panels say so.
                Err(_) => continue,
            };
            let day = match result.rows.first().and_then(|row| row.first()) {
                Some(Cell::Date(day)) => Some(*day),
                Some(Cell::Timestamp(moment)) => Some(moment.with_timezone(&zone).date_naive()),
                _ => None,
            };
            newest = newest.max(day);
        }
        Ok(newest.unwrap_or_else(|| now.with_timezone(&zone).date_naive()))
    }
}

/// What `asked` says of the range `spec`: how, and the days where it has them; nothing where it says nothing.
fn asked_range(spec: &DashboardFilter, asked: &AskedFilters) -> Result<Option<(AskedRange, Option<DayRange>)>, String> {
    let title = spec.title();
    let (from, to) = (day(title, asked.from(&spec.id))?, day(title, asked.to(&spec.id))?);
    if let (Some(first), Some(last)) = (from, to)
        && first > last
    {
        return Err(format!("{title}: the range ends on {last}, before it begins on {first}. It is not in force."));
    }
    if from.is_some() || to.is_some() {
        return Ok(Some((AskedRange::Days, Some(DayRange { from, to }))));
    }
    let names = asked.values(&spec.id);
    let Some(name) = names.first() else { return Ok(None) };
    let preset = name.parse().map_err(|_| {
        let known = DatePreset::iter().map(|preset| preset.to_string()).collect::<Vec<_>>().join(", ");
        let name = shortened(name);
        format!("{title}: there is no range “{name}”, so it is not in force. There are: {known}.")
    })?;
    Ok(Some((AskedRange::Preset(preset), None)))
}

fn day(title: &str, text: Option<&str>) -> Result<Option<NaiveDate>, String> {
    let Some(text) = text else { return Ok(None) };
    let read = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().filter(|day| (1..=9999).contains(&day.year()));
    read.map(Some).ok_or_else(|| {
        let text = shortened(text);
        format!("{title}: “{text}” is no day, so the range is not in force. Write days as 2026-01-31.")
    })
}

/// Those of `values` that can be values of the column, as conditions on `sources`. What cannot be in any of them is told.
fn take_values(
    spec: &DashboardFilter,
    mut values: Vec<String>,
    sources: &mut [FilterSource],
    zone: Tz,
    mistakes: &mut Vec<String>,
) -> Vec<String> {
    let title = spec.title();
    if values.len() > MAX_VALUES {
        mistakes.push(format!("{title}: only the first {MAX_VALUES} of {} values are in force.", values.len()));
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
        return format!("The address names the filter “{name}”, which there is not here. Everything is shown.");
    }
    format!("The address names the filter “{name}”, which there is not here. There are: {}.", known.join(", "))
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= MAX_REPEATED {
        return text.to_owned();
    }
    text.chars().take(MAX_REPEATED).chain(['…']).collect()
}
