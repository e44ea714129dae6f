//! Callers of the API as people of ours: who makes something with it, or decides something, is known from then on.

use super::caller::ApiCaller;
use super::claims::CallerKind;
use crate::db::{Db, on_both};

impl ApiCaller {
    /// Our number of the caller: a person has the one of their sign-ins, an application one of its own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn number(&self, db: &Db, now_ms: i64) -> Result<i64, sqlx::Error> {
        const KNOWN: &str = "SELECT id FROM users WHERE issuer = $1 AND subject = $2";
        const ADD: &str = "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) \
                           VALUES ($1, $2, $3, $4, $4) \
                           ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name RETURNING id";
        // A person can have a subject that an application is called. No issuer, which is a URL, begins like this.
        let issuer = match self.kind {
            CallerKind::Person => self.issuer.clone(),
            CallerKind::Application => format!("applications of {}", self.issuer),
        };
        on_both!(db, |pool| {
            let known = sqlx::query_scalar(KNOWN).bind(&issuer).bind(&self.subject).fetch_optional(pool).await?;
            if let Some(known) = known {
                return Ok(known);
            }
            let add = sqlx::query_scalar(ADD).bind(&issuer).bind(&self.subject).bind(&self.name);
            add.bind(now_ms).fetch_one(pool).await
        })
    }
}
