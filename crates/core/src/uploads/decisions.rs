//! A person's decisions about an upload, from the fields of its form.
//!
//! The form shows how the file is read. An unchanged field is not a decision, and is inferred again; a changed field is
//! one. A question counts as answered even if the answer is the proposal.

mod form;
#[cfg(test)]
mod tests;
mod values;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use rolecall_data::import::{
    ColumnReading, Dialect, Examined, Given, GivenColumn, NumberStyle, Question, Reading, folded,
};

pub use form::{Fields, fields};
pub use values::{date_order_key, number_key};

use self::values::{date_order, encoding, header_row, mark, time_zone};
use super::mistakes::FormMistakes;

/// The decisions in `fields` about a file with the examination `examined`, given the decisions `before`. An invalid
/// field is not a decision, and is added to `mistakes`.
pub fn decide(before: &Given, examined: Option<&Examined>, fields: &Fields, mistakes: &mut FormMistakes) -> Given {
    let mut given = before.clone();
    let shown = shown(examined, before);
    let sheets = examined.map(|examined| examined.sheets.as_slice()).unwrap_or_default();
    let is_other_table = decide_table(&mut given, (&*shown, sheets), fields, mistakes);
    decide_cells(&mut given, &shown, fields, mistakes);
    if is_other_table {
        // Decisions about columns were about other columns.
        given.columns.clear();
        return given;
    }
    for column in &shown.columns {
        decide_column(&mut given, column, fields, mistakes);
    }
    check_names(&shown.columns, fields, mistakes);
    for question in examined.iter().flat_map(|examined| &examined.questions) {
        let Question::DateOrder { position } = question else { continue };
        let field = fields::answer_date_order(*position);
        if let Some(order) = fields.get(&field).and_then(|answer| mistakes.noted(&field, date_order(answer))) {
            column_of(&mut given, *position).date_order = Some(order);
        }
    }
    given
}

/// How the form shows that a file is read: as it was, or before that is known, as it will be.
#[must_use]
pub fn shown<'a>(examined: Option<&'a Examined>, given: &Given) -> Cow<'a, Reading> {
    examined.map_or_else(|| Cow::Owned(given.expected()), |examined| Cow::Borrowed(&examined.reading))
}

/// The decisions that select another table of the file, which has these `sheets`. Returns whether any changed.
fn decide_table(
    given: &mut Given,
    (reading, sheets): (&Reading, &[String]),
    fields: &Fields,
    mistakes: &mut FormMistakes,
) -> bool {
    let dialect = reading.dialect.as_ref();
    let before = (given.encoding.clone(), given.delimiter, given.quote, given.sheet.clone(), given.header_row);
    let shown = |of: fn(&Dialect) -> String| dialect.map(of).unwrap_or_default();
    if let Some(name) = changed(fields, fields::ENCODING, &shown(|dialect| dialect.encoding.clone())) {
        given.encoding = mistakes.noted(fields::ENCODING, encoding(name)).or(given.encoding.take());
    }
    if let Some(delimiter) = changed(fields, fields::DELIMITER, &shown(|dialect| dialect.delimiter.to_string())) {
        given.delimiter = mistakes.noted(fields::DELIMITER, mark(delimiter)).or(given.delimiter);
    }
    if let Some(quote) = changed(fields, fields::QUOTE, &shown(|dialect| dialect.quote.to_string())) {
        given.quote = mistakes.noted(fields::QUOTE, mark(quote)).or(given.quote);
    }
    let sheet = reading.sheet.clone().unwrap_or_default();
    if let Some(sheet) = changed(fields, fields::SHEET, &sheet) {
        if sheets.is_empty() || sheets.iter().any(|known| known == sheet) {
            given.sheet = Some(sheet.to_owned());
        } else {
            mistakes.add(fields::SHEET, format!("There is no sheet “{sheet}”. Choose one of the list."));
        }
    }
    if let Some(row) = changed(fields, fields::HEADER_ROW, &reading.header_row.to_string()) {
        given.header_row = mistakes.noted(fields::HEADER_ROW, header_row(row)).or(given.header_row);
    }
    let is_other =
        before != (given.encoding.clone(), given.delimiter, given.quote, given.sheet.clone(), given.header_row);
    // The same table, once that is confirmed.
    if let Some(answer) = fields.get(fields::ANSWER_ENCODING).filter(|encoding| !encoding.is_empty()) {
        let is_proposal = dialect.is_some_and(|dialect| dialect.encoding == answer);
        given.encoding = mistakes.noted(fields::ANSWER_ENCODING, encoding(answer)).or(given.encoding.take());
        return is_other || !is_proposal;
    }
    is_other
}

