//! The values that measures compute.

use rolecall_model::data::{Aggregate, Cell, ColumnType, Measure, Scalar};

use super::fixture::{DataSet, by, count, date, dec, filter, group, int, measure, query, text};
use crate::query::DataVersion;

fn numbers(values: Vec<Cell>) -> DataSet {
    DataSet::of(&[("n", ColumnType::Integer)], values.into_iter().map(|value| vec![value]).collect())
}

async fn all_of(data: &DataSet, measures: &[Aggregate], of: &str) -> Vec<Cell> {
    let measures = measures.iter().map(|compute| measure(*compute, of)).collect();
    data.rows(&query(group(measures, None))).await.remove(0)
}

const ALL: [Aggregate; 7] = [
    Aggregate::Count,
    Aggregate::Sum,
    Aggregate::Average,
    Aggregate::Minimum,
    Aggregate::Maximum,
    Aggregate::Distinct,
    Aggregate::Median,
];

#[tokio::test]
async fn missing_values_do_not_take_part() {
    let data = numbers(vec![int(1), Cell::Missing, int(4), int(4), int(8)]);
    let expected = vec![int(4), int(17), dec(4.25), int(1), int(8), int(3), dec(4.0)];
    assert_eq!(all_of(&data, &ALL, "n").await, expected);
    assert_eq!(data.rows(&query(group(vec![count()], None))).await, vec![vec![int(5)]]);
}

#[tokio::test]
async fn each_extreme_is_found_in_any_file_and_next_to_any_other_measure() {
    // Files are read one after the other. The contents of the first ones must not hide those with the extremes of
    // another column.
    let columns = [("n", ColumnType::Integer), ("part", ColumnType::Decimal), ("m", ColumnType::Integer)];
    let file = |at: i64| vec![vec![int(at), dec(f64::from(i32::try_from(at).unwrap())), int(-at)]];
    let data = DataSet::of_files(&columns, (0..24).map(file).collect());
    let asked = [
        measure(Aggregate::Minimum, "n"),
        measure(Aggregate::Maximum, "part"),
        measure(Aggregate::Minimum, "m"),
        measure(Aggregate::Maximum, "m"),
    ];
    let expected = [int(0), dec(23.0), int(-23), int(0)];
    for order in [[0, 1, 2, 3], [1, 0, 3, 2], [3, 2, 1, 0], [2, 3, 0, 1]] {
        let measures = order.iter().map(|at: &usize| asked[*at].clone()).collect();
        let answer = data.rows(&query(group(measures, None))).await.remove(0);
        assert_eq!(answer, order.map(|at| expected[at].clone()));
    }
    // Only these two: the extreme of one is in the first file, and that of the other in the last.
    let measures = vec![asked[0].clone(), asked[1].clone()];
    assert_eq!(data.rows(&query(group(measures, None))).await, [[int(0), dec(23.0)]]);
}

// Case: data/missing-is-not-zero
#[tokio::test]
async fn without_rows_counts_are_zero_and_other_measures_are_missing() {
    for data in [numbers(vec![]), numbers(vec![Cell::Missing])] {
        let missing = Cell::Missing;
        let expected =
            vec![int(0), missing.clone(), missing.clone(), missing.clone(), missing.clone(), int(0), missing.clone()];
        assert_eq!(all_of(&data, &ALL, "n").await, expected);
    }
}

#[tokio::test]
async fn the_median_of_an_even_number_is_between_the_middle_two() {
    let data = numbers(vec![int(1), int(2), int(3), int(100)]);
    assert_eq!(all_of(&data, &[Aggregate::Median], "n").await, vec![dec(2.5)]);
}

// Case: data/sum-overflow
#[tokio::test]
async fn a_sum_beyond_64_bits_is_a_decimal_and_never_wrong() {
    let data = numbers(vec![int(i64::MAX), int(i64::MAX), int(-1)]);
    let sums = query(group(vec![measure(Aggregate::Sum, "n")], None));
    let result = data.run(&sums).await.unwrap();
    assert_eq!(result.rows, vec![vec![dec(18_446_744_073_709_551_613.0)]]);
    assert_eq!(result.columns[0].column_type, ColumnType::Decimal);

    let data = numbers(vec![int(i64::MAX), int(i64::MAX), int(-i64::MAX)]);
    let result = data.run(&sums).await.unwrap();
    assert_eq!(result.rows, vec![vec![int(i64::MAX)]], "what fits is an integer, whatever the order of rows");
}

