//! Apps on their own host names, as browsers see them.
//!
//! The host of a request is checked first: an app's host has nothing of ours except the prefix `/.rolecall/`, so no
//! script of an app ever runs on our origin.

mod address;
mod cookies;
mod dispatch;
mod events;
mod hand_over;
mod page;
mod router;
mod sign_out;

pub use dispatch::{AppHosts, OnHost};
pub use hand_over::open;
pub use router::router;
