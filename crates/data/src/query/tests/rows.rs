//! Queries of rows, filters, and appended files.

use rolecall_model::data::{Cell, ColumnType, Filter, Order, Query, RowOrder, RowQuery, Scalar, Select};

use super::fixture::{DataSet, count, filter, group, int, query, text, texts};

fn page(columns: &[&str], order: &[(&str, Order)], offset: u64, limit: u32) -> Query {
    let order = order.iter().map(|(column, order)| RowOrder { column: (*column).to_owned(), order: *order });
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    let rows = RowQuery { columns, order: order.collect(), offset, limit };
    Query { filters: vec![], zone: "UTC".to_owned(), select: Select::Rows(rows) }
}

fn words() -> DataSet {
    let row = |word: Cell, n: Cell| vec![word, n];
    let first = vec![row(text("100 %"), int(2)), row(text("1000"), int(10)), row(Cell::Missing, int(10))];
    let second = vec![row(text("Straße"), Cell::Missing), row(text("ÉTÉ"), int(9)), row(text("a_b\\c"), int(10))];
    DataSet::of_files(&[("word", ColumnType::Text), ("n", ColumnType::Integer)], vec![first, second])
}

#[tokio::test]
async fn rows_are_sorted_as_numbers_with_missing_last_in_both_directions() {
    let data = words();
    let numbers = async |order| {
        let rows = data.rows(&page(&["n"], &[("n", order)], 0, 10)).await;
        rows.into_iter().map(|mut row| row.remove(0)).collect::<Vec<_>>()
    };
    assert_eq!(numbers(Order::Ascending).await, vec![int(2), int(9), int(10), int(10), int(10), Cell::Missing]);
    assert_eq!(numbers(Order::Descending).await, vec![int(10), int(10), int(10), int(9), int(2), Cell::Missing]);
}

#[tokio::test]
async fn pages_never_overlap_where_rows_sort_equally() {
    let data = words();
    let mut seen = Vec::new();
    for offset in 0..7 {
        let result = data.run(&page(&["word", "n"], &[("n", Order::Descending)], offset, 1)).await.unwrap();
        assert_eq!(result.total, 6);
        seen.extend(result.rows.iter().map(|row| row[0].clone()));
    }
    let expected = [text("1000"), text("a_b\\c"), Cell::Missing, text("ÉTÉ"), text("100 %"), text("Straße")];
    assert_eq!(seen, expected, "in the order of code points");
}

#[tokio::test]
async fn filters_select_the_rows_that_they_describe() {
    let data = words();
    let ten = || Some(Scalar::Integer(10));
    let contains = |part: &str| Some(part.to_owned());
    for (filter, expected) in [
        (Filter { is: Some(vec![Scalar::Integer(10), Scalar::Text("2".to_owned())]), ..filter("n") }, 4),
        (Filter { is: Some(vec![]), ..filter("n") }, 0),
        (Filter { is_not: Some(vec![Scalar::Integer(10)]), ..filter("n") }, 3),
        (Filter { is_not: Some(vec![]), ..filter("n") }, 6),
        (Filter { at_least: ten(), ..filter("n") }, 3),
        (Filter { more_than: ten(), ..filter("n") }, 0),
        (Filter { at_most: ten(), ..filter("n") }, 5),
        (Filter { less_than: ten(), ..filter("n") }, 2),
        (Filter { missing: Some(true), ..filter("n") }, 1),
        (Filter { missing: Some(false), ..filter("n") }, 5),
        (Filter { is: Some(texts(&["1000"])), ..filter("word") }, 1),
        (Filter { is_not: Some(texts(&["1000"])), missing: Some(false), ..filter("word") }, 4),
        (Filter { contains: contains("00 %"), ..filter("word") }, 1),
        (Filter { contains: contains("_B\\"), ..filter("word") }, 1),
        (Filter { contains: contains("été"), ..filter("word") }, 1),
        (Filter { contains: contains("STRAß"), ..filter("word") }, 1),
        (Filter { contains: contains(""), ..filter("word") }, 5),
    ] {
        let counted = Query { filters: vec![filter.clone()], ..query(group(vec![count()], None)) };
        assert_eq!(data.rows(&counted).await, vec![vec![int(expected)]], "{filter:?}");
    }
}
