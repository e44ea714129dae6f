//! Attempts: sign-ins that have begun and not ended. Each is a sealed cookie of the browser that began it.
//!
//! Nothing is stored when a sign-in begins. Completing one first stores a row that marks its state as used. So a
//! callback works once, even if it arrives several times, at several instances at the same time. Only the browser with
//! the attempt's cookie gets as far as that row. All SQL about attempts is in this file.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;
use tower_sessions::cookie::Cookie;

use crate::db::{Db, in_batches, on_both};
use crate::session::{ATTEMPT_LIFETIME_MS, CipherError, HeldAttempts, KeptAttempt, SealedCookies};
use crate::{Further, Prompt, ReturnTo, random};

/// How much longer a used attempt is remembered: the clocks of instances differ.
const USED_LONGER_MS: i64 = 10 * 60 * 1000;

/// The attempts of this application.
#[derive(Clone)]
pub struct Attempts {
    db: Db,
    cookies: SealedCookies,
}

/// The secrets of an attempt: never shown to anybody.
#[derive(Clone, Default)]
pub struct AttemptSecrets {
    /// The nonce that the ID token must carry (OpenID Connect Core 3.1.2.1).
    pub nonce: String,
    /// The PKCE code verifier (RFC 7636, section 4.1).
    pub pkce_verifier: String,
    /// What is asked beyond the provider's configuration.
    pub further: Further,
}

/// An attempt, as it was begun.
#[derive(Clone)]
pub struct Attempt {
    /// The provider's id.
    pub provider: String,
    /// Where the person wants to go.
    pub return_to: ReturnTo,
    /// When it was begun, Unix milliseconds (UTC).
    pub begun_at_ms: i64,
    /// What the person asked the provider to prompt for.
    pub prompt: Option<Prompt>,
    /// The nonce, the PKCE verifier, and what is asked further.
    pub secrets: AttemptSecrets,
    seed: String,
}

/// What a cookie holds of an attempt beside its time and target.
#[derive(Serialize, Deserialize)]
struct SignInDetails {
    #[serde(rename = "p")]
    provider: String,
    /// The seed of the nonce and the PKCE verifier: 256 random bits.
    #[serde(rename = "s")]
    seed: String,
    #[serde(rename = "f", default, skip_serializing_if = "Further::is_nothing")]
    further: Further,
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    prompt: Option<Prompt>,
}

