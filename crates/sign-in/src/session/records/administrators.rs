//! Who has the role Admin and may come in. A program has no account of its own to keep: what it decides must leave somebody.

use rolecall_model::Role;
use sqlx::{ColumnIndex, Decode, Row, Type};

use super::grants::{granted, role_of_level};
use super::{RecordError, SignIns};
use crate::db::Transaction;

/// The lock that programs take before they decide (PostgreSQL).
const PROGRAMS_DECIDE: i64 = 0x526f_6c65_6361_6c6c;

impl SignIns {
    /// Lets one program decide at a time, until `transaction` is over: of two that shut out one administrator each, the second
    /// finds what the first has done. On SQLite the transaction has the database to itself anyway.
    pub async fn let_one_program_decide_in(&self, transaction: &mut Transaction) -> Result<(), RecordError> {
        if let Transaction::Postgres(transaction) = transaction {
            let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(PROGRAMS_DECIDE);
            lock.execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// How many people may come in and have the role Admin at `now_ms`, from their provider or given here, within the limits of
    /// today's configuration. Nobody else shuts them out until `transaction` is over.
    pub async fn administrators_in(&self, transaction: &mut Transaction, now_ms: i64) -> Result<usize, RecordError> {
        const ADMINISTRATORS: &str = concat!(
            "SELECT u.issuer, \
             (SELECT s.role FROM sign_ins s WHERE s.user_id = u.id ORDER BY s.created_at DESC, s.id DESC LIMIT 1) AS role, \
             (SELECT s.provider FROM sign_ins s WHERE s.user_id = u.id ORDER BY s.created_at DESC, s.id DESC LIMIT 1) \
             AS provider, ",
            granted!(),
            " FROM users u WHERE u.disabled_at IS NULL AND u.inactive_since IS NULL \
             AND (u.id IN (SELECT user_id FROM sign_ins WHERE role = $1) \
             OR u.id IN (SELECT user_id FROM grants WHERE role = $1 AND revoked_at IS NULL)) ORDER BY u.id"
        );
        let administrators = match transaction {
            Transaction::Sqlite(transaction) => {
                let find = sqlx::query(ADMINISTRATORS).bind(Role::Admin.key()).bind(now_ms);
                self.with_role(&find.fetch_all(&mut **transaction).await?)?
            }
            Transaction::Postgres(transaction) => {
                let locked = format!("{ADMINISTRATORS} FOR UPDATE OF u");
                let find = sqlx::query(&locked).bind(Role::Admin.key()).bind(now_ms);
                self.with_role(&find.fetch_all(&mut **transaction).await?)?
            }
        };
        Ok(administrators)
    }

    /// How many of `people` have the role Admin.
    fn with_role<'r, R>(&self, people: &'r [R]) -> Result<usize, sqlx::Error>
    where
        R: Row,
        for<'n> &'n str: ColumnIndex<R>,
        i64: Decode<'r, R::Database> + Type<R::Database>,
        String: Decode<'r, R::Database> + Type<R::Database>,
    {
        let mut count = 0;
        for person in people {
            let (role, provider): (Option<String>, Option<String>) =
                (person.try_get("role")?, person.try_get("provider")?);
            let role = role.as_deref().and_then(Role::from_key).max(role_of_level(person.try_get("granted")?));
            // Who never signed in may do so by any provider of their issuer.
            let role = match provider {
                Some(provider) => self.limited(&provider, role, &person.try_get::<String, _>("issuer")?),
                None => role,
            };
            count += usize::from(role == Some(Role::Admin));
        }
        Ok(count)
    }
}
