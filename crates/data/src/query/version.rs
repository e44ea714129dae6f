//! What a query runs on: one version of a data set, and the rows of it that somebody may see.

use rolecall_model::data::{DataColumn, Scalar};
use serde::Serialize;

/// A version of a data set. It never changes: another import makes another version.
#[derive(Clone, Debug, PartialEq)]
pub struct DataVersion {
    /// The data set.
    pub dataset: String,
    /// The number of the version. Results are cached by it.
    pub version: u64,
    /// The columns, in the order of the files.
    pub columns: Vec<DataColumn>,
    /// The names of its Parquet files in the [`Store`](crate::store::Store); the rows of all together are the data set.
    pub files: Vec<String>,
    /// How many rows they have.
    pub rows: u64,
}

/// Which rows somebody may see, made of a row rule: those whose `column` has one of `values`. Several must all be met. Where
/// there are no values, there are no rows; a missing value is in no row that anybody sees.
///
/// Values come as texts from claims, so a text counts as what it says: `"7"` is 7 in a column of integers. What cannot be a
/// value of the column matches nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowFilter {
    /// The column that decides.
    pub column: String,
    /// Its values in the rows that may be seen.
    pub values: Vec<Scalar>,
}
