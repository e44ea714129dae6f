//! Steps of time in time zones.

use rolecall_model::data::{Aggregate, Cell, ColumnType, Filter, GroupQuery, Query, Scalar, Split, TimeStep};

use super::fixture::{DataSet, count, date, each, filter, group, int, measure, moment, query, text};

fn days(days: &[&str]) -> DataSet {
    DataSet::of(&[("day", ColumnType::Date)], days.iter().map(|day| vec![date(day)]).collect())
}

fn moments(moments: &[&str]) -> DataSet {
    DataSet::of(&[("at", ColumnType::Timestamp)], moments.iter().map(|at| vec![moment(at)]).collect())
}

async fn counted(data: &DataSet, step: TimeStep, column: &str, zone: &str) -> Vec<Vec<Cell>> {
    data.rows(&Query { zone: zone.to_owned(), ..query(group(vec![count()], each(step, column))) }).await
}

// Case: data/date-as-it-is
#[tokio::test]
async fn a_date_stays_the_same_day_in_every_zone() {
    let data = days(&["2024-03-01"]);
    for zone in ["UTC", "America/New_York", "Pacific/Apia", "Asia/Kolkata"] {
        assert_eq!(counted(&data, TimeStep::Day, "day", zone).await, vec![vec![date("2024-03-01"), int(1)]], "{zone}");
    }
}

// Case: data/steps-in-zone
#[tokio::test]
async fn a_timestamp_belongs_to_the_local_day_of_the_zone() {
    let data = moments(&["2024-02-29T23:30:00Z"]);
    for (zone, day, month) in [
        ("UTC", "2024-02-29", "2024-02-01"),
        ("Europe/Zurich", "2024-03-01", "2024-03-01"),
        ("America/New_York", "2024-02-29", "2024-02-01"),
        ("Asia/Kolkata", "2024-03-01", "2024-03-01"),
    ] {
        assert_eq!(counted(&data, TimeStep::Day, "at", zone).await, vec![vec![date(day), int(1)]], "{zone}");
        assert_eq!(counted(&data, TimeStep::Month, "at", zone).await, vec![vec![date(month), int(1)]], "{zone}");
    }
}

// Case: data/clock-change
#[tokio::test]
async fn the_repeated_hour_of_a_clock_change_is_two_steps() {
    // Clocks in Zurich went back from 03:00 to 02:00 at 01:00 UTC.
    let data =
        moments(&["2024-10-26T23:30:00Z", "2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z", "2024-10-27T02:30:00Z"]);
    let hours = counted(&data, TimeStep::Hour, "at", "Europe/Zurich").await;
    let begins = ["2024-10-26T23:00:00Z", "2024-10-27T00:00:00Z", "2024-10-27T01:00:00Z", "2024-10-27T02:00:00Z"];
    assert_eq!(hours, begins.map(|begin| vec![moment(begin), int(1)]));
    assert_eq!(counted(&data, TimeStep::Day, "at", "Europe/Zurich").await, vec![vec![date("2024-10-27"), int(4)]]);
}

// Case: data/clock-change
#[tokio::test]
async fn the_skipped_hour_of_a_clock_change_is_not_there() {
    // Clocks in New York went forward from 02:00 to 03:00 at 07:00 UTC, so 06:00 and 07:00 UTC are 01:00 and 03:00.
    let data = moments(&["2024-03-10T06:10:00Z", "2024-03-10T08:10:00Z"]);
    let hours = counted(&data, TimeStep::Hour, "at", "America/New_York").await;
    let expected = [("2024-03-10T06:00:00Z", 1), ("2024-03-10T07:00:00Z", 0), ("2024-03-10T08:00:00Z", 1)];
    assert_eq!(hours, expected.map(|(begin, count)| vec![moment(begin), int(count)]));
}

#[tokio::test]
async fn hours_begin_at_full_hours_of_local_time() {
    let data = moments(&["2024-01-01T00:10:00Z", "2024-01-01T00:40:00Z"]);
    let hours = counted(&data, TimeStep::Hour, "at", "Asia/Kolkata").await;
    assert_eq!(hours, vec![vec![moment("2023-12-31T23:30:00Z"), int(1)], vec![moment("2024-01-01T00:30:00Z"), int(1)]]);
}

