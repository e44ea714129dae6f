//! People's requests for a role. All SQL about them is in this file.

use rolecall_model::Role;
use rolecall_sign_in::db::{Db, Transaction, in_transaction, reading_on_both};
use sqlx::FromRow;
use strum::{EnumString, IntoStaticStr};

/// How many requests one person may make in a day.
pub(super) const MOST_A_DAY: i64 = 10;
/// How many requests are on a page.
const PAGE: usize = 50;
/// How many of their own requests a person sees.
const OWN: i64 = 20;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RequestOutcome {
    /// An administrator gave the role here.
    Given,
    /// An administrator assigned it at the provider, or the provider gives it now without an answer here.
    Assigned,
    /// It was declined.
    Declined,
}

impl RequestOutcome {
    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRequest {
    pub id: String,
    /// The person who asks, by our number.
    pub user_id: i64,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// The provider of their last sign-in, if recorded.
    pub provider: Option<String>,
    /// Their issuer.
    pub issuer: String,
    /// Since when they are disabled, here or by the directory, Unix milliseconds (UTC).
    pub kept_out_since_ms: Option<i64>,
    /// The requested role.
    pub role: Role,
    /// The person's reason.
    pub reason: String,
    /// The page that they wanted.
    pub page: Option<String>,
    /// When they asked, Unix milliseconds (UTC).
    pub asked_at_ms: i64,
    /// When it was decided, Unix milliseconds (UTC), and the outcome.
    pub decided: Option<(i64, RequestOutcome)>,
    /// The name of the person who decided.
    pub decided_by: Option<String>,
    /// Their answer. May be empty.
    pub answer: String,
}

/// A page of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestPage {
    /// The requests.
    pub rows: Vec<AccessRequest>,
    /// The cursor for the next page: a time and an id.
    pub next: Option<(i64, String)>,
}

/// A new request.
pub(super) struct NewRequest<'a> {
    pub(super) id: &'a str,
    pub(super) user_id: i64,
    pub(super) role: Role,
    pub(super) reason: &'a str,
    pub(super) page: Option<&'a str>,
}

#[derive(FromRow)]
struct RequestRow {
    id: String,
    user_id: i64,
    name: String,
    email: Option<String>,
    provider: Option<String>,
    issuer: String,
    kept_out_since: Option<i64>,
    role: String,
    reason: String,
    page: Option<String>,
    asked_at: i64,
    decided_at: Option<i64>,
    decision: Option<String>,
    decided_by: Option<String>,
    answer: Option<String>,
}

const REQUESTS: &str = "SELECT r.id, r.user_id, u.name, u.email, u.issuer, \
                        COALESCE(u.disabled_at, u.inactive_since) AS kept_out_since, r.role, r.reason, r.page, \
                        r.asked_at, r.decided_at, r.decision, d.name AS decided_by, r.answer, (SELECT s.provider FROM sign_ins s \
                        WHERE s.user_id = r.user_id ORDER BY s.created_at DESC, s.id DESC LIMIT 1) AS provider \
                        FROM access_requests r JOIN users u ON u.id = r.user_id LEFT JOIN users d ON d.id = r.decided_by";

fn read(row: RequestRow) -> Option<AccessRequest> {
    let decided = row.decided_at.zip(row.decision.and_then(|decision| decision.parse().ok()));
    Some(AccessRequest {
        role: Role::from_key(&row.role)?,
        id: row.id,
        user_id: row.user_id,
        name: row.name,
        email: row.email,
        provider: row.provider,
        issuer: row.issuer,
        kept_out_since_ms: row.kept_out_since,
        reason: row.reason,
        page: row.page,
        asked_at_ms: row.asked_at,
        decided,
        decided_by: row.decided_by,
        answer: row.answer.unwrap_or_default(),
    })
}

/// How many requests wait for an answer.
pub async fn waiting(db: &Db) -> Result<i64, sqlx::Error> {
    const WAITING: &str = "SELECT COUNT(*) FROM access_requests WHERE decided_at IS NULL";
    reading_on_both!(db, |pool| sqlx::query_scalar(WAITING).fetch_one(pool).await)
}

