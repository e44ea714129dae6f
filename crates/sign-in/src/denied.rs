//! Why a request is not let through: the one list for people and programs, answers and the log.

use rolecall_model::Role;
use strum::{IntoStaticStr, VariantNames};

/// Why a request is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Denied {
    /// Nobody is signed in.
    SignedOut,
    /// The provider does not answer, so nobody knows whether the person still has their role.
    NotVouchedFor,
    /// The role would do, but the person must sign in again: they authenticated too long ago (RFC 9470).
    StepUp {
        /// The lowest role that would do.
        needed: Role,
    },
    /// The role is not enough.
    Role {
        /// The lowest role that would do.
        needed: Role,
    },
    /// A page of somebody else made the request.
    ForeignOrigin,
}

impl Denied {
    /// The reason's name in logs, from a fixed set.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The lowest role that would have done, where it was about roles.
    #[must_use]
    pub const fn needed(self) -> Option<Role> {
        match self {
            Self::Role { needed } | Self::StepUp { needed } => Some(needed),
            Self::SignedOut | Self::NotVouchedFor | Self::ForeignOrigin => None,
        }
    }
}
