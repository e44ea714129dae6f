//! The groups of a result for readers: their heading, their names, and the format of their measures.

use std::ops::Range;

use chrono_tz::Tz;
use rolecall_model::data::{Aggregate, Cell, Measure, QueryResult, TimeStep};
use rolecall_model::spec::PanelSpec;

use crate::format::{NAME_CHARACTERS, ValueFormat, step_label};

/// A measure of a result.
#[derive(Clone, Debug)]
pub struct MeasureColumn<'a> {
    /// The index of its column in the result; the columns of its `show` follow.
    pub at: usize,
    /// The heading.
    pub title: &'a str,
    /// The format of its values, the same for all series so that they can be compared.
    pub format: ValueFormat,
    /// Whether its values are computed, so that their last digits may be noise.
    pub is_computed: bool,
    show: usize,
}

impl MeasureColumn<'_> {
    /// The columns of its `show`.
    pub const fn shown(&self) -> Range<usize> {
        self.at + 1..self.at + 1 + self.show
    }
}

/// The measures of `result`. Their columns follow those of the group and the split.
pub fn measures<'a>(panel: &PanelSpec, result: &'a QueryResult, zone: Tz) -> Vec<MeasureColumn<'a>> {
    let first = usize::from(panel.by.is_some()) + usize::from(panel.split.is_some());
    let mut found = Vec::with_capacity(panel.measures.len());
    for (at, measure) in Measure::with_columns(&panel.measures, first) {
        let Some(column) = result.columns.get(at) else { break };
        let cells = result.rows.iter().filter_map(|row| row.get(at));
        let format = ValueFormat::of_measure(measure, cells, panel.unit.as_deref(), zone);
        let is_computed =
            matches!(measure.compute, Aggregate::Sum | Aggregate::Average | Aggregate::Median | Aggregate::Share);
        found.push(MeasureColumn { at, title: &column.name, format, is_computed, show: measure.show.len() });
    }
    found
}

/// The name of a group.
pub fn label(point: &Cell, step: Option<TimeStep>, zone: Tz) -> String {
    label_within(point, step, zone, NAME_CHARACTERS)
}

/// The same, with a text cut to `most` characters.
pub fn label_within(point: &Cell, step: Option<TimeStep>, zone: Tz, most: usize) -> String {
    step.and_then(|step| step_label(point, step, zone)).unwrap_or_else(|| category(point, zone, most))
}

/// The value of a column as the name of a group or a series, with a text cut to `most` characters.
pub fn category(value: &Cell, zone: Tz, most: usize) -> String {
    match value {
        Cell::Missing => "No value".to_owned(),
        Cell::Others => "Others".to_owned(),
        Cell::Text(text) if text.trim().is_empty() => "(empty)".to_owned(),
        value => ValueFormat::of_names(zone).text_within(value, most),
    }
}

/// A value that names a group, for files. A group without a name gets the words of the page, so that it is not taken
/// for a missing value.
pub fn named(value: &Cell, zone: Tz) -> Cell {
    match value {
        Cell::Missing | Cell::Others => Cell::Text(category(value, zone, NAME_CHARACTERS)),
        value => value.clone(),
    }
}

/// The heading of the points in the table of values: the step of time, or the column.
pub fn points_are(panel: &PanelSpec, result: &QueryResult) -> String {
    match (panel.by.as_ref().map(|by| by.step), result.columns.first()) {
        (Some(Some(step)), _) => step_name(step).to_owned(),
        (Some(None), Some(column)) => column.name.clone(),
        _ => "Rows".to_owned(),
    }
}

/// The word for a step of time.
pub const fn step_name(step: TimeStep) -> &'static str {
    match step {
        TimeStep::Hour => "Hour",
        TimeStep::Day => "Day",
        TimeStep::Week => "Week from",
        TimeStep::Month => "Month",
        TimeStep::Quarter => "Quarter",
        TimeStep::Year => "Year",
    }
}
