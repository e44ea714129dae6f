//! That tokens are used, noted once a minute for each. A request does not fail for want of the note.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rolecall_sign_in::db::Db;

use super::tokens::{self, Directory};

/// How often it is written that a token was used, in milliseconds.
const EVERY_MS: i64 = 60 * 1000;

/// When that was tried last, Unix milliseconds (UTC), by the name of the token: while the database has no time, each try takes
/// seconds. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Uses(Arc<Mutex<HashMap<String, i64>>>);

impl Uses {
    /// Notes that `directory` came with its token at `now_ms`.
    pub async fn note(&self, db: &Db, directory: &Directory, now_ms: i64) {
        if !self.is_due(directory, now_ms) {
            return;
        }
        if let Err(error) = tokens::note_use(db, directory, now_ms).await {
            let name = &directory.name;
            tracing::warn!(event = "scim_token_use_not_noted", name, ?error, "the use of a token could not be noted");
        }
    }

    fn is_due(&self, directory: &Directory, now_ms: i64) -> bool {
        let is_old = |at_ms: i64| !(0..EVERY_MS).contains(&now_ms.saturating_sub(at_ms));
        if !directory.used_at.is_none_or(is_old) {
            return false;
        }
        let mut tried = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = tried.get(&directory.name).copied().is_none_or(is_old);
        if is_due {
            tried.insert(directory.name.clone(), now_ms);
        }
        is_due
    }
}
