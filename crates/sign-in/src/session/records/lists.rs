//! Lists of sign-ins: those of one person, for that person and for administrators, and every live one with its person,
//! for administrators.

use std::fmt::Write as _;
use std::net::IpAddr;

use rolecall_model::Role;
use sqlx::{ColumnIndex, Decode, Row, Type};
use strum::{EnumIter, EnumString, IntoStaticStr};

use super::{EndReason, KnownProvider, RecordError, SignIns};
use crate::db::reading_on_both;
use crate::people::grants::{granted, role_of_level};
use crate::people::search::{Conditions, Value, bound};
use crate::provider::AcceptedIssuers;

/// How many sign-ins are on a page at most.
const PAGE: usize = 50;

/// What follows the authority in the issuer of any one tenant of Entra: a tenant id, and the version.
const AFTER_AUTHORITY: &str = "________-____-____-____-____________/v2.0";

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

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

/// A live sign-in, with its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveRow {
    /// The sign-in.
    pub sign_in: SignInRow,
    /// The person's name.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// The effective role: the higher one of the provider's and those given here, within the limits of the provider.
    pub role: Option<Role>,
}

/// A page of live sign-ins, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LivePage {
    /// The sign-ins.
    pub rows: Vec<LiveRow>,
    /// The cursor for the next page: when the last one began, and its id.
    pub next: Option<(i64, String)>,
}

/// A filter for live sign-ins. Empty fields match all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveFilter {
    /// Those of people whose name, e-mail address or subject contains this.
    pub person: String,
    /// Those with the provider of this id.
    pub provider: String,
    /// Those with this effective role, from the provider or given here.
    pub role: Option<Role>,
    /// Those that began at this network address.
    pub ip: String,
    /// Those that began in this period.
    pub age: Option<SignInAge>,
}

/// How long ago a sign-in began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
pub enum SignInAge {
    /// Less than an hour.
    #[strum(serialize = "less_than_1h")]
    LessThanHour,
    /// Less than a day.
    #[strum(serialize = "less_than_1d")]
    LessThanDay,
    /// An hour or more.
    #[strum(serialize = "more_than_1h")]
    MoreThanHour,
    /// Eight hours or more.
    #[strum(serialize = "more_than_8h")]
    MoreThanEightHours,
    /// A day or more.
    #[strum(serialize = "more_than_1d")]
    MoreThanDay,
    /// A week or more.
    #[strum(serialize = "more_than_7d")]
    MoreThanWeek,
}

