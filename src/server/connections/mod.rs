//! The connections that browsers have here, and those to apps: how many there may be, and when one is closed.

mod browsers;
mod connection;
mod limits;

pub use browsers::{Activity, IdleTimeout};
pub use connection::Connection;
pub use limits::{AdmittedConnection, AppLimitReached, ConnectionLimits, Refused};
