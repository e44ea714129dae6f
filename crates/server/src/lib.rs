//! The server: what a request passes on its way to a page, the API, SCIM or an app, and everything around it.
//!
//! [`Site`] brings what it serves: the routes of the policy with their handlers.

#![recursion_limit = "512"]

pub mod access;
pub mod account;
mod api;
pub mod app_hosts;
mod application;
mod apps;
mod assets;
mod at_once;
mod background;
mod compression;
mod connections;
mod demonstration;
mod enforce_policy;
mod entrance;
mod events;
pub mod form_pages;
mod forms;
mod headers;
mod health;
mod identify;
mod layers;
pub mod limits;
mod live;
mod network;
pub mod open;
mod page_policies;
pub mod pages;
pub mod policy;
pub mod problem;
mod request_log;
mod returned_forms;
pub mod route;
mod router;
mod scim;
mod serve;
pub mod sign_in;
pub mod sign_in_health;
mod span_fields;
mod start_error;
pub mod state;
pub mod stop;
pub mod telemetry;
mod typed;
mod viewers;

pub use application::{Application, Site};
pub use network::forwarded;
pub use start_error::StartError;
pub use stop::StopOrder;
