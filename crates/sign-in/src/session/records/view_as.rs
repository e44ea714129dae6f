//! Administrators who look at Rolecall with a lower role for a while. It is kept with the session, and never raises a role.

use rolecall_model::Role;

use super::{RecordError, SignIns};
use crate::db::{Transaction, in_transaction};

impl SignIns {
    /// Lets the sign-in `id` count as one with a role, at most, until a time, Unix milliseconds (UTC), as a part of `transaction`;
    /// `None` ends that. `false` where it is over, or nothing is to end. Once that is over, whatever came of it, call
    /// [`forget`](Self::forget).
    pub async fn view_as_in(
        &self,
        transaction: &mut Transaction,
        id: &str,
        role_until: Option<(Role, i64)>,
    ) -> Result<bool, RecordError> {
        // The version stays: a refresh that is on its way must be able to store its tokens.
        const BEGIN: &str = "UPDATE sign_ins SET view_as = $2, view_as_until = $3 WHERE id = $1 AND revoked_at IS NULL \
                             RETURNING id, user_id";
        const END: &str = "UPDATE sign_ins SET view_as = NULL, view_as_until = NULL WHERE id = $1 \
                           AND revoked_at IS NULL AND view_as IS NOT NULL RETURNING id, user_id";
        let statement = self.announced(if role_until.is_some() { BEGIN } else { END });
        let changed = in_transaction!(transaction, |connection| {
            let change = sqlx::query(&statement).bind(id);
            let change = match role_until {
                Some((role, until_ms)) => change.bind(role.key()).bind(until_ms),
                None => change,
            };
            change.fetch_all(connection).await?.len()
        });
        Ok(changed > 0)
    }
}
