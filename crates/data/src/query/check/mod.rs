//! Checks a query against the columns of its data set. The result is a type of its own, so that planning it cannot
//! fail.

mod checked;
mod checker;
mod filters;
mod groups;

pub use checker::{
    MAX_FILTER_VALUES, MAX_GROUPS, MAX_MEASURES, MAX_REACHED_ROWS, MAX_RESULT_ROWS, MAX_ROWS, MAX_SERIES, check,
    nearest,
};
pub use filters::check_rule_values;

pub(super) use checked::{
    CheckedDimension, CheckedGroups, CheckedMeasure, CheckedOrder, CheckedQuery, CheckedRows, CheckedSelect,
    CheckedSplit, Condition, Test,
};
pub(super) use checker::checked;
pub(super) use filters::row_rule;