#[tokio::test]
async fn a_day_that_a_zone_skipped_is_no_gap() {
    // Samoa had no 30 December 2011.
    let data = moments(&["2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z"]);
    let days = counted(&data, TimeStep::Day, "at", "Pacific/Apia").await;
    assert_eq!(days, vec![vec![date("2011-12-29"), int(1)], vec![date("2011-12-31"), int(1)]]);
}

// Case: data/absent-steps
#[tokio::test]
async fn every_step_between_the_first_and_the_last_is_there() {
    let rows = vec![vec![date("2024-01-31"), int(5)], vec![date("2024-04-01"), int(0)], vec![Cell::Missing, int(7)]];
    let data = DataSet::of(&[("day", ColumnType::Date), ("n", ColumnType::Integer)], rows);
    let rows =
        data.rows(&query(group(vec![count(), measure(Aggregate::Sum, "n")], each(TimeStep::Month, "day")))).await;
    let expected = vec![
        vec![date("2024-01-01"), int(1), int(5)],
        vec![date("2024-02-01"), int(0), Cell::Missing],
        vec![date("2024-03-01"), int(0), Cell::Missing],
        vec![date("2024-04-01"), int(1), int(0)],
        vec![Cell::Missing, int(1), int(7)],
    ];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn weeks_begin_on_monday_and_quarters_and_years_on_their_first_day() {
    let data = days(&["2024-12-31", "2025-01-01"]);
    assert_eq!(counted(&data, TimeStep::Week, "day", "UTC").await, vec![vec![date("2024-12-30"), int(2)]]);
    let quarters = counted(&data, TimeStep::Quarter, "day", "UTC").await;
    assert_eq!(quarters, vec![vec![date("2024-10-01"), int(1)], vec![date("2025-01-01"), int(1)]]);
    let years = counted(&data, TimeStep::Year, "day", "UTC").await;
    assert_eq!(years, vec![vec![date("2024-01-01"), int(1)], vec![date("2025-01-01"), int(1)]]);
}

#[tokio::test]
async fn a_date_in_a_filter_of_timestamps_is_the_whole_day_in_the_zone() {
    let data =
        moments(&["2024-05-31T21:59:59Z", "2024-05-31T22:00:00Z", "2024-06-01T21:59:59Z", "2024-06-01T22:00:00Z"]);
    let june_1 = || Some(Scalar::Text("2024-06-01".to_owned()));
    for (filter, count) in [
        (Filter { is: june_1().map(|day| vec![day]), ..filter("at") }, 2),
        (Filter { is_not: june_1().map(|day| vec![day]), ..filter("at") }, 2),
        (Filter { at_least: june_1(), ..filter("at") }, 3),
        (Filter { more_than: june_1(), ..filter("at") }, 1),
        (Filter { at_most: june_1(), ..filter("at") }, 3),
        (Filter { less_than: june_1(), ..filter("at") }, 1),
    ] {
        let groups = group(vec![super::fixture::count()], None);
        let query = Query { zone: "Europe/Zurich".to_owned(), filters: vec![filter.clone()], ..query(groups) };
        assert_eq!(data.rows(&query).await, vec![vec![int(count)]], "{filter:?}");
    }
}

// Case: data/absent-steps
#[tokio::test]
async fn every_series_has_every_step() {
    let rows = vec![
        vec![date("2024-01-01"), text("a")],
        vec![date("2024-01-03"), text("b")],
        vec![date("2024-01-03"), text("a")],
    ];
    let data = DataSet::of(&[("day", ColumnType::Date), ("k", ColumnType::Text)], rows);
    let split = Some(Split { column: "k".to_owned(), top: None });
    let rows = data.rows(&query(GroupQuery { split, ..group(vec![count()], each(TimeStep::Day, "day")) })).await;
    let expected = [("01", "a", 1), ("01", "b", 0), ("02", "a", 0), ("02", "b", 0), ("03", "a", 1), ("03", "b", 1)];
    assert_eq!(rows, expected.map(|(day, k, count)| vec![date(&format!("2024-01-{day}")), text(k), int(count)]));
}
