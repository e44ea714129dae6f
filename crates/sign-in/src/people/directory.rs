//! What the directory of a provider says of people: who they are before they ever signed in, and who is not active any more.

use crate::db::{Transaction, in_transaction};
use crate::session::{RecordError, SignIns};

/// A person, as a directory knows them.
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
    /// Our number of `person`, known from now on, as a part of `transaction`. A sign-in of theirs that is on its way waits until
    /// that is over.
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

    /// Keeps the person `user_id` out while the directory says that they are not active, as a part of `transaction`. Their
    /// sign-ins are to be ended in the same transaction. `false` where it was so already. Once that is over, whatever came of it,
    /// call [`person_changed`](Self::person_changed).
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
