//! Finding people by a part of their name, e-mail address or subject, among very many.
//!
//! An index of three characters in a row (FTS5 on SQLite; `pg_trgm` on PostgreSQL, where it can be had) finds few people at once.
//! What many have needs no index: those who signed in last are looked at until a page is full.

use std::fmt::Write as _;

use sqlx::query::Query;
use sqlx::{Database, Encode, Type};

use crate::db::{Db, reading_on_both};

/// How many people are few.
const FEW: usize = 1_000;
/// How many characters the index takes.
const INDEXED_CHARS: usize = 3;
const LIKE: &str =
    "(LOWER(u.name) LIKE ? ESCAPE '!' OR LOWER(u.email) LIKE ? ESCAPE '!' OR LOWER(u.subject) LIKE ? ESCAPE '!')";

/// What a placeholder stands for.
pub(crate) enum Value {
    Number(i64),
    Text(String),
}

/// Conditions on the people `u`, with their values from some place on.
pub(crate) struct Conditions {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
}

impl Conditions {
    /// The first values stand elsewhere in the statement as well.
    pub(crate) fn begin(condition: &str, values: Vec<Value>) -> Self {
        Self { text: condition.to_owned(), values }
    }

    /// One more condition, in which `?` stands for `value`.
    pub(crate) fn add(&mut self, condition: &str, value: Value) {
        let place = self.place(value);
        self.text.push_str(" AND ");
        self.text.push_str(&condition.replace('?', &place));
    }

    /// What stands for `value` in a condition.
    pub(crate) fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// That a row comes after the one whose `columns`, two of them, hold these values, where the highest come first.
    pub(crate) fn add_after(&mut self, columns: &str, values: [Value; 2]) {
        self.values.extend(values);
        let (first, second) = (self.values.len() - 1, self.values.len());
        _ = write!(self.text, " AND ({columns}) < (${first}, ${second})");
    }

    /// That `text` stands in the name, the e-mail address or the subject.
    pub(crate) async fn add_person(&mut self, db: &Db, text: &str) -> Result<(), sqlx::Error> {
        let text = searched(text);
        if text.is_empty() {
            return Ok(());
        }
        match few(db, &text).await? {
            Some(ids) => {
                self.text.push_str(" AND ");
                self.text.push_str(&among(&ids));
            }
            None => self.add(LIKE, Value::Text(pattern(&text))),
        }
        Ok(())
    }
}

/// `query` with the `values` of its placeholders.
pub(crate) fn bound<'q, DB>(
    query: Query<'q, DB, DB::Arguments<'q>>,
    values: &'q [Value],
) -> Query<'q, DB, DB::Arguments<'q>>
where
    DB: Database,
    i64: Encode<'q, DB> + Type<DB>,
    &'q str: Encode<'q, DB> + Type<DB>,
{
    values.iter().fold(query, |query, value| match value {
        Value::Number(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.as_str()),
    })
}

/// `text` as it is looked for.
fn searched(text: &str) -> String {
    // No database takes the character 0 in a text.
    text.trim().to_lowercase().replace('\0', "")
}

fn pattern(text: &str) -> String {
    format!("%{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}

/// That the person `u` is one of these.
fn among(ids: &[i64]) -> String {
    // Numbers of ours, and not text from anybody.
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    if ids.is_empty() { "FALSE".to_owned() } else { format!("u.id IN ({})", ids.join(", ")) }
}

/// The people in whom `text` stands, by our number, where the index tells and they are few.
async fn few(db: &Db, text: &str) -> Result<Option<Vec<i64>>, sqlx::Error> {
    if text.chars().count() < INDEXED_CHARS {
        return Ok(None);
    }
    let (find, searched) = few_statement(db, text);
    let ids: Vec<i64> = reading_on_both!(db, |pool| sqlx::query_scalar(&find).bind(&searched).fetch_all(pool).await)?;
    Ok(Some(ids).filter(|ids| ids.len() <= FEW))
}

/// The statement that finds the people in whom `text`, in lower case, stands by the index of `db`, and the value of its `$1`.
#[must_use]
pub fn few_statement(db: &Db, text: &str) -> (String, String) {
    let limit = FEW + 1;
    match db {
        // A phrase (SQLite, "FTS5 Strings"): nothing in it is an operator.
        Db::Sqlite(_) => (
            format!("SELECT rowid FROM people_search WHERE people_search MATCH $1 LIMIT {limit}"),
            format!("\"{}\"", text.replace('"', "\"\"")),
        ),
        Db::Postgres(_) => {
            (format!("SELECT u.id FROM users u WHERE {} LIMIT {limit}", LIKE.replace('?', "$1")), pattern(text))
        }
    }
}

/// The people in whom a text stands, for a condition on rows about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleNamed {
    /// These, by our number.
    Few(Vec<i64>),
    /// Everybody who matches this pattern: too many to name them.
    Many(String),
}

impl PeopleNamed {
    /// That one of `columns`, which hold our numbers of people, is one of them; and the text that `?` stands for in it.
    #[must_use]
    pub fn condition(&self, columns: [&str; 2]) -> (String, Option<&str>) {
        let [one, other] = columns;
        match self {
            Self::Few(ids) if ids.is_empty() => ("FALSE".to_owned(), None),
            Self::Few(ids) => {
                // Numbers of ours, and not text from anybody.
                let ids = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                (format!("({one} IN ({ids}) OR {other} IN ({ids}))"), None)
            }
            // Asked of each row: where many people match, a page is soon full.
            Self::Many(pattern) => (
                format!("EXISTS (SELECT 1 FROM users u WHERE u.id IN ({one}, {other}) AND {LIKE})"),
                Some(pattern.as_str()),
            ),
        }
    }
}

/// Everybody in whose name, e-mail address or subject `text` stands.
pub async fn people_named(db: &Db, text: &str) -> Result<PeopleNamed, sqlx::Error> {
    let text = searched(text);
    let pattern = pattern(&text);
    let ids = if text.chars().count() < INDEXED_CHARS {
        let find = format!("SELECT u.id FROM users u WHERE {} LIMIT {}", LIKE.replace('?', "$1"), FEW + 1);
        let ids: Vec<i64> =
            reading_on_both!(db, |pool| sqlx::query_scalar(&find).bind(&pattern).fetch_all(pool).await)?;
        Some(ids).filter(|ids| ids.len() <= FEW)
    } else {
        few(db, &text).await?
    };
    Ok(ids.map_or(PeopleNamed::Many(pattern), PeopleNamed::Few))
}
