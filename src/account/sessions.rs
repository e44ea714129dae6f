//! Ending one's own sessions.

use rolecall_sign_in::Auth;
use rolecall_sign_in::session::{EndReason, EndedSignIn, Ending, RecordError, SignIn};

/// Ends the session `id` of the person behind `sign_in`; `None` where they have none of that id. One that has ended before
/// stays as it was.
///
/// # Errors
/// When the database does not answer: then it may have ended all the same.
pub async fn end_one(auth: &Auth, sign_in: &SignIn, id: String) -> Result<Option<usize>, RecordError> {
    if !auth.sign_ins().belongs_to(&id, sign_in.user_id).await? {
        return Ok(None);
    }
    end(auth, sign_in, Ending::OneOf(sign_in.user_id, id)).await.map(Some)
}

/// Ends all sessions of the person behind `sign_in` but this one. Returns how many there were.
///
/// # Errors
/// As [`end_one`].
pub async fn end_others(auth: &Auth, sign_in: &SignIn) -> Result<usize, RecordError> {
    end(auth, sign_in, Ending::OthersOf(sign_in.user_id, sign_in.id.clone())).await
}

/// Once begun it is carried through, even if the person does not wait for it.
async fn end(auth: &Auth, sign_in: &SignIn, ending: Ending) -> Result<usize, RecordError> {
    let (auth, user_id) = (auth.clone(), sign_in.user_id);
    let ending = tokio::spawn(async move {
        let now_ms = auth.clock().now_ms();
        let mut transaction = auth.db().begin().await?;
        let ended = auth.sign_ins().end_in(&mut transaction, &ending, EndReason::EndedElsewhere, now_ms).await?;
        let committed = transaction.commit().await;
        auth.sign_ins().let_go(&ended, now_ms);
        committed?;
        Ok::<Vec<EndedSignIn>, RecordError>(ended)
    });
    let ended = ending.await.map_err(|_| RecordError::Interrupted)??;
    tracing::info!(event = "sessions_ended", by = "person", user_id, ended = ended.len());
    Ok(ended.len())
}
