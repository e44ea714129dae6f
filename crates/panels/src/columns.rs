//! The columns of tables: what each is called, and how its cells are written.

use chrono_tz::Tz;
use rolecall_model::data::{Cell, ColumnType, QueryResult, ResultColumn, TimeStep};
use rolecall_model::spec::PanelSpec;

use crate::format::ValueFormat;
use crate::groups::{label, label_within, measures, named, points_are};
use crate::html::escaped;

/// A column as it is shown.
pub struct Column {
    /// The column of the result.
    pub at: usize,
    /// What addresses call it.
    pub name: String,
    /// What people read, with the unit.
    pub heading: String,
    /// Whether its cells stand at its end, below each other.
    pub is_number: bool,
    /// Whether its decimals are computed, and no values of the data.
    pub is_computed: bool,
    written: Written,
}

/// A column of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueColumn {
    /// What it is called, with the unit.
    pub heading: String,
    /// Whether it holds numbers.
    pub is_number: bool,
    /// How a page writes its cells.
    pub written: ValueFormat,
}

impl ValueColumn {
    /// Of numbers.
    pub fn numbers(heading: String, written: ValueFormat) -> Self {
        Self { heading, is_number: true, written }
    }

    /// Of names.
    pub fn names(heading: impl Into<String>, zone: Tz) -> Self {
        Self { heading: heading.into(), is_number: false, written: ValueFormat::of_names(zone) }
    }
}

/// How the cells of a column are written.
enum Written {
    /// As values.
    Value(ValueFormat),
    /// As names of groups, which are steps of time where there is one.
    Group(Option<TimeStep>, Tz),
}

impl Column {
    /// A cell as files have it: a value as it is, and a group as the page calls it where the value alone does not say it.
    pub fn named(&self, cell: &Cell) -> Cell {
        match &self.written {
            Written::Value(_) => cell.clone(),
            Written::Group(Some(step), zone) => Cell::Text(label(cell, Some(*step), *zone)),
            Written::Group(None, zone) => named(cell, *zone),
        }
    }

    /// What people call the group or the series that `cell` names; `None` in columns of values.
    pub fn group(&self, cell: &Cell) -> Option<String> {
        match &self.written {
            Written::Value(_) => None,
            Written::Group(step, zone) => Some(label(cell, *step, *zone)),
        }
    }

    /// The column of its cells as files have them.
    pub fn exported(self, zone: Tz) -> ValueColumn {
        let written = match self.written {
            Written::Value(format) => format,
            Written::Group(..) => ValueFormat::of_names(zone),
        };
        ValueColumn { heading: self.heading, is_number: self.is_number, written }
    }

    /// A cell as people read it, with at most `most` characters of a text.
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

/// The columns of rows, as the panel names them.
fn row_columns(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> Vec<Column> {
    let column = |(index, column): (usize, &ResultColumn)| {
        let spec = panel.columns.get(index).filter(|spec| spec.column == column.name);
        let is_number = column.column_type.is_number();
        let (decimals, unit) = (spec.and_then(|spec| spec.decimals), spec.and_then(|spec| spec.unit.as_deref()));
        let format = match column.column_type {
            // A year or a number of an order, as far as anybody knows.
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

/// The columns of groups: what they are, what splits them, and the measures.
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
