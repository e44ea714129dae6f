//! A first dashboard for a data set: a figure, a series over time, a breakdown and the rows, of the columns that tell most.

use chrono::Days;
use rolecall_data::query::{MAX_MEASURES, QueryError};
use rolecall_model::Role;
use rolecall_model::data::{
    Aggregate, Cell, ColumnType, DataColumn, Dimension, GroupOrder, GroupQuery, Measure, Order, Query, RowOrder,
    Select, TimeStep,
};
use rolecall_model::spec::{
    DashboardFilter, DashboardSpec, FORMAT, FilterKind, LastDay, PanelKind, PanelSpec, TableColumn,
};

use crate::dashboards::Dashboards;
use crate::dashboards::spec::RESERVED_FIELDS;
use crate::dashboards::stored::wish;
use crate::datasets::{DataSet, Kind, RuleViewer};

/// How many groups a breakdown may have at most.
const MOST_GROUPS: i64 = 100;
/// How many bars it shows.
const BARS: u32 = 10;
/// How many columns the table shows.
const TABLE_COLUMNS: usize = 12;
/// What names of columns contain whose numbers are no quantities.
const NO_QUANTITIES: [&str; 14] = [
    "id",
    "nr",
    "no",
    "number",
    "code",
    "year",
    "month",
    "week",
    "lat",
    "lon",
    "latitude",
    "longitude",
    "zip",
    "index",
];
/// What names of columns contain that tell most.
const TELLING: [&str; 14] = [
    "amount", "sales", "revenue", "turnover", "profit", "total", "cost", "costs", "value", "price", "quantity",
    "hours", "betrag", "umsatz",
];
/// What names of columns contain whose sum says nothing, and whose average does.
const AVERAGED: [&str; 14] = [
    "temp",
    "temperature",
    "rate",
    "ratio",
    "percent",
    "share",
    "average",
    "avg",
    "mean",
    "score",
    "age",
    "speed",
    "price",
    "wind",
];

/// A dashboard without panels.
#[must_use]
pub fn empty(title: &str, role: Role) -> DashboardSpec {
    DashboardSpec {
        format: FORMAT,
        title: title.to_owned(),
        summary: String::new(),
        source: None,
        role,
        zone: None,
        filters: Vec::new(),
        panels: Vec::new(),
    }
}

impl Dashboards {
    /// A first dashboard for `dataset`, made of its columns and of the rows that `viewer` may see.
    ///
    /// # Errors
    /// When the data set cannot be asked.
    pub async fn propose(&self, dataset: &DataSet, viewer: &RuleViewer) -> Result<DashboardSpec, QueryError> {
        let columns = &dataset.data.columns;
        let of_type = |wanted: fn(ColumnType) -> bool| columns.iter().filter(move |column| wanted(column.column_type));
        let time = of_type(|of| of == ColumnType::Date).chain(of_type(|of| of == ColumnType::Timestamp)).next();
        let time = match time {
            Some(column) => {
                Some(Dimension { column: column.name.clone(), step: Some(self.step(dataset, column, viewer).await?) })
            }
            None => None,
        };
        let quantity = telling(of_type(ColumnType::is_number));
        let group = self.group(dataset, of_type(|of| of == ColumnType::Text).collect(), viewer).await?;
        let mut spec = empty(&dataset.title, dataset.role);
        spec.filters = filters(dataset, time.as_ref(), group);
        spec.panels = panels(dataset, &measure(quantity), time.as_ref(), group);
        Ok(spec)
    }

    /// A step of time of which there are neither few nor many.
    async fn step(&self, dataset: &DataSet, column: &DataColumn, viewer: &RuleViewer) -> Result<TimeStep, QueryError> {
        let measures = [Aggregate::Minimum, Aggregate::Maximum].map(|compute| plain(compute, Some(&column.name)));
        let result = self.datasets().run(dataset, &groups(measures.to_vec()), viewer).await?;
        let day = |cell: Option<&Cell>| match cell {
            Some(Cell::Date(day)) => Some(*day),
            Some(Cell::Timestamp(moment)) => Some(moment.date_naive()),
            _ => None,
        };
        let row = result.rows.first();
        let (first, last) = (day(row.and_then(|row| row.first())), day(row.and_then(|row| row.get(1))));
        let is_within = |days| {
            first
                .zip(last)
                .is_none_or(|(first, last)| first.checked_add_days(Days::new(days)).is_none_or(|end| last < end))
        };
        Ok(match () {
            () if column.column_type == ColumnType::Timestamp && is_within(3) => TimeStep::Hour,
            () if is_within(62) => TimeStep::Day,
            () if is_within(200) => TimeStep::Week,
            () if is_within(10 * 366) => TimeStep::Month,
            () => TimeStep::Year,
        })
    }

    /// The first of `columns` with few different values, best no more than a page can name.
    async fn group<'a>(
        &self,
        dataset: &DataSet,
        columns: Vec<&'a DataColumn>,
        viewer: &RuleViewer,
    ) -> Result<Option<&'a DataColumn>, QueryError> {
        let asked = columns.get(..MAX_MEASURES.min(columns.len())).unwrap_or_default();
        if asked.is_empty() {
            return Ok(None);
        }
        let measures = asked.iter().map(|column| plain(Aggregate::Distinct, Some(&column.name))).collect();
        let result = self.datasets().run(dataset, &groups(measures), viewer).await?;
        let counts = result.rows.first().into_iter().flatten();
        let counted = asked.iter().zip(counts).filter_map(|(column, cell)| match cell {
            Cell::Integer(values) if (2..=MOST_GROUPS).contains(values) => Some((*column, *values)),
            _ => None,
        });
        let best = counted.min_by_key(|(_, values)| if *values <= i64::from(BARS) { 0 } else { *values });
        Ok(best.map(|(column, _)| column))
    }
}

