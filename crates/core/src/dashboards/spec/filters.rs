//! The filters of a dashboard: their mistakes, which panels each applies to, and which columns each can use.

use rolecall_model::data::{ColumnType, DataColumn};
use rolecall_model::is_name;
use rolecall_model::spec::{DashboardFilter, DashboardSpec, FilterKind, LastDay, PanelSpec};

use super::content::MAX_TITLE;
use crate::spec_files::FieldMistake;

/// What is known about the columns of a data set.
#[derive(Clone, Copy, Debug)]
pub enum Columns<'a> {
    /// All of them.
    Known(&'a [DataColumn]),
    /// Unknown: the data set may exist.
    Unknown,
    /// The data set does not exist.
    NoDataSet,
}

/// Whether a filter of `kind` can use a column of the type `of`.
#[must_use]
pub const fn fits(kind: FilterKind, of: ColumnType) -> bool {
    match kind {
        FilterKind::DateRange => of.is_time(),
        FilterKind::Values => true,
    }
}

/// How many filters a dashboard may have.
pub(super) const MAX_FILTERS: usize = 10;
/// Address fields that already have another meaning, on the page of a dashboard, in its files or in the API.
pub const RESERVED_FIELDS: [&str; 5] = ["page", "sort", "as", "after", "return_to"];

/// Whether `filter` applies to `panel`, by their documents. Whether its data set has the column is checked elsewhere.
#[must_use]
pub fn is_about(filter: &DashboardFilter, panel: &PanelSpec) -> bool {
    let Some(dataset) = &panel.dataset else { return false };
    filter.dataset.as_ref().is_none_or(|only| only == dataset) && !filter.except.contains(&panel.id)
}

/// The mistakes in the filters of `spec` that can be found without data sets.
pub(super) fn mistakes(spec: &DashboardSpec) -> Vec<FieldMistake> {
    let mut mistakes = Vec::new();
    for (index, filter) in spec.filters.iter().enumerate() {
        let at = |field: &str| format!("filters[{index}].{field}");
        if !is_name(&filter.id) {
            let what = "Give 1 to 64 small letters, digits and hyphens, such as region.";
            mistakes.push(FieldMistake::new(at("id"), what));
        }
        if RESERVED_FIELDS.contains(&filter.id.as_str()) {
            let what = format!("In addresses, `{}` means something else. Give the filter another id.", filter.id);
            mistakes.push(FieldMistake::new(at("id"), what));
        }
        if let Some(first) = spec.filters.iter().take(index).position(|other| other.id == filter.id) {
            let what =
                format!("Filter {} is called `{}` too. Give each filter an id of its own.", first + 1, filter.id);
            mistakes.push(FieldMistake::new(at("id"), what));
        }
        if filter.title().chars().count() > MAX_TITLE {
            let what = format!("A title has at most {MAX_TITLE} characters. Shorten it.");
            mistakes.push(FieldMistake::new(at("title"), what));
        }
        if filter.column.is_empty() {
            mistakes.push(FieldMistake::new(at("column"), "Name the column that is filtered."));
        }
        let of_dates = "Only a `date_range` filter has this. Remove it.";
        if filter.kind != FilterKind::DateRange && filter.default.is_some() {
            mistakes.push(FieldMistake::new(at("default"), of_dates));
        }
        if filter.kind != FilterKind::DateRange && filter.last_day != LastDay::Today {
            mistakes.push(FieldMistake::new(at("last_day"), of_dates));
        }
        for (place, id) in filter.except.iter().enumerate() {
            if spec.panels.iter().all(|panel| panel.id != *id) {
                let what = format!("There is no panel `{id}`. Correct the id, or leave it out.");
                mistakes.push(FieldMistake::new(at(&format!("except[{place}]")), what));
            }
        }
    }
    mistakes
}

/// The mistakes in the filters of `spec` against its data sets.
pub(super) fn data_mistakes<'a>(spec: &DashboardSpec, columns_of: &impl Fn(&str) -> Columns<'a>) -> Vec<FieldMistake> {
    let filters = spec.filters.iter().enumerate();
    filters.filter_map(|(index, filter)| data_mistake(spec, index, filter, columns_of)).collect()
}

/// The mistake of `filter` against its data sets. It is valid if one of its panels has the column, or may have it.
pub(super) fn data_mistake<'a>(
    spec: &DashboardSpec,
    index: usize,
    filter: &DashboardFilter,
    columns_of: &impl Fn(&str) -> Columns<'a>,
) -> Option<FieldMistake> {
    let column = &filter.column;
    let panels = spec.panels.iter().filter(|panel| is_about(filter, panel));
    let mut names: Vec<&str> = panels.filter_map(|panel| panel.dataset.as_deref()).collect();
    names.dedup();
    let mut is_of_another_type = false;
    for name in names {
        match columns_of(name) {
            // A missing data set is reported at the panel.
            Columns::Unknown | Columns::NoDataSet => return None,
            Columns::Known(columns) => match columns.iter().find(|known| known.name == *column) {
                Some(known) if fits(filter.kind, known.column_type) => return None,
                Some(_) => is_of_another_type = true,
                None => {}
            },
        }
    }
    let what = if is_of_another_type {
        format!("The column “{column}” holds no days or times, so it has no range of dates. Use kind = \"values\".")
    } else {
        format!("No panel that this filter is about has a data set with the column “{column}”. Correct the name.")
    };
    Some(FieldMistake::new(format!("filters[{index}].column"), what))
}
