//! Roles that administrators give here, beside the provider's.

use rolecall_model::Role;

use crate::db::{Transaction, in_transaction, reading_on_both};
use crate::random;
use crate::session::{RecordError, SignIns};

/// A role that was given here and is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// A random id.
    pub id: String,
    /// The person, by our number.
    pub user_id: i64,
    /// The role that the person has at least, within the limit of their provider.
    pub role: Role,
    /// Why it was given, in the words of the administrator.
    pub reason: String,
    /// When it was given, Unix milliseconds (UTC).
    pub granted_at_ms: i64,
    /// The administrator, by our number; `None` for the operator.
    pub granted_by: Option<i64>,
    /// When it expires, Unix milliseconds (UTC).
    pub ends_at_ms: Option<i64>,
}

/// A role to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// The person, by our number.
    pub user_id: i64,
    /// The role that the person has at least, within the limit of their provider.
    pub role: Role,
    /// Why it is given, in the words of the administrator.
    pub reason: String,
    /// The administrator, by our number; `None` for the operator.
    pub by: Option<i64>,
    /// When it expires, Unix milliseconds (UTC).
    pub ends_at_ms: Option<i64>,
}

/// For the columns of a `SELECT`: the highest role, as a number from 1, that grants to the person `u` give at the time
/// `$2`, and when the next grant expires.
macro_rules! granted {
    () => {
        "CAST((SELECT MAX(CASE g.role WHEN 'admin' THEN 3 WHEN 'write' THEN 2 ELSE 1 END) FROM grants g \
         WHERE g.user_id = u.id AND g.revoked_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > $2)) AS BIGINT) AS granted, \
         (SELECT MIN(g.ends_at) FROM grants g \
         WHERE g.user_id = u.id AND g.revoked_at IS NULL AND g.ends_at > $2) AS grants_change_at"
    };
}
pub(crate) use granted;

/// The role of that number; `None` for none.
pub(crate) fn role_of_level(level: Option<i64>) -> Option<Role> {
    let index = usize::try_from(level?.checked_sub(1)?).ok()?;
    Role::ALL.get(index).copied()
}

/// The grants of the person `$1` that are in force at `$2`.
const GRANTS: &str = "SELECT id, user_id, role, reason, granted_at, granted_by, ends_at FROM grants \
                      WHERE user_id = $1 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > $2) \
                      ORDER BY granted_at, id";

type Row = (String, i64, String, String, i64, Option<i64>, Option<i64>);

fn read((id, user_id, role, reason, granted_at_ms, granted_by, ends_at_ms): Row) -> Option<Grant> {
    let role = Role::from_key(&role)?;
    Some(Grant { id, user_id, role, reason, granted_at_ms, granted_by, ends_at_ms })
}

/// The grants in `rows`, the highest first.
fn highest_first(rows: Vec<Row>) -> Vec<Grant> {
    let mut grants: Vec<Grant> = rows.into_iter().filter_map(read).collect();
    grants.sort_by_key(|grant| std::cmp::Reverse(grant.role));
    grants
}

impl SignIns {
    /// The grants of the person `user_id` that are in force at `now_ms`, the highest first.
    pub async fn grants_of(&self, user_id: i64, now_ms: i64) -> Result<Vec<Grant>, RecordError> {
        let rows: Vec<Row> = reading_on_both!(&self.db, |pool| {
            sqlx::query_as(GRANTS).bind(user_id).bind(now_ms).fetch_all(pool).await?
        });
        Ok(highest_first(rows))
    }

    /// The same as `transaction` sees them, with its own changes.
    pub async fn grants_in(
        &self,
        transaction: &mut Transaction,
        user_id: i64,
        now_ms: i64,
    ) -> Result<Vec<Grant>, RecordError> {
        let rows: Vec<Row> = in_transaction!(transaction, |connection| {
            sqlx::query_as(GRANTS).bind(user_id).bind(now_ms).fetch_all(connection).await?
        });
        Ok(highest_first(rows))
    }

    /// Gives a role as part of `transaction`, and returns the id of the grant. After the transaction, whatever its
    /// outcome, call [`person_changed`](Self::person_changed).
    pub async fn grant_in(
        &self,
        transaction: &mut Transaction,
        new: &NewGrant,
        now_ms: i64,
    ) -> Result<String, RecordError> {
        const GRANT: &str = "INSERT INTO grants (id, user_id, role, reason, granted_at, granted_by, ends_at) \
                             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let id = random::id();
        in_transaction!(transaction, |connection| {
            let grant = sqlx::query(GRANT).bind(&id).bind(new.user_id).bind(new.role.key()).bind(&new.reason);
            grant.bind(now_ms).bind(new.by).bind(new.ends_at_ms).execute(connection).await?;
        });
        self.announce_person_in(transaction, new.user_id).await?;
        Ok(id)
    }

    /// Revokes the grant `id` as part of `transaction`, and returns it; `None` where no such grant is in force. After
    /// the transaction, whatever its outcome, call [`person_changed`](Self::person_changed).
    pub async fn revoke_grant_in(
        &self,
        transaction: &mut Transaction,
        id: &str,
        now_ms: i64,
    ) -> Result<Option<Grant>, RecordError> {
        const REVOKE: &str = "UPDATE grants SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL \
                              AND (ends_at IS NULL OR ends_at > $1) \
                              RETURNING id, user_id, role, reason, granted_at, granted_by, ends_at";
        let row: Option<Row> = in_transaction!(transaction, |connection| {
            sqlx::query_as(REVOKE).bind(now_ms).bind(id).fetch_optional(connection).await?
        });
        let Some(grant) = row.and_then(read) else { return Ok(None) };
        self.announce_person_in(transaction, grant.user_id).await?;
        Ok(Some(grant))
    }

    /// Whether the grant `id` was revoked, as `transaction` sees it; `None` where it never existed.
    pub async fn is_grant_revoked_in(
        &self,
        transaction: &mut Transaction,
        id: &str,
    ) -> Result<Option<bool>, RecordError> {
        const REVOKED: &str = "SELECT revoked_at FROM grants WHERE id = $1";
        let revoked_at: Option<Option<i64>> = in_transaction!(transaction, |connection| {
            sqlx::query_scalar(REVOKED).bind(id).fetch_optional(connection).await?
        });
        Ok(revoked_at.map(|at_ms| at_ms.is_some()))
    }
}
