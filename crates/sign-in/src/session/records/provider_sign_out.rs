//! Sign-outs by a provider: they end live sign-ins, and those still in progress.
//!
//! The sign-out is stored first and then ends the live records; a new record is stored first and then checks for stored
//! sign-outs. So whichever is faster, one of the two sees the other.

use sha2::{Digest as _, Sha256};
use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;

use super::end::{EndReason, EndedSignIn, end_where};
use super::{NewSignIn, RecordError, SignIns};
use crate::db::on_both;
use crate::random;

/// How long a sign-out is remembered, in milliseconds: longer than a sign-in that was in progress can still take, and
/// than a logout token can be used.
pub(super) const REMEMBER_MS: i64 = 15 * 60 * 1000;

/// What a provider signs out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderSession {
    /// One session of one person.
    Session {
        /// Its `sid`.
        sid: String,
        /// The person's `sub`, if given: their sign-ins whose ID token had no session id may belong to this session.
        subject: Option<String>,
    },
    /// Every session of a person, by `sub`.
    Subject(String),
}

/// A verified sign-out by a provider.
#[derive(Clone, Debug)]
pub struct ProviderSignOut {
    /// The provider's id.
    pub provider: String,
    /// The issuer that it came from; `None` if the provider did not say: then it may be any of its tenants.
    pub issuer: Option<String>,
    /// What it signs out.
    pub session: ProviderSession,
    /// It ends ID tokens that were issued up to this time, in Unix seconds (UTC).
    pub issued_at_s: i64,
    /// The logout token's `jti`, which works once.
    pub jti: Option<String>,
}

/// Why a provider's sign-out was not carried out.
#[derive(Debug, Error, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ProviderSignOutError {
    /// Its logout token was used before.
    #[error("the logout token was used before")]
    #[strum(serialize = "used_before")]
    Replayed,
    /// The records could not be changed.
    #[error(transparent)]
    #[strum(serialize = "record_not_written")]
    Record(#[from] RecordError),
}

impl From<sqlx::Error> for ProviderSignOutError {
    fn from(error: sqlx::Error) -> Self {
        Self::Record(error.into())
    }
}

impl SignIns {
    /// Carries out `sign_out`. Doing so twice is harmless, so a provider may retry after a failure; its `jti` is marked
    /// as used only at the end. Once begun it is completed, even if the caller is cancelled.
    ///
    /// # Errors
    /// When the logout token was used before, or the database does not answer.
    pub async fn sign_out_from_provider(
        &self,
        sign_out: ProviderSignOut,
        now_ms: i64,
    ) -> Result<Vec<EndedSignIn>, ProviderSignOutError> {
        let this = self.clone();
        let ending = tokio::spawn(async move { this.carry_out(&sign_out, now_ms).await });
        ending.await.map_err(|_| RecordError::Interrupted)?
    }

    async fn carry_out(
        &self,
        sign_out: &ProviderSignOut,
        now_ms: i64,
    ) -> Result<Vec<EndedSignIn>, ProviderSignOutError> {
        if let Some(jti) = &sign_out.jti
            && self.is_used(sign_out, jti).await?
        {
            return Err(ProviderSignOutError::Replayed);
        }
        self.note_provider_sign_out(sign_out, now_ms).await?;
        let ended = self.end_provider_session(sign_out, now_ms).await?;
        if let Some(jti) = &sign_out.jti {
            self.use_up(sign_out, jti, now_ms).await?;
        }
        Ok(ended)
    }

    /// Whether the provider has, in the meantime, signed out the session or the person of `new`.
    pub(super) async fn is_signed_out_at_provider(&self, new: &NewSignIn<'_>) -> Result<bool, RecordError> {
        const FIND: &str = "SELECT COUNT(*) FROM provider_sign_outs \
                            WHERE provider = $1 AND key_hash IN ($2, $3, $4, $5) AND issued_at >= $6";
        let of_session = match &new.provider_sid {
            Some(sid) => Key::Session(sid),
            None => Key::SubjectWithoutSession(new.token_subject),
        };
        let keys = [Some(new.issuer), None]
            .map(|issuer| [of_session, Key::Subject(new.token_subject)].map(|key| key.hash(issuer)));
        let found: i64 = on_both!(&self.db, |pool| {
            let query = sqlx::query_scalar(FIND).bind(new.provider);
            keys.iter()
                .flatten()
                .fold(query, |query, key| query.bind(key.as_slice()))
                .bind(new.token_issued_at_s)
                .fetch_one(pool)
                .await?
        });
        Ok(found > 0)
    }

    async fn note_provider_sign_out(&self, sign_out: &ProviderSignOut, now_ms: i64) -> Result<(), RecordError> {
        const NOTE: &str = "INSERT INTO provider_sign_outs (provider, key_hash, issued_at, expires_at) \
                            VALUES ($1, $2, $3, $4) ON CONFLICT (provider, key_hash) DO UPDATE SET \
                            issued_at = excluded.issued_at, expires_at = excluded.expires_at \
                            WHERE provider_sign_outs.issued_at <= excluded.issued_at";
        for key in sign_out.session.keys() {
            on_both!(&self.db, |pool| {
                sqlx::query(NOTE)
                    .bind(&sign_out.provider)
                    .bind(key.hash(sign_out.issuer.as_deref()))
                    .bind(sign_out.issued_at_s)
                    .bind(now_ms + REMEMBER_MS)
                    .execute(pool)
                    .await?;
            });
        }
        Ok(())
    }

