//! What a person decided about an upload, by the fields of its form.
//!
//! The form shows how the file is read. What comes back as it was shown is no decision, and is inferred again; what comes back
//! otherwise is one. A question counts as answered even where the answer is the proposal.

use std::borrow::Cow;
use std::collections::HashMap;

use rolecall_data::import::{
    ColumnReading, DateOrder, Dialect, Examined, Given, GivenColumn, NumberStyle, Question, Reading, TimeZone,
};

/// Names of fields.
pub mod fields {
    /// As [`Given::encoding`](super::Given).
    pub const ENCODING: &str = "encoding";
    /// As [`Given::delimiter`](super::Given).
    pub const DELIMITER: &str = "delimiter";
    /// As [`Given::quote`](super::Given).
    pub const QUOTE: &str = "quote";
    /// As [`Given::sheet`](super::Given).
    pub const SHEET: &str = "sheet";
    /// As [`Given::header_row`](super::Given).
    pub const HEADER_ROW: &str = "header_row";
    /// As [`Given::numbers`](super::Given), as [`number_key`](super::number_key) writes it.
    pub const NUMBERS: &str = "numbers";
    /// As [`Given::date_order`](super::Given); empty where each column has its own.
    pub const DATE_ORDER: &str = "date_order";
    /// As [`Given::time_zone`](super::Given).
    pub const TIME_ZONE: &str = "time_zone";
    /// The answer to [`Question::Encoding`](super::Question).
    pub const ANSWER_ENCODING: &str = "answer.encoding";
    /// The answer to [`Question::DecimalMark`](super::Question).
    pub const ANSWER_NUMBERS: &str = "answer.numbers";

    /// The answer to [`Question::DateOrder`](super::Question) for the column at `position`.
    #[must_use]
    pub fn answer_date_order(position: usize) -> String {
        format!("answer.date_order.{position}")
    }

    /// The field `of` the column at `position`: `name`, `type` or `taken`.
    #[must_use]
    pub fn column(position: usize, of: &str) -> String {
        format!("column.{position}.{of}")
    }
}

/// The fields of a form; of several with one name, the first.
pub struct Fields(HashMap<String, String>);

impl Fields {
    /// Those of the urlencoded `form`.
    #[must_use]
    pub fn of(form: &[u8]) -> Self {
        let mut fields = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(form).into_owned() {
            fields.entry(name).or_insert(value);
        }
        Self(fields)
    }

    /// The value of the field `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// What is decided with `fields` about a file that was read as `examined` says, after `before` was decided.
///
/// # Errors
/// A sentence, for a value that cannot be used.
pub fn decide(before: &Given, examined: Option<&Examined>, fields: &Fields) -> Result<Given, String> {
    let mut given = before.clone();
    let shown = shown(examined, before);
    let is_other_table = decide_table(&mut given, &shown, fields)?;
    decide_cells(&mut given, &shown, fields)?;
    if is_other_table {
        // What was decided of columns was about others.
        given.columns.clear();
        return Ok(given);
    }
    for column in &shown.columns {
        decide_column(&mut given, column, fields)?;
    }
    for question in examined.iter().flat_map(|examined| &examined.questions) {
        if let Question::DateOrder { position } = question
            && let Some(answer) = fields.get(&fields::answer_date_order(*position))
        {
            column_of(&mut given, *position).date_order = Some(date_order(answer)?);
        }
    }
    Ok(given)
}

/// How the form shows that a file is read: as it was read or, before that is known, as it will be.
#[must_use]
pub fn shown<'a>(examined: Option<&'a Examined>, given: &Given) -> Cow<'a, Reading> {
    examined.map_or_else(|| Cow::Owned(given.expected()), |examined| Cow::Borrowed(&examined.reading))
}

