//! What a person decided about an upload, by the fields of its form.
//!
//! The form shows how the file is read. What comes back as it was shown is no decision, and is inferred again; what comes back
//! otherwise is one. A question counts as answered even where the answer is the proposal.

use std::borrow::Cow;
use std::collections::HashMap;

use rolecall_data::import::{
    ColumnReading, DateOrder, Dialect, Examined, Given, GivenColumn, NumberStyle, Question, Reading, TimeZone,
    is_encoding,
};
use serde::{Deserialize, Serialize};

use super::mistakes::Mistakes;

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
    /// The title of a new data set.
    pub const TITLE: &str = "title";
    /// Its name in dashboards.
    pub const NAME: &str = "name";
    /// The lowest role that sees it.
    pub const ROLE: &str = "role";
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// What is decided with `fields` about a file that was read as `examined` says, after `before` was decided. A field that cannot be
/// used decides nothing, and is noted in `mistakes`.
pub fn decide(before: &Given, examined: Option<&Examined>, fields: &Fields, mistakes: &mut Mistakes) -> Given {
    let mut given = before.clone();
    let shown = shown(examined, before);
    let sheets = examined.map(|examined| examined.sheets.as_slice()).unwrap_or_default();
    let is_other_table = decide_table(&mut given, (&*shown, sheets), fields, mistakes);
    decide_cells(&mut given, &shown, fields, mistakes);
    if is_other_table {
        // What was decided of columns was about others.
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

/// How the form shows that a file is read: as it was read or, before that is known, as it will be.
#[must_use]
pub fn shown<'a>(examined: Option<&'a Examined>, given: &Given) -> Cow<'a, Reading> {
    examined.map_or_else(|| Cow::Owned(given.expected()), |examined| Cow::Borrowed(&examined.reading))
}

/// What makes another table of the file, which has these `sheets`: whether any of it changed.
fn decide_table(
    given: &mut Given,
    (reading, sheets): (&Reading, &[String]),
    fields: &Fields,
    mistakes: &mut Mistakes,
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
    // The same table, once it is said that it is.
    if let Some(answer) = fields.get(fields::ANSWER_ENCODING).filter(|encoding| !encoding.is_empty()) {
        let is_proposal = dialect.is_some_and(|dialect| dialect.encoding == answer);
        given.encoding = mistakes.noted(fields::ANSWER_ENCODING, encoding(answer)).or(given.encoding.take());
        return is_other || !is_proposal;
    }
    is_other
}

/// How cells are understood in the whole file.
fn decide_cells(given: &mut Given, reading: &Reading, fields: &Fields, mistakes: &mut Mistakes) {
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

fn decide_column(given: &mut Given, column: &ColumnReading, fields: &Fields, mistakes: &mut Mistakes) {
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

/// Whether each column that is taken has a name of its own, as far as the form says it. What the file itself has and nobody changed is
/// no mistake of the form: who reads the file looks again, closer.
fn check_names(columns: &[ColumnReading], fields: &Fields, mistakes: &mut Mistakes) {
    // Whether a column of that name has it from the form.
    let mut known: HashMap<String, bool> = HashMap::new();
    for column in columns {
        let field = fields::column(column.position, "name");
        let is_taken = fields.get(&fields::column(column.position, "taken")).is_some();
        let Some(name) = fields.get(&field).filter(|_| is_taken) else { continue };
        let is_changed = name != column.name;
        let name = name.trim();
        if name.is_empty() {
            if is_changed {
                mistakes.add(&field, "Give the column a name, or do not take it.");
            }
            continue;
        }
        let other = known.get(&name.to_lowercase()).copied();
        known.insert(name.to_lowercase(), is_changed || other == Some(true));
        if other.is_some_and(|other| other || is_changed) {
            mistakes.add(&field, format!("Another column is called “{name}”, too. Give this one another name."));
        }
    }
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

/// The name of an encoding in the WHATWG's standard.
fn encoding(name: &str) -> Result<String, String> {
    if is_encoding(name) {
        Ok(name.to_owned())
    } else {
        Err(format!("There is no encoding “{name}”. Choose one of the list."))
    }
}

/// The number of a row, from 1 on; 0 for none.
fn header_row(text: &str) -> Result<u32, String> {
    text.trim().parse().map_err(|_| "Give the number of the row, or 0 if no row has the names.".to_owned())
}

fn time_zone(text: &str) -> Result<TimeZone, String> {
    let unknown = |_| format!("There is no time zone “{text}”. Give a name such as Europe/Zurich or UTC.");
    TimeZone::try_from(text.trim().to_owned()).map_err(unknown)
}

/// One byte of ASCII that can stand between cells or around texts.
fn mark(text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(mark), None) if mark.is_ascii() && !mark.is_ascii_alphanumeric() && !"\0\r\n".contains(mark) => Ok(mark),
        _ => Err("Give one character, no letter or digit.".to_owned()),
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
    found.ok_or_else(|| "Choose one of the orders of day, month and year in the list.".to_owned())
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

    fn decided(before: &Given, examined: &Examined, form: &str) -> Result<Given, Mistakes> {
        let mut mistakes = Mistakes::default();
        let given = decide(before, Some(examined), &Fields::of(form.as_bytes()), &mut mistakes);
        if mistakes.is_empty() { Ok(given) } else { Err(mistakes) }
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
        let decided = |form: &str| decide(&before, None, &Fields::of(form.as_bytes()), &mut Mistakes::default());
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
    fn what_cannot_be_used_is_said_at_its_field() {
        let examined = examined("a,b\n1,x\n");
        let names = "column.0.name=a&column.0.taken=on&column.1.taken=on&column.1.name";
        for (form, field) in [
            ("time_zone=Mars", fields::TIME_ZONE),
            ("header_row=x", fields::HEADER_ROW),
            ("encoding=Morse", fields::ENCODING),
            ("answer.encoding=Morse", fields::ANSWER_ENCODING),
            ("delimiter=ab", fields::DELIMITER),
            ("quote=a", fields::QUOTE),
            ("numbers=x", fields::NUMBERS),
            ("answer.numbers=x", fields::ANSWER_NUMBERS),
            ("column.0.name=a&column.0.type=y", "column.0.type"),
            ("date_order=x", fields::DATE_ORDER),
            (format!("{names}=A").as_str(), "column.1.name"),
            (format!("{names}=+").as_str(), "column.1.name"),
        ] {
            let mistakes = decided(&Given::default(), &examined, form).unwrap_err();
            assert!(mistakes.at(field).is_some(), "{form}: {mistakes:?}");
        }
        // A column that is not taken needs no name.
        assert!(decided(&Given::default(), &examined, "column.0.name=a&column.0.taken=on&column.1.name=a").is_ok());
    }

    #[test]
    fn two_names_of_the_file_itself_are_no_mistake_of_the_form() {
        let examined = examined("a,a,b\n1,2,3\n");
        let names: Vec<&str> = examined.reading.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["a", "a", "b"]);
        let decided = |third: &str| {
            let form = format!(
                "column.0.name=a&column.0.taken=on&column.1.name=a&column.1.taken=on&column.2.name={third}&column.2.taken=on"
            );
            decided(&Given::default(), &examined, &form)
        };
        assert!(decided("b").is_ok() && decided("c").is_ok());
        assert!(decided("A").unwrap_err().at("column.2.name").is_some());
    }
}
