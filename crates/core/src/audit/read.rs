//! Reading the audit: the newest rows first, page by page.

use std::fmt::Write as _;
use std::time::Duration;

use rolecall_sign_in::db::{Db, reading_on_both};
use rolecall_sign_in::people::{PeopleNamed, people_named};
use sqlx::query::QueryAs;

use super::entry::EntryKind;

/// How many rows are on a page.
const PAGE: usize = 50;
/// How long a read waits for recent entries to be written.
const NOTED_WITHIN: Duration = Duration::from_secs(1);

/// A filter for rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Rows by or about one of these people; `None` for everyone.
    pub people: Option<PeopleNamed>,
    /// Rows of this kind.
    pub kind: Option<EntryKind>,
    /// Rows from this time on, Unix milliseconds (UTC).
    pub from_ms: Option<i64>,
    /// Rows before this time, Unix milliseconds (UTC).
    pub until_ms: Option<i64>,
    /// Rows from this address.
    pub ip: Option<String>,
}

/// A row, with the current names of the people.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    /// Its place in the chain.
    pub id: i64,
    /// When it happened, Unix milliseconds (UTC).
    #[sqlx(rename = "at")]
    pub at_ms: i64,
    /// The [name](EntryKind::name) of what happened.
    pub kind: String,
    /// Our number of the person who did it.
    pub actor_id: Option<i64>,
    pub actor: Option<String>,
    /// Our number of the person it is about.
    pub person_id: Option<i64>,
    pub person: Option<String>,
    /// The provider's id.
    pub provider: Option<String>,
    /// Where the request came from.
    pub ip: Option<String>,
    /// Other details, a JSON object.
    pub details: String,
    /// Its hash, SHA-256.
    pub hash: Vec<u8>,
}

/// A page of rows, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub rows: Vec<AuditRow>,
    /// The id of the last one, if more rows follow.
    pub next: Option<i64>,
}

impl Filter {
    /// Whether only the time is filtered. Then rows are sorted by time, which has an index; otherwise by their place in
    /// the chain, which is nearly the same: clocks of several instances differ.
    const fn is_of_time_alone(&self) -> bool {
        (self.from_ms.is_some() || self.until_ms.is_some())
            && self.people.is_none()
            && self.kind.is_none()
            && self.ip.is_none()
    }
}

impl AuditRow {
    /// Its hash as hexadecimal digits.
    #[must_use]
    pub fn hash_in_hex(&self) -> String {
        self.hash.iter().fold(String::with_capacity(64), |mut hex, byte| {
            _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// What happened, as a label; its name if this program does not know it.
    #[must_use]
    pub fn kind_in_words(&self) -> String {
        self.kind.parse::<EntryKind>().map_or_else(|_| self.kind.clone(), |kind| kind.in_words().to_owned())
    }
}

/// The value of a placeholder.
enum Value {
    Number(i64),
    Text(String),
}

/// The conditions of `filter`, with their values from `$1` on, and the order.
fn conditions(filter: &Filter, before: i64) -> (String, Vec<Value>, &'static str) {
    let (after_row, order) = match (filter.is_of_time_alone(), before) {
        (false, _) => ("a.id < $1", "a.id DESC"),
        (true, i64::MAX) => ("a.id < $1", "a.at DESC, a.id DESC"),
        (true, _) => ("(a.at, a.id) < ((SELECT at FROM audit WHERE id = $1), $1)", "a.at DESC, a.id DESC"),
    };
    let (mut conditions, mut values) = (vec![after_row.to_owned()], vec![Value::Number(before)]);
    let mut add = |condition: &str, value: Value| {
        values.push(value);
        conditions.push(condition.replace('?', &format!("${}", values.len())));
    };
    if let Some(kind) = filter.kind {
        add("a.kind = ?", Value::Text(kind.name().to_owned()));
    }
    if let Some(from_ms) = filter.from_ms {
        add("a.at >= ?", Value::Number(from_ms));
    }
    if let Some(until_ms) = filter.until_ms {
        add("a.at < ?", Value::Number(until_ms));
    }
    if let Some(ip) = &filter.ip {
        add("a.ip = ?", Value::Text(ip.clone()));
    }
    if let Some(people) = &filter.people {
        match people.condition(["a.person_id", "a.actor_id"]) {
            (condition, Some(text)) => add(&condition, Value::Text(text.to_owned())),
            (condition, None) => conditions.push(condition),
        }
    }
    (conditions.join(" AND "), values, order)
}

const COLUMNS: &str = "a.id, a.at, a.kind, a.actor_id, actors.name AS actor, a.person_id, people.name AS person, \
                       a.provider, a.ip, a.details, a.hash FROM audit a \
                       LEFT JOIN users actors ON actors.id = a.actor_id LEFT JOIN users people ON people.id = a.person_id";

/// At most `limit` rows of `filter` before the row `before`, the newest first.
pub(super) async fn rows(db: &Db, filter: &Filter, before: i64, limit: usize) -> Result<Vec<AuditRow>, sqlx::Error> {
    let (conditions, values, order) = conditions(filter, before);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let query = format!("SELECT {COLUMNS} WHERE {conditions} ORDER BY {order} LIMIT {limit}");
    reading_on_both!(db, |pool| {
        // Planned for these values each time: PostgreSQL would plan a cached statement without them after some
        // executions, and then scan every row for a kind that never occurred.
        let query = values.into_iter().fold(sqlx::query_as(&query).persistent(false), bind);
        query.fetch_all(pool).await
    })
}

fn bind<'q, DB>(
    query: QueryAs<'q, DB, AuditRow, DB::Arguments<'q>>,
    value: Value,
) -> QueryAs<'q, DB, AuditRow, DB::Arguments<'q>>
where
    DB: sqlx::Database,
    i64: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    String: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    match value {
        Value::Number(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
    }
}

impl super::Audit {
    /// The newest rows of `filter`, starting after the row `after`. Recent entries of this process are included.
    pub async fn page(&self, filter: &Filter, after: Option<i64>) -> Result<Page, sqlx::Error> {
        self.wait_for_noted(NOTED_WITHIN).await;
        let mut rows = rows(self.db(), filter, after.unwrap_or(i64::MAX), PAGE + 1).await?;
        let there_are_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let next = rows.last().filter(|_| there_are_more).map(|row| row.id);
        Ok(Page { rows, next })
    }

    /// The row `id`; `None` where there is none.
    pub async fn row(&self, id: i64) -> Result<Option<AuditRow>, sqlx::Error> {
        let query = format!("SELECT {COLUMNS} WHERE a.id = $1");
        reading_on_both!(self.db(), |pool| sqlx::query_as(&query).bind(id).fetch_optional(pool).await)
    }

    /// The people who match `text`: by our number, or by a part of their name, e-mail address or subject.
    pub async fn people_named(&self, text: &str) -> Result<PeopleNamed, sqlx::Error> {
        if let Ok(id) = text.trim().parse() {
            return Ok(PeopleNamed::Few(vec![id]));
        }
        people_named(self.db(), text).await
    }
}
