//! The audit: what happened, who did it and to whom, for those who must be able to prove it afterwards.
//!
//! Rows are only added, in one chain: each holds the hash of the one before. The database refuses to change or delete one,
//! until retention lets it go. [`verify`] tells whether anybody got past that.
//!
//! What happens in a sign-in comes through a bounded queue, so that no request waits for the database; what does not fit is
//! counted, and the count is a row of its own. A decision, for example ending a session, is written in the transaction that
//! puts it in force.

mod chain;
mod entry;
mod export;
mod handle;
mod mark;
mod of_event;
mod read;
mod retention;
mod verify;
mod verifying;
mod write;

pub use chain::ChainKeys;
pub use entry::{Entry, Kind};
pub use export::Format;
pub use handle::Audit;
pub use mark::known_head;
pub use read::{Filter, Page, Row};
pub use verify::{Broken, Verified, verify};
pub use verifying::Verification;
