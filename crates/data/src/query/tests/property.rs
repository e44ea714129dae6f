//! The answer to any query that the specification allows equals what straightforward code computes from the same rows.

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::TestCaseResult;
use rolecall_model::data::{
    Aggregate, Cell, ColumnType, Dimension, Filter, GroupOrder, GroupQuery, Measure, Order, Query, RowOrder, RowQuery,
    Scalar, Select, Split, TimeStep,
};

use super::fixture::{DataSet, measure};
use super::reference::{Row, answer};
use crate::query::RowFilter;

pub(super) const COLUMNS: [(&str, ColumnType); 6] = [
    ("word", ColumnType::Text),
    ("whole", ColumnType::Integer),
    ("part", ColumnType::Decimal),
    ("yes", ColumnType::Boolean),
    ("day", ColumnType::Date),
    ("at", ColumnType::Timestamp),
];

/// Near these times the clocks of the zones below change, and Samoa skips a day.
const MOMENTS: [&str; 5] = [
    "2011-12-30T10:00:00Z",
    "2024-03-10T07:00:00Z",
    "2024-03-31T01:00:00Z",
    "2024-10-27T01:00:00Z",
    "2024-12-31T23:00:00Z",
];
const ZONES: [&str; 5] = ["UTC", "Europe/Zurich", "America/New_York", "Pacific/Apia", "Asia/Kolkata"];
const WORDS: [&str; 11] = ["a", "b", "B", "é", "É%", "x_y", "c\\d", "", "Others", "'\"\t\n;--", "日\u{202e}🦀"];

/// The values in cells and filters: few, so that they match often. Their sums are exact in doubles.
#[derive(Clone, Copy, Debug)]
struct Values {
    /// The factor of all integers: small, or so large that the sum of a few overflows 64 bits.
    unit: i64,
    around: DateTime<Utc>,
}

impl Values {
    fn day(self, offset: i64) -> NaiveDate {
        self.around.date_naive() + TimeDelta::days(offset)
    }

    fn moment(self, quarter_hours: i64) -> DateTime<Utc> {
        self.around + TimeDelta::minutes(15 * quarter_hours)
    }

