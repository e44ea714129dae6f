//! Limits for each client: requests, sizes, and log lines.

pub mod beside_file;
pub mod log_limit;
pub mod nul;
pub mod pace;
pub mod rate_limits;
pub mod request_sizes;
