//! Panels and results for tests, and lookups in their markup.

use std::sync::Arc;

use chrono::{Months, NaiveDate};
use rolecall_model::data::{
    Aggregate, Cell, ColumnType, Dimension, Measure, QueryResult, ResultColumn, Split, TimeStep,
};
use rolecall_model::spec::{PanelKind, PanelSpec};
use rolecall_panels::{Compared, Tz};

pub const ZONE: Tz = Tz::Europe__Zurich;

/// A panel with one measure, grouped by the column `kind`.
pub fn panel(kind: PanelKind) -> PanelSpec {
    PanelSpec {
        unit: Some("mm".into()),
        measures: vec![measure(Aggregate::Sum)],
        by: Some(Dimension { column: "kind".into(), step: None }),
        ..PanelSpec::new("p", "Rain", kind)
    }
}

/// The same, grouped by a step of time.
pub fn by_step(kind: PanelKind, step: TimeStep) -> PanelSpec {
    PanelSpec { by: Some(Dimension { column: "day".into(), step: Some(step) }), ..panel(kind) }
}

/// The same, with a series for each place.
pub fn split(panel: PanelSpec) -> PanelSpec {
    PanelSpec { split: Some(Split { column: "place".into(), top: None }), ..panel }
}

pub fn measure(compute: Aggregate) -> Measure {
    Measure { compute, of: None, title: None, unit: None, decimals: None, show: vec![] }
}

/// A result with columns of these names and rows of these cells.
pub fn result(names: &[&str], rows: Vec<Vec<Cell>>) -> QueryResult {
    let column = |name: &&str| ResultColumn { name: (*name).to_owned(), column_type: ColumnType::Decimal };
    let total = rows.len() as u64;
    QueryResult { columns: names.iter().map(column).collect(), rows, total, approximate: false }
}

/// Certain days with the measures of all their rows, compared with earlier days.
pub fn in_days((days, result): (&str, QueryResult), before: Option<(&str, QueryResult)>) -> Compared {
    let before = before.map(|(days, result)| (days.to_owned(), Arc::new(result)));
    Compared::Days { days: days.to_owned(), result: Arc::new(result), before, end_within_step: false }
}

/// A row for each value, in successive months from January 2012.
pub fn monthly(values: &[Option<f64>]) -> QueryResult {
    let row = |(at, value): (u32, &Option<f64>)| vec![month(at), number(*value)];
    result(&["day", "Sum"], (0..).zip(values).map(row).collect())
}

/// A row for each named value.
pub fn named(values: &[(&str, Option<f64>)]) -> QueryResult {
    result(&["kind", "Sum"], values.iter().map(|(name, value)| vec![text(name), number(*value)]).collect())
}

pub fn month(index: u32) -> Cell {
    Cell::Date(NaiveDate::from_ymd_opt(2012, 1, 1).unwrap() + Months::new(index))
}

pub fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

pub fn number(value: Option<f64>) -> Cell {
    value.map_or(Cell::Missing, Cell::Decimal)
}

/// Every text between `begin` and `end`.
pub fn all_between<'a>(html: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    html.split(begin).skip(1).map(|rest| rest.split(end).next().unwrap()).collect()
}

/// The path of the part with these classes.
pub fn path<'a>(html: &'a str, classes: &str) -> Option<&'a str> {
    all_between(html, &format!("<path class=\"{classes}\" d=\""), "\"").first().copied()
}

/// The labels below the plot on a wide screen.
pub fn below(html: &str) -> Vec<&str> {
    let labels = html.split("<text class=\"label-x").skip(1).filter(|rest| !rest.starts_with(" label-narrow"));
    labels.map(|rest| rest.split('>').nth(1).unwrap().trim_end_matches("</text")).collect()
}

/// The texts of the body of the table in `html`, row by row.
pub fn table_rows(html: &str) -> Vec<Vec<String>> {
    let body = all_between(html, "<tbody>", "</tbody>")[0];
    let cells = |row: &str| {
        let row = row.replace("</th>", "</td>");
        let cells = row.split("</td>").filter(|cell| !cell.is_empty());
        cells.map(|cell| cell.split('>').skip(1).map(|part| part.split('<').next().unwrap()).collect()).collect()
    };
    all_between(body, "<tr", "</tr>").into_iter().map(cells).collect()
}
