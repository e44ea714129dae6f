//! Data sets about Rolecall itself: built from the database on demand, and stored as files like every data set.

mod contents;
mod refreshes;
mod snapshot;

pub(super) use contents::OwnData;
pub(super) use refreshes::Refreshes;
