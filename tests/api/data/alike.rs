//! The same rows give the same answers, whether they come from a file, SQLite or PostgreSQL.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use rolecall_core::datasets::{
    Changer, Connections, DataSet, Datasets, NewQueried, QueryWish, RowRule, RuleSubject, RuleViewer, Target,
};
use rolecall_data::connection::{Database, DatabaseLimits};
use rolecall_model::Role;
use rolecall_model::data::{
    Aggregate, Dimension, Filter, GroupQuery, Measure, Order, Query, QueryResult, RowOrder, RowQuery, Scalar, Select,
    Split, TimeStep,
};
use serde_json::{Value, json};

use crate::support::{SourceDb, TestClock, TestDb, execute, import_rows, importer};

const LIMITS: DatabaseLimits = DatabaseLimits { max_rows: 10_000, timeout: Duration::from_mins(1) };
const COLUMNS: [&str; 7] = ["id", "label", "big", "part", "flag", "day", "at"];
const SELECT: &str = "SELECT id, label, big, part, flag, day, at FROM everything ORDER BY id";
const ROWS: u64 = 300;

/// Rows of every type with missing values, made of `seed`: as CSV, and as values of an INSERT.
struct Rows {
    state: u64,
}

impl Rows {
    /// A number below `most`. A seed always gives the same numbers (Steele et al., 2014).
    fn below(&mut self, most: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }

    /// A value in both forms, or a missing one.
    fn value(&mut self, csv: impl FnOnce(&mut Self) -> (String, String)) -> (String, String) {
        if self.below(5) == 0 { (String::new(), "NULL".to_owned()) } else { csv(self) }
    }

    fn row(&mut self, id: u64) -> [(String, String); 7] {
        let number = |text: String| (text.clone(), text);
        let quoted = |text: String| (text.clone(), format!("'{text}'"));
        [
            number(id.to_string()),
            self.value(|rows| {
                let label = ["é", "two words", "o’clock", "Z", "日本"][usize::try_from(rows.below(5)).unwrap()];
                quoted(label.to_owned())
            }),
            self.value(|rows| number((i128::from(rows.below(1 << 53)) - (1 << 52)).to_string())),
            // Quarters are exact in floating point, so the order does not change a sum.
            self.value(|rows| {
                let quarters = rows.below(40_000);
                number(format!("{}.{:02}", quarters / 4, quarters % 4 * 25))
            }),
            self.value(|rows| {
                let flag = rows.below(2) == 1;
                (flag.to_string(), flag.to_string().to_uppercase())
            }),
            self.value(|rows| {
                quoted(format!("202{}-{:02}-{:02}", rows.below(6), rows.below(12) + 1, rows.below(28) + 1))
            }),
            self.value(|rows| {
                let day = format!("2024-{:02}-{:02}", rows.below(12) + 1, rows.below(28) + 1);
                let time = format!("{:02}:{:02}:{:02}", rows.below(24), rows.below(60), rows.below(60));
                (format!("{day}T{time}Z"), format!("'{day} {time}+00:00'"))
            }),
        ]
    }

    fn all(seed: u64) -> (String, String) {
        let mut rows = Self { state: seed };
        let (mut csv, mut insert) = (COLUMNS.join(",") + "\n", String::from("INSERT INTO everything VALUES "));
        for id in 0..ROWS {
            let (cells, values): (Vec<_>, Vec<_>) = rows.row(id).into_iter().unzip();
            writeln!(csv, "{}", cells.join(",")).unwrap();
            write!(insert, "{}({})", if id == 0 { "" } else { ", " }, values.join(", ")).unwrap();
        }
        (csv, insert)
    }
}

