//! Checks filters: their columns, and that their values fit these.

use chrono_tz::Tz;
use rolecall_model::data::{ColumnType, DataColumn, Filter, Scalar};

use super::checked::{Condition, Test};
use super::checker::{Checker, MAX_FILTER_VALUES, holds};
use crate::query::literal::{Literal, literal};

impl Checker<'_> {
    pub(super) fn filters(&mut self, filters: &[Filter], zone: Tz) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for (index, filter) in filters.iter().enumerate() {
            let at = format!("filters[{index}]");
            if let Some(column) = self.column(format!("{at}.column"), &filter.column) {
                let tests = self.tests(&at, filter, column.column_type, zone);
                if tests.is_empty() && *filter == (Filter { column: filter.column.clone(), ..Filter::default() }) {
                    self.mistake(
                        at,
                        "Say which values are taken: for example is = [\"…\"], at_least, or missing = false.",
                    );
                }
                conditions.extend(tests.into_iter().map(|test| Condition { column: column.clone(), test }));
            }
        }
        conditions
    }

    fn tests(&mut self, at: &str, filter: &Filter, column_type: ColumnType, zone: Tz) -> Vec<Test> {
        let mut tests = Vec::new();
        if let Some(values) = &filter.is {
            tests.push(Test::OneOf(self.literals(&format!("{at}.is"), values, column_type, zone)));
        }
        if let Some(values) = &filter.is_not {
            tests.push(Test::NoneOf(self.literals(&format!("{at}.is_not"), values, column_type, zone)));
        }
        let ranges = [
            ("at_least", &filter.at_least, Test::AtLeast as fn(Literal) -> Test),
            ("more_than", &filter.more_than, Test::MoreThan),
            ("at_most", &filter.at_most, Test::AtMost),
            ("less_than", &filter.less_than, Test::LessThan),
        ];
        for (name, value, test) in ranges {
            let Some(value) = value else { continue };
            let at = format!("{at}.{name}");
            if column_type.is_number() || column_type.is_time() {
                tests.extend(self.literal(at, value, column_type, zone).map(test));
            } else {
                let holds = holds(column_type);
                self.mistake(
                    at,
                    format!(
                        "“{}” {holds}, which have no range. Compare with values: is, or is not (is_not).",
                        filter.column
                    ),
                );
            }
        }
        if let Some(text) = &filter.contains {
            if column_type == ColumnType::Text {
                tests.push(Test::Contains(text.clone()));
            } else {
                let holds = holds(column_type);
                let column = &filter.column;
                self.mistake(
                    format!("{at}.contains"),
                    format!("“{column}” {holds}; only texts can contain something."),
                );
            }
        }
        tests.extend(filter.missing.map(Test::Missing));
        tests
    }

    fn literals(&mut self, at: &str, values: &[Scalar], column_type: ColumnType, zone: Tz) -> Vec<Literal> {
        self.limit(at, values.len() as u64, MAX_FILTER_VALUES, "values");
        let read = values.iter().enumerate();
        read.filter_map(|(index, value)| self.literal(format!("{at}[{index}]"), value, column_type, zone)).collect()
    }

    fn literal(&mut self, at: String, value: &Scalar, column_type: ColumnType, zone: Tz) -> Option<Literal> {
        let read = literal(column_type, value, zone);
        read.map_err(|advice| self.mistake(at, wrong_value(value, column_type, advice))).ok()
    }
}

/// The message that `value` does not fit a column of `column_type`.
pub(super) fn wrong_value(value: &Scalar, column_type: ColumnType, advice: &str) -> String {
    let shown = match value {
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Integer(value) => value.to_string(),
        Scalar::Decimal(value) => value.to_string(),
        Scalar::Text(text) => format!("“{text}”"),
    };
    format!("The column {}, and {shown} is none. {advice}", holds(column_type))
}

/// Whether cells of `column` can have each of `values`, which a person listed in a row rule.
///
/// # Errors
/// A sentence about the first value that the column cannot contain.
pub fn check_rule_values(column: &DataColumn, values: &[String]) -> Result<(), String> {
    let column_type = column.column_type;
    let is_wrong = |value: &&String| literal(column_type, &Scalar::Text((*value).clone()), Tz::UTC).is_err();
    let Some(value) = values.iter().find(is_wrong) else { return Ok(()) };
    let (is_none, advice) = match column_type {
        ColumnType::Text => ("is not a text", "Write a text."),
        ColumnType::Integer => ("is not a whole number", "Write one such as 42."),
        ColumnType::Decimal => ("is not a number", "Write one such as 4.2."),
        ColumnType::Boolean => ("is neither true nor false", "Write true or false."),
        ColumnType::Date => ("is not a date", "Write one such as 2024-01-31."),
        ColumnType::Timestamp => (
            "is not a timestamp",
            "Write a date, such as 2024-01-31, or a moment with its offset, such as 2024-01-31T08:00:00Z.",
        ),
    };
    Err(format!("“{value}” {is_none}, and the column “{}” {}. {advice}", column.name, holds(column_type)))
}

/// The condition of a row rule. A value that the column cannot contain matches nothing.
pub(in crate::query) fn row_rule(column: &DataColumn, values: &[Scalar]) -> Condition {
    let read = values.iter().filter_map(|value| literal(column.column_type, value, Tz::UTC).ok());
    Condition { column: column.clone(), test: Test::OneOf(read.collect()) }
}