#[tokio::test]
async fn nan_and_infinities_are_missing_and_minus_zero_is_zero() {
    let values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0, 2.0];
    let data = DataSet::of(&[("x", ColumnType::Decimal)], values.iter().map(|value| vec![dec(*value)]).collect());
    let expected = vec![int(3), dec(2.0), dec(2.0 / 3.0), dec(0.0), dec(2.0), int(2), dec(0.0)];
    assert_eq!(all_of(&data, &ALL, "x").await, expected);
    let groups = data.rows(&query(group(vec![count()], by("x")))).await;
    assert_eq!(groups, vec![vec![dec(0.0), int(2)], vec![dec(2.0), int(1)], vec![Cell::Missing, int(3)]]);

    let mut more = query(group(vec![count()], None));
    more.filters = vec![rolecall_model::data::Filter { more_than: Some(Scalar::Integer(1)), ..filter("x") }];
    assert_eq!(data.rows(&more).await, vec![vec![int(1)]], "no number is not above one");
}

#[tokio::test]
async fn a_sum_of_decimals_beyond_doubles_is_missing() {
    let data = DataSet::of(&[("x", ColumnType::Decimal)], vec![vec![dec(f64::MAX)], vec![dec(f64::MAX)]]);
    assert_eq!(all_of(&data, &[Aggregate::Sum], "x").await, vec![Cell::Missing]);
}

#[tokio::test]
async fn a_share_is_of_all_groups_including_those_beyond_the_limit() {
    let rows =
        vec![vec![text("a"), int(1)], vec![text("b"), int(2)], vec![text("b"), int(5)], vec![text("c"), Cell::Missing]];
    let data = DataSet::of(&[("k", ColumnType::Text), ("n", ColumnType::Integer)], rows);
    let mut shares = group(vec![measure(Aggregate::Share, "n"), measure(Aggregate::Share, "")], by("k"));
    let expected = vec![
        vec![text("a"), dec(0.125), dec(0.25)],
        vec![text("b"), dec(0.875), dec(0.5)],
        vec![text("c"), Cell::Missing, dec(0.25)],
    ];
    assert_eq!(data.rows(&query(shares.clone())).await, expected);
    shares.limit = Some(1);
    assert_eq!(data.rows(&query(shares)).await, expected[..1]);
}

#[tokio::test]
async fn an_extreme_shows_the_row_it_is_from() {
    let rows = vec![
        vec![int(3), text("c"), date("2024-05-01")],
        vec![int(9), text("b"), date("2024-06-01")],
        vec![int(9), text("a"), date("2024-07-01")],
        vec![Cell::Missing, text("d"), Cell::Missing],
    ];
    let data = DataSet::of(&[("n", ColumnType::Integer), ("k", ColumnType::Text), ("day", ColumnType::Date)], rows);
    let show = vec!["k".to_owned(), "day".to_owned()];
    let highest = Measure { show: show.clone(), ..measure(Aggregate::Maximum, "n") };
    let lowest = Measure { show, ..measure(Aggregate::Minimum, "n") };
    let result = data.run(&query(group(vec![highest, lowest], None))).await.unwrap();
    let expected = vec![int(9), text("a"), date("2024-07-01"), int(3), text("c"), date("2024-05-01")];
    assert_eq!(result.rows, vec![expected]);
    let names: Vec<_> = result.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["highest n", "k", "day", "lowest n", "k", "day"]);
}

#[tokio::test]
async fn many_distinct_values_are_estimated_and_marked_as_such() {
    let data = numbers((0..20_000).map(int).collect());
    let distinct = query(group(vec![measure(Aggregate::Distinct, "n")], None));
    assert!(!data.run(&distinct).await.unwrap().approximate);
    assert_eq!(data.rows(&distinct).await, vec![vec![int(20_000)]]);
    // Enough copies of a file to exceed the limit of rows for exact counting; the distinct values stay the same.
    let files = vec![data.version.files[0].clone(); 51];
    let many = DataVersion { version: 2, rows: 51 * 20_000, files, ..data.version.clone() };
    let few_values = data.engine.run(&many, &distinct, &[]).await.unwrap();
    assert_eq!((few_values.rows.clone(), few_values.approximate), (vec![vec![int(20_000)]], false));
}
