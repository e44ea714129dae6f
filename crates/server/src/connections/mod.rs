//! Connections from browsers and to apps: their limits, and when one is closed.

mod browsers;
mod connection;
mod limits;

pub use browsers::{Activity, IdleTimeout};
pub use connection::Connection;
pub use limits::{AdmittedConnection, AppLimitReached, ConnectionLimits, Refused};
