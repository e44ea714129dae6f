//! What the figures of a panel are to be compared with.

use super::range::DayRange;

/// What the figures of a panel are to be compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Comparing {
    /// With what the panel's document says: the step of time before the last, or nothing.
    #[default]
    Usual,
    /// With nothing, though the document says otherwise.
    Nothing,
    /// They are those of all `days` of a column, and are compared with those of the days `before`, or with nothing.
    Days { column: String, days: DayRange, before: Option<DayRange> },
}
