//! The person who is signed in, as pages may show them.

use serde::{Deserialize, Serialize};

use crate::Role;

/// The person who is signed in, as pages may show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentUser {
    /// The name to show: `name`, else `preferred_username`, else the e-mail address, else the subject.
    pub name: String,
    /// The e-mail address, for display only: never a key.
    pub email: Option<String>,
    /// The highest role that the configuration gives; `None` opens nothing.
    pub role: Option<Role>,
    /// The provider's name, for display.
    pub provider: String,
}

impl CurrentUser {
    /// Whether the person holds `needed` or a role above it.
    #[must_use]
    pub fn has(&self, needed: Role) -> bool {
        self.role.is_some_and(|role| role >= needed)
    }
}

/// A provider that a person can choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderChoice {
    /// The configured id, part of the sign-in path.
    pub id: String,
    /// The name on the button.
    pub name: String,
}