/// Why a callback's attempt is not accepted.
#[derive(Debug, Error, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum AttemptError {
    /// This browser began no such attempt, or has forgotten it.
    #[error("this browser has no such attempt: begun elsewhere, used, or long expired")]
    #[strum(serialize = "unknown_attempt")]
    Unknown,
    /// It was begun in this browser, too long ago.
    #[error("the attempt has expired")]
    #[strum(serialize = "attempt_expired")]
    Expired {
        /// Where the person wanted to go.
        return_to: ReturnTo,
    },
    /// It was begun in this browser, and used.
    #[error("the attempt was used already")]
    #[strum(serialize = "attempt_used")]
    Used {
        /// Where the person wanted to go.
        return_to: ReturnTo,
    },
    /// The cookie is not as we made it.
    #[error("the attempt's cookie cannot be read")]
    #[strum(serialize = "attempt_unreadable")]
    Unreadable(#[source] CipherError),
    /// The database cannot tell whether it was used.
    #[error("the database did not answer")]
    #[strum(serialize = "attempt_not_checked")]
    Database(#[from] sqlx::Error),
}

impl Attempt {
    /// A new attempt at `provider`, with secrets of its own.
    #[must_use]
    pub fn new(provider: String, return_to: ReturnTo, further: Further, now_ms: i64) -> Self {
        Self::of(now_ms, return_to, SignInDetails { provider, seed: random::token(), further, prompt: None })
    }

    /// The same, where the person asked the provider to prompt them.
    #[must_use]
    pub fn with_prompt(self, prompt: Option<Prompt>) -> Self {
        Self { prompt, ..self }
    }

    fn of(
        begun_at_ms: i64,
        return_to: ReturnTo,
        SignInDetails { provider, seed, further, prompt }: SignInDetails,
    ) -> Self {
        let secrets =
            AttemptSecrets { nonce: derived("nonce", &seed), pkce_verifier: derived("PKCE verifier", &seed), further };
        Self { provider, return_to, begun_at_ms, prompt, secrets, seed }
    }
}

impl Attempts {
    /// The attempts that browsers keep in `cookies`; `db` stores which ones were used.
    #[must_use]
    pub const fn new(db: Db, cookies: SealedCookies) -> Self {
        Self { db, cookies }
    }

    /// The cookies that browsers keep of them.
    #[must_use]
    pub const fn cookies(&self) -> &SealedCookies {
        &self.cookies
    }

    /// The attempts that a browser sent.
    #[must_use]
    pub fn held_in(&self, headers: &HeaderMap) -> HeldAttempts {
        self.cookies.attempts_in(headers)
    }

    /// The cookie for `attempt`, whose state is `state`, and the removal of cookies among `held` that no longer fit.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn begin(
        &self,
        state: &str,
        attempt: &Attempt,
        held: &HeldAttempts,
    ) -> Result<Vec<Cookie<'static>>, CipherError> {
        let Attempt { provider, return_to, begun_at_ms, prompt, secrets, seed } = attempt.clone();
        let details = SignInDetails { provider, seed, further: secrets.further, prompt };
        self.cookies.begin_attempt(state, &KeptAttempt { begun_at_ms, return_to, details }, held)
    }

    /// Takes the attempt with the state `state` out of `held`. It cannot be taken a second time, whatever the outcome.
    ///
    /// # Errors
    /// A variant of [`AttemptError`] for each reason.
    pub async fn take(&self, state: &str, held: &HeldAttempts, now_ms: i64) -> Result<Attempt, AttemptError> {
        let kept = self.cookies.attempt(state, held).map_err(AttemptError::Unreadable)?;
        let KeptAttempt { begun_at_ms, return_to, details } = kept.ok_or(AttemptError::Unknown)?;
        let attempt = Attempt::of(begun_at_ms, return_to, details);
        let return_to = attempt.return_to.clone();
        if now_ms >= begun_at_ms.saturating_add(ATTEMPT_LIFETIME_MS) {
            return Err(AttemptError::Expired { return_to });
        }
        if self.use_up(state, begun_at_ms).await? { Ok(attempt) } else { Err(AttemptError::Used { return_to }) }
    }

    /// Marks the attempt with the state `state` as used. Returns whether it was unused until now.
    async fn use_up(&self, state: &str, begun_at_ms: i64) -> Result<bool, sqlx::Error> {
        const USE: &str = "INSERT INTO used_attempts (state_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let expires_at_ms = begun_at_ms.saturating_add(ATTEMPT_LIFETIME_MS + USED_LONGER_MS);
        on_both!(&self.db, |pool| {
            let done = sqlx::query(USE).bind(random::hash(state)).bind(expires_at_ms).execute(pool).await?;
            Ok(done.rows_affected() == 1)
        })
    }

    /// Deletes expired marks of used attempts, a few rows at a time.
    ///
    /// # Errors
    /// When the database does not answer; what is left goes the next time.
    pub async fn sweep(&self, now_ms: i64) -> Result<(), sqlx::Error> {
        const EXPIRED: &str = "DELETE FROM used_attempts WHERE state_hash IN \
                               (SELECT state_hash FROM used_attempts WHERE expires_at <= $1 LIMIT $2)";
        in_batches!(&self.db, sqlx::query(EXPIRED).bind(now_ms));
        Ok(())
    }
}

/// A secret derived from `seed` for one `purpose` (43 characters of base64url, as RFC 7636, section 4.1, requires of a
/// verifier). Knowing one secret reveals neither the seed nor the other secret; storing both would make every attempt's
/// cookie longer.
fn derived(purpose: &str, seed: &str) -> String {
    let hash = Sha256::new_with_prefix("rolecall ").chain_update(purpose).chain_update(" ").chain_update(seed);
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secrets_of_an_attempt_are_its_own_and_are_made_again_alike() {
        let attempt = |seed: &str| {
            let details = SignInDetails {
                provider: "p".to_owned(),
                seed: seed.to_owned(),
                further: Further::default(),
                prompt: None,
            };
            Attempt::of(0, ReturnTo::home(), details).secrets
        };
        let (one, same, other) = (attempt("a"), attempt("a"), attempt("b"));
        assert_eq!((&one.nonce, &one.pkce_verifier), (&same.nonce, &same.pkce_verifier));
        let all = [&one.nonce, &one.pkce_verifier, &other.nonce, &other.pkce_verifier];
        assert!(
            all.iter().all(|secret| secret.len() == 43 && all.iter().filter(|other| **other == *secret).count() == 1)
        );
    }
}
