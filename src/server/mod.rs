//! The server: configuration, and everything put together.

mod account;
mod api;
mod app_hosts;
mod application;
mod apps;
mod assets;
mod compression;
mod connections;
mod demonstration;
mod developers;
mod enforce_policy;
mod events;
mod forms;
mod headers;
mod health;
mod identify;
mod layers;
mod limits;
mod network;
pub mod open;
mod page_policies;
pub mod policy;
mod problem;
mod request_log;
mod router;
mod serve;
mod sign_in;
mod start_error;
mod state;
pub mod stop;
pub mod telemetry;
mod viewers;

pub use application::{Application, Site};
pub use network::forwarded;
pub use start_error::StartError;
pub use stop::StopOrder;
