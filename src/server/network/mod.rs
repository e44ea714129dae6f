//! From where and by which address a request came, and what follows from it: proxies, host names, origins.

pub mod asked_host;
pub mod canonical_host;
pub mod client_network;
pub mod forwarded;
pub mod origins;
pub mod public_address;
