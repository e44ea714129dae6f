//! The settings that the file is read with, each as a field.

use leptos::prelude::*;
use rolecall_core::datasets::ImportedFile;
use rolecall_core::uploads::decisions::{date_order_key, fields, number_key, shown};
use rolecall_data::import::{DateOrder, Dialect, Examined, Format, Given, NumberStyle, Question, Reading};

use super::filled::{Beside, SharedFilled};
use super::read_as::ReadAs;
use super::zone::ZoneField;

/// Common encodings, the most likely first (by their WHATWG names).
pub(super) const ENCODINGS: [&str; 12] = [
    "UTF-8",
    "windows-1252",
    "UTF-16LE",
    "UTF-16BE",
    "windows-1250",
    "windows-1251",
    "ISO-8859-2",
    "GBK",
    "Big5",
    "Shift_JIS",
    "EUC-KR",
    "macintosh",
];
const DELIMITERS: [(&str, &str); 4] =
    [(",", "Comma ( , )"), (";", "Semicolon ( ; )"), ("\t", "Tab"), ("|", "Vertical bar ( | )")];
const QUOTES: [(&str, &str); 2] = [("\"", "Double ( \" )"), ("'", "Single ( ' )")];
const ORDERS: [(DateOrder, &str); 3] = [
    (DateOrder::DayMonthYear, "Day, month, year (31.01.2026)"),
    (DateOrder::MonthDayYear, "Month, day, year (01/31/2026)"),
    (DateOrder::YearMonthDay, "Year, month, day (2026-01-31)"),
];

/// An option: value and label.
type Choice = (String, String);

#[component]
pub(super) fn Choices(
    examined: Option<Examined>,
    given: Given,
    /// The last file of the data set, if the rows go to an existing one.
    last: Option<ImportedFile>,
    filled: SharedFilled,
) -> impl IntoView {
    let read_as = last.zip(examined.as_ref()).map(|(last, examined)| {
        view! { <ReadAs last deviations=examined.deviations.clone() format=name_of(examined.reading.format)/> }
    });
    let sheets = examined.as_ref().map(|examined| examined.sheets.clone()).unwrap_or_default();
    let taken_for = examined.as_ref().map(|examined| {
        view! {
            <p>"Rolecall read the file as " <strong>{name_of(examined.reading.format)}</strong> "."</p>
        }
    });
    let reading = shown(examined.as_ref(), &given).into_owned();
    let format = reading.format;
    let asks_encoding = examined.as_ref().is_some_and(|examined| examined.questions.contains(&Question::Encoding));
    let of_text = reading.dialect.clone().map(|dialect| of_text(dialect, asks_encoding, &filled));
    let sheet = reading.sheet.clone().filter(|_| sheets.len() > 1);
    let sheet = sheet.map(|sheet| {
        let choices = sheets.into_iter().map(|sheet| (sheet.clone(), sheet)).collect();
        view! { <Choice name=fields::SHEET label="Sheet" choices chosen=sheet filled=filled.clone()/> }
    });
    let header = matches!(format, Format::Csv | Format::Xlsx).then(|| {
        view! { <HeaderRow row=reading.header_row filled=filled.clone()/> }
    });
    let is_zone_asked = examined.as_ref().is_some_and(|examined| examined.assumes_utc);
    let cells = of_cells(&reading, &given, is_zone_asked, &filled);

    view! {
        <section class="panel" aria-labelledby="choices">
            <h2 id="choices">"How the file is read"</h2>
            {taken_for}
            {read_as}
            <div class="fields-row">{of_text} {sheet} {header} {cells}</div>
        </section>
    }
}

pub(super) const fn name_of(format: Format) -> &'static str {
    match format {
        Format::Csv => "text with delimiters (CSV)",
        Format::Xlsx => "a spreadsheet (XLSX)",
        Format::Ndjson => "objects of JSON (NDJSON)",
        Format::Parquet => "Parquet",
    }
}

