//! What was written of a file.

use rolecall_model::data::DataColumn;
use serde::{Deserialize, Serialize};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Converted {
    /// The columns, in their order.
    pub columns: Vec<DataColumn>,
    /// How many rows.
    pub rows: u64,
    /// How many bytes the Parquet file has.
    pub bytes: u64,
}
