//! Claims on requests with an idempotency key. All SQL about these keys is in this file, except for storing the answer,
//! which belongs to the transaction of the [version](crate::datasets::catalog).

use rolecall_sign_in::db::on_both;
use uuid::Uuid;

use super::super::error::DatasetError;
use super::super::handle::Datasets;
use super::super::rights::Changer;
use super::keys::IdempotencyKey;
use super::requests::{Claim, Pushed};

/// How long a request may take: after that another one with its key may start, and the first to finish counts.
const CLAIM_MS: i64 = 5 * 60_000;
/// How long an answer is kept.
const KEPT_MS: i64 = 24 * 60 * 60_000;

/// The state of a request with a key.
pub(super) enum Claimed {
    /// It is new, or the claim of its worker has expired.
    New(Claim),
    /// It was answered.
    Answered(Pushed),
}

impl Datasets {
    /// Claims the request `fingerprint` of `pusher` with `key`.
    ///
    /// # Errors
    /// [`DatasetError::KeyInUse`] while it is in progress; [`DatasetError::KeyOfAnother`] for another request with the
    /// key.
    pub(super) async fn claim(
        &self,
        pusher: Changer,
        key: &IdempotencyKey,
        fingerprint: &str,
    ) -> Result<Claimed, DatasetError> {
        const BEGIN: &str = "INSERT INTO push_keys \
                             (pusher, idempotency_key, request, claim, claimed_until, created_at) \
                             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (pusher, idempotency_key) DO UPDATE SET \
                             request = excluded.request, claim = excluded.claim, \
                             claimed_until = excluded.claimed_until, answer = NULL, created_at = excluded.created_at \
                             WHERE push_keys.created_at <= $7 \
                             OR (push_keys.answer IS NULL AND push_keys.claimed_until <= $6)";
        const KNOWN: &str = "SELECT request, answer FROM push_keys WHERE pusher = $1 AND idempotency_key = $2";
        let (now_ms, claim) = (self.clock.now_ms(), Uuid::new_v4().simple().to_string());
        let (begun, known): (u64, Option<(String, Option<String>)>) = on_both!(&self.db, |pool| {
            let begin = sqlx::query(BEGIN).bind(pusher.user).bind(key.as_str()).bind(fingerprint).bind(&claim);
            let begin = begin.bind(now_ms + CLAIM_MS).bind(now_ms).bind(now_ms - KEPT_MS).execute(pool).await?;
            let known = sqlx::query_as(KNOWN).bind(pusher.user).bind(key.as_str()).fetch_optional(pool).await?;
            (begin.rows_affected(), known)
        });
        if begun > 0 {
            return Ok(Claimed::New(Claim { pusher: pusher.user, key: key.as_str().to_owned(), id: claim }));
        }
        match known {
            Some((request, _)) if request != fingerprint => Err(DatasetError::KeyOfAnother),
            Some((_, Some(answer))) => {
                let wrong = |source: serde_json::Error| DatasetError::Entry {
                    name: "the answer to an idempotency key".to_owned(),
                    source: source.into(),
                };
                Ok(Claimed::Answered(serde_json::from_str(&answer).map_err(wrong)?))
            }
            // The other request may have failed at this moment.
            Some((_, None)) | None => Err(DatasetError::KeyInUse),
        }
    }

    /// Releases a request that changed nothing: it may be corrected and sent with the same key.
    pub(super) async fn let_go(&self, claim: &Claim) -> Result<(), DatasetError> {
        const END: &str = "DELETE FROM push_keys \
                           WHERE pusher = $1 AND idempotency_key = $2 AND claim = $3 AND answer IS NULL";
        on_both!(&self.db, |pool| {
            sqlx::query(END).bind(claim.pusher).bind(&claim.key).bind(&claim.id).execute(pool).await?;
        });
        Ok(())
    }

    /// Deletes expired answers.
    pub async fn sweep_push_keys(&self) -> Result<(), DatasetError> {
        const SWEEP: &str = "DELETE FROM push_keys WHERE created_at <= $1";
        let until = self.clock.now_ms() - KEPT_MS;
        on_both!(&self.db, |pool| {
            sqlx::query(SWEEP).bind(until).execute(pool).await?;
        });
        Ok(())
    }
}
