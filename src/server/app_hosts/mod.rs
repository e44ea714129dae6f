//! Apps on host names of their own, as browsers meet them.
//!
//! The host that a request names decides before anything else: on an app's host there is nothing of ours
//! but the prefix `/.rolecall/`, so no script of an app ever runs where our pages are.

mod address;
mod dispatch;
mod events;
mod hand_over;
mod page;
mod router;
mod sign_out;

pub use dispatch::{AppHosts, OnHost};
pub use hand_over::open;
pub use router::router;
