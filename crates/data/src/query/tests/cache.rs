//! What is cached, and for whom.

use rolecall_model::data::{ColumnType, Query};

use super::fixture::{DataSet, count, group, int, query, text, texts};
use crate::query::{DataVersion, QueryError, RowFilter};

fn counted() -> Query {
    query(group(vec![count()], None))
}

fn data() -> DataSet {
    DataSet::of(&[("k", ColumnType::Text)], vec![vec![text("a")], vec![text("b")], vec![text("b")]])
}

fn only(values: &[&str]) -> Vec<RowFilter> {
    vec![RowFilter { column: "k".to_owned(), values: texts(values) }]
}

// Case: data/cache-by-row-rules
#[tokio::test]
async fn a_cached_result_is_used_for_the_same_row_rules_only() {
    let data = data();
    for _ in 0..2 {
        assert_eq!(data.rows(&counted()).await, vec![vec![int(3)]]);
        assert_eq!(data.rows_for(&counted(), &only(&["a"])).await, vec![vec![int(1)]]);
        assert_eq!(data.rows_for(&counted(), &only(&["b"])).await, vec![vec![int(2)]]);
        assert_eq!(data.rows_for(&counted(), &only(&["a", "b"])).await, vec![vec![int(3)]]);
        assert_eq!(data.rows_for(&counted(), &only(&["a,b"])).await, vec![vec![int(0)]]);
        assert_eq!(data.rows_for(&counted(), &only(&[])).await, vec![vec![int(0)]]);
    }
}

#[tokio::test]
async fn results_are_kept_by_version_and_equal_queries_share_one() {
    let data = data();
    let first = data.run(&counted()).await.unwrap();
    let again = data.run(&counted()).await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &again));
    let next = DataVersion { version: 2, ..data.version.clone() };
    let next = data.engine.run(&next, &counted(), &[]).await.unwrap();
    assert!(!std::sync::Arc::ptr_eq(&first, &next));

    let one = data.engine.run(&data.version, &counted(), &only(&["a", "b"])).await.unwrap();
    let other = data.engine.run(&data.version, &counted(), &only(&["b", "a", "b"])).await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&one, &other), "the order of values makes no difference");
}

#[tokio::test]
async fn equal_queries_at_once_run_once() {
    let data = data();
    let query = counted();
    let (one, other) = tokio::join!(data.run(&query), data.run(&query));
    assert!(std::sync::Arc::ptr_eq(&one.unwrap(), &other.unwrap()));
}

#[tokio::test]
async fn errors_are_not_kept() {
    let data = data();
    let missing = DataVersion { files: vec!["gone.parquet".to_owned()], ..data.version.clone() };
    let failed = data.engine.run(&missing, &counted(), &[]).await;
    assert!(matches!(failed, Err(QueryError::Unreadable(_))), "{failed:?}");
    assert_eq!(data.rows(&counted()).await, vec![vec![int(3)]]);
}
