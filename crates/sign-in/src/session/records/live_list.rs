//! Every live sign-in, with its person, for administrators.

use std::fmt::Write as _;

use rolecall_model::Role;
use sqlx::{ColumnIndex, Decode, Row, Type};
use strum::{EnumIter, EnumString, IntoStaticStr};
use uuid::Uuid;

use super::list::{PAGE, SignInRow};
use super::{KnownProvider, RecordError, SignIns};
use crate::db::reading_on_both;
use crate::people::grants::{granted, role_of_level};
use crate::people::search::{Conditions, Value, bound};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

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
            let tenants = tenants(known, conditions);
            _ = write!(cases, " WHEN s.provider = {id}{tenants} THEN {highest}");
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

/// The number of `role` in statements, from 1.
fn level(role: Role) -> usize {
    1 + Role::ALL.iter().position(|known| *known == role).unwrap_or_default()
}

/// The condition that the person `u` is of a tenant whose people can have a role by `known`; empty if every tenant is.
fn tenants(known: &KnownProvider, conditions: &mut Conditions) -> String {
    let Some(tenants) = &known.role_tenants else { return String::new() };
    // Issuers of Entra name their tenant as it is written here.
    let ids = tenants.iter().filter_map(|tenant| Uuid::try_parse(tenant).ok());
    let issuers = ids.map(|id| Value::Text(format!("%/{}/%", id.hyphenated())));
    let issuers: Vec<String> = issuers.map(|like| format!("u.issuer LIKE {}", conditions.place(like))).collect();
    if issuers.is_empty() { " AND FALSE".to_owned() } else { format!(" AND ({})", issuers.join(" OR ")) }
}