/// Queries of every kind on every column: all of them without a filter, and some with each filter.
fn questions() -> Vec<Query> {
    let column = |name: &str| name.to_owned();
    let measure = |compute, of: Option<&str>| Measure {
        compute,
        of: of.map(column),
        title: Some(format!("{compute} {of:?}")),
        unit: None,
        decimals: None,
        show: Vec::new(),
    };
    let rows = |order: &str| {
        Select::Rows(RowQuery {
            columns: COLUMNS.map(column).to_vec(),
            order: vec![RowOrder { column: column(order), order: Order::Descending }],
            offset: 0,
            limit: 500,
        })
    };
    let measures = vec![
        measure(Aggregate::Count, None),
        measure(Aggregate::Count, Some("label")),
        measure(Aggregate::Distinct, Some("label")),
        measure(Aggregate::Distinct, Some("big")),
        measure(Aggregate::Sum, Some("part")),
        measure(Aggregate::Average, Some("part")),
        measure(Aggregate::Median, Some("big")),
        measure(Aggregate::Minimum, Some("big")),
        measure(Aggregate::Maximum, Some("day")),
        measure(Aggregate::Minimum, Some("at")),
    ];
    let groups = |by: Option<(&str, Option<TimeStep>)>, split: Option<&str>| {
        Select::Groups(GroupQuery {
            measures: if split.is_some() { measures[..1].to_vec() } else { measures.clone() },
            by: by.map(|(name, step)| Dimension { column: column(name), step }),
            split: split.map(|name| Split { column: column(name), top: None }),
            order: None,
            limit: None,
        })
    };
    let mut selects: Vec<Select> = COLUMNS.map(rows).to_vec();
    selects.extend([
        groups(None, None),
        groups(Some(("label", None)), None),
        groups(Some(("flag", None)), Some("label")),
        groups(Some(("day", Some(TimeStep::Month))), None),
        groups(Some(("at", Some(TimeStep::Week))), Some("flag")),
        groups(Some(("at", Some(TimeStep::Day))), None),
    ]);
    let mut questions = Vec::new();
    for (at, filters) in filters().into_iter().enumerate() {
        // Each filter goes with a part of the queries, with different ones in turn.
        let (first, step) = if filters.is_empty() { (0, 1) } else { (at % 6, 6) };
        let some = selects.iter().skip(first).step_by(step).cloned();
        let zone = "Europe/Zurich".to_owned();
        questions.extend(some.map(|select| Query { filters: filters.clone(), zone: zone.clone(), select }));
    }
    questions
}

/// Conditions of every kind on every column, and some combined. The first entry has no filter.
fn filters() -> Vec<Vec<Filter>> {
    let of = |column: &str| Filter { column: column.to_owned(), ..Filter::default() };
    let text = |text: &str| Scalar::Text(text.to_owned());
    let ids = Filter { at_least: Some(Scalar::Integer(40)), less_than: Some(Scalar::Integer(250)), ..of("id") };
    let labels = Filter { is: Some(vec![text("é"), text("日本"), text("nowhere")]), ..of("label") };
    let days = Filter { more_than: Some(text("2021-06-30")), at_most: Some(text("2024-02-29")), ..of("day") };
    let single = [
        ids.clone(),
        labels.clone(),
        days.clone(),
        Filter { is_not: Some(vec![text("two words"), text("o’clock")]), ..of("label") },
        Filter { contains: Some("É".to_owned()), ..of("label") },
        Filter { contains: Some("o".to_owned()), ..of("label") },
        Filter { missing: Some(true), ..of("label") },
        Filter { more_than: Some(Scalar::Integer(0)), ..of("big") },
        Filter { missing: Some(false), ..of("big") },
        Filter { at_most: Some(Scalar::Decimal(1_234.75)), ..of("part") },
        Filter { is: Some(vec![Scalar::Boolean(true)]), ..of("flag") },
        Filter { is_not: Some(vec![Scalar::Boolean(true)]), ..of("flag") },
        Filter { is: Some(vec![text("2022-02-02"), text("2023-12-28")]), ..of("day") },
        Filter { at_least: Some(text("2024-03-31T01:00:00Z")), ..of("at") },
        Filter { less_than: Some(text("2024-10-27")), ..of("at") },
    ];
    let together = [vec![labels, days], vec![ids, Filter { missing: Some(true), ..of("day") }]];
    std::iter::once(Vec::new()).chain(single.map(|filter| vec![filter])).chain(together).collect()
}

