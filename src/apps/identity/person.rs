//! On whose behalf an app is asked, and what the app learns of that person: the same in headers and in the token.

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

/// The only facts of a person that leave for an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The stable key.
    pub(super) user: String,
    /// The name, as it is.
    pub(super) name: String,
    /// The address, if there is one.
    pub(super) email: Option<String>,
    /// The highest role that is open.
    pub(super) role: Role,
}

impl Person {
    /// The roles that are open, lowest first.
    pub(super) fn roles(&self) -> Vec<&'static str> {
        Role::ALL.into_iter().filter(|role| *role <= self.role).map(Role::key).collect()
    }
}
