//! Viewing Rolecall with a lower role. The role is stored with the session, on the server, and expires.

use std::net::IpAddr;

use rolecall_model::Role;
use rolecall_sign_in::Auth;
use rolecall_sign_in::session::{RecordError, SignIn};

use super::DecisionError;
use crate::audit::{Audit, Entry, EntryKind};

/// How long it lasts, in milliseconds.
const VIEW_AS_MS: i64 = 30 * 60 * 1000;

/// Limits the session of the administrator behind `sign_in`, whose request came from `ip`, to `role`: Read or Write.
/// Until it expires the session can do only what that role allows, so it cannot make an administrator's decisions
/// either.
///
/// # Errors
/// [`DecisionError::Unusable`] for a role that is not lower; [`DecisionError::Unknown`] if the session has ended.
pub async fn begin_view_as(
    (auth, audit): (&Auth, &Audit),
    sign_in: &SignIn,
    role: Role,
    ip: Option<IpAddr>,
) -> Result<(), DecisionError> {
    if role >= Role::Admin || sign_in.user.role < Some(Role::Admin) {
        return Err(DecisionError::Unusable("Choose a role that is lower than yours: Read or Write."));
    }
    let now_ms = auth.clock().now_ms();
    let until_ms = now_ms.saturating_add(VIEW_AS_MS);
    let entry = Entry::new(EntryKind::ViewAsBegun, now_ms).by(sign_in.user_id).from_address(ip);
    let entry = entry.with("role", role.key()).with("ends_at", until_ms);
    if !change((auth, audit), sign_in, Some((role, until_ms)), entry).await? {
        return Err(DecisionError::Unknown);
    }
    Ok(())
}

/// Removes the limit; nothing happens if there is none.
pub async fn end_view_as(
    (auth, audit): (&Auth, &Audit),
    sign_in: &SignIn,
    ip: Option<IpAddr>,
) -> Result<(), DecisionError> {
    let entry = Entry::new(EntryKind::ViewAsEnded, auth.clock().now_ms()).by(sign_in.user_id).from_address(ip);
    change((auth, audit), sign_in, None, entry).await.map(drop)
}

async fn change(
    (auth, audit): (&Auth, &Audit),
    sign_in: &SignIn,
    role_until: Option<(Role, i64)>,
    entry: Entry,
) -> Result<bool, DecisionError> {
    let (auth, audit, id) = (auth.clone(), audit.clone(), sign_in.id.clone());
    // Completed even if the caller is gone: the cache must be updated too.
    let changing = tokio::spawn(async move { change_record(&auth, &audit, &id, role_until, entry).await });
    changing.await.map_err(|_| RecordError::Interrupted)?
}

async fn change_record(
    auth: &Auth,
    audit: &Audit,
    id: &str,
    role_until: Option<(Role, i64)>,
    entry: Entry,
) -> Result<bool, DecisionError> {
    let mut transaction = auth.db().begin().await?;
    if !auth.sign_ins().view_as_in(&mut transaction, id, role_until).await? {
        return Ok(false);
    }
    let (event, by) = (entry.kind.name(), entry.actor_id);
    audit.append(&mut transaction, &[entry]).await?;
    let committed = transaction.commit().await;
    // If the answer was lost, the change may still be in force.
    auth.sign_ins().forget(id);
    committed?;
    tracing::info!(event, by);
    Ok(true)
}
