//! Each person's favourites and latest visits, for the start page.
//!
//! It stores only names and makes no access decisions: the code that lists them leaves out what no longer exists or is
//! closed to the person.

mod handle;
mod mark;
mod store;

pub use handle::Bookmarks;
pub use mark::{Mark, Marks, Thing};
pub use store::FORGET_DASHBOARD;
