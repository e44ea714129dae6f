//! Finding people by a part of their name, e-mail address or subject, among very many.
//!
//! A trigram index (FTS5 on SQLite; `pg_trgm` on PostgreSQL, where available) finds a few people quickly. A text that
//! many people match needs no index: the most recent sign-ins are scanned until a page is full.

use std::fmt::Write as _;

use sqlx::database::HasStatementCache;
use sqlx::query::Query;
use sqlx::{Database, Encode, Type};

use crate::db::{Db, reading_on_both};

/// How many people count as few.
const FEW: usize = 1_000;
/// How many characters the index needs.
const INDEXED_CHARS: usize = 3;
const LIKE: &str =
    "(LOWER(u.name) LIKE ? ESCAPE '!' OR LOWER(u.email) LIKE ? ESCAPE '!' OR LOWER(u.subject) LIKE ? ESCAPE '!')";

/// The value of a placeholder.
pub(crate) enum Value {
    Number(i64),
    Text(String),
}

/// Conditions on the people `u`, with the values of their placeholders.
pub(crate) struct Conditions {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
}

impl Conditions {
    /// The first values also occur elsewhere in the statement.
    pub(crate) fn begin(condition: &str, values: Vec<Value>) -> Self {
        Self { text: condition.to_owned(), values }
    }

    /// Adds a condition, in which `?` stands for `value`.
    pub(crate) fn add(&mut self, condition: &str, value: Value) {
        let place = self.place(value);
        self.text.push_str(" AND ");
        self.text.push_str(&condition.replace('?', &place));
    }

    /// The placeholder of `value` in a condition.
    pub(crate) fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// Requires that a row comes after the one whose two `columns` hold these values, in descending order.
    pub(crate) fn add_after(&mut self, columns: &str, values: [Value; 2]) {
        self.values.extend(values);
        let (first, second) = (self.values.len() - 1, self.values.len());
        _ = write!(self.text, " AND ({columns}) < (${first}, ${second})");
    }

    /// Requires that the name, the e-mail address or the subject contains `text`.
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

/// `query` with the `values` of its placeholders. The database plans it for these values each time. If PostgreSQL kept
/// the statement, it would plan it without the values after some executions, and then scan every row for a value that
/// few have.
pub(crate) fn bound<'q, DB>(
    query: Query<'q, DB, DB::Arguments<'q>>,
    values: &'q [Value],
) -> Query<'q, DB, DB::Arguments<'q>>
where
    DB: Database + HasStatementCache,
    i64: Encode<'q, DB> + Type<DB>,
    &'q str: Encode<'q, DB> + Type<DB>,
{
    values.iter().fold(query.persistent(false), |query, value| match value {
        Value::Number(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.as_str()),
    })
}

/// `text` in the form for the search.
fn searched(text: &str) -> String {
    // No database accepts the character 0 in a text.
    text.trim().to_lowercase().replace('\0', "")
}

fn pattern(text: &str) -> String {
    format!("%{}%", text.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}

/// Requires that the person `u` is one of these.
fn among(ids: &[i64]) -> String {
    // Our own numbers, not text from outside.
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    if ids.is_empty() { "FALSE".to_owned() } else { format!("u.id IN ({})", ids.join(", ")) }
}

/// The people who match `text`, by our number, if the index can tell and they are few.
async fn few(db: &Db, text: &str) -> Result<Option<Vec<i64>>, sqlx::Error> {
    if text.chars().count() < INDEXED_CHARS {
        return Ok(None);
    }
    let (find, searched) = few_statement(db, text);
    // Planned for this text each time: without it, PostgreSQL expects that many people match, and uses no index.
    let ids: Vec<i64> = reading_on_both!(db, |pool| {
        sqlx::query_scalar(&find).persistent(false).bind(&searched).fetch_all(pool).await
    })?;
    Ok(Some(ids).filter(|ids| ids.len() <= FEW))
}

/// The statement that finds the people who match `text`, in lower case, with the index of `db`, and the value of its
/// `$1`.
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

/// The people who match a text, for a condition on rows about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleNamed {
    /// These, by our number.
    Few(Vec<i64>),
    /// Everyone who matches this pattern: too many to list.
    Many(String),
}

impl PeopleNamed {
    /// A condition that one of `columns`, which hold our numbers of people, is one of them; and the value of its `?`.
    #[must_use]
    pub fn condition(&self, columns: [&str; 2]) -> (String, Option<&str>) {
        let [one, other] = columns;
        match self {
            Self::Few(ids) if ids.is_empty() => ("FALSE".to_owned(), None),
            Self::Few(ids) => {
                // Our own numbers, not text from outside.
                let ids = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                (format!("({one} IN ({ids}) OR {other} IN ({ids}))"), None)
            }
            // Checked for each row: where many people match, a page fills quickly.
            Self::Many(pattern) => (
                format!("EXISTS (SELECT 1 FROM users u WHERE u.id IN ({one}, {other}) AND {LIKE})"),
                Some(pattern.as_str()),
            ),
        }
    }
}

/// Everyone whose name, e-mail address or subject contains `text`.
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
