use rolecall_data::import::{DateOrder, Limits, Progress, Template, TimeZone, examine};
use rolecall_model::data::ColumnType;

use super::*;

fn examined(text: &str) -> Examined {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let go_on = |_: Progress| std::ops::ControlFlow::Continue(());
    examine(file.path(), &Given::default(), &Limits::default(), go_on).unwrap()
}

fn decided(before: &Given, examined: &Examined, form: &str) -> Result<Given, FormMistakes> {
    let mut mistakes = FormMistakes::default();
    let given = decide(before, Some(examined), &Fields::of(form.as_bytes()), &mut mistakes);
    if mistakes.is_empty() { Ok(given) } else { Err(mistakes) }
}

#[test]
fn an_unchanged_field_is_not_a_decision() {
    let examined = examined("a,b\n1,x\n");
    let form = "encoding=UTF-8&delimiter=%2C&quote=%22&header_row=1&numbers=.&date_order=&time_zone=UTC\
                &column.0.name=a&column.0.type=integer&column.0.taken=on&column.1.name=b&column.1.type=text\
                &column.1.taken=on";
    assert_eq!(decided(&Given::default(), &examined, form).unwrap(), Given::default());
}

#[test]
fn settings_shown_before_reading_come_from_the_last_file_and_are_not_decisions() {
    let mut last = examined("a;b\n1;x\n").reading;
    last.time_zone = TimeZone::try_from("Europe/Zurich".to_owned()).unwrap();
    last.numbers = NumberStyle::ALL.into_iter().find(|style| number_key(*style) == ",.").unwrap();
    let template = Some(Template { columns: last.data_columns(), last: Some(last) });
    let before = Given { template, ..Given::default() };
    let decided = |form: &str| decide(&before, None, &Fields::of(form.as_bytes()), &mut FormMistakes::default());
    let form = "encoding=UTF-8&delimiter=%3B&quote=%22&header_row=1&numbers=%2C.&date_order=&time_zone=Europe%2FZurich";
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
fn an_answer_counts_even_if_it_is_the_proposal() {
    let examined = examined("day\n01/02/2026\n");
    assert_eq!(examined.questions, [Question::DateOrder { position: 0 }]);
    let given = decided(&Given::default(), &examined, "answer.date_order.0=dmy").unwrap();
    assert_eq!(given.columns[0].date_order, Some(DateOrder::DayMonthYear));
}

#[test]
fn invalid_values_are_reported_at_their_field() {
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
    // A column that is left out needs no name.
    assert!(decided(&Given::default(), &examined, "column.0.name=a&column.0.taken=on&column.1.name=a").is_ok());
}

#[test]
fn duplicate_names_in_the_file_are_not_mistakes_of_the_form() {
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
    // Each column with the duplicate name is marked.
    let mistakes = decided("A").unwrap_err();
    let marked: Vec<&str> = mistakes.all().map(|mistake| mistake.at.as_str()).collect();
    assert_eq!(marked, ["column.0.name", "column.1.name", "column.2.name"]);
}
