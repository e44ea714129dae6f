//! The content of the data sets about Rolecall itself.

use chrono::DateTime;
use futures_util::TryStreamExt as _;
use rolecall_model::data::{Cell, ColumnType, DataColumn};
use rolecall_sign_in::db::{Db, reading_on_both};
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use strum::{EnumCount, EnumIter, EnumString, IntoStaticStr};
use tokio::sync::mpsc::Sender;

/// The most rows of each: the latest.
const MOST_ROWS: i64 = 1_000_000;

/// A data set about Rolecall itself. Its name is also its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumCount, EnumIter, EnumString, IntoStaticStr)]
pub enum OwnData {
    /// Who signed in when, and how it ended.
    #[strum(serialize = "rolecall-sign-ins")]
    SignIns,
    /// The sign-ins that are live.
    #[strum(serialize = "rolecall-sessions")]
    Sessions,
    /// Refused requests, in periods of ten minutes.
    #[strum(serialize = "rolecall-refusals")]
    Refusals,
    /// Response times, in periods of ten minutes.
    #[strum(serialize = "rolecall-response-times")]
    ResponseTimes,
}

impl OwnData {
    pub(super) fn name(self) -> &'static str {
        self.into()
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::SignIns => "Sign-ins at Rolecall",
            Self::Sessions => "Live sessions of Rolecall",
            Self::Refusals => "What Rolecall refused",
            Self::ResponseTimes => "Response times of Rolecall",
        }
    }

    pub(super) fn columns(self) -> Vec<DataColumn> {
        use ColumnType::{Decimal, Integer, Text, Timestamp};
        let columns: &[(&str, ColumnType)] = match self {
            Self::SignIns => &[
                ("Began", Timestamp),
                ("Provider", Text),
                ("Role", Text),
                ("Person", Integer),
                ("Ended", Timestamp),
                ("Why it ended", Text),
            ],
            Self::Sessions => &[
                ("Began", Timestamp),
                ("Last seen", Timestamp),
                ("Provider", Text),
                ("Role", Text),
                ("Person", Integer),
            ],
            Self::Refusals => {
                &[("Time", Timestamp), ("Event", Text), ("Reason", Text), ("Provider", Text), ("Refusals", Integer)]
            }
            Self::ResponseTimes => &[
                ("Time", Timestamp),
                ("Route", Text),
                ("Answers", Integer),
                ("Failures", Integer),
                ("Median in ms", Decimal),
                ("95 % in ms", Decimal),
                ("Longest in ms", Decimal),
            ],
        };
        let column = |(name, column_type): &(&str, ColumnType)| DataColumn {
            name: (*name).to_owned(),
            column_type: *column_type,
        };
        columns.iter().map(column).collect()
    }

    /// Sends every row to `writer`, the latest first, until it accepts no more.
    pub(super) async fn rows(self, db: &Db, writer: &Sender<Vec<Cell>>) -> Result<(), sqlx::Error> {
        const SIGN_INS: &str = "SELECT created_at, provider, role, user_id, revoked_at, revoked_reason FROM sign_ins \
                                ORDER BY created_at DESC LIMIT $1";
        // A sweep every minute ends expired sign-ins.
        const SESSIONS: &str = "SELECT created_at, last_seen_at, provider, role, user_id FROM sign_ins \
                                WHERE revoked_at IS NULL ORDER BY created_at DESC LIMIT $1";
        const REFUSALS: &str =
            "SELECT slot, event, reason, provider, refusals FROM refusals ORDER BY slot DESC LIMIT $1";
        const RESPONSE_TIMES: &str = "SELECT slot, route, answers, failures, median_us, p95_us, longest_us \
                                      FROM response_times ORDER BY slot DESC LIMIT $1";
        match self {
            Self::SignIns => each(db, SIGN_INS, sign_in, writer).await,
            Self::Sessions => each(db, SESSIONS, session, writer).await,
            Self::Refusals => each(db, REFUSALS, refusal, writer).await,
            Self::ResponseTimes => each(db, RESPONSE_TIMES, response_time, writer).await,
        }
    }
}

/// Sends each row that `sql` finds to `writer`, as cells.
async fn each<Row>(
    db: &Db,
    sql: &str,
    cells: fn(Row) -> Vec<Cell>,
    writer: &Sender<Vec<Cell>>,
) -> Result<(), sqlx::Error>
where
    Row: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
{
    reading_on_both!(db, |pool| {
        let mut rows = sqlx::query_as::<_, Row>(sql).bind(MOST_ROWS).fetch(pool);
        while let Some(row) = rows.try_next().await? {
            if writer.send(cells(row)).await.is_err() {
                break;
            }
        }
        Ok(())
    })
}

type SignInRow = (i64, String, Option<String>, i64, Option<i64>, Option<String>);
type SessionRow = (i64, i64, String, Option<String>, i64);
type RefusalRow = (i64, String, String, String, i64);
type ResponseTimeRow = (i64, String, i64, i64, i64, i64, i64);

fn sign_in((began, provider, role, person, ended, why): SignInRow) -> Vec<Cell> {
    let ended = ended.map_or(Cell::Missing, moment);
    vec![moment(began), Cell::Text(provider), text(role), Cell::Integer(person), ended, text(why)]
}

fn session((began, seen, provider, role, person): SessionRow) -> Vec<Cell> {
    vec![moment(began), moment(seen), Cell::Text(provider), text(role), Cell::Integer(person)]
}

fn refusal((slot, event, reason, provider, refusals): RefusalRow) -> Vec<Cell> {
    let provider = text(Some(provider).filter(|provider| !provider.is_empty()));
    vec![moment(slot), Cell::Text(event), Cell::Text(reason), provider, Cell::Integer(refusals)]
}

fn response_time((slot, route, answers, failures, median, p95, longest): ResponseTimeRow) -> Vec<Cell> {
    vec![
        moment(slot),
        Cell::Text(route),
        Cell::Integer(answers),
        Cell::Integer(failures),
        milliseconds(median),
        milliseconds(p95),
        milliseconds(longest),
    ]
}

fn moment(unix_ms: i64) -> Cell {
    DateTime::from_timestamp_millis(unix_ms).map_or(Cell::Missing, Cell::Timestamp)
}

fn text(text: Option<String>) -> Cell {
    text.map_or(Cell::Missing, Cell::Text)
}

#[expect(clippy::cast_precision_loss, reason = "times of answers are far below 2^53 microseconds")]
fn milliseconds(us: i64) -> Cell {
    Cell::Decimal(us as f64 / 1000.0)
}
