//! Stores a new sign-in record, and its person.

use std::net::IpAddr;
use std::sync::OnceLock;

use rolecall_model::{CurrentUser, Role};
use thiserror::Error;

use super::{EndReason, RecordError, SignIns};
use crate::db::{BeginWriting as _, on_both};
use crate::people::browsers::{COMPARED, NEW, is_new};
use crate::people::grants::{granted, role_of_level};
use crate::random;
use crate::session::sign_in::SignIn;
use crate::tokens::TokenSet;

/// The roles that are given here to the person `$1` at `$2`, and the `User-Agent` of their latest sign-in; null if
/// there was none.
const GRANTED_AND_BROWSER: &str = concat!(
    "SELECT ",
    granted!(),
    ", (SELECT COALESCE(s.user_agent, '') FROM sign_ins s WHERE s.user_id = u.id AND s.new_browser <> 1 \
     AND (s.revoked_reason IS NULL OR s.revoked_reason <> 'not_completed') \
     ORDER BY s.created_at DESC, s.id DESC LIMIT 1) AS latest_browser FROM users u WHERE u.id = $1"
);

/// The `User-Agent`s of the latest sign-ins of the person `$1`, of at most `$2`.
const BROWSERS: &str = "SELECT DISTINCT user_agent FROM (SELECT user_agent FROM sign_ins WHERE user_id = $1 \
                        AND new_browser <> 1 AND (revoked_reason IS NULL OR revoked_reason <> 'not_completed') \
                        ORDER BY created_at DESC, id DESC LIMIT $2) AS latest";

/// What a new sign-in record is made of.
pub struct NewSignIn<'a> {
    /// The provider's id.
    pub provider: &'a str,
    /// The provider's name, for display.
    pub provider_name: &'a str,
    /// The issuer, which together with `subject` is the person's key.
    pub issuer: &'a str,
    /// The subject at the issuer.
    pub subject: &'a str,
    /// The subject as in the token, for sign-outs by the provider.
    pub token_subject: &'a str,
    /// When the token was issued, Unix seconds (UTC).
    pub token_issued_at_s: i64,
    /// When the person authenticated at the provider, Unix milliseconds (UTC), if known.
    pub authenticated_at_ms: Option<i64>,
    /// The provider's session id, for sign-outs by the provider.
    pub provider_sid: Option<String>,
    /// The name to show.
    pub name: String,
    /// The e-mail address, for display.
    pub email: Option<String>,
    /// The same if the provider has verified it.
    pub verified_email: Option<String>,
    /// The role that the token gave.
    pub role: Option<Role>,
    /// Where the request came from.
    pub ip: Option<IpAddr>,
    /// The browser's `User-Agent`, shortened.
    pub user_agent: Option<&'a str>,
    /// The tokens, to be encrypted.
    pub tokens: &'a TokenSet,
}

/// Why a sign-in was not stored.
#[derive(Debug, Error)]
pub enum CreateError {
    /// The provider has signed the person out while the sign-in was in progress.
    #[error("the provider has ended this session already")]
    SignedOutAtProvider,
    /// An administrator disabled the person.
    #[error("the person is disabled")]
    Disabled {
        /// Our number of the person.
        user_id: i64,
        /// Why: a sentence for the person.
        reason: String,
    },
    /// The directory of the provider says that the person is not active.
    #[error("the person is not active in the directory")]
    Inactive {
        /// Our number of the person.
        user_id: i64,
    },
    /// It could not be written.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl SignIns {
    /// Stores a new sign-in, and its person.
    ///
    /// # Errors
    /// When the database does not answer, nothing is stored. When the provider has signed the person out in the
    /// meantime, the stored sign-in has ended.
    pub async fn create(&self, new: &NewSignIn<'_>, now_ms: i64) -> Result<SignIn, CreateError> {
        let sign_in = self.store(new, now_ms).await?;
        if self.is_signed_out_at_provider(new).await? {
            self.revoke(&sign_in.id, EndReason::SignedOutAtProvider, now_ms).await?;
            return Err(CreateError::SignedOutAtProvider);
        }
        Ok(sign_in)
    }

