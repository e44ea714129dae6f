//! The limits of queries, and what happens beyond them.

use std::fmt::Debug;
use std::pin::Pin;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use futures_util::FutureExt as _;
use rolecall_model::data::{
    Aggregate, Cell, ColumnType, GroupQuery, Order, Query, RowOrder, RowQuery, Select, Split, TimeStep,
};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::time::Instant;

use super::fixture::{DataSet, by, count, each, group, int, measure, moment, query, text};
use super::held_store::{HeldStore, Reading};
use crate::query::{DataVersion, Limits, MAX_RESULT_ROWS, QueryAsker, QueryError, asked_by, in_time};

/// `rows` different rows.
fn numbered(rows: i64) -> DataSet {
    let row = |n: i64| vec![int(n), text(&format!("the row with the number {n}"))];
    DataSet::of(&[("n", ColumnType::Integer), ("name", ColumnType::Text)], (0..rows).map(row).collect())
}

fn page(offset: u64, limit: u32) -> Query {
    let order = vec![RowOrder { column: "name".to_owned(), order: Order::Descending }];
    let rows = RowQuery { columns: vec!["n".to_owned()], order, offset, limit };
    Query { filters: vec![], zone: "UTC".to_owned(), select: Select::Rows(rows) }
}

/// As `numbered`, with files that are held while `held` is true.
fn held(rows: i64, limits: &Limits, held: bool) -> (DataSet, watch::Sender<bool>, UnboundedReceiver<Reading>) {
    let (mut data, held) = (numbered(rows), watch::Sender::new(held));
    let (store, readings) = HeldStore::of(data.store.clone(), held.subscribe());
    data.store = store;
    (data.with_limits(limits), held, readings)
}

// Case: data/far-pages
#[tokio::test]
async fn no_query_is_run_beyond_the_last_row() {
    let (data, held, mut readings) = held(50, &Limits::default(), false);
    assert_eq!(data.run(&page(40, 20)).await.unwrap().rows.len(), 10);
    held.send_replace(true);
    for offset in [50, 60, 9_000] {
        let behind = data.run(&page(offset, 20)).await.unwrap();
        assert_eq!((behind.rows.len(), behind.total), (0, 50));
    }
    let there = page(20, 20);
    drop(begun(data.run(&there), &mut readings).await);
}

// Case: data/far-pages
#[tokio::test]
async fn rows_can_be_requested_up_to_a_limit() {
    let data = numbered(3);
    assert_eq!(data.run(&page(9_980, 20)).await.unwrap().rows, Vec::<Vec<Cell>>::new());
    for (offset, limit) in [(9_981, 20), (10_000, 1), (u64::MAX, 20)] {
        let refused = data.run(&page(offset, limit)).await;
        let Err(QueryError::Mistakes(mistakes)) = &refused else { panic!("{refused:?}") };
        assert_eq!(mistakes[0].at, "offset");
    }
}

// Case: data/dropped-query
#[tokio::test]
async fn an_abandoned_query_is_cancelled() {
    let (data, _held, mut readings) = held(3, &Limits { at_once: 1, ..Limits::default() }, true);
    let groups = query(group(vec![count()], by("name")));
    drop(begun(data.run(&groups), &mut readings).await);
    assert_all_end(&mut readings).await;
    // Even if its deadline is still ahead.
    drop(begun(in_time(Instant::now() + Duration::from_hours(1), data.run(&groups)), &mut readings).await);
    assert_all_end(&mut readings).await;
}

/// Starts `query` and returns it once it is reading. Dropping it cancels the query.
async fn begun<F>(query: F, readings: &mut UnboundedReceiver<Reading>) -> Pin<Box<F>>
where
    F: Future<Output: Debug>,
{
    let mut query = Box::pin(query);
    tokio::select! {
        answer = &mut query => panic!("{answer:?}"),
        reading = readings.recv() => assert_eq!(reading, Some(Reading::Began)),
    }
    query
}

/// Waits until every reading that began has ended.
async fn assert_all_end(readings: &mut UnboundedReceiver<Reading>) {
    let mut running = 1;
    while running > 0 {
        match readings.recv().await.unwrap() {
            Reading::Began => running += 1,
            Reading::Ended => running -= 1,
        }
    }
}