/// The requests that wait for an answer, the oldest first, starting after the cursor `after`.
pub async fn open_page(db: &Db, after: Option<&(i64, String)>) -> Result<RequestPage, sqlx::Error> {
    let condition = "r.decided_at IS NULL AND (r.asked_at, r.id) > ($1, $2) ORDER BY r.asked_at, r.id";
    let (at_ms, id) = after.map_or((i64::MIN, ""), |(at_ms, id)| (*at_ms, id));
    page(db, condition, (at_ms, id), |request| request.asked_at_ms).await
}

/// The requests that were decided, the latest first, starting after the cursor `after`.
pub async fn decided_page(db: &Db, after: Option<&(i64, String)>) -> Result<RequestPage, sqlx::Error> {
    let condition =
        "r.decided_at IS NOT NULL AND (r.decided_at, r.id) < ($1, $2) ORDER BY r.decided_at DESC, r.id DESC";
    let (at_ms, id) = after.map_or((i64::MAX, ""), |(at_ms, id)| (*at_ms, id));
    page(db, condition, (at_ms, id), |request| request.decided.map_or(0, |(at_ms, _)| at_ms)).await
}

async fn page(
    db: &Db,
    condition: &str,
    (at_ms, id): (i64, &str),
    time_of: impl Fn(&AccessRequest) -> i64,
) -> Result<RequestPage, sqlx::Error> {
    let query = format!("{REQUESTS} WHERE {condition} LIMIT {}", PAGE + 1);
    let rows: Vec<RequestRow> =
        reading_on_both!(db, |pool| sqlx::query_as(&query).bind(at_ms).bind(id).fetch_all(pool).await)?;
    let there_are_more = rows.len() > PAGE;
    let rows: Vec<AccessRequest> = rows.into_iter().take(PAGE).filter_map(read).collect();
    let next = rows.last().filter(|_| there_are_more).map(|request| (time_of(request), request.id.clone()));
    Ok(RequestPage { rows, next })
}

/// The latest requests of the person `user_id`, open or decided.
pub async fn requests_of(db: &Db, user_id: i64) -> Result<Vec<AccessRequest>, sqlx::Error> {
    let query = format!("{REQUESTS} WHERE r.user_id = $1 ORDER BY r.asked_at DESC, r.id DESC LIMIT {OWN}");
    let rows: Vec<RequestRow> =
        reading_on_both!(db, |pool| sqlx::query_as(&query).bind(user_id).fetch_all(pool).await)?;
    Ok(rows.into_iter().filter_map(read).collect())
}

/// How many requests of the person `user_id` a person answered. Requests that were closed because the provider gives
/// the role are not counted.
pub async fn answers_to(db: &Db, user_id: i64) -> Result<i64, sqlx::Error> {
    const ANSWERS: &str = "SELECT COUNT(decided_by) FROM access_requests WHERE user_id = $1";
    reading_on_both!(db, |pool| sqlx::query_scalar(ANSWERS).bind(user_id).fetch_one(pool).await)
}

/// When the person `user_id` requested `role`, Unix milliseconds (UTC), if that waits for an answer.
pub async fn waiting_since(db: &Db, user_id: i64, role: Role) -> Result<Option<i64>, sqlx::Error> {
    const SINCE: &str = "SELECT asked_at FROM access_requests WHERE user_id = $1 AND role = $2 AND decided_at IS NULL";
    reading_on_both!(db, |pool| sqlx::query_scalar(SINCE).bind(user_id).bind(role.key()).fetch_optional(pool).await)
}

/// The request `id`.
pub(super) async fn request(db: &Db, id: &str) -> Result<Option<AccessRequest>, sqlx::Error> {
    let query = format!("{REQUESTS} WHERE r.id = $1");
    let row: Option<RequestRow> =
        reading_on_both!(db, |pool| sqlx::query_as(&query).bind(id).fetch_optional(pool).await)?;
    Ok(row.and_then(read))
}

/// The same, if it waits for an answer.
pub async fn open_request(db: &Db, id: &str) -> Result<Option<AccessRequest>, sqlx::Error> {
    Ok(request(db, id).await?.filter(|request| request.decided.is_none()))
}

