//! The server: configuration, and everything put together.

mod application;
mod assets;
mod canonical_host;
mod channels;
pub mod cli;
mod client_address;
pub mod config;
mod events;
mod forms;
mod headers;
mod health;
mod layers;
mod loop_breaker;
mod origin;
pub mod policy;
mod problem;
mod router;
mod sign_in;
mod state;
pub mod telemetry;

pub use application::{Application, Site, StartError};
pub use config::Config;
pub use router::AXUM_PATHS;