/// Runs `query` as a page does whose deadline passes soon after the query began to read.
async fn begin_and_leave(data: &DataSet, query: &Query, readings: &mut UnboundedReceiver<Reading>) {
    // On a slow machine the first deadlines pass before the query has a place, and it is cancelled.
    while readings.try_recv() != Ok(Reading::Began) {
        let soon = Instant::now() + Duration::from_millis(20);
        assert_eq!(in_time(soon, data.run(query)).await, None);
    }
}

// Case: data/late-query
#[tokio::test]
async fn a_query_that_passed_its_deadline_continues_for_the_next_caller() {
    let (data, held, mut readings) = held(3, &Limits::default(), true);
    let groups = query(group(vec![count()], by("name")));
    begin_and_leave(&data, &groups, &mut readings).await;
    // A query that reads for itself finds no file.
    let gone = DataVersion { files: vec!["gone.parquet".to_owned()], ..data.version.clone() };
    let let_go = async { held.send_replace(false) };
    let (joined, _) = tokio::join!(data.engine.run(&gone, &groups, &[]), let_go);
    assert_eq!(joined.unwrap().rows.len(), 3);
    let kept = data.engine.run(&gone, &groups, &[]).await;
    assert_eq!(kept.unwrap().rows.len(), 3);
}

// Case: data/left-queries
#[tokio::test]
async fn an_abandoned_query_keeps_no_turn() {
    let (data, held, mut readings) = held(3, &Limits { at_once: 1, ..Limits::default() }, true);
    let [first, second] = ["name", "n"].map(|column| query(group(vec![count()], by(column))));
    begin_and_leave(&data, &first, &mut readings).await;
    assert_eq!(in_time(Instant::now(), data.run(&second)).await, None);
    held.send_replace(false);
    // A query that reads for itself finds no file.
    let gone = DataVersion { files: vec!["gone.parquet".to_owned()], ..data.version.clone() };
    let ended = data.engine.run(&gone, &second, &[]).await;
    assert!(matches!(ended, Err(QueryError::Unreadable(_))), "{ended:?}");
    assert_eq!(data.engine.run(&gone, &first, &[]).await.unwrap().rows.len(), 3);
}

// Case: data/fair-turns
#[tokio::test]
async fn an_asker_with_many_queries_does_not_make_others_wait_for_all_of_them() {
    let (ada, bo) = (QueryAsker::Numbered(1), QueryAsker::Numbered(2));
    let (data, _held, mut readings) = held(3, &Limits { at_once: 1, ..Limits::default() }, true);
    let [first, second] = ["name", "n"].map(|column| query(group(vec![count()], by(column))));
    let running = begun(asked_by(ada.clone(), data.run(&first)), &mut readings).await;
    let mut waiting = Box::pin(asked_by(ada, data.run(&second)));
    assert!(waiting.as_mut().now_or_never().is_none());
    // When it gets its turn, it fails at once, since its file is missing; the query before it would be held.
    let gone = DataVersion { files: vec!["gone.parquet".to_owned()], ..data.version.clone() };
    let counted = query(group(vec![count()], None));
    let mut of_bo = Box::pin(asked_by(bo, data.engine.run(&gone, &counted, &[])));
    assert!(of_bo.as_mut().now_or_never().is_none());
    drop(running);
    let told = of_bo.await;
    assert!(matches!(told, Err(QueryError::Unreadable(_))), "{told:?}");
}

