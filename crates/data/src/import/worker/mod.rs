//! Reads uploaded files in a separate process.
//!
//! A malicious file can make a reader panic, or allocate more memory than there is. In a process with limits on memory
//! and time, only that process ends. [`Worker`] starts it and relays its answers; [`run`] is what runs in it. They
//! exchange lines of JSON.

mod child;
mod parent;
mod wire;

pub use child::run;
pub use parent::Worker;
