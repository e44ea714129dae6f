//! What the form is about, and what came of sending it.

use rolecall_model::data::DataColumn;

use crate::datasets::{ColumnChange, Tried};

/// What is queried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryOf {
    /// A new data set.
    New,
    /// The data set with this name.
    DataSet(String),
}

/// What came of the last step.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was tried.
    Tried(Tried),
    /// It could not be done, in a sentence.
    Refused(String),
    /// Saving it would change columns: to these.
    OtherColumns(Vec<DataColumn>, Vec<ColumnChange>),
}
