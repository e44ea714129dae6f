//! Groups, their order, and series.

use rolecall_model::data::{Aggregate, Cell, ColumnType, GroupOrder, GroupQuery, Order, Split};

use super::fixture::{DataSet, by, count, dec, group, int, measure, query, text, texts};

/// Sales: a town, a product and a price.
fn sales() -> DataSet {
    let row = |town: &str, product: &str, price: i64| {
        let town = if town.is_empty() { Cell::Missing } else { text(town) };
        vec![town, text(product), int(price)]
    };
    DataSet::of(
        &[("town", ColumnType::Text), ("product", ColumnType::Text), ("price", ColumnType::Integer)],
        vec![
            row("Bern", "tea", 9),
            row("Bern", "rice", 10),
            row("Chur", "tea", 100),
            row("Chur", "salt", 2),
            row("Genf", "rice", 20),
            row("", "salt", 500),
            row("Genf", "bread", 1),
            row("Genf", "jam", 3),
        ],
    )
}

fn sum() -> GroupQuery {
    group(vec![measure(Aggregate::Sum, "price")], by("town"))
}

// Case: data/missing-group
#[tokio::test]
async fn groups_are_sorted_by_name_with_missing_last() {
    let rows = sales().rows(&query(sum())).await;
    let expected = vec![
        vec![text("Bern"), int(19)],
        vec![text("Chur"), int(102)],
        vec![text("Genf"), int(24)],
        vec![Cell::Missing, int(500)],
    ];
    assert_eq!(rows, expected);
}

// Case: data/sorted-as-numbers
#[tokio::test]
async fn groups_are_sorted_by_value_as_numbers() {
    let order = Some(GroupOrder::Value { order: Order::Descending });
    let rows = sales().rows(&query(GroupQuery { order, ..sum() })).await;
    let values: Vec<_> = rows.into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(
        values,
        vec![int(102), int(24), int(19), int(500)],
        "as texts, 24 would come before 102; missing is last"
    );
}

#[tokio::test]
async fn groups_are_sorted_by_hand_and_then_by_name() {
    let order = Some(GroupOrder::Hand { values: texts(&["Genf", "Basel"]) });
    let rows = sales().rows(&query(GroupQuery { order, ..sum() })).await;
    let names: Vec<_> = rows.into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(names, vec![text("Genf"), text("Bern"), text("Chur"), Cell::Missing]);
}

#[tokio::test]
async fn a_limit_cuts_the_groups_and_says_how_many_there_are() {
    let order = Some(GroupOrder::Value { order: Order::Descending });
    let result = sales().run(&query(GroupQuery { order, limit: Some(2), ..sum() })).await.unwrap();
    assert_eq!(result.rows, vec![vec![text("Chur"), int(102)], vec![text("Genf"), int(24)]]);
    assert_eq!(result.total, 4);
}

