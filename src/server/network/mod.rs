//! From where and by which address a request came, and what follows from it: proxies, host names, origins.

pub mod addresses;
pub mod canonical_host;
pub mod forwarded;
pub mod origins;