/// What makes another table of the file: whether any of it changed.
fn decide_table(given: &mut Given, reading: &Reading, fields: &Fields) -> Result<bool, String> {
    let dialect = reading.dialect.as_ref();
    let before = (given.encoding.clone(), given.delimiter, given.quote, given.sheet.clone(), given.header_row);
    let shown = |of: fn(&Dialect) -> String| dialect.map(of).unwrap_or_default();
    if let Some(encoding) = changed(fields, fields::ENCODING, &shown(|dialect| dialect.encoding.clone())) {
        given.encoding = Some(encoding.to_owned());
    }
    if let Some(delimiter) = changed(fields, fields::DELIMITER, &shown(|dialect| dialect.delimiter.to_string())) {
        given.delimiter = Some(mark(delimiter)?);
    }
    if let Some(quote) = changed(fields, fields::QUOTE, &shown(|dialect| dialect.quote.to_string())) {
        given.quote = Some(mark(quote)?);
    }
    let sheet = reading.sheet.clone().unwrap_or_default();
    if let Some(sheet) = changed(fields, fields::SHEET, &sheet) {
        given.sheet = Some(sheet.to_owned());
    }
    if let Some(row) = changed(fields, fields::HEADER_ROW, &reading.header_row.to_string()) {
        let row = row.trim().parse().map_err(|_| "The row with the names must be a whole number, or 0.".to_owned())?;
        given.header_row = Some(row);
    }
    let is_other =
        before != (given.encoding.clone(), given.delimiter, given.quote, given.sheet.clone(), given.header_row);
    // The same table, once it is said that it is.
    if let Some(encoding) = fields.get(fields::ANSWER_ENCODING).filter(|encoding| !encoding.is_empty()) {
        let is_proposal = dialect.is_some_and(|dialect| dialect.encoding == encoding);
        given.encoding = Some(encoding.to_owned());
        return Ok(is_other || !is_proposal);
    }
    Ok(is_other)
}

/// How cells are understood in the whole file.
fn decide_cells(given: &mut Given, reading: &Reading, fields: &Fields) -> Result<(), String> {
    let numbers = number_key(reading.numbers);
    let answer = fields.get(fields::ANSWER_NUMBERS).filter(|answer| !answer.is_empty());
    if let Some(key) = changed(fields, fields::NUMBERS, &numbers).or(answer) {
        let style = NumberStyle::ALL.into_iter().find(|style| number_key(*style) == key);
        given.numbers = Some(style.ok_or_else(|| "Numbers are not written like that.".to_owned())?);
    }
    if let Some(order) = fields.get(fields::DATE_ORDER) {
        given.date_order = if order.is_empty() { None } else { Some(date_order(order)?) };
    }
    let zone = String::from(reading.time_zone);
    if let Some(zone) = changed(fields, fields::TIME_ZONE, &zone) {
        let unknown = |_| format!("“{zone}” is no time zone. Write one such as Europe/Zurich.");
        given.time_zone = Some(TimeZone::try_from(zone.trim().to_owned()).map_err(unknown)?);
    }
    Ok(())
}

fn decide_column(given: &mut Given, column: &ColumnReading, fields: &Fields) -> Result<(), String> {
    let position = column.position;
    let field = |of: &str| fields::column(position, of);
    let Some(name) = fields.get(&field("name")) else { return Ok(()) };
    if name != column.name {
        column_of(given, position).name = Some(name.to_owned());
    }
    if let Some(of) = changed(fields, &field("type"), &column.column_type.to_string()) {
        let of = of.parse().map_err(|_| format!("“{of}” is no type of a column."))?;
        column_of(given, position).column_type = Some(of);
    }
    let taken = fields.get(&field("taken")).is_some();
    if taken != column.taken {
        column_of(given, position).taken = Some(taken);
    }
    Ok(())
}

fn column_of(given: &mut Given, position: usize) -> &mut GivenColumn {
    let at = given.columns.iter().position(|column| column.position == position).unwrap_or_else(|| {
        given.columns.push(GivenColumn { position, ..GivenColumn::default() });
        given.columns.len() - 1
    });
    &mut given.columns[at]
}

/// The field `name`, where it is not as it was `shown`.
fn changed<'a>(fields: &'a Fields, name: &str, shown: &str) -> Option<&'a str> {
    fields.get(name).filter(|value| !value.is_empty() && *value != shown)
}

/// One byte of ASCII.
fn mark(text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(mark), None) if mark.is_ascii() => Ok(mark),
        _ => Err("Delimiter and quotation mark must be one character each.".to_owned()),
    }
}

/// How a field names a style of numbers: decimal mark and thousands mark.
#[must_use]
pub fn number_key(style: NumberStyle) -> String {
    style.thousands.into_iter().fold(style.decimal.to_string(), |key, mark| key + &mark.to_string())
}

