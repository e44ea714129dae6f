//! The reading that fits what was seen of a file best.

use rolecall_model::data::{Cell, ColumnType};

use super::cells::{CellFormat, DateOrder, NumberStyle, TimeZone};
use super::error::ImportError;
use super::examine::Question;
use super::headers::names;
use super::infer::{Guess, index_of, number_style};
use super::reading::{ColumnReading, Format, Given, Reading};
use super::seen::Seen;

/// Completes a reading: what was given, and the rest as it fits what was seen; and what a person must decide.
///
/// # Errors
/// If marks of numbers are given that no numbers have.
pub(super) fn propose(
    reading: Reading,
    headers: &[Vec<u8>],
    seen: &Seen,
    given: &Given,
) -> Result<(Reading, Vec<Question>), ImportError> {
    // What has types writes numbers as programs do.
    let given_numbers = if reading.format == Format::Csv { given.numbers } else { Some(NumberStyle::PLAIN) };
    let (numbers, is_open) = number_style(&seen.guesses, given_numbers);
    let style = index_of(numbers)
        .ok_or_else(|| ImportError::refused("Numbers cannot have these marks for decimals and thousands."))?;
    let mut questions: Vec<Question> = is_open.then_some(Question::DecimalMark).into_iter().collect();
    let mut headers: Vec<String> =
        headers.iter().map(|header| String::from_utf8_lossy(header).trim().to_owned()).collect();
    headers.resize(seen.guesses.len(), String::new());
    let settled = settled_order(&seen.guesses, given);
    let column = |((position, source), name): ((usize, String), String)| {
        let (guess, given_column) = (&seen.guesses[position], given.column(position));
        let column_type = given_column.and_then(|given| given.column_type).unwrap_or_else(|| guess.column_type(style));
        let mut date_order = DateOrder::default();
        if column_type.is_time() {
            let of_column = given_column.and_then(|given| given.date_order);
            let (order, is_open) = date_order_of(position, column_type, seen, of_column, settled);
            date_order = order;
            if is_open && given.date_order.is_none() {
                questions.push(Question::DateOrder { position });
            }
        }
        let name = given_column.and_then(|given| given.name.clone()).unwrap_or(name);
        // A column with neither name nor cells is only space.
        let is_space = source.is_empty() && guess.is_empty() && reading.format != Format::Parquet;
        let taken = given_column.and_then(|given| given.taken).unwrap_or(!is_space);
        ColumnReading { position, source, name, column_type, date_order, taken }
    };
    let names = names(&headers);
    let columns = headers.into_iter().enumerate().zip(names).map(column).collect();
    let time_zone = given.time_zone.unwrap_or(TimeZone::UTC);
    Ok((Reading { numbers, time_zone, columns, ..reading }, questions))
}

/// The order of dates that is given for all columns, or that the columns have which allow only one.
fn settled_order(guesses: &[Guess], given: &Given) -> Option<DateOrder> {
    given.date_order.or_else(|| {
        let orders = guesses.iter().map(Guess::date_orders);
        orders.filter_map(|orders| <[DateOrder; 1]>::try_from(orders).ok()).map(|[order]| order).next()
    })
}

/// The order of a column's dates, and whether it could be another one.
fn date_order_of(
    position: usize,
    column_type: ColumnType,
    seen: &Seen,
    of_column: Option<DateOrder>,
    settled: Option<DateOrder>,
) -> (DateOrder, bool) {
    if let Some(order) = of_column {
        return (order, false);
    }
    let orders = seen.guesses[position].date_orders();
    match orders[..] {
        [order] => (order, false),
        // A type that does not fit every cell was given: the order that fits most of those that are shown.
        [] => (settled.unwrap_or_else(|| usual_order(position, column_type, seen)), false),
        [first, ..] => (settled.filter(|order| orders.contains(order)).unwrap_or(first), true),
    }
}

fn usual_order(position: usize, column_type: ColumnType, seen: &Seen) -> DateOrder {
    let fitting = |order: &DateOrder| {
        let (numbers, time_zone) = (NumberStyle::PLAIN, TimeZone::UTC);
        let format = CellFormat { column_type, numbers, date_order: *order, time_zone };
        let cells = seen.first_rows.iter().filter_map(|row| row.get(position));
        cells.filter(|cell| format.value(&cell.text).is_some_and(|value| value != Cell::Missing)).count()
    };
    DateOrder::ALL.into_iter().rev().max_by_key(fitting).unwrap_or_default()
}
