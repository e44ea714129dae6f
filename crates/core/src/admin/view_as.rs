//! Looking at Rolecall as somebody with a lower role does. It is kept with the session, on the server, and ends by itself.

use std::net::IpAddr;

use rolecall_model::Role;
use rolecall_sign_in::Auth;
use rolecall_sign_in::session::{RecordError, SignIn};

use super::DecisionError;
use crate::audit::{Audit, Entry, Kind};

/// For how long, in milliseconds.
const VIEW_AS_MS: i64 = 30 * 60 * 1000;

/// Lets the session of the administrator behind `sign_in`, whose request came from `ip`, count as one with `role`: Read or
/// Write. Until it ends nothing is open in it that the role does not open, decisions of administrators included.
///
/// # Errors
/// [`DecisionError::Unusable`] for a role that is not lower; [`DecisionError::Unknown`] where the session is over.
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
    let entry = Entry::new(Kind::ViewAsBegun, now_ms).by(sign_in.user_id).from_address(ip);
    let entry = entry.with("role", role.key()).with("ends_at", until_ms);
    if !change((auth, audit), sign_in, Some((role, until_ms)), entry).await? {
        return Err(DecisionError::Unknown);
    }
    Ok(())
}

/// Ends that; nothing changes where it is over already.
pub async fn end_view_as(
    (auth, audit): (&Auth, &Audit),
    sign_in: &SignIn,
    ip: Option<IpAddr>,
) -> Result<(), DecisionError> {
    let entry = Entry::new(Kind::ViewAsEnded, auth.clock().now_ms()).by(sign_in.user_id).from_address(ip);
    change((auth, audit), sign_in, None, entry).await.map(drop)
}

async fn change(
    (auth, audit): (&Auth, &Audit),
    sign_in: &SignIn,
    role_until: Option<(Role, i64)>,
    entry: Entry,
) -> Result<bool, DecisionError> {
    let (auth, audit, id) = (auth.clone(), audit.clone(), sign_in.id.clone());
    // Carried through even if nobody waits for it any more: memory must follow.
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
    // Even a lost answer may be that of a change that is in force.
    auth.sign_ins().forget(id);
    committed?;
    tracing::info!(event, by);
    Ok(true)
}