    async fn store(&self, new: &NewSignIn<'_>, now_ms: i64) -> Result<SignIn, CreateError> {
        let id = random::id();
        let sealed_tokens = self.seal_tokens(&id, new.tokens).map_err(RecordError::from)?;
        let due = new.tokens.due(now_ms, now_ms);
        let (user_id, granted, grants_change_at_ms): (i64, Option<i64>, Option<i64>) = on_both!(&self.db, |pool| {
            let mut transaction = pool.begin_writing().await.map_err(RecordError::from)?;
            // A transaction that disables the person waits for this row, and then finds the sign-in.
            let person: (i64, Option<i64>, Option<String>, Option<i64>) = sqlx::query_as(
                "INSERT INTO users (issuer, subject, name, email, created_at, last_sign_in_at, verified_email) \
                 VALUES ($1, $2, $3, $4, $5, $5, $6) \
                 ON CONFLICT (issuer, subject) DO UPDATE SET \
                 name = excluded.name, email = excluded.email, last_sign_in_at = excluded.last_sign_in_at, \
                 verified_email = excluded.verified_email \
                 RETURNING id, disabled_at, disabled_reason, inactive_since",
            )
            .bind(new.issuer)
            .bind(new.subject)
            .bind(&new.name)
            .bind(&new.email)
            .bind(now_ms)
            .bind(new.verified_email.as_ref().map(|email| email.to_ascii_lowercase()))
            .fetch_one(&mut *transaction)
            .await
            .map_err(RecordError::from)?;
            let (user_id, disabled_at, disabled_reason, inactive_since) = person;
            if disabled_at.is_some() {
                return Err(CreateError::Disabled { user_id, reason: disabled_reason.unwrap_or_default() });
            }
            if inactive_since.is_some() {
                return Err(CreateError::Inactive { user_id });
            }
            let known: (Option<i64>, Option<i64>, Option<String>) = sqlx::query_as(GRANTED_AND_BROWSER)
                .bind(user_id)
                .bind(now_ms)
                .fetch_one(&mut *transaction)
                .await
                .map_err(RecordError::from)?;
            let (granted, grants_change_at_ms, latest_browser) = known;
            let mut is_new_browser = latest_browser.is_some() && is_new(new.user_agent, &[latest_browser]);
            // Usually it is the browser of the previous sign-in, and no others need to be read.
            if is_new_browser {
                let earlier: Vec<Option<String>> = sqlx::query_scalar(BROWSERS)
                    .bind(user_id)
                    .bind(COMPARED)
                    .fetch_all(&mut *transaction)
                    .await
                    .map_err(RecordError::from)?;
                is_new_browser = is_new(new.user_agent, &earlier);
            }
            sqlx::query(
                "INSERT INTO sign_ins (id, user_id, provider, provider_sid, role, roles_read_at, created_at, \
                 last_seen_at, ip, user_agent, sealed_tokens, token_subject, refresh_at, tokens_end_at, authenticated_at, \
                 new_browser) VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            )
            .bind(&id)
            .bind(user_id)
            .bind(new.provider)
            .bind(&new.provider_sid)
            .bind(new.role.map(Role::key))
            .bind(now_ms)
            .bind(new.ip.map(|ip| ip.to_string()))
            .bind(new.user_agent)
            .bind(&sealed_tokens)
            .bind(new.token_subject)
            .bind(due.map(|due| due.refresh_at_ms))
            .bind(due.map(|due| due.end_at_ms))
            .bind(new.authenticated_at_ms)
            .bind(if is_new_browser { NEW } else { 0 })
            .execute(&mut *transaction)
            .await
            .map_err(RecordError::from)?;
            let committed = transaction.commit().await;
            // If the answer was lost, the commit may still have succeeded.
            self.no_new_browsers.forget(user_id);
            committed.map_err(RecordError::from)?;
            (user_id, granted, grants_change_at_ms)
        });
        let known = self.providers.iter().find(|known| known.id == new.provider);
        let granted = new.role.max(role_of_level(granted));
        let user = CurrentUser {
            name: new.name.clone(),
            email: new.email.clone(),
            role: known.map_or(new.role, |known| known.limited(granted, new.issuer)),
            provider: new.provider_name.to_owned(),
        };
        Ok(SignIn {
            id,
            user_id,
            provider: new.provider.to_owned(),
            user,
            user_json: OnceLock::new(),
            created_at_ms: now_ms,
            roles_read_at_ms: now_ms,
            authenticated_at_ms: new.authenticated_at_ms,
            refresh_at_ms: due.map(|due| due.refresh_at_ms),
            tokens_end_at_ms: due.map(|due| due.end_at_ms),
            provider_role: new.role,
            view_as: None,
            role_changes_at_ms: grants_change_at_ms,
        })
    }
}
