//! Columns and values as expressions of DataFusion.

use chrono::DateTime;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::expr::Like;
use datafusion::logical_expr::{Expr, cast, ident, in_list, lit, when};
use datafusion::scalar::ScalarValue;
use rolecall_model::data::{Cell, DataColumn};

use super::check::{Condition, Test};
use super::literal::Literal;

/// The cells of a column. Our files contain no NaN, infinity or minus zero.
pub(super) fn value(column: &DataColumn) -> Expr {
    ident(&column.name)
}

/// Computed `numbers` with NaN and infinity as missing values, and minus zero as zero. In Arrow's order, NaN and
/// infinity are beyond all other doubles.
pub(super) fn finite(numbers: Expr) -> Result<Expr> {
    when(numbers.clone().between(lit(f64::MIN), lit(f64::MAX)), numbers + lit(0.0)).end()
}

/// `numbers` cast to doubles.
pub(super) fn as_decimals(numbers: Expr) -> Expr {
    cast(numbers, DataType::Float64)
}

/// Whether the cell of a row meets `condition`; never null.
pub(super) fn meets(condition: &Condition) -> Expr {
    let cells = value(&condition.column);
    let known = |test: Expr| cells.clone().is_not_null().and(test);
    match &condition.test {
        Test::OneOf(values) => known(one_of(&cells, values)),
        Test::NoneOf(values) => cells.clone().is_null().or(!one_of(&cells, values)),
        Test::AtLeast(Literal::Value(value)) => known(cells.clone().gt_eq(constant(value))),
        Test::AtLeast(Literal::Day(start, _)) => known(cells.clone().gt_eq(moment(*start))),
        Test::MoreThan(Literal::Value(value)) => known(cells.clone().gt(constant(value))),
        Test::MoreThan(Literal::Day(_, end)) => known(cells.clone().gt_eq(moment(*end))),
        Test::AtMost(Literal::Value(value)) => known(cells.clone().lt_eq(constant(value))),
        Test::AtMost(Literal::Day(_, end)) => known(cells.clone().lt(moment(*end))),
        Test::LessThan(Literal::Value(value)) => known(cells.clone().lt(constant(value))),
        Test::LessThan(Literal::Day(start, _)) => known(cells.clone().lt(moment(*start))),
        Test::Contains(text) => known(contains(cells.clone(), text)),
        Test::Missing(true) => cells.is_null(),
        Test::Missing(false) => cells.is_not_null(),
    }
}

/// Whether `cells` equal one of `values`; false if there are none.
fn one_of(cells: &Expr, values: &[Literal]) -> Expr {
    let exact = values.iter().filter_map(|value| match value {
        Literal::Value(value) => Some(constant(value)),
        Literal::Day(..) => None,
    });
    let exact: Vec<Expr> = exact.collect();
    let exact = if exact.is_empty() { lit(false) } else { in_list(cells.clone(), exact, false) };
    let days = values.iter().filter_map(|value| match value {
        Literal::Value(_) => None,
        Literal::Day(start, end) => Some(cells.clone().gt_eq(moment(*start)).and(cells.clone().lt(moment(*end)))),
    });
    days.fold(exact, Expr::or)
}

/// Whether `cells` contain `text`, ignoring case (Unicode simple case folding).
fn contains(cells: Expr, text: &str) -> Expr {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    Expr::Like(Like::new(false, Box::new(cells), Box::new(constant(&Cell::Text(pattern))), None, true))
}

/// `cell` as a constant of the type that its column has in queries.
pub(super) fn constant(cell: &Cell) -> Expr {
    lit(match cell {
        Cell::Missing | Cell::Others => ScalarValue::Null,
        Cell::Text(text) => ScalarValue::Utf8View(Some(text.clone())),
        Cell::Integer(value) => ScalarValue::Int64(Some(*value)),
        Cell::Decimal(value) => ScalarValue::Float64(Some(*value)),
        Cell::Boolean(value) => ScalarValue::Boolean(Some(*value)),
        Cell::Date(day) => {
            let days = day.signed_duration_since(DateTime::UNIX_EPOCH.date_naive()).num_days();
            ScalarValue::Date32(i32::try_from(days).ok())
        }
        Cell::Timestamp(time) => return moment(*time),
    })
}

fn moment(time: DateTime<chrono::Utc>) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(time.timestamp_micros()), Some("UTC".into())))
}
