//! Who is behind a request, and whether that is enough.

use std::sync::Arc;

use http::Extensions;
use tower_sessions::Session;

use super::Auth;
use super::session::{self, LiveSignInError, SignIn};
use crate::identity::Role;

/// The live sign-in behind a request, if there is one. A request extension that only [`identify`] sets.
#[derive(Clone, Debug)]
pub struct CurrentSignIn(pub Option<Arc<SignIn>>);

/// Why a request is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Nobody is signed in.
    SignedOut,
    /// The role is not enough.
    Forbidden {
        /// The lowest role that would do.
        needed: Role,
    },
}

/// Finds out who is behind the request with these extensions, and notes it there as [`CurrentSignIn`]. The session
/// layer must have run before.
///
/// # Errors
/// When a store does not answer: then nobody can be told from anybody, and the request must go no further.
pub async fn identify(auth: &Auth, extensions: &mut Extensions) -> Result<(), LiveSignInError> {
    let sign_in = match extensions.get::<Session>() {
        Some(session) => session::live_sign_in(session, auth.sign_ins(), auth.clock().now_ms()).await?,
        None => None,
    };
    extensions.insert(CurrentSignIn(sign_in));
    Ok(())
}

/// The live sign-in behind the request with these extensions.
///
/// # Errors
/// [`Denied::SignedOut`] when there is none.
pub fn signed_in(extensions: &Extensions) -> Result<Arc<SignIn>, Denied> {
    extensions.get::<CurrentSignIn>().and_then(|current| current.0.clone()).ok_or(Denied::SignedOut)
}

/// The live sign-in behind the request with these extensions, whose role is at least `needed`.
///
/// # Errors
/// [`Denied`] when there is none, or its role is lower.
pub fn require(extensions: &Extensions, needed: Role) -> Result<Arc<SignIn>, Denied> {
    let sign_in = signed_in(extensions)?;
    if sign_in.user.has(needed) { Ok(sign_in) } else { Err(Denied::Forbidden { needed }) }
}
