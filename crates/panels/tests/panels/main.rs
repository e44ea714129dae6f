//! Panels as readers receive them, with expected values worked out by hand.
#![expect(clippy::unwrap_used, reason = "what a test needs is there, or the test fails")]

mod charts;
mod exports;
mod figures;
mod links;
mod pictures;
mod properties;
mod support;
mod tables;