/// The column of numbers whose sum or average tells most, by its name: one that promises to, else the first quantity.
fn telling<'a>(columns: impl Iterator<Item = &'a DataColumn> + Clone) -> Option<&'a DataColumn> {
    let mut quantities = columns.filter(|column| !is_one_of(&column.name, &NO_QUANTITIES));
    quantities.clone().find(|column| is_one_of(&column.name, &TELLING)).or_else(|| quantities.next())
}

/// Whether one of the words of `name` is one of `words`.
fn is_one_of(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

fn measure(quantity: Option<&DataColumn>) -> Measure {
    match quantity {
        Some(column) => {
            let is_averaged = is_one_of(&column.name, &AVERAGED);
            plain(if is_averaged { Aggregate::Average } else { Aggregate::Sum }, Some(&column.name))
        }
        None => plain(Aggregate::Count, None),
    }
}

fn plain(compute: Aggregate, of: Option<&str>) -> Measure {
    Measure { compute, of: of.map(ToOwned::to_owned), title: None, unit: None, decimals: None, show: Vec::new() }
}

fn groups(measures: Vec<Measure>) -> Query {
    let select = Select::Groups(GroupQuery { measures, by: None, split: None, order: None, limit: None });
    Query { filters: Vec::new(), zone: "UTC".to_owned(), select }
}

/// What people read of `measure`.
fn title_of(measure: &Measure) -> String {
    match (measure.compute, &measure.of) {
        (Aggregate::Average, Some(column)) => format!("Average {column}"),
        (_, Some(column)) => column.clone(),
        (_, None) => "Rows".to_owned(),
    }
}

/// A range of days, and the values that the breakdown is by. Files mostly end in the past, so their days are counted from the newest.
fn filters(dataset: &DataSet, time: Option<&Dimension>, group: Option<&DataColumn>) -> Vec<DashboardFilter> {
    let last_day = match dataset.kind {
        Kind::BuiltIn | Kind::Uploaded => LastDay::Newest,
        Kind::Pushed | Kind::Queried => LastDay::Today,
    };
    let filter = |id: String, kind, column: &str, last_day| DashboardFilter {
        id,
        title: None,
        kind,
        column: column.to_owned(),
        dataset: None,
        default: None,
        last_day,
        except: Vec::new(),
    };
    let days = time.map(|time| filter("period".to_owned(), FilterKind::DateRange, &time.column, last_day));
    let values = group.map(|group| {
        let id = Some(wish(&group.name)).filter(|id| id != "period" && !RESERVED_FIELDS.contains(&id.as_str()));
        let id = id.unwrap_or_else(|| "group".to_owned());
        filter(id, FilterKind::Values, &group.name, LastDay::Today)
    });
    days.into_iter().chain(values).collect()
}

fn panels(
    dataset: &DataSet,
    measure: &Measure,
    time: Option<&Dimension>,
    group: Option<&DataColumn>,
) -> Vec<PanelSpec> {
    let shown = title_of(measure);
    let panel = |id: &str, title: &str, kind, width| PanelSpec {
        width: Some(width),
        dataset: Some(dataset.name.clone()),
        ..PanelSpec::new(id, title, kind)
    };
    let with_measure = |panel: PanelSpec| PanelSpec { measures: vec![measure.clone()], ..panel };
    let mut figure = with_measure(panel("figure", &shown, PanelKind::Figure, 4));
    figure.measures = vec![Measure { title: Some(shown.clone()), ..measure.clone() }];
    (figure.by, figure.compare) = (time.cloned(), time.is_some());
    let series = time.map(|time| {
        let title = format!("{shown} by {}", time.step.map(|step| step.to_string()).unwrap_or_default());
        PanelSpec { by: Some(time.clone()), ..with_measure(panel("over-time", &title, PanelKind::Line, 8)) }
    });
    let breakdown = group.map(|group| PanelSpec {
        by: Some(Dimension { column: group.name.clone(), step: None }),
        sort: Some(GroupOrder::Value { order: Order::Descending }),
        limit: Some(BARS),
        horizontal: true,
        ..with_measure(panel("breakdown", &format!("{shown} by {}", group.name), PanelKind::Bar, 12))
    });
    let columns = dataset.data.columns.iter().take(TABLE_COLUMNS);
    let column =
        |column: &DataColumn| TableColumn { column: column.name.clone(), title: None, unit: None, decimals: None };
    let latest = time.map(|time| RowOrder { column: time.column.clone(), order: Order::Descending });
    let rows = PanelSpec {
        columns: columns.map(column).collect(),
        order: latest.into_iter().collect(),
        ..panel("rows", &dataset.title, PanelKind::Table, 12)
    };
    if series.is_none() {
        figure.width = None;
    }
    std::iter::once(figure).chain(series).chain(breakdown).chain([rows]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_that_tells_most_is_found_by_its_name() {
        let told = |names: &[&str]| {
            let columns: Vec<_> = names
                .iter()
                .map(|name| DataColumn { name: (*name).to_owned(), column_type: ColumnType::Decimal })
                .collect();
            measure(telling(columns.iter())).name()
        };
        assert_eq!(told(&["customer_id", "Year", "pieces", "net amount"]), "sum of net amount");
        assert_eq!(told(&["id", "pieces", "weight"]), "sum of pieces");
        assert_eq!(told(&["wind speed"]), "average of wind speed");
        assert_eq!(told(&["id", "lat", "lon"]), "count");
        assert_eq!(told(&[]), "count");
    }
}
