//! Where a request came from.

use std::net::IpAddr;

/// The address of the client, as far as configured proxies are believed. Kept as a request extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);
