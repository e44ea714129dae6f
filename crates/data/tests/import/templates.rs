//! Files for an existing data set, read with the settings of its last file.

use rolecall_data::import::{
    DateOrder, Deviation, Examined, Format, Given, GivenColumn, NumberStyle, Question, Template,
};
use rolecall_model::data::ColumnType;

use crate::files::{TestFile, names};

/// The settings for a file whose data set has all columns of the file `last`, which was read with `decided`.
fn like(last: &TestFile, decided: &Given) -> Given {
    let reading = last.try_examine(decided).unwrap().reading;
    Given { template: Some(Template { columns: reading.data_columns(), last: Some(reading) }), ..Given::default() }
}

/// The types of the columns, and their date orders.
fn types(examined: &Examined) -> Vec<ColumnType> {
    examined.reading.columns.iter().map(|column| column.column_type).collect()
}

const FIRST: &str = "Tag;Betrag;Kunde\n03/04/2026;1.234,50;007\n";

fn decided() -> Given {
    let renamed = GivenColumn { position: 1, name: Some("amount".to_owned()), ..GivenColumn::default() };
    let text = GivenColumn { position: 2, column_type: Some(ColumnType::Text), ..GivenColumn::default() };
    Given { date_order: Some(DateOrder::DayMonthYear), columns: vec![renamed, text], ..Given::default() }
}

// Case: import/like-the-last
#[test]
fn choices_for_the_last_file_apply_to_the_next_whatever_the_order_of_its_columns() {
    let given = like(&TestFile::new(FIRST), &decided());
    // On its own: thousands separated by commas, whole numbers, and dates that fit two orders.
    let next = TestFile::new("Kunde;Betrag;Tag\n12;1.500;01/02/2026\n13;2.000;02/03/2026\n");
    let examined = next.try_examine(&given).unwrap();
    assert_eq!((examined.deviations.as_slice(), examined.questions.as_slice()), (&[][..], &[][..]));
    assert_eq!(names(&examined), ["Kunde", "amount", "Tag"]);
    assert_eq!(types(&examined), [ColumnType::Text, ColumnType::Decimal, ColumnType::Date]);
    assert_eq!(next.convert_as(&examined.reading), [["12", "1500.0", "2026-02-01"], ["13", "2000.0", "2026-03-02"]]);
    let alone = next.examine();
    assert_ne!(alone.reading.numbers, examined.reading.numbers);
    assert!(alone.questions.contains(&Question::DateOrder { position: 2 }), "{:?}", alone.questions);
}

// Case: import/like-the-last
#[test]
fn a_file_without_names_takes_those_of_the_last_by_position() {
    let columns = ["day", "amount"].into_iter().enumerate();
    let column = |(position, name): (usize, &str)| GivenColumn {
        position,
        name: Some(name.to_owned()),
        ..GivenColumn::default()
    };
    let given = Given { header_row: Some(0), columns: columns.map(column).collect(), ..Given::default() };
    let given = like(&TestFile::new("2026-01-01,1\n2026-01-02,2\n"), &given);
    let examined = TestFile::new("2026-01-03,3\n").try_examine(&given).unwrap();
    assert_eq!((names(&examined).as_slice(), examined.rows), (&["day", "amount"][..], 1));
    assert_eq!(examined.deviations, []);
    // With an additional column, positions no longer mean the same.
    let examined = TestFile::new("2026-01-03,x,3\n").try_examine(&given).unwrap();
    assert_eq!(examined.deviations, [Deviation::Columns]);
}

// Case: import/like-the-last
#[test]
fn columns_left_out_before_are_left_out_again_and_new_ones_are_taken() {
    let left_out = GivenColumn { position: 1, taken: Some(false), ..GivenColumn::default() };
    let given = like(&TestFile::new("a,b\n1,2\n"), &Given { columns: vec![left_out], ..Given::default() });
    let examined = TestFile::new("b,a,c\n2,1,x\n").try_examine(&given).unwrap();
    let taken: Vec<bool> = examined.reading.columns.iter().map(|column| column.taken).collect();
    assert_eq!(taken, [false, true, true]);
    // What was chosen for this file has priority.
    let again = GivenColumn { position: 0, taken: Some(true), ..GivenColumn::default() };
    let examined = TestFile::new("b,a\n2,1\n").try_examine(&Given { columns: vec![again], ..given }).unwrap();
    assert!(examined.reading.columns[0].taken);
}

