//! Sign-in records: what a request must find live to count as signed in. All SQL about them is in this folder.
//!
//! The cookie session only points here. Every change needs a live row and counts the version up, and revoking is one
//! statement, so a session that comes back finds nothing to come back to.

mod administrators;
mod age;
mod browsers;
mod create;
mod directory;
mod end;
mod end_several;
mod ends;
mod grants;
mod health;
mod list;
mod people;
mod postgres;
mod provider_sign_out;
mod read;
mod refresh;
mod search;
mod sign_ins;
mod standing;
mod view_as;

pub use age::SignInAge;
pub use browsers::{KnownBrowser, NewBrowsers};
pub use create::{CreateError, NewSignIn};
pub use directory::DirectoryPerson;
pub use end::{EndReason, EndedSignIn, RestoredError};
pub use end_several::Ending;
pub use ends::SignInEnds;
pub use grants::{Grant, NewGrant};
pub use health::SignInHealth;
pub use list::{SignInPage, SignInRow};
pub use people::{LiveFilter, LivePage, LiveRow, PeoplePage, PersonRow};
pub use provider_sign_out::{ProviderSession, ProviderSignOut, ProviderSignOutError};
pub use read::{LiveTokens, SignInCounts};
pub use refresh::{RefreshClaim, Renewed, RolesAsked};
pub use search::{PeopleNamed, few_statement, people_named};
pub use sign_ins::{KnownProvider, RecordError, SignIns};