/// Row rules, each with a person who may see some rows, all or none under it.
fn rules() -> Vec<(Vec<RowRule>, RuleViewer)> {
    let rule = |column: &str, is: RuleSubject| RowRule { column: column.to_owned(), is, except: Some(Role::Admin) };
    let claim = || RuleSubject::Claim("department".to_owned());
    let somebody = |role: Role, department: Value| {
        let claims = json!({ "department": department });
        RuleViewer::new(Some(role), claims.as_object().cloned().unwrap_or_default(), vec!["true".to_owned()])
    };
    let values = RuleSubject::Values(vec!["Z".to_owned(), "é".to_owned()]);
    vec![
        (Vec::new(), RuleViewer::default()),
        (vec![rule("label", claim())], somebody(Role::Read, json!(["two words", "日本"]))),
        (vec![rule("label", claim())], somebody(Role::Admin, json!("Z"))),
        (vec![rule("label", claim())], somebody(Role::Read, json!("nowhere"))),
        (vec![rule("label", claim())], somebody(Role::Read, Value::Null)),
        (vec![rule("id", claim())], somebody(Role::Write, json!([7, 11, 13, "299"]))),
        (vec![rule("flag", RuleSubject::Groups)], somebody(Role::Write, Value::Null)),
        (vec![rule("label", values), rule("flag", RuleSubject::Groups)], somebody(Role::Read, Value::Null)),
    ]
}

/// The answers to all queries without a rule, and to a tenth of them under each rule.
async fn answers(datasets: &Datasets, dataset: &DataSet) -> Vec<(String, QueryResult)> {
    let (mut dataset, mut answers) = (dataset.clone(), Vec::new());
    for (rules, viewer) in rules() {
        dataset.row_rules.clone_from(&rules);
        let step = if rules.is_empty() { 1 } else { 10 };
        for question in questions().into_iter().step_by(step) {
            let answer = datasets.run(&dataset, &question, &viewer).await.unwrap();
            answers.push((format!("{question:?} under {rules:?}"), QueryResult::clone(&answer)));
        }
    }
    answers
}

// Case: queried/alike
#[tokio::test]
async fn rows_answer_alike_from_a_file_sqlite_and_postgres() {
    const OF_SQLITE: &str = "CREATE TABLE everything (id INTEGER, label TEXT, big BIGINT, part DOUBLE, flag BOOLEAN, day DATE, \
                             at DATETIME)";
    const OF_POSTGRES: &str = "CREATE TABLE everything (id int4, label text, big int8, part numeric(12, 2), flag bool, \
                               day date, at timestamptz)";
    let database = TestDb::sqlite().await;
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::starting_now());
    let by = Changer { user: 1, role: Some(Role::Admin) };
    let user = "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) VALUES ('i', 's', 'Ada', 0, 0)";
    execute(&database.db, user).await;
    let sources = [("lite", SourceDb::sqlite(), OF_SQLITE), ("pg", SourceDb::postgres(), OF_POSTGRES)];
    let connection = |(name, source, _): &(&str, SourceDb, &str)| {
        ((*name).to_owned(), Database::new(source.url().parse().unwrap(), LIMITS, vec![folder.path().to_owned()]))
    };
    let connections = Connections::new(sources.iter().map(connection).collect::<BTreeMap<_, _>>());
    let datasets = Datasets::open(database.db.clone(), clock.clock(), folder.path()).unwrap();
    let datasets = datasets.importing_with(importer()).with_connections(connections);
    for (_, source, table) in &sources {
        source.run(table).await;
    }
    for seed in 1..=3_u64 {
        let (csv, insert) = Rows::all(seed);
        let name = format!("file-{seed}");
        let new = Target::New { name: name.clone(), title: name.clone(), role: Role::Read };
        import_rows(&datasets, csv, &new).await;
        let imported = datasets.current(&name).await.unwrap().unwrap();
        let expected = answers(&datasets, &imported).await;
        let told = expected.iter().filter(|(_, answer)| !answer.rows.is_empty()).count();
        assert!(2 * told > expected.len(), "{told} of {} answers have rows", expected.len());
        for (connection, source, _) in &sources {
            source.run("DELETE FROM everything").await;
            source.run(&insert).await;
            let name = format!("{connection}-{seed}");
            let query = QueryWish {
                connection: (*connection).to_owned(),
                statement: SELECT.to_owned(),
                fresh: Duration::from_mins(1),
            };
            let new = NewQueried {
                name: name.clone(),
                title: name.clone(),
                description: String::new(),
                role: Role::Read,
                query,
            };
            datasets.create_queried(&new, by).await.unwrap();
            let queried = datasets.current(&name).await.unwrap().unwrap();
            assert_eq!(queried.data.columns, imported.data.columns, "{name}");
            for (found, expected) in answers(&datasets, &queried).await.iter().zip(&expected) {
                assert_eq!(found, expected, "{name}");
            }
        }
    }
}
