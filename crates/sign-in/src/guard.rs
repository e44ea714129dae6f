//! The sign-in behind a request, and whether its role is high enough.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Extensions;
use rolecall_model::Role;
use tower_sessions::Session;

use super::clock::LEEWAY_MS;
use super::session::{self, HeldSession, LiveSignInError, RecordError, SignIn, SignInEnds};
use super::{Auth, Denied, Event};

/// The client's address, as reported by configured proxies. Stored as a request extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The live sign-in behind a request, if there is one. A request extension that only [`identify`] sets.
#[derive(Clone, Debug)]
pub struct CurrentSignIn {
    /// The sign-in, for display.
    pub sign_in: Option<Arc<SignIn>>,
    /// Whether its role can be relied on: not while expired tokens cannot be refreshed.
    pub is_vouched_for: bool,
    /// The highest role that may be used now: lower than the person's own when they authenticated too long ago.
    pub open_role: Option<Role>,
}

/// Identifies the person behind the request with these extensions, and stores the result there as [`CurrentSignIn`].
/// Tokens close to their expiry are refreshed. The session layer must have run before.
///
/// # Errors
/// When a store does not answer: the person is unknown then, and the request must be rejected.
pub async fn identify(auth: &Auth, extensions: &mut Extensions) -> Result<(), LiveSignInError> {
    let id = pointed_to(extensions).await?;
    identify_by(auth, id.as_deref(), extensions).await
}

/// The same for a request without a user's action, such as a page that refreshes itself: it is not activity.
///
/// # Errors
/// As [`identify`].
pub async fn identify_unseen(auth: &Auth, extensions: &mut Extensions) -> Result<(), LiveSignInError> {
    let sign_in = match pointed_to(extensions).await? {
        Some(id) => auth.sign_ins().live_unseen(&id, auth.clock().now_ms()).await?,
        None => None,
    };
    note(auth, sign_in, extensions).await
}

/// The same, for a request whose cookie session points to the sign-in record `id`.
///
/// # Errors
/// When a store does not answer: the person is unknown then, and the request must be rejected.
pub async fn identify_by(auth: &Auth, id: Option<&str>, extensions: &mut Extensions) -> Result<(), LiveSignInError> {
    let sign_in = match id {
        Some(id) => auth.sign_ins().live(id, auth.clock().now_ms()).await?,
        None => None,
    };
    note(auth, sign_in, extensions).await
}

/// The id of the sign-in record to which the session points.
async fn pointed_to(extensions: &Extensions) -> Result<Option<String>, LiveSignInError> {
    // The session is usually in memory, where it is read without copying all that it contains.
    if let Some(id) = extensions.get::<HeldSession>().and_then(session::pointed_to_by) {
        return Ok(Some(id));
    }
    Ok(match extensions.get::<Session>() {
        Some(session) => session::pointed_to(session).await?,
        None => None,
    })
}

/// Stores `sign_in` as the one behind the request with these extensions.
async fn note(auth: &Auth, sign_in: Option<Arc<SignIn>>, extensions: &mut Extensions) -> Result<(), LiveSignInError> {
    let now_ms = auth.clock().now_ms();
    let sign_in = match sign_in {
        Some(sign_in) => auth.refreshed(sign_in, now_ms).await?,
        None => None,
    };
    let is_vouched_for = sign_in.as_ref().is_none_or(|sign_in| sign_in.is_vouched_for(now_ms));
    let open_role = sign_in.as_ref().and_then(|sign_in| open_role_of(auth, sign_in));
    extensions.insert(CurrentSignIn { sign_in, is_vouched_for, open_role });
    Ok(())
}

/// The highest role that the sign-in `id` may use now; `None` when it has ended or cannot be relied on. For what
/// outlives a request: this never waits for a provider, and it counts as activity only with `is_active`.
///
/// # Errors
/// When the database does not answer: the state of the sign-in is unknown then, and what depends on it must end.
pub async fn still_open_role(auth: &Auth, id: &str, is_active: bool) -> Result<Option<Role>, RecordError> {
    let now_ms = auth.clock().now_ms();
    let sign_in = if is_active {
        auth.sign_ins().live(id, now_ms).await?
    } else {
        auth.sign_ins().live_unseen(id, now_ms).await?
    };
    let Some(sign_in) = sign_in else { return Ok(None) };
    auth.begin_refresh(&sign_in, now_ms);
    Ok(open_role_of(auth, &sign_in).filter(|_| sign_in.is_vouched_for(now_ms)))
}

/// A sign-in as it stands while a page of it is open.
#[derive(Clone, Debug)]
pub struct WatchedSignIn {
    /// The sign-in, for display.
    pub sign_in: Arc<SignIn>,
    /// The highest role that it may use.
    pub open_role: Option<Role>,
    /// When it expires.
    pub ends: SignInEnds,
}

/// The sign-in `id`, for repeated checks while a page is open: the check is not activity, and never waits for a
/// provider. Otherwise the reason why it may use nothing.
///
/// # Errors
/// When the database does not answer: the state of the sign-in is unknown then.
pub async fn watch_unseen(auth: &Auth, id: &str) -> Result<Result<WatchedSignIn, Denied>, RecordError> {
    let now_ms = auth.clock().now_ms();
    let Some((sign_in, ends)) = auth.sign_ins().live_with_ends(id, now_ms).await? else {
        return Ok(Err(Denied::SignedOut));
    };
    auth.begin_refresh(&sign_in, now_ms);
    if !sign_in.is_vouched_for(now_ms) {
        return Ok(Err(Denied::NotVouchedFor));
    }
    let open_role = open_role_of(auth, &sign_in);
    Ok(Ok(WatchedSignIn { sign_in, open_role, ends }))
}

