//! Proposes the reading that fits a file best.

use rolecall_model::data::{Cell, ColumnType};

use super::cells::{CellFormat, DateOrder, NumberStyle, TimeZone};
use super::error::ImportError;
use super::examined::Question;
use super::headers::names;
use super::infer::{Guess, index_of, number_style, number_style_like};
use super::near::NearType;
use super::reading::{ColumnReading, Format, Given, Reading};
use super::seen::Seen;
use super::template::Deviation;

/// A complete reading.
pub(super) struct Proposal {
    pub reading: Reading,
    /// Questions for a person to answer.
    pub questions: Vec<Question>,
    /// Where the settings of the last file did not fit.
    pub deviations: Vec<Deviation>,
    /// Columns that are text because of a few cells: the type of their other cells.
    pub near_types: Vec<NearType>,
    /// Whether there are times without a zone for which nobody chose one.
    pub assumes_utc: bool,
}

/// Completes a reading: first what was given, then the settings of the last file of the data set as far as they fit,
/// and for the rest whatever fits best.
///
/// # Errors
/// If a number style is given that does not exist.
pub(super) fn propose(
    reading: Reading,
    headers: &[Vec<u8>],
    seen: &Seen,
    given: &Given,
) -> Result<Proposal, ImportError> {
    let mut headers: Vec<String> =
        headers.iter().map(|header| String::from_utf8_lossy(header).trim().to_owned()).collect();
    headers.resize(seen.guesses.len(), String::new());
    let lasts = given.last().map_or_else(|| vec![None; headers.len()], |last| last.columns_like(&headers));
    let mut deviations = Vec::new();
    if given.last().is_some_and(|last| !last.is_like(&headers, &lasts)) {
        deviations.push(Deviation::Columns);
    }
    let name = |(position, name): (usize, String)| {
        let decided = given.column(position).and_then(|given| given.name.clone());
        decided.or_else(|| lasts[position].map(|last| last.name.clone())).unwrap_or(name)
    };
    let names: Vec<String> = names(&headers).into_iter().enumerate().map(name).collect();
    let types = types_decided(given, &names);
    let (numbers, is_open) = numbers_of(&reading, seen, given, &types, &mut deviations);
    let style = index_of(numbers)
        .ok_or_else(|| ImportError::refused("Numbers cannot have these marks for decimals and thousands."))?;
    let mut questions: Vec<Question> = is_open.then_some(Question::DecimalMark).into_iter().collect();
    let settled = settled_order(&seen.guesses, given);
    let column = |((position, source), name): ((usize, String), String)| {
        let (guess, given_column, last) = (&seen.guesses[position], given.column(position), lasts[position]);
        let column_type = types[position].unwrap_or_else(|| guess.column_type(style));
        let mut date_order = DateOrder::default();
        if column_type.is_time() {
            let decided = given_column.and_then(|given| given.date_order);
            let of_last = last.filter(|last| last.column_type.is_time() && given.date_order.is_none());
            let fitting = of_last.map(|last| last.date_order).filter(|order| guess.allows(*order));
            if decided.is_none() && fitting.is_none() && of_last.is_some() && !deviations.contains(&Deviation::Dates) {
                deviations.push(Deviation::Dates);
            }
            let (order, is_open) = date_order_of(position, column_type, seen, decided.or(fitting), settled);
            date_order = order;
            if is_open && given.date_order.is_none() {
                questions.push(Question::DateOrder { position });
            }
        }
        // A column with neither a name nor cells is empty space.
        let is_space = source.is_empty() && guess.is_empty() && reading.format != Format::Parquet;
        let taken = given_column.and_then(|given| given.taken).or_else(|| last.map(|last| last.taken));
        ColumnReading { position, source, name, column_type, date_order, taken: taken.unwrap_or(!is_space) }
    };
    let columns: Vec<ColumnReading> = headers.into_iter().enumerate().zip(names).map(column).collect();
    let is_local = |column: &ColumnReading| {
        column.taken && column.column_type == ColumnType::Timestamp && seen.guesses[column.position].has_local_moments()
    };
    let assumes_utc = given.time_zone.is_none() && columns.iter().any(is_local);
    let time_zone = given.time_zone.unwrap_or(TimeZone::UTC);
    let near_types = near_types(seen, &types, style);
    let reading = Reading { numbers, time_zone, columns, ..reading };
    Ok(Proposal { reading, questions, deviations, near_types, assumes_utc })
}

