//! Where a request came from and under which address: proxies, host names, origins.

pub mod addresses;
pub mod canonical_host;
pub mod forwarded;
pub mod origins;
