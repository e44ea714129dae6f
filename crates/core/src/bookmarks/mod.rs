//! Each person's favourites and latest visits, for the start page.
//!
//! It stores only names and makes no access decisions: the code that lists bookmarks leaves out things that no longer
//! exist or that the person may not open.

mod handle;
mod mark;
mod store;

pub use handle::Bookmarks;
pub use mark::{Mark, Marks, Thing};
pub use store::FORGET_DASHBOARD;