/// How cells of the whole file are parsed.
fn decide_cells(given: &mut Given, reading: &Reading, fields: &Fields, mistakes: &mut FormMistakes) {
    let numbers = number_key(reading.numbers);
    let chosen = changed(fields, fields::NUMBERS, &numbers).map(|key| (fields::NUMBERS, key));
    let answer = fields.get(fields::ANSWER_NUMBERS).filter(|answer| !answer.is_empty());
    if let Some((field, key)) = chosen.or(answer.map(|key| (fields::ANSWER_NUMBERS, key))) {
        let style = NumberStyle::ALL.into_iter().find(|style| number_key(*style) == key);
        let style = style.ok_or_else(|| "Choose one of the ways to write numbers in the list.".to_owned());
        given.numbers = mistakes.noted(field, style).or(given.numbers);
    }
    if let Some(order) = fields.get(fields::DATE_ORDER) {
        given.date_order = if order.is_empty() { None } else { mistakes.noted(fields::DATE_ORDER, date_order(order)) };
    }
    let zone = String::from(reading.time_zone);
    if let Some(zone) = changed(fields, fields::TIME_ZONE, &zone) {
        given.time_zone = mistakes.noted(fields::TIME_ZONE, time_zone(zone)).or(given.time_zone);
    }
}

fn decide_column(given: &mut Given, column: &ColumnReading, fields: &Fields, mistakes: &mut FormMistakes) {
    let position = column.position;
    let field = |of: &str| fields::column(position, of);
    let Some(name) = fields.get(&field("name")) else { return };
    if name != column.name {
        column_of(given, position).name = Some(name.to_owned());
    }
    if let Some(of) = changed(fields, &field("type"), &column.column_type.to_string()) {
        let read = of.parse().map_err(|_| format!("“{of}” is no type of a column. Choose one of the list."));
        if let Some(column_type) = mistakes.noted(&field("type"), read) {
            column_of(given, position).column_type = Some(column_type);
        }
    }
    let taken = fields.get(&field("taken")).is_some();
    if taken != column.taken {
        column_of(given, position).taken = Some(taken);
    }
}

/// Whether each included column has a unique name, according to the form. Names from the file that nobody changed are
/// not reported here: reading the file checks them again.
fn check_names(columns: &[ColumnReading], fields: &Fields, mistakes: &mut FormMistakes) {
    let (mut named, mut changed) = (Vec::new(), HashSet::new());
    for column in columns {
        let field = fields::column(column.position, "name");
        let is_taken = fields.get(&fields::column(column.position, "taken")).is_some();
        let Some(name) = fields.get(&field).filter(|_| is_taken) else { continue };
        let is_changed = name != column.name;
        if is_changed && name.trim().is_empty() {
            mistakes.add(&field, "Give the column a name, or do not take it.");
        }
        if is_changed {
            changed.insert(folded(name));
        }
        named.push((field, name.to_owned()));
    }
    for (field, name) in doubled(named) {
        if changed.contains(&folded(&name)) {
            mistakes.add(&field, another_is_called(&name));
        }
    }
}

/// Of the columns that are `taken`, each with its field and its name: those whose name another one has, too, ignoring
/// case and spaces.
#[must_use]
pub fn doubled(taken: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut columns: HashMap<String, usize> = HashMap::new();
    for (_, name) in &taken {
        *columns.entry(folded(name)).or_default() += 1;
    }
    let is_doubled = |name: &str| columns.get(&folded(name)).is_some_and(|columns| *columns > 1);
    taken.into_iter().filter(|(_, name)| !name.trim().is_empty() && is_doubled(name)).collect()
}

/// The message beside the field of each of several columns called `name`.
#[must_use]
pub fn another_is_called(name: &str) -> String {
    format!("Another column is called “{}”, too. Give one of them another name.", name.trim())
}

fn column_of(given: &mut Given, position: usize) -> &mut GivenColumn {
    let at = given.columns.iter().position(|column| column.position == position).unwrap_or_else(|| {
        given.columns.push(GivenColumn { position, ..GivenColumn::default() });
        given.columns.len() - 1
    });
    &mut given.columns[at]
}

/// The field `name`, if it differs from what was `shown`.
fn changed<'a>(fields: &'a Fields, name: &str, shown: &str) -> Option<&'a str> {
    fields.get(name).filter(|value| !value.is_empty() && *value != shown)
}
