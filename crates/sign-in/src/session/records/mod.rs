//! Sign-in records: a request counts as signed in only if its record is live. Their SQL is in this folder, one file for
//! each subject; `sign_ins` has what all of them use. The people are in [`people`](crate::people).
//!
//! The cookie session only points to a record. Every change requires a live row and increments its version, and
//! revoking is one statement, so a cookie session cannot revive a revoked sign-in.

mod create;
mod end;
mod lists;
mod provider_sign_out;
mod read;
mod refresh;
mod sign_ins;
mod stats;

pub use create::{CreateError, NewSignIn};
pub use end::{EndReason, EndedSignIn, Ending, RestoredError};
pub use lists::{LiveFilter, LivePage, LiveRow, SignInAge, SignInPage, SignInRow};
pub use provider_sign_out::{ProviderSession, ProviderSignOut, ProviderSignOutError};
pub use read::{LiveTokens, SignInEnds};
pub use refresh::{RefreshClaim, Renewed, RolesAsked};
pub use sign_ins::{KnownProvider, RecordError, SignIns};
pub use stats::{SignInCounts, SignInHealth};
