//! Why a request is denied: one list for people and programs, for answers and for the log.

use rolecall_model::Role;
use strum::{IntoStaticStr, VariantNames};

/// Why a request is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Denied {
    /// Nobody is signed in.
    SignedOut,
    /// The provider does not answer, so it is unknown whether the person still has their role.
    NotVouchedFor,
    /// The role is high enough, but the person must sign in again: they authenticated too long ago (RFC 9470).
    StepUp {
        /// The lowest role that is enough.
        needed: Role,
    },
    /// The role is not high enough.
    Role {
        /// The lowest role that is enough.
        needed: Role,
    },
    /// A page of another origin made the request.
    ForeignOrigin,
}

impl Denied {
    /// The reason's name in logs, from a fixed set.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The lowest role that would have been enough, where the reason is a role.
    #[must_use]
    pub const fn needed(self) -> Option<Role> {
        match self {
            Self::Role { needed } | Self::StepUp { needed } => Some(needed),
            Self::SignedOut | Self::NotVouchedFor | Self::ForeignOrigin => None,
        }
    }
}
