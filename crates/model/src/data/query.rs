//! Queries of data sets, as plain data, never SQL.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{Filter, Measure, Scalar};

/// A query of one data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// The conditions on rows; a row must meet all.
    pub filters: Vec<Filter>,
    /// The time zone of steps of time, by its name in the IANA database, such as `Europe/Zurich`. The steps of
    /// timestamps begin and end in it, so a day can have 23 or 25 hours. Dates have no zone.
    pub zone: String,
    /// What the query returns.
    pub select: Select,
}

/// What a query returns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Select {
    /// Rows as they are.
    Rows(RowQuery),
    /// Measures of groups of rows.
    Groups(GroupQuery),
}

/// Rows as they are, a page at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowQuery {
    /// The columns, in the order of the result.
    pub columns: Vec<String>,
    /// The order. Rows that are equal in it are sorted by the columns of the result, so that pages never overlap.
    pub order: Vec<RowOrder>,
    /// How many rows to skip.
    pub offset: u64,
    /// How many rows to return at most.
    pub limit: u32,
}

/// Measures of groups of rows: of each value of `by`, split by `split`. Without either, of all rows together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupQuery {
    /// What is computed of each group. At least one.
    pub measures: Vec<Measure>,
    /// What the groups are: the points of a chart, the rows of a table.
    pub by: Option<Dimension>,
    /// What splits each group: the series of a chart.
    pub split: Option<Split>,
    /// The order of the groups. Without it, they are sorted by name.
    pub order: Option<GroupOrder>,
    /// How many groups of `by` to give at most, the first in that order; of 10,000 rows of the result without it.
    pub limit: Option<u32>,
}

/// What rows are grouped by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// The column. Missing values are a group of their own.
    pub column: String,
    /// For dates and timestamps: the step that makes a group. Every step between the first and the last is there, also where
    /// there are no rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<TimeStep>,
}

/// A step of time.
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
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TimeStep {
    /// An hour; of timestamps only.
    Hour,
    /// A day.
    Day,
    /// A week, from Monday (ISO 8601).
    Week,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// A year.
    Year,
}

/// What splits each group into series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// The column.
    pub column: String,
    /// How many series there are at most; the largest by the first measure are kept, and all others together are one more. 12
    /// without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<u32>,
}

/// Upwards or downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Order {
    /// The smallest first.
    #[default]
    Ascending,
    /// The largest first.
    Descending,
}

/// The order of groups. Missing groups come last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "by", deny_unknown_fields)]
pub enum GroupOrder {
    /// By the value of `by`.
    Name {
        /// Upwards or downwards.
        #[serde(default)]
        order: Order,
    },
    /// By the first measure of the whole group, whatever its series.
    Value {
        /// Upwards or downwards.
        #[serde(default)]
        order: Order,
    },
    /// As listed here; what is not listed follows by name.
    Hand {
        /// The values of `by` in their order.
        values: Vec<Scalar>,
    },
}

/// A column that rows are sorted by. Missing values come last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowOrder {
    /// The column.
    pub column: String,
    /// Upwards or downwards.
    #[serde(default)]
    pub order: Order,
}
