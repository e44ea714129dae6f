//! The messages for mistakes in queries.

use rolecall_model::data::{
    Aggregate, ColumnType, DataColumn, Filter, GroupOrder, GroupQuery, Measure, Query, Scalar, Split, TimeStep,
};

use super::fixture::{by, count, each, filter, group, measure, query, texts};
use crate::query::check;

fn columns() -> Vec<DataColumn> {
    let column = |name: &str, column_type| DataColumn { name: name.to_owned(), column_type };
    vec![
        column("town", ColumnType::Text),
        column("price", ColumnType::Integer),
        column("day", ColumnType::Date),
        column("at", ColumnType::Timestamp),
    ]
}

/// The places of the mistakes in `query`, and the text of the first one.
fn mistakes(query: &Query) -> (Vec<String>, String) {
    let mistakes = check(query, &columns()).unwrap_err();
    (mistakes.iter().map(|mistake| mistake.at.clone()).collect(), mistakes[0].to_string())
}

#[test]
fn every_mistake_is_reported_with_its_place() {
    let show = Measure { show: vec!["town".to_owned()], ..measure(Aggregate::Maximum, "price") };
    let groups = GroupQuery {
        measures: vec![measure(Aggregate::Sum, "town"), measure(Aggregate::Average, ""), show, count()],
        by: Some(each(TimeStep::Day, "price")),
        split: Some(Split { column: "twon".to_owned(), top: Some(51) }),
        order: None,
        limit: Some(10_001),
    };
    let filters = vec![
        Filter { contains: Some("1".to_owned()), ..filter("price") },
        Filter { at_least: Some(Scalar::Text("2023-02-29".to_owned())), ..filter("day") },
        Filter { is: Some(vec![Scalar::Decimal(1.5), Scalar::Integer(1)]), ..filter("price") },
        Filter { at_most: Some(Scalar::Text("b".to_owned())), ..filter("town") },
        filter("town"),
    ];
    let (at, first) = mistakes(&Query { filters, zone: "Europe/Zürich".to_owned(), ..query(groups) });
    assert_eq!(
        at,
        [
            "zone",
            "filters[0].contains",
            "filters[1].at_least",
            "filters[2].is[0]",
            "filters[3].at_most",
            "filters[4]",
            "measures[0].of",
            "measures[1].of",
            "measures[2].show",
            "by.step",
            "split.column",
            "limit",
        ]
    );
    assert!(first.ends_with("Did you mean “Europe/Zurich”?"), "{first}");
}

#[test]
fn similar_names_are_suggested() {
    let (_, text) = mistakes(&query(group(vec![measure(Aggregate::Sum, "Prise")], None)));
    assert_eq!(text, "measures[0].of: The data set has no column “Prise”. Did you mean “price”?");
    let (_, text) = mistakes(&query(group(vec![count()], by("zzz"))));
    assert_eq!(text, "by.column: The data set has no column “zzz”. There are: town, price, day, at.");
}

#[test]
fn steps_and_values_must_fit_their_columns() {
    let (at, text) = mistakes(&query(group(vec![count()], each(TimeStep::Hour, "day"))));
    assert_eq!(
        (at, text.as_str()),
        (vec!["by.step".to_owned()], "by.step: “day” holds dates, which have no hours. Use day or a longer step.")
    );
    let order = Some(GroupOrder::Hand { values: texts(&["2024-01-01", "2024-13-01"]) });
    let hand = GroupQuery { order, ..group(vec![count()], each(TimeStep::Month, "at")) };
    let (at, text) = mistakes(&query(hand));
    assert_eq!(at, ["order.values[1]"]);
    assert!(text.contains("“2024-13-01” is none. Write a date"), "{text}");
    let (at, _) = mistakes(&query(group(vec![], None)));
    assert_eq!(at, ["measures"]);
}
