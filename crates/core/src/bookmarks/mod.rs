//! What each person marked as a favourite and looked at last, for the page on which they start.
//!
//! It knows names only, and decides nothing: what is gone or closed to a person by now is left out by who lists it.

mod handle;
mod mark;
mod store;

pub use handle::Bookmarks;
pub use mark::{Mark, Marks, Thing};
pub use store::FORGET_DASHBOARD;
