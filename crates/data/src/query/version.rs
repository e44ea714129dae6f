//! The data that a query runs on: a version of a data set, and the rows of it that a person may see.

use rolecall_model::data::{DataColumn, Scalar};
use serde::Serialize;

/// A version of a data set. It never changes: each import makes a new version.
#[derive(Clone, Debug, PartialEq)]
pub struct DataVersion {
    /// The data set.
    pub dataset: String,
    /// The number of the version. Results are cached by it.
    pub version: u64,
    /// The columns, in the order of the files.
    pub columns: Vec<DataColumn>,
    /// The names of its Parquet files in the [`Store`](crate::store::Store). Their rows together are the data set.
    pub files: Vec<String>,
    /// The number of rows.
    pub rows: u64,
}

/// The rows that a person may see, made from a row rule: those where `column` has one of `values`. All filters must be
/// met. Without values no rows are visible; a row with a missing value is never visible.
///
/// Values are texts from claims and are parsed: `"7"` is 7 in a column of integers. A value that the column cannot
/// contain matches nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowFilter {
    /// The column that is compared.
    pub column: String,
    /// The values of visible rows.
    pub values: Vec<Scalar>,
}
