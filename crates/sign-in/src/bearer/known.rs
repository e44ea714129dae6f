//! Callers of the API as people of ours: who makes something with it, or decides something, is known from then on. They have not
//! signed in by that.

use super::caller::ApiCaller;
use super::claims::CallerKind;
use crate::db::{Db, on_both, reading_on_both};

impl ApiCaller {
    /// Our number of the caller: a person has the one of their sign-ins, an application one of its own.
    pub async fn number(&self, db: &Db, now_ms: i64) -> Result<i64, sqlx::Error> {
        const ADD: &str = "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) \
                           VALUES ($1, $2, $3, $4, 0) \
                           ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name RETURNING id";
        if let Some(known) = self.known_number(db).await? {
            return Ok(known);
        }
        on_both!(db, |pool| {
            let add = sqlx::query_scalar(ADD).bind(self.key_issuer()).bind(&self.subject).bind(&self.name);
            add.bind(now_ms).fetch_one(pool).await
        })
    }

    /// The same where they have one.
    pub async fn known_number(&self, db: &Db) -> Result<Option<i64>, sqlx::Error> {
        const KNOWN: &str = "SELECT id FROM users WHERE issuer = $1 AND subject = $2";
        reading_on_both!(db, |pool| {
            sqlx::query_scalar(KNOWN).bind(self.key_issuer()).bind(&self.subject).fetch_optional(pool).await
        })
    }

    /// The issuer by which they are known here. A person can have a subject that an application is called. No issuer, which is a URL,
    /// begins like this.
    fn key_issuer(&self) -> String {
        match self.kind {
            CallerKind::Person => self.issuer.clone(),
            CallerKind::Application => format!("applications of {}", self.issuer),
        }
    }
}
