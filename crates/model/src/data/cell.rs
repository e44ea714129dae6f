//! One value of a table or a result.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

use super::Order;

/// The largest integer that every JSON reader reads exactly (RFC 8259, section 6): 2^53 − 1.
const EXACT_IN_JSON: u64 = (1 << 53) - 1;

/// One value. In JSON: `null`, a text, a number, `true` or `false`, a date as `2024-01-31`, a timestamp as RFC 3339 in
/// UTC. Integers beyond ±(2^53 − 1) are texts, because many readers would round them. [`Cell::Others`] is the text
/// `Others`.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// There is no value. That is not zero, and not an empty text.
    Missing,
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction. It is finite.
    Decimal(f64),
    /// True or false.
    Boolean(bool),
    /// A day.
    Date(NaiveDate),
    /// A moment.
    Timestamp(DateTime<Utc>),
    /// In the column of a split: all series together that are not among the largest.
    Others,
}

impl Cell {
    /// The value as a number, for scales of charts.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a chart is not more exact than a double")]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Decimal(value) => Some(*value),
            _ => None,
        }
    }

    /// The ascending order of two cells of one column: numbers by size, texts by code points. [`Cell::Others`] comes
    /// after all values, and missing values come last.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        let rank = |cell: &Self| match cell {
            Self::Missing => 2,
            Self::Others => 1,
            _ => 0,
        };
        rank(self).cmp(&rank(other)).then_with(|| match (self, other) {
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Integer(one), Self::Integer(other)) => one.cmp(other),
            (Self::Boolean(one), Self::Boolean(other)) => one.cmp(other),
            (Self::Date(one), Self::Date(other)) => one.cmp(other),
            (Self::Timestamp(one), Self::Timestamp(other)) => one.cmp(other),
            _ => match (self.number(), other.number()) {
                (Some(one), Some(other)) => one.total_cmp(&other),
                _ => Ordering::Equal,
            },
        })
    }

    /// The order in the direction `order`. In both directions, [`Cell::Others`] and missing values come after all
    /// values.
    #[must_use]
    pub fn compare_in(&self, other: &Self, order: Order) -> Ordering {
        let has_value = |cell: &Self| !matches!(cell, Self::Missing | Self::Others);
        match order {
            Order::Descending if has_value(self) && has_value(other) => other.compare(self),
            _ => self.compare(other),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(value) if value.unsigned_abs() > EXACT_IN_JSON => serializer.collect_str(value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Decimal(value) => serializer.serialize_f64(*value),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Date(day) => serializer.collect_str(day),
            Self::Others => serializer.serialize_str("Others"),
            Self::Timestamp(moment) => serializer.serialize_str(&moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}
