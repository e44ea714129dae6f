//! What crosses the wire between Rolecall's server and the browser: small types, and none of them holds a secret.
//!
//! The crate knows nothing of servers, databases or pages, and compiles to WebAssembly as well.

pub mod account;
mod claims;
mod current_user;
mod error;
pub mod panels;
mod role;
pub mod routes;
#[cfg(feature = "server-fn")]
mod server_functions;
mod viewer;

pub use claims::{Claim, IdTokenView};
pub use current_user::{CurrentUser, ProviderChoice};
pub use error::AppError;
pub use role::Role;
pub use viewer::{AppCard, DashboardCard, RoleGrant, StepUp, Viewer};
