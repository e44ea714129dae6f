//! A proposed dashboard for a data set: a figure, a series over time, a breakdown and the rows, from the most
//! informative columns.

use rolecall_data::import::TimeZone;
use rolecall_data::query::{MAX_MEASURES, QueryError};
use rolecall_model::Role;
use rolecall_model::data::{
    Aggregate, Cell, ColumnType, DataColumn, Dimension, GroupOrder, GroupQuery, Measure, Order, Query, RowOrder, Select,
};
use rolecall_model::spec::{
    DashboardFilter, DashboardSpec, FORMAT, FilterKind, LastDay, PanelKind, PanelSpec, TableColumn,
};

use super::pace::Pace;
use crate::dashboards::Dashboards;
use crate::dashboards::spec::RESERVED_FIELDS;
use crate::dashboards::stored::wish;
use crate::datasets::{DataSet, DataSetKind, DatasetError, RuleViewer};

/// How many groups a breakdown may have at most.
const MOST_GROUPS: i64 = 100;
/// How many bars it shows.
const BARS: u32 = 10;
/// How many columns the table shows.
const TABLE_COLUMNS: usize = 12;
/// Parts of names of number columns that are not quantities.
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
/// Parts of names of the most informative columns.
const TELLING: [&str; 14] = [
    "amount", "sales", "revenue", "turnover", "profit", "total", "cost", "costs", "value", "price", "quantity",
    "hours", "betrag", "umsatz",
];
/// Parts of names of columns that are averaged rather than summed.
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
    /// A proposed dashboard for `dataset`, from its columns and the rows that `viewer` may see, in the time zone of its
    /// last file.
    ///
    /// # Errors
    /// When the data set cannot be queried.
    pub async fn propose(&self, dataset: &DataSet, viewer: &RuleViewer) -> Result<DashboardSpec, DatasetError> {
        let zone = self.datasets().time_zone(dataset).await?.unwrap_or(TimeZone::UTC);
        let columns = &dataset.data.columns;
        let of_type = |wanted: fn(ColumnType) -> bool| columns.iter().filter(move |column| wanted(column.column_type));
        let time = of_type(|of| of == ColumnType::Date).chain(of_type(|of| of == ColumnType::Timestamp)).next();
        let time = match time {
            Some(column) => Some((column, self.pace(dataset, column, zone, viewer).await?)),
            None => None,
        };
        let quantity = telling(of_type(ColumnType::is_number));
        let group = self.group(dataset, of_type(|of| of == ColumnType::Text).collect(), viewer).await?;
        let mut spec = empty(&dataset.title, dataset.role);
        spec.zone = Some(zone).filter(|zone| *zone != TimeZone::UTC).map(String::from);
        spec.filters = filters(dataset, time.map(|(column, _)| column), group);
        spec.panels = panels(dataset, &measure(quantity), time, group);
        Ok(spec)
    }

    /// How the rows are spread over the times in `column`, with days in the time zone `zone`.
    async fn pace(
        &self,
        dataset: &DataSet,
        column: &DataColumn,
        zone: TimeZone,
        viewer: &RuleViewer,
    ) -> Result<Pace, QueryError> {
        let measures = [Aggregate::Minimum, Aggregate::Maximum, Aggregate::Count];
        let measures = measures.map(|compute| plain(compute, Some(&column.name)));
        let result = self.datasets().run(dataset, &groups(measures.to_vec()), viewer).await?;
        let day = |cell: &Cell| match cell {
            Cell::Date(day) => Some(*day),
            Cell::Timestamp(moment) => Some(moment.with_timezone(&zone.0).date_naive()),
            _ => None,
        };
        let (days, rows) = match result.rows.first().map(Vec::as_slice) {
            Some([first, last, Cell::Integer(rows)]) => (day(first).zip(day(last)), *rows),
            _ => (None, 0),
        };
        Ok(Pace::of(rows, days, column.column_type == ColumnType::Timestamp))
    }

    /// The first of `columns` with few different values, preferably no more than a page can list.
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

