//! A query that was checked against its data set: names are resolved to columns, and values have their types.

use chrono_tz::Tz;
use rolecall_model::data::{Aggregate, Cell, ColumnType, DataColumn, Order, TimeStep};

use crate::query::literal::Literal;

/// A checked query.
#[derive(Debug)]
pub(in crate::query) struct CheckedQuery {
    pub(in crate::query) conditions: Vec<Condition>,
    pub(in crate::query) zone: Tz,
    pub(in crate::query) select: CheckedSelect,
}

#[derive(Debug)]
pub(in crate::query) enum CheckedSelect {
    Rows(CheckedRows),
    Groups(CheckedGroups),
}

/// A condition on the cells of a column.
#[derive(Debug, PartialEq)]
pub(in crate::query) struct Condition {
    pub(in crate::query) column: DataColumn,
    pub(in crate::query) test: Test,
}

#[derive(Debug, PartialEq)]
pub(in crate::query) enum Test {
    OneOf(Vec<Literal>),
    NoneOf(Vec<Literal>),
    AtLeast(Literal),
    MoreThan(Literal),
    AtMost(Literal),
    LessThan(Literal),
    Contains(String),
    Missing(bool),
}

#[derive(Debug)]
pub(in crate::query) struct CheckedRows {
    pub(in crate::query) columns: Vec<DataColumn>,
    pub(in crate::query) order: Vec<(DataColumn, Order)>,
    pub(in crate::query) offset: usize,
    pub(in crate::query) limit: usize,
}

#[derive(Debug)]
pub(in crate::query) struct CheckedGroups {
    pub(in crate::query) measures: Vec<CheckedMeasure>,
    pub(in crate::query) by: Option<CheckedDimension>,
    pub(in crate::query) split: Option<CheckedSplit>,
    pub(in crate::query) order: CheckedOrder,
    pub(in crate::query) limit: Option<usize>,
}

#[derive(Clone, Debug)]
pub(in crate::query) struct CheckedMeasure {
    pub(in crate::query) compute: Aggregate,
    pub(in crate::query) of: Option<DataColumn>,
    pub(in crate::query) title: String,
    pub(in crate::query) show: Vec<DataColumn>,
}

impl CheckedMeasure {
    /// The type of its values, unless a sum of integers overflows.
    pub(in crate::query) fn column_type(&self) -> ColumnType {
        match (self.compute, &self.of) {
            (Aggregate::Count | Aggregate::Distinct, _) => ColumnType::Integer,
            (Aggregate::Sum | Aggregate::Minimum | Aggregate::Maximum, Some(column)) => column.column_type,
            _ => ColumnType::Decimal,
        }
    }
}

#[derive(Clone, Debug)]
pub(in crate::query) struct CheckedDimension {
    pub(in crate::query) column: DataColumn,
    pub(in crate::query) step: Option<TimeStep>,
}

impl CheckedDimension {
    /// The type of the names of its groups.
    pub(in crate::query) const fn column_type(&self) -> ColumnType {
        match self.step {
            None => self.column.column_type,
            Some(TimeStep::Hour) => ColumnType::Timestamp,
            Some(_) => ColumnType::Date,
        }
    }
}

#[derive(Debug)]
pub(in crate::query) struct CheckedSplit {
    pub(in crate::query) column: DataColumn,
    /// The number of series that are not combined.
    pub(in crate::query) top: usize,
}

#[derive(Debug)]
pub(in crate::query) enum CheckedOrder {
    Name(Order),
    Value(Order),
    Hand(Vec<Cell>),
}
