//! The caller of the API. People who create or decide something with it are stored as people. That alone is not a
//! sign-in.

use std::time::Duration;

use rolecall_model::Role;
use serde_json::{Map, Value};

use super::claims::{CallerKind, Checked};
use crate::Denied;
use crate::clock::LEEWAY_MS;
use crate::config::StepUp;
use crate::db::{Db, on_both, reading_on_both};
use crate::provider::Provider;

/// The caller, from an access token that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCaller {
    /// The issuer, which together with `subject` is the caller's key, the same as for sign-ins.
    pub issuer: String,
    /// The subject at the issuer; at Entra the object id.
    pub subject: String,
    /// The name to show.
    pub name: String,
    /// A person's first name, where the token contains it.
    pub given_name: Option<String>,
    /// Whether it is a person or an application.
    pub kind: CallerKind,
    /// The id of the application that the token was given to.
    pub client: String,
    /// The id of the provider.
    pub provider: String,
    /// The highest role that the token gives.
    pub role: Option<Role>,
    /// The highest role that the caller may use: lower than `role` when a person authenticated too long ago.
    pub open_role: Option<Role>,
    /// When a person authenticated, Unix milliseconds (UTC), where the token contains it.
    pub authenticated_at_ms: Option<i64>,
    /// Every claim of the token, as its issuer signed them.
    pub claims: Map<String, Value>,
}

impl ApiCaller {
    pub(super) fn new(
        checked: Checked,
        claims: Map<String, Value>,
        role: Option<Role>,
        provider: &Provider,
        step_up: &StepUp,
        now_ms: i64,
    ) -> Self {
        let open_role = match checked.kind {
            CallerKind::Person => step_up.open_role(role, checked.authenticated_at_ms, now_ms),
            // It authenticates each time that it asks for a token.
            CallerKind::Application => role,
        };
        Self {
            issuer: checked.issuer,
            subject: checked.subject,
            name: checked.name,
            given_name: checked.given_name,
            kind: checked.kind,
            client: checked.client,
            provider: provider.config.id.clone(),
            role,
            open_role,
            authenticated_at_ms: checked.authenticated_at_ms,
            claims,
        }
    }

    /// Checks that the caller may use what `needed` allows.
    ///
    /// # Errors
    /// [`Denied`] when its role is lower, or a person must sign in again.
    pub fn require(&self, needed: Role) -> Result<(), Denied> {
        if self.open_role >= Some(needed) {
            Ok(())
        } else if self.role >= Some(needed) {
            Err(Denied::StepUp { needed })
        } else {
            Err(Denied::Role { needed })
        }
    }

    /// The same, for what cannot be undone: a person's token must say that they authenticated `within` this time before
    /// `now_ms`. An application authenticates each time that it requests a token.
    ///
    /// # Errors
    /// As [`require`](Self::require).
    pub fn require_recent(&self, needed: Role, within: Duration, now_ms: i64) -> Result<(), Denied> {
        self.require(needed)?;
        let within_ms = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
        // A time in the future, beyond the clock skew that is allowed, is ignored.
        let is_recent = |at_ms: i64| (-LEEWAY_MS..=within_ms).contains(&now_ms.saturating_sub(at_ms));
        if self.kind == CallerKind::Application || self.authenticated_at_ms.is_some_and(is_recent) {
            Ok(())
        } else {
            Err(Denied::StepUp { needed })
        }
    }

    /// Our number of the caller: a person has the number of their sign-ins, an application has its own.
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

    /// The same, where one exists already.
    pub async fn known_number(&self, db: &Db) -> Result<Option<i64>, sqlx::Error> {
        const KNOWN: &str = "SELECT id FROM users WHERE issuer = $1 AND subject = $2";
        reading_on_both!(db, |pool| {
            sqlx::query_scalar(KNOWN).bind(self.key_issuer()).bind(&self.subject).fetch_optional(pool).await
        })
    }

    /// The issuer under which the caller is stored. A person and an application can have the same subject, so
    /// applications get a prefix that no issuer has, because an issuer is a URL.
    fn key_issuer(&self) -> String {
        match self.kind {
            CallerKind::Person => self.issuer.clone(),
            CallerKind::Application => format!("applications of {}", self.issuer),
        }
    }
}