/// How a field names an order of day, month and year.
#[must_use]
pub const fn date_order_key(order: DateOrder) -> &'static str {
    match order {
        DateOrder::YearMonthDay => "ymd",
        DateOrder::DayMonthYear => "dmy",
        DateOrder::MonthDayYear => "mdy",
    }
}

fn date_order(key: &str) -> Result<DateOrder, String> {
    let found = DateOrder::ALL.into_iter().find(|order| date_order_key(*order) == key);
    found.ok_or_else(|| "Dates are not written like that.".to_owned())
}

#[cfg(test)]
mod tests {
    use rolecall_data::import::{Limits, Progress, Template, examine};
    use rolecall_model::data::ColumnType;

    use super::*;

    fn examined(text: &str) -> Examined {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let go_on = |_: Progress| std::ops::ControlFlow::Continue(());
        examine(file.path(), &Given::default(), &Limits::default(), go_on).unwrap()
    }

    fn decided(before: &Given, examined: &Examined, form: &str) -> Result<Given, String> {
        decide(before, Some(examined), &Fields::of(form.as_bytes()))
    }

    #[test]
    fn what_comes_back_as_it_was_shown_is_no_decision() {
        let examined = examined("a,b\n1,x\n");
        let form = "encoding=UTF-8&delimiter=%2C&quote=%22&header_row=1&numbers=.&date_order=&time_zone=UTC\
                    &column.0.name=a&column.0.type=integer&column.0.taken=on&column.1.name=b&column.1.type=text\
                    &column.1.taken=on";
        assert_eq!(decided(&Given::default(), &examined, form).unwrap(), Given::default());
    }

    #[test]
    fn what_is_shown_before_a_file_was_read_is_that_of_the_last_one_and_no_decision() {
        let mut last = examined("a;b\n1;x\n").reading;
        last.time_zone = TimeZone::try_from("Europe/Zurich".to_owned()).unwrap();
        last.numbers = NumberStyle::ALL.into_iter().find(|style| number_key(*style) == ",.").unwrap();
        let template = Some(Template { columns: last.data_columns(), last: Some(last) });
        let before = Given { template, ..Given::default() };
        let decided = |form: &str| decide(&before, None, &Fields::of(form.as_bytes())).unwrap();
        let form =
            "encoding=UTF-8&delimiter=%3B&quote=%22&header_row=1&numbers=%2C.&date_order=&time_zone=Europe%2FZurich";
        assert_eq!(decided(form), before);
        let given = decided(&form.replace("Europe%2FZurich", "UTC"));
        assert_eq!(given.time_zone.map(String::from).as_deref(), Some("UTC"));
        assert_eq!((given.numbers, given.header_row), (None, None));
    }

    #[test]
    fn columns_are_decided_one_by_one() {
        let examined = examined("a,b\n1,x\n");
        let form = "column.0.name=id&column.0.type=text&column.0.taken=on&column.1.name=b&column.1.type=text";
        let given = decided(&Given::default(), &examined, form).unwrap();
        let [id, b] = &given.columns[..] else { panic!("{given:?}") };
        assert_eq!((id.name.as_deref(), id.column_type, id.taken), (Some("id"), Some(ColumnType::Text), None));
        assert_eq!((b.name.as_deref(), b.column_type, b.taken), (None, None, Some(false)));
    }

    #[test]
    fn another_table_has_other_columns() {
        let examined = examined("a,b\n1,x\n");
        let before = Given { columns: vec![GivenColumn { position: 0, ..GivenColumn::default() }], ..Given::default() };
        let given = decided(&before, &examined, "header_row=0&column.0.name=other").unwrap();
        assert_eq!((given.header_row, given.columns.len()), (Some(0), 0));
    }

    #[test]
    fn an_answer_counts_though_it_is_the_proposal() {
        let examined = examined("day\n01/02/2026\n");
        assert_eq!(examined.questions, [Question::DateOrder { position: 0 }]);
        let given = decided(&Given::default(), &examined, "answer.date_order.0=dmy").unwrap();
        assert_eq!(given.columns[0].date_order, Some(DateOrder::DayMonthYear));
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let examined = examined("a,b\n1,x\n");
        for form in [
            "time_zone=Mars",
            "header_row=x",
            "delimiter=ab",
            "numbers=x",
            "column.0.name=a&column.0.type=y",
            "date_order=x",
        ] {
            assert!(decided(&Given::default(), &examined, form).is_err(), "{form}");
        }
    }
}