// Case: import/like-the-last
#[test]
fn cells_have_the_types_of_the_data_set_even_where_they_look_different() {
    let given = like(&TestFile::new("code,n\nA1,1\n"), &Given::default());
    let next = TestFile::new("code,n\n12,x\n");
    let examined = next.try_examine(&given).unwrap();
    assert_eq!(types(&examined), [ColumnType::Text, ColumnType::Integer]);
    assert_eq!(next.mistakes(&examined.reading).1[0].value.as_deref(), Some("x"));
    // Also for a data set whose last file is unknown.
    let Given { template, .. } = given;
    let template = template.map(|template| Template { last: None, ..template });
    assert_eq!(types(&next.try_examine(&Given { template, ..Given::default() }).unwrap()), types(&examined));
}

// Case: import/unlike-the-last
#[test]
fn a_file_that_the_last_settings_do_not_fit_is_read_on_its_own_and_reported() {
    let given = like(&TestFile::new(FIRST), &decided());
    let json = TestFile::new("{\"Tag\":\"2026-01-31\",\"Betrag\":1.5}\n").try_examine(&given).unwrap();
    assert_eq!((json.reading.format, json.deviations.as_slice()), (Format::Ndjson, &[Deviation::Format][..]));
    let commas = TestFile::new("Tag,Betrag,Kunde\n2026-01-31,1.5,x\n").try_examine(&given).unwrap();
    assert_eq!((names(&commas).len(), commas.deviations.as_slice()), (3, &[Deviation::Columns][..]));
    // Its header is further down than this file reaches.
    let deep = like(&TestFile::new("x\ny\na,b\n1,2\n"), &Given { header_row: Some(3), ..Given::default() });
    let short = TestFile::new("a,b\n").try_examine(&deep).unwrap();
    assert_eq!((names(&short).as_slice(), short.deviations.as_slice()), (&["a", "b"][..], &[Deviation::Columns][..]));
}

// Case: import/unlike-the-last
#[test]
fn only_settings_that_do_not_fit_are_inferred_again() {
    let given = like(&TestFile::new(FIRST), &decided());
    let points = TestFile::new("Tag;Betrag;Kunde\n31/01/2026;1234.5;x\n").try_examine(&given).unwrap();
    assert_eq!((points.reading.numbers.decimal, points.deviations.as_slice()), ('.', &[Deviation::Numbers][..]));
    let months = TestFile::new("Tag;Betrag;Kunde\n01/31/2026;1,5;x\n").try_examine(&given).unwrap();
    assert_eq!(months.reading.columns[0].date_order, DateOrder::MonthDayYear);
    assert_eq!(months.deviations, [Deviation::Dates]);
    // The same decimal mark with another thousands separator is not a different style.
    let groups = TestFile::new("Tag;Betrag;Kunde\n31/01/2026;1 234,5;x\n").try_examine(&given).unwrap();
    assert_eq!(
        (groups.reading.numbers, groups.deviations.as_slice()),
        (NumberStyle { decimal: ',', thousands: Some(' ') }, &[][..])
    );
}

// Case: import/like-the-last
#[test]
fn a_chosen_encoding_is_not_asked_about_again() {
    let latin = |text: &str| TestFile::new(encoding_rs::WINDOWS_1252.encode(text).0);
    let given = like(&latin("Straße,n\nGröße,1\n"), &Given::default());
    let examined = latin("Straße,n\nMaß,2\n").try_examine(&given).unwrap();
    assert_eq!((examined.questions.as_slice(), examined.deviations.as_slice()), (&[][..], &[][..]));
    assert_eq!(names(&examined), ["Straße", "n"]);
    // Without such letters the encoding is ambiguous, but the next file is not asked about, either.
    let plain =
        latin("Strasse,n\nMass,2\n").try_examine(&like(&latin("Strasse,n\nMaß,1\n"), &Given::default())).unwrap();
    assert_eq!(plain.reading.dialect.unwrap().encoding, "windows-1252");

    let utf_8 = TestFile::new("Straße,n\nMaß,2\n").try_examine(&given).unwrap();
    assert_eq!((names(&utf_8)[0], utf_8.deviations.as_slice()), ("Straße", &[Deviation::Encoding][..]));
    let given = like(&TestFile::new("Straße,n\nGröße,1\n"), &Given::default());
    let back = latin("Straße,n\nMaß,2\n").try_examine(&given).unwrap();
    assert_eq!(
        (back.questions.as_slice(), back.deviations.as_slice()),
        (&[Question::Encoding][..], &[Deviation::Encoding][..])
    );
}
