//! Lists of sign-ins, for the people themselves and for administrators.

use std::net::IpAddr;

use rolecall_model::Role;
use sqlx::{ColumnIndex, Decode, Row, Type};

use super::{EndReason, RecordError, SignIns};
use crate::db::reading_on_both;

/// How many sign-ins are on a page at most.
pub(super) const PAGE: usize = 50;

/// A sign-in in a list. It may have ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRow {
    /// The record's id.
    pub id: String,
    /// Our number of the person.
    pub user_id: i64,
    /// The provider's id.
    pub provider: String,
    /// The role that the provider gave.
    pub role: Option<Role>,
    /// When it began, Unix milliseconds (UTC).
    pub created_at_ms: i64,
    /// When it was last seen, Unix milliseconds (UTC): up to a minute late.
    pub last_seen_at_ms: i64,
    /// The address where it began.
    pub ip: Option<IpAddr>,
    /// The browser's `User-Agent`.
    pub user_agent: Option<String>,
    /// Whether such a browser was new for the person.
    pub is_from_new_browser: bool,
    /// When it ended, Unix milliseconds (UTC), and why; the reason is missing if a newer version wrote it.
    pub ended: Option<(i64, Option<EndReason>)>,
}

impl SignInRow {
    /// Reads `row`, which has all columns of the list.
    pub(crate) fn read<'r, R>(row: &'r R) -> Result<Self, sqlx::Error>
    where
        R: Row,
        for<'n> &'n str: ColumnIndex<R>,
        i64: Decode<'r, R::Database> + Type<R::Database>,
        String: Decode<'r, R::Database> + Type<R::Database>,
    {
        let role: Option<String> = row.try_get("role")?;
        let ip: Option<String> = row.try_get("ip")?;
        let ended_at: Option<i64> = row.try_get("revoked_at")?;
        let reason: Option<String> = row.try_get("revoked_reason")?;
        Ok(Self {
            id: row.try_get("id")?,
            user_id: row.try_get("user_id")?,
            provider: row.try_get("provider")?,
            role: role.as_deref().and_then(Role::from_key),
            created_at_ms: row.try_get("created_at")?,
            last_seen_at_ms: row.try_get("last_seen_at")?,
            ip: ip.and_then(|ip| ip.parse().ok()),
            user_agent: row.try_get("user_agent")?,
            is_from_new_browser: row.try_get::<i64, _>("new_browser")? > 0,
            ended: ended_at.map(|at_ms| (at_ms, reason.and_then(|reason| reason.parse().ok()))),
        })
    }
}

/// A page of sign-ins, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInPage {
    /// The sign-ins.
    pub rows: Vec<SignInRow>,
    /// The cursor for the next page: when the last one began, and its id.
    pub next: Option<(i64, String)>,
}

impl SignIns {
    /// The sign-ins of the person `user_id` that are live at `now_ms`, the newest first, at most one page.
    pub async fn live_of(&self, user_id: i64, now_ms: i64) -> Result<SignInPage, RecordError> {
        const LIVE: &str = "SELECT id, user_id, provider, role, created_at, last_seen_at, ip, user_agent, revoked_at, \
                            revoked_reason, new_browser FROM sign_ins WHERE user_id = $1 AND revoked_at IS NULL \
                            AND created_at > $2 AND last_seen_at > $3 ORDER BY created_at DESC, id DESC LIMIT $4";
        let (begun_after, seen_after) = self.live_after(now_ms);
        reading_on_both!(&self.db, |pool| {
            let query = sqlx::query(LIVE).bind(user_id).bind(begun_after).bind(seen_after).bind(at_once());
            page(&query.fetch_all(pool).await?)
        })
    }

    /// All stored sign-ins of the person `user_id`, the newest first, starting after the cursor `after`.
    pub async fn history_of(&self, user_id: i64, after: Option<&(i64, String)>) -> Result<SignInPage, RecordError> {
        const HISTORY: &str = "SELECT id, user_id, provider, role, created_at, last_seen_at, ip, user_agent, \
                               revoked_at, revoked_reason, new_browser FROM sign_ins WHERE user_id = $1 \
                               AND (created_at, id) < ($2, $3) \
                               ORDER BY created_at DESC, id DESC LIMIT $4";
        let (before_ms, id) = after.map_or((i64::MAX, ""), |(at_ms, id)| (*at_ms, id));
        reading_on_both!(&self.db, |pool| {
            let query = sqlx::query(HISTORY).bind(user_id).bind(before_ms).bind(id).bind(at_once());
            page(&query.fetch_all(pool).await?)
        })
    }

    /// Whether the sign-in `id`, live or ended, belongs to the person `user_id`.
    pub async fn belongs_to(&self, id: &str, user_id: i64) -> Result<bool, RecordError> {
        const OWNED: &str = "SELECT COUNT(*) FROM sign_ins WHERE id = $1 AND user_id = $2";
        let owned: i64 =
            reading_on_both!(&self.db, |pool| sqlx::query_scalar(OWNED).bind(id).bind(user_id).fetch_one(pool).await?);
        Ok(owned > 0)
    }

    /// Whether `row` is live at `now_ms`.
    #[must_use]
    pub fn is_live(&self, row: &SignInRow, now_ms: i64) -> bool {
        let (begun_after, seen_after) = self.live_after(now_ms);
        row.ended.is_none() && row.created_at_ms > begun_after && row.last_seen_at_ms > seen_after
    }

    /// Sign-ins that began and were last seen after these times are live at `now_ms`, unless they were ended.
    pub(crate) fn live_after(&self, now_ms: i64) -> (i64, i64) {
        (now_ms.saturating_sub(self.limits.absolute_ms()), now_ms.saturating_sub(self.limits.idle_ms()))
    }
}

/// One more than a page shows, to know whether there are more.
fn at_once() -> i64 {
    i64::try_from(PAGE + 1).unwrap_or(i64::MAX)
}

/// The sign-ins of `rows` that fit a page.
fn page<'r, R>(rows: &'r [R]) -> Result<SignInPage, RecordError>
where
    R: Row,
    for<'n> &'n str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    let mut shown = rows.iter().take(PAGE).map(SignInRow::read).collect::<Result<Vec<_>, _>>()?;
    let last = shown.last_mut().filter(|_| rows.len() > PAGE);
    let next = last.map(|last| (last.created_at_ms, last.id.clone()));
    Ok(SignInPage { rows: shown, next })
}
