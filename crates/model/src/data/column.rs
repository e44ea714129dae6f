//! The columns of a data set.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What every cell of a column holds, where it is not missing.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ColumnType {
    /// Text, also of digits where leading zeros matter.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// A number with a fraction: a double of IEEE 754.
    Decimal,
    /// True or false.
    Boolean,
    /// A day of the calendar. It has no time zone.
    Date,
    /// A moment, in microseconds.
    Timestamp,
}

impl ColumnType {
    /// Every type.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Whether sums and averages of it make sense.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }

    /// Whether it can be cut into steps of time.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp)
    }
}

/// A column of a data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataColumn {
    /// Its name in queries, as the source spells it. No two columns of a data set have the same.
    pub name: String,
    /// What its cells hold.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
}
