//! Server functions, one file a subject. Each guards, calls and returns; what it does is done elsewhere.

#![expect(missing_docs, reason = "the macro makes a struct of each function's arguments, which the function documents")]

pub mod account;
pub mod dashboards;
pub mod sign_in;
