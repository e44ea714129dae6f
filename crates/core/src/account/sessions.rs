//! Ending your own sessions.

use std::net::IpAddr;

use rolecall_sign_in::Auth;
use rolecall_sign_in::session::{EndReason, EndedSignIn, Ending, RecordError, SignIn};

use crate::audit::{Audit, Entry, EntryKind};
use crate::request_id;

/// The person who ends a session.
pub struct Ender<'a> {
    /// The session that they are using.
    pub sign_in: &'a SignIn,
    /// Where their request came from.
    pub ip: Option<IpAddr>,
}

/// Ends the session `id` of the person behind `by`; `None` where they have none with that id. An ended session stays
/// unchanged.
///
/// # Errors
/// When the database does not answer: then the session may still have ended.
pub async fn end_one(auth: &Auth, audit: &Audit, by: &Ender<'_>, id: String) -> Result<Option<usize>, RecordError> {
    if !auth.sign_ins().belongs_to(&id, by.sign_in.user_id).await? {
        return Ok(None);
    }
    end(auth, audit, by, Ending::OneOf(by.sign_in.user_id, id)).await.map(Some)
}

/// Ends all sessions of the person behind `by` except the one that they are using. Returns how many there were.
///
/// # Errors
/// As [`end_one`].
pub async fn end_others(auth: &Auth, audit: &Audit, by: &Ender<'_>) -> Result<usize, RecordError> {
    end(auth, audit, by, Ending::OthersOf(by.sign_in.user_id, by.sign_in.id.clone())).await
}

/// Once begun this is completed, even if the person does not wait for it.
async fn end(auth: &Auth, audit: &Audit, by: &Ender<'_>, ending: Ending) -> Result<usize, RecordError> {
    let (auth, audit, user_id, ip) = (auth.clone(), audit.clone(), by.sign_in.user_id, by.ip);
    let ending = request_id::spawn(async move {
        let now_ms = auth.clock().now_ms();
        let mut transaction = auth.db().begin().await?;
        let ended = auth.sign_ins().end_in(&mut transaction, &ending, EndReason::EndedElsewhere, now_ms).await?;
        if ended.is_empty() {
            return Ok(ended);
        }
        let entry = Entry::new(EntryKind::SessionsEnded, now_ms).by(user_id).about(user_id).from_address(ip);
        audit.append(&mut transaction, &[entry.with("by", "person").with("ended", ended.len())]).await?;
        let committed = transaction.commit().await;
        // If the answer was lost, the commit may still have succeeded.
        auth.sign_ins().let_go(&ended, now_ms);
        committed?;
        Ok::<Vec<EndedSignIn>, RecordError>(ended)
    });
    let ended = ending.await.map_err(|_| RecordError::Interrupted)??;
    tracing::info!(event = "sessions_ended", by = "person", user_id, ended = ended.len());
    Ok(ended.len())
}
