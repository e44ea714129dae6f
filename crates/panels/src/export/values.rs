//! All values of a panel as one table, also for pages: a row for each point of a chart, a row for each figure, or the
//! rows of a table.

use std::fmt::Write as _;

use chrono_tz::Tz;
use rolecall_model::data::{Cell, QueryResult};
use rolecall_model::spec::PanelSpec;

use super::noise::without_noise;
use crate::chart::{ChartData, Series};
use crate::columns::{ValueColumn, columns};
use crate::format::{CellKind, TextLength, ValueFormat, grouped};
use crate::groups::named;
use crate::html::{attribute, escaped};
use crate::table::{CUT, heading, push_row};

/// The values of a panel, unrounded; only computed values are rounded, to 15 significant digits. Steps of time have the
/// names that the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    pub columns: Vec<ValueColumn>,
    /// The rows, a cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// The number of rows in all, including those left out.
    pub total: u64,
}

impl Values {
    /// The values of the chart `panel`, or of figures over time, for the result of its query: a column for each series.
    #[must_use]
    pub fn of_series(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> Self {
        let data = ChartData::of(panel, result, zone);
        let series = data
            .series
            .iter()
            .map(|series| ValueColumn::numbers(series.format.heading(&series.name), series.format.clone()));
        let columns = std::iter::once(ValueColumn::names(data.points_are.clone(), zone)).chain(series).collect();
        let row = |(at, (point, label)): (usize, (&&Cell, &String))| {
            // A value is kept as it is. A step of time is more than its first moment, so it is given by its name.
            let name = if data.step.is_some() { Cell::Text(label.clone()) } else { named(point, zone) };
            std::iter::once(name).chain(data.series.iter().map(|series| value_at(series, at))).collect()
        };
        let rows: Vec<Vec<Cell>> = data.points.iter().zip(&data.labels).enumerate().map(row).collect();
        Self { columns, total: rows.len() as u64, rows }
    }

    /// The values of the figures of `panel`: a row for each, with its unit and the details beneath it.
    #[must_use]
    pub fn of_figures(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> Self {
        if panel.by.is_some() {
            return Self::of_series(panel, result, zone);
        }
        let data = ChartData::of(panel, result, zone);
        let names = ValueFormat::of_names(zone);
        let row = |series: &Series<'_>| {
            let shown = series.shown.first().copied().unwrap_or_default();
            let detail = shown.iter().map(|cell| names.text_within(cell, usize::MAX)).collect::<Vec<_>>().join(", ");
            let text = |text: Option<&str>| {
                text.filter(|text| !text.is_empty()).map_or(Cell::Missing, |text| Cell::Text(text.to_owned()))
            };
            vec![
                Cell::Text(series.name.clone()),
                value_at(series, 0),
                text(series.format.any_unit()),
                text(Some(&detail)),
            ]
        };
        let rows: Vec<Vec<Cell>> = data.series.iter().map(row).collect();
        let values = rows.iter().filter_map(|row| row.get(1));
        let value = ValueColumn::numbers("Value".to_owned(), ValueFormat::of(values, None, None, zone));
        let [figure, unit, place] = ["Figure", "Unit", "Where"].map(|heading| ValueColumn::names(heading, zone));
        let columns = vec![figure, value, unit, place];
        Self { columns, total: rows.len() as u64, rows }
    }

    /// The values of the table `panel`: the `rows` of `result`, in their order.
    #[must_use]
    pub fn of_table(panel: &PanelSpec, result: &QueryResult, rows: &[usize], zone: Tz) -> Self {
        let shown = columns(panel, result, zone);
        let cell = |row: &Vec<Cell>, column: &crate::columns::Column| {
            let cell = column.named(row.get(column.at).unwrap_or(&Cell::Missing));
            if column.is_computed { without_noise(cell) } else { cell }
        };
        let rows: Vec<Vec<Cell>> = rows
            .iter()
            .filter_map(|at| result.rows.get(*at))
            .map(|row| shown.iter().map(|column| cell(row, column)).collect())
            .collect();
        let total = if panel.measures.is_empty() { result.total } else { rows.len() as u64 };
        let columns = shown.into_iter().map(|column| column.exported(zone)).collect();
        Self { columns, rows, total }
    }

    /// A sentence for values that are incomplete.
    #[must_use]
    pub fn cut(&self) -> Option<String> {
        let there = self.rows.len() as u64;
        (there < self.total).then(|| format!("The first {} of {} rows.", grouped(there), grouped(self.total)))
    }
}

/// All `values` of the panel titled `title`, rounded as the panel rounds them.
#[must_use]
pub fn values_table(title: &str, values: &Values) -> String {
    let label = attribute(&format!("{title}: values"));
    let mut html =
        format!("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\"><table><thead><tr>");
    for column in &values.columns {
        heading(&mut html, &column.heading, column.is_number);
    }
    html.push_str("</tr></thead><tbody>");
    let texts = TextLength::of(values.rows.iter().flatten());
    for row in &values.rows {
        let cells =
            values.columns.iter().zip(row).map(|(column, cell)| {
                (column.written.html(cell, texts.most), CellKind::in_column(cell, column.is_number))
            });
        push_row(&mut html, cells);
    }
    html.push_str("</tbody></table></div>");
    for note in values.cut().into_iter().chain(texts.is_cut.then(|| CUT.to_owned())) {
        _ = write!(html, "<p class=\"muted chart-note\">{}</p>", escaped(&note));
    }
    html
}

/// The value of `series` at a point.
fn value_at(series: &Series<'_>, at: usize) -> Cell {
    let cell = series.cells.get(at).map_or(Cell::Missing, |cell| (*cell).clone());
    if series.is_computed { without_noise(cell) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_is_cut_off_says_so() {
        let mut values = Values { columns: Vec::new(), rows: vec![Vec::new(); 3], total: 3 };
        assert_eq!(values.cut(), None);
        values.total = 20_000;
        assert_eq!(values.cut().as_deref(), Some("The first 3 of 20,000 rows."));
    }
}
