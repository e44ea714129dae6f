//! The server: configuration, and everything put together.

mod api;
mod application;
mod ask_provider;
mod assets;
mod canonical_host;
pub mod certificate;
pub mod cli;
pub mod config;
mod denial;
mod developers;
mod events;
mod forms;
pub mod forwarded;
mod graphs;
mod headers;
mod health;
mod large_bodies;
mod layers;
pub mod open;
mod origin;
mod photo;
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

pub use api::API_PATHS;
pub use application::{Application, Site, StartError};
pub use config::Config;
pub use router::AXUM_PATHS;