// Case: data/fair-turns
#[tokio::test]
async fn a_query_that_another_asker_requested_before_runs_at_the_turn_of_the_one_with_fewer() {
    let (ada, bo) = (QueryAsker::Numbered(1), QueryAsker::Numbered(2));
    let (data, _held, mut readings) = held(3, &Limits { at_once: 1, ..Limits::default() }, true);
    let [first, second] = ["name", "n"].map(|column| query(group(vec![count()], by(column))));
    let running = begun(asked_by(ada.clone(), data.run(&first)), &mut readings).await;
    let mut next = Box::pin(asked_by(ada.clone(), data.run(&second)));
    assert!(next.as_mut().now_or_never().is_none());
    let gone = DataVersion { files: vec!["gone.parquet".to_owned()], ..data.version.clone() };
    let counted = query(group(vec![count()], None));
    let ask = |asker| Box::pin(asked_by(asker, data.engine.run(&gone, &counted, &[])));
    let (mut of_ada, mut of_bo) = (ask(ada), ask(bo));
    assert!(of_ada.as_mut().now_or_never().is_none());
    assert!(of_bo.as_mut().now_or_never().is_none());
    drop(running);
    // The next query of Ada would be held.
    let told = of_bo.await;
    assert!(matches!(told, Err(QueryError::Unreadable(_))), "{told:?}");
    assert_eq!(of_ada.await, told);
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_cancelled() {
    let timeout = Duration::from_millis(50);
    let (data, _held, _readings) = held(3, &Limits { timeout, ..Limits::default() }, true);
    let result = data.run(&query(group(vec![count()], by("name")))).await;
    assert_eq!(result, Err(QueryError::TooSlow(timeout)));
}

#[tokio::test]
async fn a_query_that_needs_too_much_memory_fails_and_others_succeed() {
    let data = numbered(20_000).with_limits(&Limits { memory_bytes: 64 << 10, ..Limits::default() });
    let groups = query(group(vec![count()], by("name")));
    assert_eq!(data.run(&groups).await, Err(QueryError::TooLarge));
    assert_eq!(data.rows(&query(group(vec![count()], None))).await, vec![vec![int(20_000)]]);
}

// Case: data/long-texts
#[tokio::test]
async fn the_texts_of_a_result_have_a_size_limit() {
    let row = |n: i64| vec![int(n), text(&"x".repeat(1_000_000))];
    let data = DataSet::of(&[("n", ColumnType::Integer), ("name", ColumnType::Text)], (0..70).map(row).collect());
    let rows = |limit| {
        let rows = RowQuery { columns: vec!["name".to_owned()], order: Vec::new(), offset: 0, limit };
        Query { filters: vec![], zone: "UTC".to_owned(), select: Select::Rows(rows) }
    };
    assert_eq!(data.run(&rows(60)).await.unwrap().rows.len(), 60);
    assert_eq!(data.run(&rows(70)).await, Err(QueryError::TooLarge));
}

#[tokio::test]
async fn too_many_points_are_an_error() {
    let hours = ["2000-01-01T00:00:00Z", "2012-01-01T00:00:00Z"].map(|at| vec![moment(at)]);
    let hours = DataSet::of(&[("at", ColumnType::Timestamp)], hours.to_vec());
    let by_hour = query(group(vec![count()], each(TimeStep::Hour, "at")));
    assert_eq!(hours.run(&by_hour).await, Err(QueryError::TooManyGroups));

    let first: NaiveDate = "2000-01-01".parse().unwrap();
    let day = |n: i64| vec![Cell::Date(first + TimeDelta::days(n)), int(n)];
    let days = DataSet::of(&[("day", ColumnType::Date), ("n", ColumnType::Integer)], (0..2_000).map(day).collect());
    let by_day = group(vec![count()], each(TimeStep::Day, "day"));
    assert_eq!(days.rows(&query(by_day.clone())).await.len(), 2_000);
    let split = Some(Split { column: "n".to_owned(), top: Some(50) });
    assert_eq!(days.run(&query(GroupQuery { split, ..by_day })).await, Err(QueryError::TooManyGroups));
    assert!(QueryError::TooManyGroups.to_string().replace(',', "").contains(&format!(" {MAX_RESULT_ROWS} points")));
}

#[tokio::test]
async fn an_unreadable_file_has_an_error_of_its_own() {
    let data = numbered(3);
    let gone = DataVersion { files: vec!["gone.parquet".to_owned()], ..data.version.clone() };
    let result = data.engine.run(&gone, &query(group(vec![count()], None)), &[]).await;
    assert!(matches!(result, Err(QueryError::Unreadable(_))), "{result:?}");
}

#[tokio::test]
#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
async fn above_a_limit_counts_of_distinct_values_are_estimates() {
    const ROWS: i64 = 5_000;
    let distinct = query(group(vec![measure(Aggregate::Distinct, "name")], None));
    let counted = async |exact_distinct| {
        let data = numbered(ROWS).with_limits(&Limits { exact_distinct, ..Limits::default() });
        let result = data.run(&distinct).await.unwrap();
        (result.rows[0][0].number().unwrap(), result.approximate)
    };
    assert_eq!(counted(10_000).await, (ROWS as f64, false));
    let (about, is_estimate) = counted(1_000).await;
    assert!(is_estimate && (about / ROWS as f64 - 1.0).abs() < 0.05, "{about}");
}
