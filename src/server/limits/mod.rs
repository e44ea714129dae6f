//! How much one client may ask for, send, and cause in the log.

pub mod beside_file;
pub mod log_limit;
pub mod nul;
pub mod pace;
pub mod rate_limits;
pub mod request_sizes;
