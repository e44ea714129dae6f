//! What is known of the columns of a data set, and which of them a filter of a dashboard can be about.

use rolecall_model::data::{ColumnType, DataColumn};
use rolecall_model::spec::FilterKind;

/// What is known of the columns of a data set.
#[derive(Clone, Copy, Debug)]
pub enum Columns<'a> {
    /// All of them.
    Known(&'a [DataColumn]),
    /// Nothing yet: there may be such a data set.
    Unknown,
    /// There is no such data set.
    NoDataSet,
}

/// Whether a filter of `kind` can be about a column of the type `of`.
#[must_use]
pub const fn fits(kind: FilterKind, of: ColumnType) -> bool {
    match kind {
        FilterKind::DateRange => of.is_time(),
        FilterKind::Values => true,
    }
}