impl SignInAge {
    /// Its name in addresses.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.into()
    }

    /// Its label for people.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::LessThanHour => "less than an hour ago",
            Self::LessThanDay => "less than a day ago",
            Self::MoreThanHour => "more than an hour ago",
            Self::MoreThanEightHours => "more than 8 hours ago",
            Self::MoreThanDay => "more than a day ago",
            Self::MoreThanWeek => "more than a week ago",
        }
    }

    /// The condition on the sign-in `s`, and the value of its `?` at `now_ms`.
    const fn condition(self, now_ms: i64) -> (&'static str, i64) {
        let (condition, ms) = match self {
            Self::LessThanHour => ("s.created_at > ?", HOUR_MS),
            Self::LessThanDay => ("s.created_at > ?", DAY_MS),
            Self::MoreThanHour => ("s.created_at <= ?", HOUR_MS),
            Self::MoreThanEightHours => ("s.created_at <= ?", 8 * HOUR_MS),
            Self::MoreThanDay => ("s.created_at <= ?", DAY_MS),
            Self::MoreThanWeek => ("s.created_at <= ?", 7 * DAY_MS),
        };
        (condition, now_ms.saturating_sub(ms))
    }
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

    /// The live sign-ins that match `filter`, the newest first, starting after the cursor `after`.
    pub async fn live_page(
        &self,
        filter: &LiveFilter,
        after: Option<&(i64, String)>,
        now_ms: i64,
    ) -> Result<LivePage, RecordError> {
        const LIVE: &str = concat!(
            "SELECT s.id, s.user_id, s.provider, s.role, s.created_at, s.last_seen_at, s.ip, s.user_agent, s.revoked_at, \
             s.revoked_reason, s.new_browser, u.name, u.email, u.issuer, ",
            granted!(),
            " FROM sign_ins s JOIN users u ON u.id = s.user_id WHERE "
        );
        let live = "s.revoked_at IS NULL AND s.created_at > $1 AND s.last_seen_at > $3";
        let mut conditions = Conditions::begin(live, self.times(now_ms));
        conditions.add_person(&self.db, &filter.person).await?;
        if !filter.provider.is_empty() {
            conditions.add("s.provider = ?", Value::Text(filter.provider.clone()));
        }
        if !filter.ip.is_empty() {
            conditions.add("s.ip = ?", Value::Text(filter.ip.clone()));
        }
        if let Some(age) = filter.age {
            let (condition, at_ms) = age.condition(now_ms);
            conditions.add(condition, Value::Number(at_ms));
        }
        if let Some(role) = filter.role {
            self.add_role(&mut conditions, role);
        }
        if let Some((at_ms, id)) = after {
            conditions.add_after("s.created_at, s.id", [Value::Number(*at_ms), Value::Text(id.clone())]);
        }
        let statement = format!("{LIVE}{} ORDER BY s.created_at DESC, s.id DESC LIMIT {}", conditions.text, PAGE + 1);
        let mut rows: Vec<LiveRow> = reading_on_both!(&self.db, |pool| {
            let rows = bound(sqlx::query(&statement), &conditions.values).fetch_all(pool).await?;
            rows.iter().map(|row| self.read_live(row)).collect::<Result<_, sqlx::Error>>()?
        });
        let there_are_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let last = rows.last().filter(|_| there_are_more);
        let next = last.map(|row| (row.sign_in.created_at_ms, row.sign_in.id.clone()));
        Ok(LivePage { rows, next })
    }

    /// Requires that `role` is the effective one, as [`read_live`](Self::read_live) computes it: the role that was
    /// given is as high, or higher where that is the provider's limit.
    fn add_role(&self, conditions: &mut Conditions, role: Role) {
        const LEVEL: &str = "CASE s.role WHEN 'admin' THEN 3 WHEN 'write' THEN 2 WHEN 'read' THEN 1 ELSE 0 END";
        const GRANTED: &str = "COALESCE((SELECT MAX(CASE g.role WHEN 'admin' THEN 3 WHEN 'write' THEN 2 ELSE 1 END) \
                               FROM grants g WHERE g.user_id = s.user_id AND g.revoked_at IS NULL \
                               AND (g.ends_at IS NULL OR g.ends_at > $2)), 0)";
        let (wanted, mut cases) = (level(role), String::new());
        for known in self.providers.iter().filter(|known| known.ceiling >= role) {
            let highest = if known.ceiling == role { level(Role::Admin) } else { wanted };
            let id = conditions.place(Value::Text(known.id.clone()));
            let issuers = issuers(known, conditions);
            _ = write!(cases, " WHEN s.provider = {id}{issuers} THEN {highest}");
        }
        let highest = if cases.is_empty() { "0".to_owned() } else { format!("CASE{cases} ELSE 0 END") };
        _ = write!(
            conditions.text,
            " AND (CASE WHEN {GRANTED} > {LEVEL} THEN {GRANTED} ELSE {LEVEL} END BETWEEN {wanted} AND {highest})"
        );
    }

    fn read_live<'r, R>(&self, row: &'r R) -> Result<LiveRow, sqlx::Error>
    where
        R: Row,
        for<'n> &'n str: ColumnIndex<R>,
        i64: Decode<'r, R::Database> + Type<R::Database>,
        String: Decode<'r, R::Database> + Type<R::Database>,
    {
        let (sign_in, issuer): (SignInRow, String) = (SignInRow::read(row)?, row.try_get("issuer")?);
        let given = sign_in.role.max(role_of_level(row.try_get("granted")?));
        let role = self.limited(&sign_in.provider, given, &issuer);
        Ok(LiveRow { sign_in, name: row.try_get("name")?, email: row.try_get("email")?, role })
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

/// The number of `role` in statements, from 1.
fn level(role: Role) -> usize {
    1 + Role::ALL.iter().position(|known| *known == role).unwrap_or_default()
}

/// The condition that the person `u` is of an issuer whose people can have a role by `known`, as
/// [`limited`](KnownProvider::limited) decides it.
fn issuers(known: &KnownProvider, conditions: &mut Conditions) -> String {
    let accepted = match &known.issuers {
        AcceptedIssuers::These(issuers) => among(issuers, conditions),
        AcceptedIssuers::OfOneTenantAt(authority) => {
            let authority = format!("{}/", authority.as_str().trim_end_matches('/'));
            let length = authority.chars().count();
            let place = conditions.place(Value::Text(authority));
            format!(
                " AND SUBSTR(u.issuer, 1, {length}) = {place} AND SUBSTR(u.issuer, {}) LIKE '{AFTER_AUTHORITY}'",
                length + 1
            )
        }
    };
    let of_role = known.role_issuers.as_ref().map(|issuers| among(issuers, conditions));
    accepted + &of_role.unwrap_or_default()
}

/// The condition that the issuer of the person `u` is one of `issuers`.
fn among(issuers: &[String], conditions: &mut Conditions) -> String {
    let places: Vec<String> = issuers.iter().map(|issuer| conditions.place(Value::Text(issuer.clone()))).collect();
    if places.is_empty() { " AND FALSE".to_owned() } else { format!(" AND u.issuer IN ({})", places.join(", ")) }
}