    fn row(self) -> impl Strategy<Value = Row> {
        let decimal = prop_oneof![
            8 => (-8_i32..8).prop_map(|quarters| f64::from(quarters) / 4.0),
            1 => select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0]),
        ];
        let cells = (
            option::weighted(0.9, select(&WORDS[..]).prop_map(|word| Cell::Text(word.to_owned()))),
            option::weighted(0.9, (-4_i64..4).prop_map(move |n| Cell::Integer(n * self.unit))),
            option::weighted(0.9, decimal.prop_map(Cell::Decimal)),
            option::weighted(0.9, any::<bool>().prop_map(Cell::Boolean)),
            option::weighted(0.9, (-20_i64..20).prop_map(move |offset| Cell::Date(self.day(offset)))),
            option::weighted(0.9, (-40_i64..40).prop_map(move |quarters| Cell::Timestamp(self.moment(quarters)))),
        );
        cells.prop_map(|(word, whole, part, yes, day, at)| {
            [word, whole, part, yes, day, at].map(|cell| cell.unwrap_or(Cell::Missing)).to_vec()
        })
    }

    fn scalar(self, column_type: ColumnType) -> BoxedStrategy<Scalar> {
        match column_type {
            ColumnType::Text => select(&WORDS[..]).prop_map(|word| Scalar::Text(word.to_owned())).boxed(),
            ColumnType::Integer => (-4_i64..4).prop_map(move |n| Scalar::Integer(n * self.unit)).boxed(),
            ColumnType::Decimal => (-8_i32..8).prop_map(|quarters| Scalar::Decimal(f64::from(quarters) / 4.0)).boxed(),
            ColumnType::Boolean => any::<bool>().prop_map(Scalar::Boolean).boxed(),
            ColumnType::Date => {
                (-20_i64..20).prop_map(move |offset| Scalar::Text(self.day(offset).to_string())).boxed()
            }
            ColumnType::Timestamp => prop_oneof![
                (-2_i64..2).prop_map(move |offset| Scalar::Text(self.day(offset).to_string())),
                (-40_i64..40).prop_map(move |quarters| exact(self.moment(quarters))),
            ]
            .boxed(),
        }
    }

    fn filter(self) -> impl Strategy<Value = Filter> {
        select(&COLUMNS[..]).prop_flat_map(move |(name, column_type)| {
            let value = || self.scalar(column_type);
            let ranged = column_type.is_number() || column_type.is_time();
            let range = move || if ranged { option::weighted(0.2, value()).boxed() } else { Just(None).boxed() };
            let needle = select(vec!["b", "É", "%", "_", "\\", "", "zz"]).prop_map(str::to_owned);
            let contains = if column_type == ColumnType::Text {
                option::weighted(0.4, needle).boxed()
            } else {
                Just(None).boxed()
            };
            let lists = (option::weighted(0.3, vec(value(), 0..4)), option::weighted(0.3, vec(value(), 0..3)));
            let bounds = (range(), range(), range(), range());
            (lists, bounds, contains, option::weighted(0.2, any::<bool>())).prop_map(
                move |((is, is_not), (at_least, more_than, at_most, less_than), contains, missing)| {
                    // A filter without any condition is a mistake.
                    let missing = missing.or(if is.is_none() && is_not.is_none() { Some(false) } else { None });
                    let column = name.to_owned();
                    Filter { column, is, is_not, at_least, more_than, at_most, less_than, contains, missing }
                },
            )
        })
    }

    fn rule(self) -> impl Strategy<Value = RowFilter> {
        select(&COLUMNS[..]).prop_flat_map(move |(name, column_type)| {
            // A date means a day in the query's zone in filters, but in UTC in rules, so the rules here use exact
            // times.
            let value = match column_type {
                ColumnType::Timestamp => (-40_i64..40).prop_map(move |quarters| exact(self.moment(quarters))).boxed(),
                column_type => self.scalar(column_type),
            };
            vec(value, 0..6).prop_map(move |values| RowFilter { column: name.to_owned(), values })
        })
    }

    fn query(self) -> impl Strategy<Value = Query> {
        let select_of = prop_oneof![1 => rows().prop_map(Select::Rows), 3 => self.groups().prop_map(Select::Groups)];
        (vec(self.filter(), 0..3), select(&ZONES[..]), select_of).prop_map(|(filters, zone, select)| Query {
            filters,
            zone: zone.to_owned(),
            select,
        })
    }

    fn groups(self) -> impl Strategy<Value = GroupQuery> {
        let by = option::weighted(0.8, dimension());
        let split = option::weighted(0.4, (select(&COLUMNS[..]), option::of(1_u32..5)))
            .prop_map(|split| split.map(|((name, _), top)| Split { column: name.to_owned(), top }));
        (vec(measures(), 1..4), by, split, option::weighted(0.3, 1_u32..6)).prop_flat_map(
            move |(measures, by, split, limit)| {
                let order = by.as_ref().map_or_else(|| Just(None).boxed(), |by| option::of(self.order(by)).boxed());
                (Just((measures, by, split, limit)), order)
                    .prop_map(|((measures, by, split, limit), order)| GroupQuery { measures, by, split, order, limit })
            },
        )
    }

    fn order(self, by: &Dimension) -> BoxedStrategy<GroupOrder> {
        let column_type =
            COLUMNS.iter().find(|(name, _)| *name == by.column).map(|(_, column_type)| *column_type).unwrap();
        let value = match (by.step, column_type) {
            (None | Some(TimeStep::Hour), ColumnType::Timestamp) => {
                (-40_i64..40).prop_map(move |quarters| exact(self.moment(quarters))).boxed()
            }
            (Some(_), _) => self.scalar(ColumnType::Date),
            (None, column_type) => self.scalar(column_type),
        };
        prop_oneof![
            direction().prop_map(|order| GroupOrder::Name { order }),
            direction().prop_map(|order| GroupOrder::Value { order }),
            vec(value, 0..4).prop_map(|values| GroupOrder::Hand { values }),
        ]
        .boxed()
    }
}

