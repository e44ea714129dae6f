//! The files that browsers load, read into memory when the server starts, with their compressed forms and their
//! headers.
//!
//! The content behind a name with a hash never changes, so those files are immutable for a year. Other scripts belong
//! together and to the page, so browsers revalidate them before each use, and get a 304 unless the file has changed.
//! While `cargo leptos watch` runs, files are read again at each request instead, and the style sheet has a name
//! without a hash, because that file is the one that `watch` rewrites.

mod asset;
mod files;

pub use asset::Asset;
pub use files::{Assets, named, serve, shell_assets};