/// The request `id`, as `transaction` sees it.
pub(super) async fn request_in(transaction: &mut Transaction, id: &str) -> Result<Option<AccessRequest>, sqlx::Error> {
    let query = format!("{REQUESTS} WHERE r.id = $1");
    let row: Option<RequestRow> = in_transaction!(transaction, |connection| {
        sqlx::query_as(&query).bind(id).fetch_optional(connection).await?
    });
    Ok(row.and_then(read))
}

/// Stores a request, unless one for that role is open already, or the person made too many. Returns `false` if nothing
/// was stored.
pub(super) async fn insert(
    transaction: &mut Transaction,
    new: &NewRequest<'_>,
    now_ms: i64,
) -> Result<bool, sqlx::Error> {
    const INSERT: &str = "INSERT INTO access_requests (id, user_id, role, reason, page, asked_at) \
                          SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT COUNT(*) FROM access_requests \
                          WHERE user_id = $2 AND asked_at > $7) < $8 ON CONFLICT DO NOTHING";
    in_transaction!(transaction, |connection| {
        let insert = sqlx::query(INSERT).bind(new.id).bind(new.user_id).bind(new.role.key()).bind(new.reason);
        let insert = insert.bind(new.page).bind(now_ms).bind(now_ms.saturating_sub(DAY_MS)).bind(MOST_A_DAY);
        Ok(insert.execute(connection).await?.rows_affected() > 0)
    })
}

/// Decides the request `id` and returns its person and role; `None` if it is no longer open.
pub(super) async fn decide(
    transaction: &mut Transaction,
    id: &str,
    (outcome, answer): (RequestOutcome, &str),
    by: Option<i64>,
    now_ms: i64,
) -> Result<Option<(i64, Role)>, sqlx::Error> {
    const DECIDE: &str = "UPDATE access_requests SET decided_at = $2, decision = $3, decided_by = $4, answer = $5 \
                          WHERE id = $1 AND decided_at IS NULL RETURNING user_id, role";
    let row: Option<(i64, String)> = in_transaction!(transaction, |connection| {
        let decide = sqlx::query_as(DECIDE).bind(id).bind(now_ms).bind(outcome.name()).bind(by).bind(answer);
        decide.fetch_optional(connection).await?
    });
    Ok(row.and_then(|(user_id, role)| Some((user_id, Role::from_key(&role)?))))
}

/// Closes the open requests of the person `user_id` for the role `held` or a lower one, and returns their ids with the
/// roles.
pub(super) async fn settle(
    transaction: &mut Transaction,
    user_id: i64,
    held: Option<Role>,
    (outcome, by): (RequestOutcome, Option<i64>),
    now_ms: i64,
) -> Result<Vec<(String, Role)>, sqlx::Error> {
    const SETTLE: &str = "UPDATE access_requests SET decided_at = $2, decision = $3, decided_by = $4, answer = '' \
                          WHERE user_id = $1 AND role = $5 AND decided_at IS NULL RETURNING id";
    let mut settled = Vec::new();
    in_transaction!(transaction, |connection| {
        for role in Role::ALL.into_iter().filter(|role| Some(*role) <= held) {
            let settle = sqlx::query_scalar(SETTLE).bind(user_id).bind(now_ms).bind(outcome.name()).bind(by);
            let id: Option<String> = settle.bind(role.key()).fetch_optional(&mut *connection).await?;
            settled.extend(id.map(|id| (id, role)));
        }
    });
    Ok(settled)
}

/// Whether the person `user_id` has an open request for the role `held` or a lower one.
pub(super) async fn waits_for(db: &Db, user_id: i64, held: Role) -> Result<bool, sqlx::Error> {
    const ROLES: &str = "SELECT role FROM access_requests WHERE user_id = $1 AND decided_at IS NULL";
    let roles: Vec<String> =
        reading_on_both!(db, |pool| sqlx::query_scalar(ROLES).bind(user_id).fetch_all(pool).await)?;
    Ok(roles.iter().filter_map(|role| Role::from_key(role)).any(|role| role <= held))
}