fn exact(moment: DateTime<Utc>) -> Scalar {
    Scalar::Text(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

fn direction() -> impl Strategy<Value = Order> {
    select(vec![Order::Ascending, Order::Descending])
}

fn rows() -> impl Strategy<Value = RowQuery> {
    let order = (select(&COLUMNS[..]), direction());
    let order = order.prop_map(|((name, _), order)| RowOrder { column: name.to_owned(), order });
    (subsequence(&COLUMNS[..], 1..=6), vec(order, 0..3), 0_u64..12, 0_u32..12).prop_map(
        |(columns, order, offset, limit)| {
            let columns = columns.into_iter().map(|(name, _)| name.to_owned()).collect();
            RowQuery { columns, order, offset, limit }
        },
    )
}

fn dimension() -> impl Strategy<Value = Dimension> {
    const STEPS: [TimeStep; 6] =
        [TimeStep::Hour, TimeStep::Day, TimeStep::Week, TimeStep::Month, TimeStep::Quarter, TimeStep::Year];
    prop_oneof![
        select(&COLUMNS[..]).prop_map(|(name, _)| (name, None)),
        select(&STEPS[1..]).prop_map(|step| ("day", Some(step))),
        select(&STEPS[..]).prop_map(|step| ("at", Some(step))),
    ]
    .prop_map(|(name, step)| Dimension { column: name.to_owned(), step })
}

fn measures() -> impl Strategy<Value = Measure> {
    use Aggregate::{Average, Count, Distinct, Maximum, Median, Minimum, Share, Sum};
    prop_oneof![
        select(vec![Count, Share]).prop_map(|compute| measure(compute, "")),
        (select(vec![Count, Distinct]), select(&COLUMNS[..])).prop_map(|(compute, (name, _))| measure(compute, name)),
        (select(vec![Minimum, Maximum]), select(vec!["whole", "part", "day", "at"]))
            .prop_map(|(compute, name)| measure(compute, name)),
        (select(vec![Sum, Average, Median, Share]), select(vec!["whole", "part"]))
            .prop_map(|(compute, name)| measure(compute, name)),
    ]
}

/// A query for a person who may see the rows that meet all of these filters.
pub(super) type Asked = (Query, Vec<RowFilter>);
/// Rows in files, and the queries on them.
pub(super) type Case = (Vec<Vec<Row>>, Vec<Asked>);

pub(super) fn case() -> impl Strategy<Value = Case> {
    let values = (select(vec![1, 1 << 61]), select(&MOMENTS[..]))
        .prop_map(|(unit, around)| Values { unit, around: around.parse().unwrap() });
    values.prop_flat_map(|values| {
        let files = vec(vec(values.row(), 0..25), 1..3);
        (files, vec((values.query(), vec(values.rule(), 0..2)), 6))
    })
}

/// Whether two cells are equal. If a sum overflows 64 bits, the whole column is of decimals. Doubles may differ in the
/// last bits.
fn alike(one: &Cell, other: &Cell) -> bool {
    match (one, other) {
        (Cell::Integer(one), Cell::Integer(other)) => one == other,
        _ => match (one.number(), other.number()) {
            (Some(one), Some(other)) => (one - other).abs() <= 1e-12 * one.abs().max(other.abs()),
            _ => one == other,
        },
    }
}

/// Checks that `data`, which contains `rows`, answers all queries in `asked` as straightforward code does.
pub(super) async fn check_answers(data: &DataSet, rows: &[Row], asked: &[Asked]) -> TestCaseResult {
    for (query, rules) in asked {
        let (expected, total) = answer(&data.version.columns, rows, query, rules);
        let result = data.engine.run(&data.version, query, rules).await;
        let result = result.map_err(|error| TestCaseError::fail(format!("{error}\n{query:#?}")))?;
        let same = result.rows.len() == expected.len()
            && result.rows.iter().zip(&expected).all(|(row, expected)| {
                row.len() == expected.len() && row.iter().zip(expected).all(|(one, other)| alike(one, other))
            });
        prop_assert!(same, "{query:#?}\n{rules:?}\nanswer:   {:?}\nexpected: {expected:?}", result.rows);
        prop_assert_eq!(result.total, total, "{:#?}", query);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_query_answers_what_straightforward_code_computes((files, asked) in case()) {
        let rows: Vec<Row> = files.concat();
        let data = DataSet::of_files(&COLUMNS, files);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(check_answers(&data, &rows, &asked))?;
    }
}
