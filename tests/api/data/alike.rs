//! The same rows answer alike, wherever they come from: a file, SQLite or PostgreSQL.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use rolecall::datasets::{Changer, Connections, DataSet, Datasets, NewQueried, QueryWish, RuleViewer, Target};
use rolecall_data::connection::{ConnectionLimits, Database};
use rolecall_data::import::Given;
use rolecall_model::Role;
use rolecall_model::data::{
    Aggregate, Dimension, GroupQuery, Measure, Order, Query, QueryResult, RowOrder, RowQuery, Select, Split, TimeStep,
};

use crate::support::{SourceDb, TestClock, TestDb, execute, importer};

const LIMITS: ConnectionLimits = ConnectionLimits { max_rows: 10_000, timeout: Duration::from_mins(1) };
const COLUMNS: [&str; 7] = ["id", "label", "big", "part", "flag", "day", "at"];
const SELECT: &str = "SELECT id, label, big, part, flag, day, at FROM everything ORDER BY id";
const ROWS: u64 = 300;

/// Rows of every type with missing values, made of `seed`: as CSV, and as values of an INSERT.
struct Rows {
    state: u64,
}

impl Rows {
    /// A number below `most`: the same ones for a seed each time (Steele et al., 2014).
    fn below(&mut self, most: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }

    /// A value as both, or a missing one.
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
            // Quarters are exact, so that no sum depends on its order.
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

/// Questions of every kind to every column.
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
    selects.into_iter().map(|select| Query { filters: vec![], zone: "Europe/Zurich".to_owned(), select }).collect()
}

async fn answers(datasets: &Datasets, dataset: &DataSet) -> Vec<QueryResult> {
    let mut answers = Vec::new();
    for question in questions() {
        let answer = datasets.run(dataset, &question, &RuleViewer::default()).await.unwrap();
        answers.push(QueryResult::clone(&answer));
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
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), csv).unwrap();
        let name = format!("file-{seed}");
        let new = Target::New { name: name.clone(), title: name.clone(), role: Role::Read };
        datasets.import_file(file.path(), Given::default(), &new, None).await.unwrap();
        let imported = datasets.current(&name).await.unwrap().unwrap();
        let expected = answers(&datasets, &imported).await;
        for (connection, source, _) in &sources {
            source.run("DELETE FROM everything").await;
            source.run(&insert).await;
            let name = format!("{connection}-{seed}");
            let query = QueryWish {
                connection: (*connection).to_owned(),
                statement: SELECT.to_owned(),
                fresh: Duration::from_mins(1),
            };
            let new = NewQueried { name: name.clone(), title: name.clone(), role: Role::Read, query };
            datasets.create_queried(&new, by).await.unwrap();
            let queried = datasets.current(&name).await.unwrap().unwrap();
            assert_eq!(queried.data.columns, imported.data.columns, "{name}");
            for (found, expected) in answers(&datasets, &queried).await.iter().zip(&expected) {
                assert_eq!(found, expected, "{name}");
            }
        }
    }
}
