//! The sort order of a table: its dashboard's, or the person's choice.

use rolecall_model::data::{GroupOrder, Order, Query, QueryResult, RowOrder, Select};
use rolecall_model::panels::TableSort;
use rolecall_model::spec::PanelSpec;

/// The sort order of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorting {
    /// The requested column, if the table shows it.
    pub asked: Option<TableSort>,
    /// The order in force, if it is a single column that the table shows.
    pub in_force: Option<TableSort>,
    /// The requested column, if it is not in the table.
    pub unknown: Option<String>,
}

impl Sorting {
    /// Resolves `asked` for the table `spec`.
    pub(super) fn of(spec: &PanelSpec, asked: Option<&str>) -> Self {
        let (columns, of_times) = (columns(spec, false), columns(spec, true));
        let names = columns.iter().chain(&of_times).map(String::as_str);
        let known = asked.and_then(|text| TableSort::read(text, names));
        let unknown = asked.filter(|_| known.is_none()).map(ToOwned::to_owned);
        let usual = usual(spec).filter(|usual| columns.contains(&usual.column));
        Self { in_force: known.clone().or(usual), asked: known, unknown }
    }

    /// The same with the column's name in `result`, the result of the grouped query of `spec`: a measure's name depends
    /// on whether its column has days or times.
    pub(super) fn named_as_in(mut self, spec: &PanelSpec, result: &QueryResult) -> Self {
        if let Some(sort) = &mut self.in_force
            && let Some(at) = column_index(spec, &sort.column)
            && let Some(column) = result.columns.get(at)
        {
            sort.column.clone_from(&column.name);
        }
        self
    }

    /// `query` of rows in the requested order. Ties are sorted as usual.
    pub(super) fn sorted(&self, query: &Query) -> Query {
        let mut query = query.clone();
        if let (Select::Rows(rows), Some(TableSort { column, order })) = (&mut query.select, &self.asked) {
            rows.order.retain(|usual| usual.column != *column);
            rows.order.insert(0, RowOrder { column: column.clone(), order: *order });
        }
        query
    }

    /// The positions of the rows of `result`, the result of the grouped query of `spec`, in the requested order. Ties
    /// keep their order.
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

/// The columns of the table `spec`, by their names in the result, both for measures of days or times and for others:
/// the document does not contain the types.
fn columns(spec: &PanelSpec, is_time: bool) -> Vec<String> {
    if spec.measures.is_empty() {
        return spec.columns.iter().map(|column| column.column.clone()).collect();
    }
    let groups = spec.by.iter().map(|by| by.column.clone());
    let series = spec.split.iter().map(|split| split.column.clone());
    groups.chain(series).chain(spec.measures.iter().map(|measure| measure.name_of(is_time))).collect()
}

/// The index of the column that the table `spec` shows as `column`, whether or not its measures are of days or times.
fn column_index(spec: &PanelSpec, column: &str) -> Option<usize> {
    let index = |is_time| columns(spec, is_time).iter().position(|name| name == column);
    index(false).or_else(|| index(true))
}

/// The order in `spec` itself.
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
        // With a split, whole groups are sorted, and no single row has a group's value.
        Some(GroupOrder::Value { order }) if spec.split.is_none() => {
            spec.measures.first().map(|measure| TableSort { column: measure.name(), order: *order })
        }
        Some(GroupOrder::Value { .. } | GroupOrder::Hand { .. }) => None,
    }
}
