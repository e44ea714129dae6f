//! Row rules apply to every way of reading data.

use rolecall_model::data::{Aggregate, Cell, ColumnType, GroupQuery, Query, RowQuery, Scalar, Select, Split, TimeStep};

use super::fixture::{DataSet, by, count, date, each, group, int, measure, query, text, texts};
use crate::query::{QueryError, RowFilter};

/// Four rows in three regions.
fn regions() -> DataSet {
    let row = |region: Cell, n, day| vec![region, int(n), date(day)];
    let rows = vec![
        row(text("north"), 1, "2024-01-01"),
        row(text("south"), 10, "2024-03-01"),
        row(text("south"), 100, "2024-05-01"),
        row(Cell::Missing, 1000, "2024-07-01"),
    ];
    let columns = [("region", ColumnType::Text), ("n", ColumnType::Integer), ("day", ColumnType::Date)];
    DataSet::of(&columns, rows)
}

fn only(column: &str, values: &[&str]) -> RowFilter {
    RowFilter { column: column.to_owned(), values: texts(values) }
}

fn all_rows() -> Query {
    let rows = RowQuery { columns: vec!["n".to_owned()], order: vec![], offset: 0, limit: 10 };
    Query { filters: vec![], zone: "UTC".to_owned(), select: Select::Rows(rows) }
}

// Case: data/row-rules-everywhere
#[tokio::test]
async fn row_rules_apply_to_every_way_of_reading() {
    let data = regions();
    let south = [only("region", &["south"])];

    let rows = data.engine.run(&data.version, &all_rows(), &south).await.unwrap();
    assert_eq!((rows.rows.clone(), rows.total), (vec![vec![int(10)], vec![int(100)]], 2));
    let second = Query {
        select: Select::Rows(RowQuery { columns: vec!["n".to_owned()], order: vec![], offset: 1, limit: 1 }),
        ..all_rows()
    };
    let rows = data.engine.run(&data.version, &second, &south).await.unwrap();
    assert_eq!((rows.rows.clone(), rows.total), (vec![vec![int(100)]], 2));

    let everything = vec![
        measure(Aggregate::Sum, "n"),
        count(),
        measure(Aggregate::Distinct, "region"),
        measure(Aggregate::Share, "n"),
    ];
    let one = |sum, count| vec![int(sum), int(count), int(1), Cell::Decimal(1.0)];
    assert_eq!(data.rows_for(&query(group(everything.clone(), None)), &south).await, vec![one(110, 2)]);
    let groups = query(GroupQuery { limit: Some(1), ..group(everything.clone(), by("region")) });
    let result = data.engine.run(&data.version, &groups, &south).await.unwrap();
    assert_eq!((result.rows.clone(), result.total), (vec![[vec![text("south")], one(110, 2)].concat()], 1));
    let totals = data.engine.totals(&data.version, &groups, &south).await.unwrap().unwrap();
    assert_eq!(totals.rows, vec![one(110, 2)]);

    let split = Some(Split { column: "region".to_owned(), top: Some(1) });
    let series = GroupQuery { split, ..group(vec![measure(Aggregate::Sum, "n")], by("n")) };
    let expected = vec![vec![int(10), text("south"), int(10)], vec![int(100), text("south"), int(100)]];
    assert_eq!(data.rows_for(&query(series), &south).await, expected, "no series of others either");

    let months = data.rows_for(&query(group(vec![count()], each(TimeStep::Month, "day"))), &south).await;
    let expected = [("2024-03-01", 1), ("2024-04-01", 0), ("2024-05-01", 1)];
    assert_eq!(
        months,
        expected.map(|(month, count)| vec![date(month), int(count)]),
        "nothing of other people's months"
    );

    let highest = rolecall_model::data::Measure { show: vec!["region".to_owned()], ..measure(Aggregate::Maximum, "n") };
    assert_eq!(data.rows_for(&query(group(vec![highest], None)), &south).await, vec![vec![int(100), text("south")]]);

    assert_eq!(data.engine.count(&data.version, &groups, &south).await, Ok(2));
}

// Case: data/no-row-rule-no-rows
#[tokio::test]
async fn a_person_without_matching_values_sees_no_rows() {
    let data = regions();
    for rules in [
        vec![only("region", &[])],
        vec![only("region", &["west"])],
        vec![only("region", &["south"]), only("n", &[])],
        vec![only("region", &["south"]), only("n", &["1"])],
        vec![only("n", &["not a number"])],
        vec![RowFilter { column: "region".to_owned(), values: vec![Scalar::Integer(1), Scalar::Boolean(true)] }],
    ] {
        assert_eq!(data.rows_for(&all_rows(), &rules).await, Vec::<Vec<Cell>>::new(), "{rules:?}");
        assert_eq!(data.rows_for(&query(group(vec![count()], None)), &rules).await, vec![vec![int(0)]], "{rules:?}");
        let options = data.engine.run(&data.version, &query(group(vec![count()], by("region"))), &rules).await.unwrap();
        assert_eq!((options.rows.len(), options.total), (0, 0), "{rules:?}");
    }
}

#[tokio::test]
async fn values_of_claims_are_texts_and_are_parsed() {
    let rows = regions().rows_for(&all_rows(), &[only("n", &["10", "1", "x"])]).await;
    assert_eq!(rows, vec![vec![int(1)], vec![int(10)]]);
}

#[tokio::test]
async fn a_rule_about_a_missing_column_shows_nothing() {
    let data = regions();
    let refused = data.engine.run(&data.version, &all_rows(), &[only("area", &["south"])]).await;
    assert_eq!(refused, Err(QueryError::RowRule("area".to_owned())));
}
