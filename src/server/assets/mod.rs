//! The files that browsers load, read into memory when the server starts, with their compressed forms and their headers.
//!
//! Names with a hash in them never change what they name, so those are immutable for a year. Other scripts belong
//! together and to the page, so browsers ask again before each use, and get a 304 unless the file is another one by now. While `cargo
//! leptos watch` runs, files are read again at each request instead, and the style sheet goes by its name without a hash, which
//! is the one that a changed style is written to.

mod asset;
mod files;

pub use asset::Asset;
pub use files::{Assets, named, serve, shell_assets};
