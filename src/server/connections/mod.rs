//! The connections that browsers have here, and those to apps: how many there may be, and when one is closed.

mod browsers;
mod connection;
mod idle_timeout;
mod limits;

pub use browsers::Activity;
pub use connection::Connection;
pub use idle_timeout::IdleTimeout;
pub use limits::{AdmittedConnection, AppLimitReached, ConnectionLimits, Refused};
