//! Data sets as queries see them: columns and their types, queries, and their results.

mod cell;
mod column;
mod filter;
mod measure;
mod query;
mod result;
mod row_rule_form;

pub use cell::Cell;
pub use column::{ColumnType, DataColumn};
pub use filter::{Filter, Scalar};
pub use measure::{Aggregate, Measure};
pub use query::{Dimension, GroupOrder, GroupQuery, Order, Query, RowOrder, RowQuery, Select, Split, TimeStep};
pub use result::{QueryResult, ResultColumn};
pub use row_rule_form::RowRuleForm;
