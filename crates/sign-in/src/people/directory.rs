//! What a provider's directory says about people: their data before they first sign in, and who is no longer active.

use crate::db::{Transaction, in_transaction};
use crate::session::{RecordError, SignIns};

/// A person, as a directory describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryPerson<'a> {
    /// The issuer, which together with `subject` is the person's key.
    pub issuer: &'a str,
    /// The subject at the issuer.
    pub subject: &'a str,
    /// The name to show until they sign in.
    pub name: &'a str,
    /// The e-mail address to show until they sign in.
    pub email: Option<&'a str>,
}

impl SignIns {
    /// Our number of `person`, created if missing, as part of `transaction`. A sign-in of theirs in progress waits
    /// until that is over.
    pub async fn provision_in(
        &self,
        transaction: &mut Transaction,
        person: &DirectoryPerson<'_>,
        now_ms: i64,
    ) -> Result<i64, RecordError> {
        const PROVISION: &str = "INSERT INTO users (issuer, subject, name, email, created_at, last_sign_in_at) \
                                 VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (issuer, subject) DO UPDATE SET \
                                 name = CASE WHEN users.last_sign_in_at = 0 THEN excluded.name ELSE users.name END, \
                                 email = CASE WHEN users.last_sign_in_at = 0 THEN excluded.email ELSE users.email END \
                                 RETURNING id";
        in_transaction!(transaction, |connection| {
            let provision = sqlx::query_scalar(PROVISION).bind(person.issuer).bind(person.subject);
            Ok(provision.bind(person.name).bind(person.email).bind(now_ms).fetch_one(connection).await?)
        })
    }

    /// Keeps the person `user_id` out while the directory says that they are not active, as part of `transaction`. End
    /// their sign-ins in the same transaction. Returns `false` where nothing changed. After the transaction, whatever
    /// its outcome, call [`person_changed`](Self::person_changed).
    pub async fn set_active_in(
        &self,
        transaction: &mut Transaction,
        user_id: i64,
        is_active: bool,
        now_ms: i64,
    ) -> Result<bool, RecordError> {
        const INACTIVE: &str = "UPDATE users SET inactive_since = $1 WHERE id = $2 AND inactive_since IS NULL";
        const ACTIVE: &str = "UPDATE users SET inactive_since = NULL WHERE id = $1 AND inactive_since IS NOT NULL";
        let changed = in_transaction!(transaction, |connection| {
            let change = if is_active {
                sqlx::query(ACTIVE).bind(user_id)
            } else {
                sqlx::query(INACTIVE).bind(now_ms).bind(user_id)
            };
            change.execute(connection).await?.rows_affected()
        });
        if changed > 0 {
            self.announce_person_in(transaction, user_id).await?;
        }
        Ok(changed > 0)
    }
}
