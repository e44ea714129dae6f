//! The columns of tables: their headings and the format of their cells.

use chrono_tz::Tz;
use rolecall_model::data::{Cell, ColumnType, QueryResult, ResultColumn, TimeStep};
use rolecall_model::spec::PanelSpec;

use crate::format::ValueFormat;
use crate::groups::{label, label_within, measures, named, points_are};
use crate::html::escaped;

/// A column as it is shown.
pub struct Column {
    /// The index of the column in the result.
    pub at: usize,
    /// The column's name in the page's address.
    pub name: String,
    /// The heading, with the unit.
    pub heading: String,
    /// Whether its cells are aligned at the end, as numbers are.
    pub is_number: bool,
    /// Whether its values are computed, so that their last digits may be noise.
    pub is_computed: bool,
    written: Written,
}

/// A column of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueColumn {
    /// The heading, with the unit.
    pub heading: String,
    /// Whether it holds numbers.
    pub is_number: bool,
    /// The format of its cells on a page.
    pub written: ValueFormat,
}

impl ValueColumn {
    /// A column of numbers.
    pub fn numbers(heading: String, written: ValueFormat) -> Self {
        Self { heading, is_number: true, written }
    }

    /// A column of names.
    pub fn names(heading: impl Into<String>, zone: Tz) -> Self {
        Self { heading: heading.into(), is_number: false, written: ValueFormat::of_names(zone) }
    }
}

/// How the cells of a column are written.
enum Written {
    /// As values.
    Value(ValueFormat),
    /// As names of groups: steps of time if there is one.
    Group(Option<TimeStep>, Tz),
}

impl Column {
    /// The cell for files: a value unchanged, and a group by its name on the page where the value alone is not clear.
    pub fn named(&self, cell: &Cell) -> Cell {
        match &self.written {
            Written::Value(_) => cell.clone(),
            Written::Group(Some(step), zone) => Cell::Text(label(cell, Some(*step), *zone)),
            Written::Group(None, zone) => named(cell, *zone),
        }
    }

    /// The name of the group or the series in `cell`; `None` in columns of values.
    pub fn group(&self, cell: &Cell) -> Option<String> {
        match &self.written {
            Written::Value(_) => None,
            Written::Group(step, zone) => Some(label(cell, *step, *zone)),
        }
    }

    /// This column in files.
    pub fn exported(self, zone: Tz) -> ValueColumn {
        let written = match self.written {
            Written::Value(format) => format,
            Written::Group(..) => ValueFormat::of_names(zone),
        };
        ValueColumn { heading: self.heading, is_number: self.is_number, written }
    }

    /// A cell as text, cut to `most` characters.
    pub fn text(&self, cell: &Cell, most: usize) -> String {
        match &self.written {
            Written::Value(format) => format.text_within(cell, most),
            Written::Group(step, zone) => label_within(cell, *step, *zone, most),
        }
    }

    /// The same as HTML.
    pub fn html(&self, cell: &Cell, most: usize) -> String {
        match &self.written {
            Written::Value(format) => format.html(cell, most),
            Written::Group(..) => escaped(&self.text(cell, most)),
        }
    }
}

/// The columns of `panel`, whose query answered `result`. Moments are read in `zone`.
pub fn columns(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> Vec<Column> {
    if panel.measures.is_empty() { row_columns(panel, result, zone) } else { group_columns(panel, result, zone) }
}

/// The columns of a table of rows, with the panel's headings.
fn row_columns(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> Vec<Column> {
    let column = |(index, column): (usize, &ResultColumn)| {
        let spec = panel.columns.get(index).filter(|spec| spec.column == column.name);
        let is_number = column.column_type.is_number();
        let (decimals, unit) = (spec.and_then(|spec| spec.decimals), spec.and_then(|spec| spec.unit.as_deref()));
        let format = match column.column_type {
            // It may be a year or an order number: nothing marks it as a measurement.
            ColumnType::Integer if decimals.is_none() && unit.is_none() => ValueFormat::of_names(zone),
            ColumnType::Integer => ValueFormat::of(std::iter::empty(), decimals, unit, zone),
            _ => ValueFormat::of(result.rows.iter().filter_map(move |row| row.get(index)), decimals, unit, zone),
        };
        let title = spec.and_then(|spec| spec.title.as_deref()).unwrap_or(&column.name);
        let heading = match column.column_type {
            ColumnType::Timestamp => format!("{title} ({zone})"),
            _ => format.heading(title),
        };
        Column {
            at: index,
            name: column.name.clone(),
            heading,
            is_number,
            is_computed: false,
            written: Written::Value(format),
        }
    };
    result.columns.iter().enumerate().map(column).collect()
}

/// The columns of a table of groups: the group, the split, and the measures.
fn group_columns(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> Vec<Column> {
    let mut columns = Vec::with_capacity(result.columns.len());
    if let Some(by) = &panel.by {
        let written = Written::Group(by.step, zone);
        let (name, heading) = (by.column.clone(), points_are(panel, result));
        columns.push(Column { at: 0, name, heading, is_number: false, is_computed: false, written });
    }
    if let Some(split) = &panel.split {
        let (at, name, heading) = (columns.len(), split.column.clone(), split.column.clone());
        let written = Written::Group(None, zone);
        columns.push(Column { at, name, heading, is_number: false, is_computed: false, written });
    }
    for measure in measures(panel, result, zone) {
        let heading = measure.format.heading(measure.title);
        let (at, name, is_computed) = (measure.at, measure.title.to_owned(), measure.is_computed);
        let written = Written::Value(measure.format);
        columns.push(Column { at, name, heading, is_number: true, is_computed, written });
    }
    columns
}
