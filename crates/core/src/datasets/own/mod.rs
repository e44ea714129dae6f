//! Data sets about Rolecall itself: made of the database when they are asked for, and kept as files like every data set.

mod contents;
mod refreshes;
mod snapshot;

pub(super) use contents::OwnData;
pub(super) use refreshes::Refreshes;