/// Encoding, delimiter and quotation mark. If the encoding is a question, its field is there.
fn of_text(dialect: Dialect, asks_encoding: bool, filled: &SharedFilled) -> impl IntoView + use<> {
    let Dialect { encoding, delimiter, quote } = dialect;
    let encoding = (!asks_encoding).then(|| {
        let choices = ENCODINGS.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
        view! { <Choice name=fields::ENCODING label="Encoding" choices chosen=encoding filled=filled.clone()/> }
    });
    let of =
        |known: &[(&str, &str)]| known.iter().map(|(mark, text)| ((*mark).to_owned(), (*text).to_owned())).collect();

    view! {
        {encoding}
        <Choice
            name=fields::DELIMITER
            label="Between cells"
            choices=of(&DELIMITERS)
            chosen=delimiter.to_string()
            filled=filled.clone()
        />
        <Choice
            name=fields::QUOTE
            label="Quotation mark"
            choices=of(&QUOTES)
            chosen=quote.to_string()
            filled=filled.clone()
        />
    }
}

/// Numbers, dates and the time zone, unless that is a question above.
fn of_cells(reading: &Reading, given: &Given, is_zone_asked: bool, filled: &SharedFilled) -> impl IntoView + use<> {
    // Typed numbers and dates in the file do not use these settings.
    let (numbers, dates) = match reading.format {
        Format::Csv => ("Numbers", "Dates"),
        Format::Xlsx | Format::Ndjson | Format::Parquet => ("Numbers in texts", "Dates in texts"),
    };
    let order = given.date_order.map(date_order_key).unwrap_or_default().to_owned();
    let mut orders = vec![(String::new(), "Decided for each column".to_owned())];
    orders.extend(date_choices());
    let zone = (!is_zone_asked).then(|| {
        view! { <ZoneField zone=String::from(reading.time_zone) list=None filled=filled.clone()/> }
    });

    view! {
        <Choice
            name=fields::NUMBERS
            label=numbers
            choices=number_choices()
            chosen=number_key(reading.numbers)
            filled=filled.clone()
        />
        <Choice name=fields::DATE_ORDER label=dates choices=orders chosen=order filled=filled.clone()/>
        {zone}
    }
}

/// An example number in each style.
pub(super) fn number_choices() -> Vec<Choice> {
    let choice = |style: NumberStyle| {
        let thousands = style.thousands.map(String::from).unwrap_or_default();
        (number_key(style), format!("1{thousands}234{}5", style.decimal))
    };
    NumberStyle::ALL.into_iter().map(choice).collect()
}

/// The orders of day, month and year.
pub(super) fn date_choices() -> impl Iterator<Item = Choice> {
    ORDERS.into_iter().map(|(order, text)| (date_order_key(order).to_owned(), text.to_owned()))
}

#[component]
fn HeaderRow(row: u32, filled: SharedFilled) -> impl IntoView {
    let row = filled.value(fields::HEADER_ROW, row.to_string());
    let Beside { invalid, described, mistake } = filled.beside(fields::HEADER_ROW);

    view! {
        <div>
            <label for=fields::HEADER_ROW>"Row with the names (0: none)"</label>
            <input
                type="number"
                id=fields::HEADER_ROW
                name=fields::HEADER_ROW
                value=row
                min="0"
                max="1000000"
                aria-invalid=invalid
                aria-describedby=described
            />
            {mistake}
        </div>
    }
}

/// A choice field, including the detected value if it is not among the choices.
#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    mut choices: Vec<Choice>,
    /// The current setting; the typed value has priority.
    chosen: String,
    filled: SharedFilled,
) -> impl IntoView {
    let chosen = filled.value(name, chosen);
    let Beside { invalid, described, mistake } = filled.beside(name);
    if !choices.iter().any(|(value, _)| *value == chosen) {
        choices.insert(0, (chosen.clone(), chosen.clone()));
    }
    let option = |(value, text): Choice| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{text}</option> }
    };
    let options = choices.into_iter().map(option).collect_view();

    view! {
        <div>
            <label for=name>{label}</label>
            <select id=name name=name aria-invalid=invalid aria-describedby=described>
                {options}
            </select>
            {mistake}
        </div>
    }
}
