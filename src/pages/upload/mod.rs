//! The page of an upload: its progress, or the settings the file is read with, in a form to correct them and to import
//! it.

mod change;
mod choices;
mod columns;
mod filled;
mod notice;
mod page;
mod preview;
mod questions;
mod read_as;
mod zone;

pub use change::change;
pub use page::upload;
