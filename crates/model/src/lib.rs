//! The types that Rolecall's server and the browser exchange. None of them contains a secret.
//!
//! The crate knows nothing about servers, databases or pages. It also compiles to WebAssembly.

#![warn(missing_docs)]

pub mod account;
mod claims;
mod current_user;
pub mod data;
mod error;
mod name;
pub mod panels;
mod role;
pub mod routes;
#[cfg(feature = "server-fn")]
mod server_functions;
pub mod spec;
mod viewer;

pub use claims::{Claim, ClaimChange, IdTokenView, TokenRefresh};
pub use current_user::{CurrentUser, ProviderChoice};
pub use error::AppError;
pub use name::is_name;
pub use role::Role;
pub use viewer::{AppCard, DashboardCard, RoleGrant, SignInAgain, Viewer};
