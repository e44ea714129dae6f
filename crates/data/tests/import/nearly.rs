//! Columns that are text because of a few cells.

use rolecall_data::import::{Examined, Given, GivenColumn, NearType, NumberStyle, Question};
use rolecall_model::data::{Cell, ColumnType};

use crate::files::{TestFile, types};

/// The near type of the first column: the type, the number of fitting cells, the number of filled cells, and the line
/// and value of the first other cell.
fn told(text: &str) -> Option<(ColumnType, u64, u64, u64, String)> {
    let near = TestFile::new(text).examine().near_types.into_iter().next()?;
    let NearType { position, column_type, fitting, filled, line, value } = near;
    assert_eq!(position, 0);
    Some((column_type, fitting, filled, line, value))
}

/// The numbers from 1 to 50 below a header, one per line, with `other` instead of the 16th.
fn numbers_with(other: &str) -> String {
    let mut lines: Vec<String> = (1..=50).map(|number: u8| number.to_string()).collect();
    other.clone_into(&mut lines[15]);
    format!("n\n{}\n", lines.join("\n"))
}

// Case: import/nearly-a-type
#[test]
fn a_column_that_is_text_because_of_one_cell_names_that_cell_and_the_other_type() {
    let one_of_fifty = Some((ColumnType::Integer, 49, 50, 17, "n/a".to_owned()));
    assert_eq!(told(&numbers_with("n/a")), one_of_fifty);
    // Also far down in a large file. Empty cells do not count.
    let late = format!("n\n{}\"\"\nmuch\n", "1.5\n".repeat(100_000));
    assert_eq!(told(&late), Some((ColumnType::Decimal, 100_000, 100_001, 100_003, "much".to_owned())));
    for (text, column_type, line) in [
        ("n\n-\n1\n2\n3\n", ColumnType::Integer, 2),
        ("n,m\n5,1\nx,2\n7,3\n8,4\n", ColumnType::Integer, 3),
        ("5,1\nx,2\n7,3\n8,4\n", ColumnType::Integer, 2),
        ("x,1\n5,2\n7,3\ny,4\n8,5\n9,6\n", ColumnType::Integer, 1),
        ("d\n2026-01-02\n2026-01-03\nsoon\n", ColumnType::Date, 4),
        ("d\n2026-01-02 10:00\n2026-01-03 11:00\nsoon\n", ColumnType::Timestamp, 4),
        ("b\ntrue\nperhaps\nfalse\n", ColumnType::Boolean, 3),
        ("a;b\n1,5;1,5\nx;2,5\n2,5;3,5\n", ColumnType::Decimal, 3),
        ("{\"n\":1}\n{\"n\":2}\n{\"n\":\"x\"}\n", ColumnType::Integer, 3),
    ] {
        let found = told(text).map(|(found, _, _, line, _)| (found, line));
        assert_eq!(found, Some((column_type, line)), "{text}");
    }
}

#[test]
fn nothing_is_reported_for_a_consistent_column() {
    let texts_first = format!("n\n{}{}", "x\n".repeat(30), "1\n".repeat(1_000));
    for text in ["n\n1\n2\n3\n", "n\na\nb\nc\n", "n\n1\nx\n2\ny\n", "n\n\"\"\n", texts_first.as_str()] {
        assert_eq!(told(text), None, "{text}");
    }
    // Nor of a column whose type was chosen.
    let column = GivenColumn { position: 0, column_type: Some(ColumnType::Text), ..GivenColumn::default() };
    let given = Given { columns: vec![column], ..Given::default() };
    let examined = TestFile::new(numbers_with("n/a")).try_examine(&given).unwrap();
    assert_eq!((types(&examined), examined.near_types.len()), (vec![ColumnType::Text], 0));
}

/// The file `text` after a person chose numbers for the column at `position`.
fn with_numbers_at(text: &str, position: usize, numbers: Option<NumberStyle>) -> Examined {
    let column = GivenColumn { position, column_type: Some(ColumnType::Decimal), ..GivenColumn::default() };
    TestFile::new(text).try_examine(&Given { numbers, columns: vec![column], ..Given::default() }).unwrap()
}

// Case: import/nearly-a-type
#[test]
fn nearly_all_cells_decide_the_number_style_if_no_column_with_marks_has_only_numbers() {
    let prices = "id;preis\n1;1,5\n2;k.A.\n3;2,5\n4;3,5\n";
    let examined = TestFile::new(prices).examine();
    assert_eq!(examined.reading.numbers, NumberStyle { decimal: ',', thousands: None });
    let [near] = &examined.near_types[..] else { panic!("{:?}", examined.near_types) };
    assert_eq!((near.position, near.column_type, near.line, near.value.as_str()), (1, ColumnType::Decimal, 3, "k.A."));
    let decided = with_numbers_at(prices, 1, None);
    assert_eq!((decided.questions.len(), decided.preview[0][1].clone()), (0, Cell::Decimal(1.5)));
    // A column with numbers only has priority.
    let other = TestFile::new("a;b\n1.5;1,5\n2.5;x\n3.5;2,5\n4.5;3,5\n").examine();
    assert_eq!((other.reading.numbers, types(&other)[0]), (NumberStyle::PLAIN, ColumnType::Decimal));
}

#[test]
fn an_ambiguous_mark_is_asked_about_once_it_matters() {
    // The type that fits all cells is asked about as usual, whatever the other column suggests: that is only a
    // proposal.
    let both = TestFile::new("a;b\n1,234;1,5\n5,678;x\n2,345;2,5\n3,456;3,5\n").examine();
    assert_eq!((both.questions.as_slice(), both.reading.numbers.decimal), (&[Question::DecimalMark][..], ','));
    // A text column asks nothing until a person declares it as numbers, wherever its other cell is.
    for text in ["a;b\nx;1,234\ny;k.A.\nz;2,345\n", "a;b\nx;k.A.\ny;1,234\nz;2,345\n"] {
        assert!(TestFile::new(text).examine().questions.is_empty(), "{text}");
        assert_eq!(with_numbers_at(text, 1, None).questions, [Question::DecimalMark], "{text}");
        let comma = with_numbers_at(text, 1, Some(NumberStyle { decimal: ',', thousands: None }));
        assert!(comma.questions.is_empty() && comma.preview.iter().any(|row| row[1] == Cell::Decimal(1.234)), "{text}");
    }
}
