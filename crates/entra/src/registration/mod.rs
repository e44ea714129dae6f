//! `rolecall register` and `rolecall unregister`: create and delete Rolecall's application at Microsoft Entra ID,
//! through Microsoft Graph. See docs/ENTRA.md.
//!
//! What is guaranteed:
//! - A second run changes nothing, and finishes an interrupted first run.
//! - Only applications that this installation created or adopted are changed or deleted, and what others added to them
//!   stays. Applications that only look like it are not touched: anyone who may register applications could have
//!   planted them.
//! - A secret is either in the local file or deleted again. Secrets and tokens are never printed.

mod adopt;
mod api;
mod application;
mod audiences;
mod credential;
mod directory_client;
mod find;
mod local_file;
mod merge;
mod order;
mod progress;
mod register;
mod token;
mod unfinished;
mod unregister;

pub use order::{Credential, Order, RedirectUri};
pub use register::{Registration, register};
pub use token::TOKEN_VARIABLE;
pub use unregister::unregister;
