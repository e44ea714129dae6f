//! The page of one upload: how far it is, or what the file was taken for, with a form to correct that and to import it.

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