/// Why the sign-in `id` may not use now what the role `needed` allows, or is not live if no role is needed; `None` when
/// it may. The check is not activity, and never waits for a provider.
pub async fn denied_unseen(auth: &Auth, id: Option<&str>, needed: Option<Role>) -> Result<Option<Denied>, RecordError> {
    let sign_in = match live_unseen(auth, id).await? {
        Ok(sign_in) => sign_in,
        Err(denied) => return Ok(Some(denied)),
    };
    Ok(needed.and_then(|needed| enough(&sign_in, open_role_of(auth, &sign_in), needed).err()))
}

/// The sign-in `id`, if it is live and can be relied on.
async fn live_unseen(auth: &Auth, id: Option<&str>) -> Result<Result<Arc<SignIn>, Denied>, RecordError> {
    let now_ms = auth.clock().now_ms();
    let sign_in = match id {
        Some(id) => auth.sign_ins().live_unseen(id, now_ms).await?,
        None => None,
    };
    let Some(sign_in) = sign_in else { return Ok(Err(Denied::SignedOut)) };
    auth.begin_refresh(&sign_in, now_ms);
    Ok(if sign_in.is_vouched_for(now_ms) { Ok(sign_in) } else { Err(Denied::NotVouchedFor) })
}

/// Whether `sign_in`, which may use up to `open_role`, may use what `needed` allows.
fn enough(sign_in: &SignIn, open_role: Option<Role>, needed: Role) -> Result<(), Denied> {
    if open_role >= Some(needed) {
        Ok(())
    } else if sign_in.user.has(needed) {
        Err(Denied::StepUp { needed })
    } else {
        Err(Denied::Role { needed })
    }
}

/// The highest role that `sign_in` may use now.
fn open_role_of(auth: &Auth, sign_in: &SignIn) -> Option<Role> {
    auth.config().step_up.open_role(sign_in.user.role, sign_in.authenticated_at_ms, auth.clock().now_ms())
}

/// The live sign-in behind the request with these extensions.
///
/// # Errors
/// [`Denied`] when there is none, or it cannot be relied on right now.
pub fn signed_in(extensions: &Extensions) -> Result<Arc<SignIn>, Denied> {
    let current = extensions.get::<CurrentSignIn>().ok_or(Denied::SignedOut)?;
    let sign_in = current.sign_in.clone().ok_or(Denied::SignedOut)?;
    if current.is_vouched_for { Ok(sign_in) } else { Err(Denied::NotVouchedFor) }
}

/// Whether the browser behind the request with these extensions has a live sign-in, whatever its role.
#[must_use]
pub fn has_sign_in(extensions: &Extensions) -> bool {
    extensions.get::<CurrentSignIn>().is_some_and(|current| current.sign_in.is_some())
}

/// The live sign-in behind the request with these extensions, if it may use what `needed` allows.
///
/// # Errors
/// [`Denied`] when there is none, its role is lower, or the person must sign in again.
pub fn require(extensions: &Extensions, needed: Role) -> Result<Arc<SignIn>, Denied> {
    let sign_in = signed_in(extensions)?;
    enough(&sign_in, open_role(extensions), needed)?;
    Ok(sign_in)
}

/// The same, if the person authenticated `within` this time: at the provider where it says when, and otherwise by
/// signing in here.
///
/// # Errors
/// As [`require`]; [`Denied::StepUp`] when that was too long ago.
pub fn require_recent(
    auth: &Auth,
    extensions: &Extensions,
    needed: Role,
    within: Duration,
) -> Result<Arc<SignIn>, Denied> {
    let sign_in = require(extensions, needed)?;
    let proved_ms = sign_in.authenticated_at_ms.unwrap_or(sign_in.created_at_ms);
    let since_ms = auth.clock().now_ms().saturating_sub(proved_ms);
    let within_ms = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
    // A time in the future was written by a clock that has been put back since.
    if (-LEEWAY_MS..=within_ms).contains(&since_ms) { Ok(sign_in) } else { Err(Denied::StepUp { needed }) }
}

/// The highest role that the request with these extensions may use.
#[must_use]
pub fn open_role(extensions: &Extensions) -> Option<Role> {
    extensions.get::<CurrentSignIn>().filter(|current| current.is_vouched_for).and_then(|current| current.open_role)
}

/// Reports that the request with these extensions was denied. A page that leads to the sign-in instead is not reported.
pub fn report_denied(auth: &Auth, extensions: &Extensions, reason: Denied) {
    let sign_in = extensions.get::<CurrentSignIn>().and_then(|current| current.sign_in.as_ref());
    auth.events().emit(&Event::AccessDenied {
        reason,
        user_id: sign_in.map(|sign_in| sign_in.user_id),
        role: sign_in.and_then(|sign_in| sign_in.user.role),
        ip: extensions.get::<ClientAddress>().map(|ClientAddress(ip)| *ip),
    });
}
