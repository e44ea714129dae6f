//! Checks groups: measures, dimensions, splits and their order.

use rolecall_model::data::{
    Aggregate, ColumnType, Dimension, GroupOrder, GroupQuery, Measure, Order, Scalar, Split, TimeStep,
};

use super::checked::{CheckedDimension, CheckedGroups, CheckedMeasure, CheckedOrder, CheckedSplit};
use super::checker::{Checker, MAX_FILTER_VALUES, MAX_GROUPS, MAX_MEASURES, MAX_SERIES, holds};
use super::filters::wrong_value;
use crate::query::literal::cell;

impl Checker<'_> {
    /// `None` after a mistake.
    pub(super) fn groups(&mut self, groups: &GroupQuery) -> Option<CheckedGroups> {
        if groups.measures.is_empty() {
            self.mistake("measures", "Name at least one measure, for example { compute = \"count\" }.");
        }
        self.limit("measures", groups.measures.len() as u64, MAX_MEASURES, "measures");
        let grouped = groups.by.is_some() || groups.split.is_some();
        let measures: Vec<_> = groups
            .measures
            .iter()
            .enumerate()
            .filter_map(|(index, measure)| self.measure(&format!("measures[{index}]"), measure, grouped))
            .collect();
        let by = groups.by.as_ref().map(|by| self.dimension(by));
        let split = groups.split.as_ref().map(|split| self.split(split));
        if let Some(limit) = groups.limit {
            self.limit("limit", limit.into(), MAX_GROUPS, "groups");
        }
        let by = by.map_or(Some(None), |by| by.map(Some))?;
        let split = split.map_or(Some(None), |split| split.map(Some))?;
        let order = self.order(groups.order.as_ref(), by.as_ref());
        let limit = groups.limit.and_then(|limit| usize::try_from(limit).ok());
        Some(CheckedGroups { measures, by, split, order, limit })
    }

    fn measure(&mut self, at: &str, measure: &Measure, grouped: bool) -> Option<CheckedMeasure> {
        let compute = measure.compute;
        let of = match &measure.of {
            Some(name) => Some(self.column(format!("{at}.of"), name)?),
            None => None,
        };
        let takes = of.map(|column| column.column_type);
        let fits = match compute {
            Aggregate::Count => true,
            Aggregate::Share => takes.is_none_or(ColumnType::is_number),
            Aggregate::Distinct => takes.is_some(),
            Aggregate::Minimum | Aggregate::Maximum => takes.is_some_and(|of| of.is_number() || of.is_time()),
            Aggregate::Sum | Aggregate::Average | Aggregate::Median => takes.is_some_and(ColumnType::is_number),
        };
        if !fits {
            let problem = match of {
                None if compute == Aggregate::Distinct => {
                    "Choose the column whose different values are counted.".to_owned()
                }
                None => format!("Choose the column of which to compute the {compute}."),
                Some(column) => {
                    let holds = holds(column.column_type);
                    format!(
                        "“{}” {holds}, which have no {compute}. Choose a column of numbers, or count rows (count) or different values (distinct).",
                        column.name
                    )
                }
            };
            self.mistake(format!("{at}.of"), problem);
        }
        let extremes = matches!(compute, Aggregate::Minimum | Aggregate::Maximum);
        if !measure.show.is_empty() && (grouped || !extremes) {
            let problem =
                "Only the minimum or the maximum of all rows can show other columns of its row. Leave this out.";
            self.mistake(format!("{at}.show"), problem);
        }
        let show = self.columns(&format!("{at}.show"), &measure.show);
        Some(CheckedMeasure {
            compute,
            of: of.cloned(),
            title: measure.name_of(takes.is_some_and(ColumnType::is_time)),
            show,
        })
    }

    fn dimension(&mut self, by: &Dimension) -> Option<CheckedDimension> {
        let column = self.column("by.column", &by.column)?;
        let name = &column.name;
        match (by.step, column.column_type) {
            (Some(TimeStep::Hour), ColumnType::Date) => {
                self.mistake(
                    "by.step",
                    format!("“{name}” holds dates, which have no hours. Use day or a longer step."),
                );
            }
            (Some(_), column_type) if !column_type.is_time() => {
                let holds = holds(column_type);
                self.mistake(
                    "by.step",
                    format!("“{name}” {holds}; only dates and timestamps have steps. Leave the step out."),
                );
            }
            _ => {}
        }
        Some(CheckedDimension { column: column.clone(), step: by.step })
    }

    fn split(&mut self, split: &Split) -> Option<CheckedSplit> {
        const USUAL: u32 = 12;
        let column = self.column("split.column", &split.column)?.clone();
        let top = split.top.unwrap_or(USUAL);
        if top == 0 {
            self.mistake("split.top", "At least 1 series must be kept.");
        }
        self.limit("split.top", top.into(), MAX_SERIES, "series");
        Some(CheckedSplit { column, top: usize::try_from(top).ok()? })
    }

    fn order(&mut self, order: Option<&GroupOrder>, by: Option<&CheckedDimension>) -> CheckedOrder {
        match (order, by) {
            (None, _) => CheckedOrder::Name(Order::Ascending),
            (Some(_), None) => {
                self.mistake("order", "There is nothing to sort without by. Leave the order out.");
                CheckedOrder::Name(Order::Ascending)
            }
            (Some(GroupOrder::Name { order }), _) => CheckedOrder::Name(*order),
            (Some(GroupOrder::Value { order }), _) => CheckedOrder::Value(*order),
            (Some(GroupOrder::Hand { values }), Some(by)) => {
                self.limit("order.values", values.len() as u64, MAX_FILTER_VALUES, "values");
                let column_type = by.column_type();
                let read = values.iter().enumerate().filter_map(|(index, value): (usize, &Scalar)| {
                    let read = cell(column_type, value);
                    let at = format!("order.values[{index}]");
                    read.map_err(|advice| self.mistake(at, wrong_value(value, column_type, advice))).ok()
                });
                CheckedOrder::Hand(read.collect())
            }
        }
    }
}
