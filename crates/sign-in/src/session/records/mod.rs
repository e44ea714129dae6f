//! Sign-in records: what a request must find live to count as signed in. Their SQL is in this folder, a file for each operation.
//! Whose they are is in [`people`](crate::people).
//!
//! The cookie session only points here. Every change needs a live row and counts the version up, and revoking is one
//! statement, so a session that comes back finds nothing to come back to.

mod create;
mod end;
mod list;
mod live_list;
mod postgres;
mod provider_sign_out;
mod read;
mod refresh;
mod restored;
mod sign_ins;
mod stats;
mod sweep;

pub use create::{CreateError, NewSignIn};
pub use end::{EndReason, EndedSignIn, Ending};
pub use list::{SignInPage, SignInRow};
pub use live_list::{LiveFilter, LivePage, LiveRow, SignInAge};
pub use provider_sign_out::{ProviderSession, ProviderSignOut, ProviderSignOutError};
pub use read::{LiveTokens, SignInEnds};
pub use refresh::{RefreshClaim, Renewed, RolesAsked};
pub use restored::RestoredError;
pub use sign_ins::{KnownProvider, RecordError, SignIns};
pub use stats::{SignInCounts, SignInHealth};
