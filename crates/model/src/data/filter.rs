//! Which rows a query takes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value as specifications write it. Dates and timestamps are texts (`2024-01-31`, RFC 3339); the column says which is meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// A text, a date or a timestamp.
    Text(String),
}

/// Conditions on one column; a row must meet all that are given. A missing value meets none but `missing = true` and `is_not`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// The value is one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Vec<Scalar>>,
    /// The value is none of these; a missing value is none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_not: Option<Vec<Scalar>>,
    /// The value is this or above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Scalar>,
    /// The value is above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_than: Option<Scalar>,
    /// The value is this or below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Scalar>,
    /// The value is below this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub less_than: Option<Scalar>,
    /// The text contains this, whatever the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// Whether the value is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<bool>,
}
