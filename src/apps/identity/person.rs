//! A person, as apps know them: the same in headers and in the token.

use rolecall_model::Role;

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
