//! The people with the role Admin who may come in. No decision may leave Rolecall without an administrator.

use rolecall_model::Role;
use sqlx::{ColumnIndex, Decode, Row, Type};

use super::grants::{granted, role_of_level};
use crate::db::{Transaction, in_transaction};
use crate::session::{RecordError, SignIns};

/// The lock that every decision about people takes first (PostgreSQL).
const ONE_DECIDES: i64 = 0x526f_6c65_6361_6c6c;

/// Counts of the people who may come in and have the role Admin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Administrators {
    /// All of them.
    pub all: usize,
    /// Those whose role does not expire: roles that were given here expire.
    pub lasting: usize,
}

/// The people who may come in and could have the role Admin, `$1`, at the time `$2`.
const CANDIDATES: &str = concat!(
    "SELECT u.issuer, \
     (SELECT s.role FROM sign_ins s WHERE s.user_id = u.id ORDER BY s.roles_read_at DESC, s.created_at DESC, s.id DESC LIMIT 1) AS role, \
     (SELECT s.provider FROM sign_ins s WHERE s.user_id = u.id ORDER BY s.roles_read_at DESC, s.created_at DESC, s.id DESC LIMIT 1) \
     AS provider, \
     (SELECT COUNT(*) FROM grants l WHERE l.user_id = u.id AND l.role = $1 AND l.revoked_at IS NULL AND l.ends_at IS NULL) \
     AS lasting_grants, ",
    granted!(),
    " FROM users u WHERE u.disabled_at IS NULL AND u.inactive_since IS NULL \
     AND (u.id IN (SELECT user_id FROM sign_ins WHERE role = $1) \
     OR u.id IN (SELECT user_id FROM grants WHERE role = $1 AND revoked_at IS NULL))"
);

impl SignIns {
    /// Takes a lock so that only one decision about people runs at a time, until `transaction` is over: if two
    /// administrators remove each other's role, the second sees what the first has done. Call it before any other lock
    /// is taken, so that no two decisions wait for each other. On SQLite `transaction` has the database to itself
    /// anyway.
    ///
    /// # Errors
    /// One that [is busy](crate::db::is_busy), among others, when another decision takes too long.
    pub async fn let_one_decide_in(&self, transaction: &mut Transaction) -> Result<(), RecordError> {
        if let Transaction::Postgres(transaction) = transaction {
            let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(ONE_DECIDES);
            lock.execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// How many people may come in and have the role Admin at `now_ms`, from their provider at their latest sign-in or
    /// given here, within the limits of today's configuration. Nobody counts whose issuer no provider has any more.
    pub async fn administrators_in(
        &self,
        transaction: &mut Transaction,
        now_ms: i64,
    ) -> Result<Administrators, RecordError> {
        in_transaction!(transaction, |connection| {
            let find = sqlx::query(CANDIDATES).bind(Role::Admin.key()).bind(now_ms);
            Ok(self.with_role(&find.fetch_all(connection).await?)?)
        })
    }

    /// Whether the person `user_id` is one of them.
    pub async fn is_administrator_in(
        &self,
        transaction: &mut Transaction,
        user_id: i64,
        now_ms: i64,
    ) -> Result<bool, RecordError> {
        let one = format!("{CANDIDATES} AND u.id = $3");
        in_transaction!(transaction, |connection| {
            let find = sqlx::query(&one).bind(Role::Admin.key()).bind(now_ms).bind(user_id);
            Ok(self.with_role(&find.fetch_all(connection).await?)?.all > 0)
        })
    }

    /// How many of `people` have the role Admin.
    fn with_role<'r, R>(&self, people: &'r [R]) -> Result<Administrators, sqlx::Error>
    where
        R: Row,
        for<'n> &'n str: ColumnIndex<R>,
        i64: Decode<'r, R::Database> + Type<R::Database>,
        String: Decode<'r, R::Database> + Type<R::Database>,
    {
        let mut count = Administrators::default();
        for person in people {
            let (role, provider): (Option<String>, Option<String>) =
                (person.try_get("role")?, person.try_get("provider")?);
            let (issuer, lasting_grants): (String, i64) =
                (person.try_get("issuer")?, person.try_get("lasting_grants")?);
            let lasting = role.as_deref().and_then(Role::from_key).max((lasting_grants > 0).then_some(Role::Admin));
            let now = lasting.max(role_of_level(person.try_get("granted")?));
            let is_admin = |role| self.limited_for(provider.as_deref(), role, &issuer) == Some(Role::Admin);
            count.all += usize::from(is_admin(now));
            count.lasting += usize::from(is_admin(lasting));
        }
        Ok(count)
    }
}
