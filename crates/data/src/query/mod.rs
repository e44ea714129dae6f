//! Queries of data sets: checked against the columns, planned for DataFusion, run within limits, and cached.
//!
//! A query is plain data and never SQL. The rows that a person may see are given as [`RowFilter`]s. One function
//! applies them ([`visible`](mod@visible)), and every answer goes through it.

mod asker;
mod by;
mod calendar;
mod check;
mod columns;
mod deadline;
mod decode;
mod engine;
mod error;
mod extent;
mod groups;
mod limits;
mod lines;
mod literal;
mod measures;
mod parts;
mod places;
mod queue;
mod row_page;
mod runner;
mod series;
mod session;
mod step_of;
#[cfg(test)]
mod tests;
mod version;
mod visible;

pub use asker::{QueryAsker, asked_by};
pub use check::{
    MAX_FILTER_VALUES, MAX_GROUPS, MAX_MEASURES, MAX_REACHED_ROWS, MAX_RESULT_ROWS, MAX_ROWS, MAX_SERIES, check,
    check_rule_values, nearest,
};
pub use deadline::in_time;
pub use engine::Engine;
pub use error::{QueryError, QueryMistake};
pub use limits::Limits;
pub use version::{DataVersion, RowFilter};
