//! Certificate and key for https: the configured files, and a self-signed pair for trials.

pub mod certificate;
mod files;

pub use files::{TlsError, TlsFiles};