#[tokio::test]
async fn the_rest_of_a_split_is_computed_from_its_rows() {
    let measures = vec![measure(Aggregate::Sum, "price"), measure(Aggregate::Median, "price"), count()];
    let split = Some(Split { column: "product".to_owned(), top: Some(1) });
    let rows = sales().rows(&query(GroupQuery { split, ..group(measures, by("town")) })).await;
    // Salt is the largest series: 502. The others in Genf are 20, 1 and 3, so their median is 3; a median of medians
    // would be 3 or 20.
    let row =
        |town: Cell, series: Cell, sum: Cell, median: Cell, count: i64| vec![town, series, sum, median, int(count)];
    let expected = vec![
        row(text("Bern"), text("salt"), Cell::Missing, Cell::Missing, 0),
        row(text("Bern"), Cell::Others, int(19), dec(9.5), 2),
        row(text("Chur"), text("salt"), int(2), dec(2.0), 1),
        row(text("Chur"), Cell::Others, int(100), dec(100.0), 1),
        row(text("Genf"), text("salt"), Cell::Missing, Cell::Missing, 0),
        row(text("Genf"), Cell::Others, int(24), dec(3.0), 3),
        row(Cell::Missing, text("salt"), int(500), dec(500.0), 1),
        row(Cell::Missing, Cell::Others, Cell::Missing, Cell::Missing, 0),
    ];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn the_rest_of_a_split_has_the_counts_sums_and_extremes_of_its_rows() {
    let of = |aggregate| measure(aggregate, "price");
    let measures =
        vec![of(Aggregate::Sum), count(), of(Aggregate::Minimum), of(Aggregate::Maximum), of(Aggregate::Share)];
    let split = Some(Split { column: "product".to_owned(), top: Some(1) });
    let rows = sales().rows(&query(GroupQuery { split, ..group(measures, by("town")) })).await;
    // Salt is the largest series: 502 of 645.
    let row = |town: Cell, series: Cell, [sum, least, most]: [i64; 3], count: i64| {
        vec![
            town,
            series,
            int(sum),
            int(count),
            int(least),
            int(most),
            dec(f64::from(i32::try_from(sum).unwrap()) / 645.0),
        ]
    };
    let nothing = |town: Cell, series: Cell| {
        vec![town, series, Cell::Missing, int(0), Cell::Missing, Cell::Missing, Cell::Missing]
    };
    let expected = vec![
        nothing(text("Bern"), text("salt")),
        row(text("Bern"), Cell::Others, [19, 9, 10], 2),
        row(text("Chur"), text("salt"), [2, 2, 2], 1),
        row(text("Chur"), Cell::Others, [100, 100, 100], 1),
        nothing(text("Genf"), text("salt")),
        row(text("Genf"), Cell::Others, [24, 1, 20], 3),
        row(Cell::Missing, text("salt"), [500, 500, 500], 1),
        nothing(Cell::Missing, Cell::Others),
    ];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn a_split_by_a_column_of_very_many_values_has_the_same_answer() {
    const ROWS: i64 = 70_000;
    // Each row has a value of its own, but for the first thousand.
    let row = |n: i64| vec![int(if n < 1_000 { 0 } else { n }), int(n % 2)];
    let data =
        DataSet::of(&[("number", ColumnType::Integer), ("half", ColumnType::Integer)], (0..ROWS).map(row).collect());
    let split = Some(Split { column: "number".to_owned(), top: Some(1) });
    let rows = data.rows(&query(GroupQuery { split, ..group(vec![count()], by("half")) })).await;
    let half = |half: i64| [vec![int(half), int(0), int(500)], vec![int(half), Cell::Others, int((ROWS - 1_000) / 2)]];
    assert_eq!(rows, [half(0), half(1)].concat());
}

#[tokio::test]
async fn series_are_sorted_by_size_with_missing_after_them() {
    let split = Some(Split { column: "town".to_owned(), top: Some(4) });
    let sums = vec![measure(Aggregate::Sum, "price")];
    let result = sales().run(&query(GroupQuery { split, ..group(sums, None) })).await.unwrap();
    let expected = vec![
        vec![text("Chur"), int(102)],
        vec![text("Genf"), int(24)],
        vec![text("Bern"), int(19)],
        vec![Cell::Missing, int(500)],
    ];
    assert_eq!(result.rows, expected);
    assert_eq!(result.total, 4);
}

#[tokio::test]
async fn a_limited_split_is_sorted_by_whole_groups() {
    let split = Some(Split { column: "product".to_owned(), top: Some(2) });
    let order = Some(GroupOrder::Value { order: Order::Ascending });
    let groups = GroupQuery { split, order, limit: Some(2), ..sum() };
    let result = sales().run(&query(groups)).await.unwrap();
    let expected = vec![
        vec![text("Bern"), text("salt"), Cell::Missing],
        vec![text("Bern"), text("tea"), int(9)],
        vec![text("Bern"), Cell::Others, int(10)],
        vec![text("Genf"), text("salt"), Cell::Missing],
        vec![text("Genf"), text("tea"), Cell::Missing],
        vec![text("Genf"), Cell::Others, int(24)],
    ];
    assert_eq!(result.rows, expected);
    assert_eq!(result.total, 4);
}

#[tokio::test]
async fn totals_count_groups_beyond_the_limit() {
    let data = sales();
    let limited = query(GroupQuery { limit: Some(1), ..sum() });
    let totals = data.engine.totals(&data.version, &limited, &[]).await.unwrap().unwrap();
    assert_eq!(totals.rows, vec![vec![int(645)]]);
}