/// The near types of the columns whose type was inferred and is text because of a few cells.
fn near_types(seen: &Seen, types: &[Option<ColumnType>], style: usize) -> Vec<NearType> {
    let inferred = seen.guesses.iter().enumerate().filter(|(position, _)| types[*position].is_none());
    inferred.filter_map(|(position, guess)| guess.near_type(position, style)).collect()
}

/// The types of the columns called `names` where they are not inferred: chosen by a person, or those of the data set,
/// which a person cannot change here.
fn types_decided(given: &Given, names: &[String]) -> Vec<Option<ColumnType>> {
    let of_data_set = given.template.as_ref().map(|template| template.types_of(names.iter().map(String::as_str)));
    let mut types = of_data_set.unwrap_or_else(|| vec![None; names.len()]);
    for (position, column_type) in types.iter_mut().enumerate() {
        *column_type = column_type.or_else(|| given.column(position)?.column_type);
    }
    types
}

/// The number style of the file, and whether another one fits equally well. `types` are the known types of columns.
fn numbers_of(
    reading: &Reading,
    seen: &Seen,
    given: &Given,
    types: &[Option<ColumnType>],
    deviations: &mut Vec<Deviation>,
) -> (NumberStyle, bool) {
    // In a file with types, only texts use the style, and texts are not taken for numbers.
    let of_texts = || given.last().map_or(NumberStyle::PLAIN, |last| last.numbers);
    let given_numbers = given.numbers.or_else(|| (reading.format != Format::Csv).then(of_texts));
    if let (None, Some(last)) = (given_numbers, given.last()) {
        let is_number = |at: &usize| types[*at].is_some_and(ColumnType::is_number);
        let numbers: Vec<usize> = (0..types.len()).filter(is_number).collect();
        if let Some(style) = number_style_like(&seen.guesses, &numbers, last.numbers) {
            return (style, false);
        }
        deviations.push(Deviation::Numbers);
    }
    let is_chosen = |position: usize| types[position].is_some_and(ColumnType::is_number);
    number_style(&seen.guesses, is_chosen, given_numbers)
}

/// The date order that is given for all columns, or that the columns with only one possible order have.
fn settled_order(guesses: &[Guess], given: &Given) -> Option<DateOrder> {
    given.date_order.or_else(|| {
        let orders = guesses.iter().map(Guess::date_orders);
        orders.filter_map(|orders| <[DateOrder; 1]>::try_from(orders).ok()).map(|[order]| order).next()
    })
}

/// The date order of a column, and whether it could be another one.
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
        // No date is written as text, or the given type does not fit every cell: use the order that fits most cells of
        // the preview.
        [] => (settled.unwrap_or_else(|| usual_order(position, column_type, seen)), false),
        [first, ..] => (settled.filter(|order| orders.contains(order)).unwrap_or(first), true),
    }
}

fn usual_order(position: usize, column_type: ColumnType, seen: &Seen) -> DateOrder {
    let fitting = |order: &DateOrder| {
        let (numbers, time_zone) = (NumberStyle::PLAIN, TimeZone::UTC);
        let format = CellFormat { column_type, numbers, date_order: *order, time_zone };
        let cells = seen.first_rows.iter().filter_map(|row| row.get(position));
        cells
            .filter(|cell| format.of_kind(cell.kind).value(&cell.text).is_some_and(|value| value != Cell::Missing))
            .count()
    };
    DateOrder::ALL.into_iter().rev().max_by_key(fitting).unwrap_or_default()
}
