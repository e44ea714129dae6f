//! The server: configuration, and everything put together.

mod app_hosts;
mod application;
mod apps;
mod assets;
mod canonical_host;
pub mod certificate;
pub mod cli;
pub mod config;
mod denial;
mod events;
mod forms;
pub mod forwarded;
mod headers;
mod health;
mod large_bodies;
mod layers;
mod open;
mod origin;
mod patience;
pub mod policy;
mod problem;
mod rate_limits;
mod router;
mod serve;
mod sign_in;
mod sign_in_problem;
mod state;
pub mod telemetry;
pub mod tls;

pub use application::{Application, Site, StartError};
pub use config::Config;
pub use router::AXUM_PATHS;
