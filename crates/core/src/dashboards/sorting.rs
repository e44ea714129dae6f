//! By which column a table is sorted: as its dashboard says, or as who looks wants it.

use rolecall_model::data::{GroupOrder, Order, Query, QueryResult, RowOrder, Select};
use rolecall_model::panels::TableSort;
use rolecall_model::spec::PanelSpec;

/// By which column a table is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorting {
    /// What was asked for, if the table shows such a column.
    pub asked: Option<TableSort>,
    /// What is in force, where it is one column that the table shows.
    pub in_force: Option<TableSort>,
    /// What was asked for and is no column of the table.
    pub unknown: Option<String>,
}

impl Sorting {
    /// What `asked` means for the table `spec`.
    pub(super) fn of(spec: &PanelSpec, asked: Option<&str>) -> Self {
        let (columns, of_times) = (columns(spec, false), columns(spec, true));
        let names = columns.iter().chain(&of_times).map(String::as_str);
        let known = asked.and_then(|text| TableSort::read(text, names));
        let unknown = asked.filter(|_| known.is_none()).map(ToOwned::to_owned);
        let usual = usual(spec).filter(|usual| columns.contains(&usual.column));
        Self { in_force: known.clone().or(usual), asked: known, unknown }
    }

    /// The same with the column in force called as in `result`, which answers the grouped query of `spec`: how a measure is called
    /// depends on whether it is of days or times.
    pub(super) fn named_as_in(mut self, spec: &PanelSpec, result: &QueryResult) -> Self {
        if let Some(sort) = &mut self.in_force
            && let Some(at) = column_index(spec, &sort.column)
            && let Some(column) = result.columns.get(at)
        {
            sort.column.clone_from(&column.name);
        }
        self
    }

    /// `query` of rows in the order that was asked for. What is equal in that is sorted as usual.
    pub(super) fn sorted(&self, query: &Query) -> Query {
        let mut query = query.clone();
        if let (Select::Rows(rows), Some(TableSort { column, order })) = (&mut query.select, &self.asked) {
            rows.order.retain(|usual| usual.column != *column);
            rows.order.insert(0, RowOrder { column: column.clone(), order: *order });
        }
        query
    }

    /// The places of the rows of `result`, which answers the grouped query of `spec`, in the order that was asked for. What is
    /// equal in that stays as it is.
    pub(super) fn places(&self, spec: &PanelSpec, result: &QueryResult) -> Vec<usize> {
        let mut places: Vec<usize> = (0..result.rows.len()).collect();
        let Some(TableSort { column, order }) = &self.asked else { return places };
        if let Some(at) = column_index(spec, column) {
            let cell = |place: &usize| result.rows.get(*place).and_then(|row| row.get(at));
            places.sort_by(|one, other| match (cell(one), cell(other)) {
                (Some(one), Some(other)) => one.compare_in(other, *order),
                _ => std::cmp::Ordering::Equal,
            });
        }
        places
    }
}

/// The columns that the table `spec` shows, by the names that they have in its result where its measures are of days or times, or are
/// not: the document does not say it.
fn columns(spec: &PanelSpec, is_time: bool) -> Vec<String> {
    if spec.measures.is_empty() {
        return spec.columns.iter().map(|column| column.column.clone()).collect();
    }
    let groups = spec.by.iter().map(|by| by.column.clone());
    let series = spec.split.iter().map(|split| split.column.clone());
    groups.chain(series).chain(spec.measures.iter().map(|measure| measure.name_of(is_time))).collect()
}

/// Which of the columns that the table `spec` shows is called `column`, whatever its measures are of.
fn column_index(spec: &PanelSpec, column: &str) -> Option<usize> {
    let index = |is_time| columns(spec, is_time).iter().position(|name| name == column);
    index(false).or_else(|| index(true))
}

/// By which column `spec` itself sorts.
fn usual(spec: &PanelSpec) -> Option<TableSort> {
    if spec.measures.is_empty() {
        return spec
            .order
            .first()
            .map(|RowOrder { column, order }| TableSort { column: column.clone(), order: *order });
    }
    let by = |order| Some(TableSort { column: spec.by.as_ref()?.column.clone(), order });
    match &spec.sort {
        None => by(Order::Ascending),
        Some(GroupOrder::Name { order }) => by(*order),
        // With a split, whole groups are sorted, and no row has the value of one.
        Some(GroupOrder::Value { order }) if spec.split.is_none() => {
            spec.measures.first().map(|measure| TableSort { column: measure.name(), order: *order })
        }
        Some(GroupOrder::Value { .. } | GroupOrder::Hand { .. }) => None,
    }
}
