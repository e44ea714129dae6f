//! The certificate and key with which https is answered: what the files hold, and one of our own for trials.

pub mod certificate;
mod files;

pub use files::{TlsError, TlsFiles};