    async fn end_provider_session(
        &self,
        sign_out: &ProviderSignOut,
        now_ms: i64,
    ) -> Result<Vec<EndedSignIn>, RecordError> {
        const BY_SID: &str = end_where!("provider = $4 AND provider_sid = $5");
        const BY_SID_AND_ISSUER: &str =
            end_where!("provider = $4 AND provider_sid = $5 AND user_id IN (SELECT id FROM users WHERE issuer = $6)");
        const BY_SUBJECT: &str = end_where!("provider = $4 AND token_subject = $5");
        const BY_SUBJECT_AND_ISSUER: &str =
            end_where!("provider = $4 AND token_subject = $5 AND user_id IN (SELECT id FROM users WHERE issuer = $6)");
        const WITHOUT_SID: &str = end_where!("provider = $4 AND token_subject = $5 AND provider_sid IS NULL");
        const WITHOUT_SID_AND_ISSUER: &str = end_where!(
            "provider = $4 AND token_subject = $5 AND provider_sid IS NULL AND user_id IN (SELECT id FROM users WHERE issuer = $6)"
        );
        let reason = EndReason::SignedOutAtProvider;
        let mut ended = Vec::new();
        for key in sign_out.session.keys() {
            let (statement, with_issuer, id) = match key {
                Key::Session(sid) => (BY_SID, BY_SID_AND_ISSUER, sid),
                Key::Subject(subject) => (BY_SUBJECT, BY_SUBJECT_AND_ISSUER, subject),
                Key::SubjectWithoutSession(subject) => (WITHOUT_SID, WITHOUT_SID_AND_ISSUER, subject),
            };
            let ended_by_key = match &sign_out.issuer {
                Some(issuer) => self.end(with_issuer, &[&sign_out.provider, id, issuer], reason, now_ms).await?,
                None => self.end(statement, &[&sign_out.provider, id], reason, now_ms).await?,
            };
            // Now, not at the end: if the next statement fails, the ended sign-ins must not stay in the cache.
            for sign_in in &ended_by_key {
                self.live.forget(&sign_in.id);
            }
            ended.extend(ended_by_key);
        }
        Ok(ended)
    }

    /// Whether the ID token of any live sign-in of `provider` had a session id.
    pub async fn knows_provider_sessions(&self, provider: &str) -> Result<bool, RecordError> {
        const ANY: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM sign_ins \
                           WHERE provider = $1 AND provider_sid IS NOT NULL AND revoked_at IS NULL LIMIT 1) AS found";
        let found: i64 = on_both!(&self.db, |pool| sqlx::query_scalar(ANY).bind(provider).fetch_one(pool).await?);
        Ok(found > 0)
    }

    async fn is_used(&self, sign_out: &ProviderSignOut, jti: &str) -> Result<bool, RecordError> {
        const FIND: &str = "SELECT COUNT(*) FROM logout_tokens WHERE jti_hash = $1";
        let hash = jti_hash(sign_out, jti);
        let found: i64 = on_both!(&self.db, |pool| sqlx::query_scalar(FIND).bind(&hash).fetch_one(pool).await?);
        Ok(found > 0)
    }

    async fn use_up(&self, sign_out: &ProviderSignOut, jti: &str, now_ms: i64) -> Result<(), ProviderSignOutError> {
        const USE: &str = "INSERT INTO logout_tokens (jti_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let (hash, expires_at) = (jti_hash(sign_out, jti), now_ms + REMEMBER_MS);
        let used = on_both!(&self.db, |pool| {
            sqlx::query(USE).bind(&hash).bind(expires_at).execute(pool).await?.rows_affected()
        });
        if used == 1 { Ok(()) } else { Err(ProviderSignOutError::Replayed) }
    }
}

/// The key that sign-outs are stored under, and sign-ins are found by.
#[derive(Clone, Copy)]
enum Key<'a> {
    /// A session, by `sid`.
    Session(&'a str),
    /// A person, by `sub`.
    Subject(&'a str),
    /// A person, by `sub`, restricted to sign-ins whose ID tokens had no session id.
    SubjectWithoutSession(&'a str),
}

impl Key<'_> {
    /// Its name in the database, at `issuer`.
    fn hash(self, issuer: Option<&str>) -> Vec<u8> {
        let (kind, id) = match self {
            Self::Session(sid) => ("sid", sid),
            Self::Subject(subject) => ("sub", subject),
            Self::SubjectWithoutSession(subject) => ("sub-without-sid", subject),
        };
        let parts = [kind, issuer.unwrap_or_default(), id];
        parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(random::hash(part))).finalize().to_vec()
    }
}

impl ProviderSession {
    /// The key that it is stored under.
    fn keys(&self) -> Vec<Key<'_>> {
        match self {
            Self::Subject(subject) => vec![Key::Subject(subject)],
            Self::Session { sid, subject } => {
                let without = subject.as_deref().map(Key::SubjectWithoutSession);
                [Key::Session(sid)].into_iter().chain(without).collect()
            }
        }
    }
}

fn jti_hash(sign_out: &ProviderSignOut, jti: &str) -> Vec<u8> {
    let parts = [&sign_out.provider, sign_out.issuer.as_deref().unwrap_or_default(), jti];
    parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(random::hash(part))).finalize().to_vec()
}
