//! The audit: what happened, who did it and to whom, as evidence for later.
//!
//! Rows are only added, in one chain: each holds the hash of the previous one. The database rejects changes and
//! deletions, except by retention. [`verify`] detects any tampering.
//!
//! Events of a sign-in go through a bounded queue, so that no request waits for the database; what does not fit is
//! counted, and the count gets a row of its own. A decision, for example ending a session, is written in the
//! transaction that puts it in force.

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
pub use entry::{Entry, EntryKind};
pub use export::Format;
pub use handle::Audit;
pub use mark::known_head;
pub use read::{AuditRow, Filter, Page};
pub use verify::{Broken, Verified, verify};
pub use verifying::Verification;
