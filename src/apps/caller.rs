//! The sign-in on whose behalf an app is asked.

use std::sync::Arc;

use rolecall_model::Role;
use rolecall_sign_in::session::SignIn;

/// A request to an app is made on behalf of this sign-in.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The live sign-in.
    pub sign_in: Arc<SignIn>,
    /// The highest role whose doors are open to it.
    pub open_role: Role,
}