/// The number column to aggregate, chosen by its name; otherwise the first quantity.
fn telling<'a>(columns: impl Iterator<Item = &'a DataColumn> + Clone) -> Option<&'a DataColumn> {
    let mut quantities = columns.filter(|column| !is_one_of(&column.name, &NO_QUANTITIES));
    quantities.clone().find(|column| is_one_of(&column.name, &TELLING)).or_else(|| quantities.next())
}

/// Whether a word of `name` is one of `words`.
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

/// The beginning of titles about `measure`: its label, or only the column for a sum.
fn title_of(measure: &Measure) -> String {
    if let (Aggregate::Sum, Some(column)) = (measure.compute, &measure.of) {
        return column.clone();
    }
    let name = measure.name();
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Filters: a range of days, and the values of the breakdown. The days are counted back from the newest, because files
/// usually end in the past.
fn filters(dataset: &DataSet, time: Option<&DataColumn>, group: Option<&DataColumn>) -> Vec<DashboardFilter> {
    let last_day = match dataset.kind {
        DataSetKind::BuiltIn | DataSetKind::Uploaded => LastDay::Newest,
        DataSetKind::Pushed | DataSetKind::Queried => LastDay::Today,
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
    let days = time.map(|time| filter("period".to_owned(), FilterKind::DateRange, &time.name, last_day));
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
    time: Option<(&DataColumn, Pace)>,
    group: Option<&DataColumn>,
) -> Vec<PanelSpec> {
    let shown = title_of(measure);
    let is_growing = matches!(dataset.kind, DataSetKind::Pushed | DataSetKind::Queried);
    let panel = |id: &str, title: &str, kind, width| PanelSpec {
        width: Some(width),
        dataset: Some(dataset.name.clone()),
        ..PanelSpec::new(id, title, kind)
    };
    let with_measure = |panel: PanelSpec| PanelSpec { measures: vec![measure.clone()], ..panel };
    let steps = |(column, pace): (&DataColumn, Pace)| Dimension { column: column.name.clone(), step: Some(pace.step) };
    let compared = time.filter(|(_, pace)| pace.can_be_compared(is_growing)).map(steps);
    // Over all rows, unless the last step of time is worth comparing with the previous one.
    let name =
        if compared.is_none() && measure.compute == Aggregate::Sum { format!("Total {shown}") } else { shown.clone() };
    let figure = PanelSpec {
        measures: vec![Measure { title: Some(name.clone()), ..measure.clone() }],
        compare: compared.is_some(),
        by: compared,
        width: time.map(|_| 4),
        ..panel("figure", &name, PanelKind::Figure, 4)
    };
    let series = time.map(|(column, pace)| {
        let title = format!("{shown} by {}", pace.step);
        let kind = if pace.is_short() { PanelKind::Bar } else { PanelKind::Line };
        PanelSpec { by: Some(steps((column, pace))), ..with_measure(panel("over-time", &title, kind, 8)) }
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
    let latest = time.map(|(column, _)| RowOrder { column: column.name.clone(), order: Order::Descending });
    let rows = PanelSpec {
        columns: columns.map(column).collect(),
        order: latest.into_iter().collect(),
        ..panel("rows", &dataset.title, PanelKind::Table, 12)
    };
    std::iter::once(figure).chain(series).chain(breakdown).chain([rows]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_informative_number_column_is_found_by_its_name() {
        let title = |names: &[&str]| {
            let columns: Vec<_> = names
                .iter()
                .map(|name| DataColumn { name: (*name).to_owned(), column_type: ColumnType::Decimal })
                .collect();
            title_of(&measure(telling(columns.iter())))
        };
        assert_eq!(title(&["customer_id", "Year", "pieces", "net amount"]), "net amount");
        assert_eq!(title(&["id", "pieces", "weight"]), "pieces");
        assert_eq!(title(&["wind speed"]), "Average of wind speed");
        assert_eq!(title(&["id", "lat", "lon"]), "Number of rows");
        assert_eq!(title(&[]), "Number of rows");
    }
}
