//! What an address leads to, and who may ask for it.

use std::sync::Arc;

use rolecall_model::Role;

use crate::dashboards::Dashboard;
use crate::server::access::{Access, RouteKind};

/// What an address leads to.
pub(super) struct AccessTarget {
    /// What it is, at the beginning of a sentence.
    pub(super) name: String,
    /// Who may ask for it.
    pub(super) opens: Opens,
    /// Why it is so, where the role that it needs is not the whole of it: a sentence.
    pub(super) because: Option<&'static str>,
    pub(super) kind: RouteKind,
    /// The dashboard that it shows.
    pub(super) dashboard: Option<Arc<Dashboard>>,
}

/// Who may ask for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    Anybody,
    SignedIn,
    /// Who has this role.
    Role(Role),
    /// Not this person, whatever their role.
    Never,
}

impl From<Access> for Opens {
    /// What the policy alone says. Of what decides by itself no more is known than that somebody is signed in.
    fn from(access: Access) -> Self {
        match access {
            Access::Public => Self::Anybody,
            Access::Role(role) => Self::Role(role),
            Access::SignedIn | Access::App | Access::Dashboard => Self::SignedIn,
        }
    }
}
