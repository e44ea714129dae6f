//! `rolecall register` and `rolecall unregister`: Rolecall's application at Microsoft Entra ID, made and taken away
//! through Microsoft Graph. docs/ENTRA.md shows both.
//!
//! What is guaranteed:
//! - Running twice changes nothing the second time, and a run that was interrupted is finished by the next one.
//! - Only what this installation made or was told to adopt is changed or deleted, and what others added to it stays. What
//!   merely looks like it is left alone: anybody who may register applications could have planted it.
//! - A secret is either in the local file or taken back. It is never printed, and no token is.

mod adopt;
mod api;
mod application;
mod audiences;
mod credential;
mod find;
mod graph;
mod local_file;
mod merge;
mod order;
mod progress;
mod register;
mod service_principal;
mod token;
mod unfinished;
mod unregister;
mod wanted;

pub use order::{Credential, Order, RedirectUri};
pub use register::{Registration, register};
pub use token::TOKEN_VARIABLE;
pub use unregister::unregister;
