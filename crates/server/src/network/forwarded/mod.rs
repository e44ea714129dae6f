//! The headers of proxies: `X-Forwarded-For`, `-Proto`, `-Host`, and `Forwarded` (RFC 7239).
//!
//! Only the proxies in `trusted_proxies` count, each about the hop before it; from anyone else these headers are
//! ignored. They give the client's address, and the scheme and host that it used. The address goes into the log and the
//! sign-in records; scheme and host are compared with `public_url` and never replace it.
//!
//! A proxy that writes one of the two families may forward the other as a client wrote it. So if both are present and
//! contradict each other, neither counts.

mod chain;
mod element;
mod node;
mod proxy;

pub use chain::{Arrival, arrived, client_hop};
pub use proxy::{Hop, Scheme, TrustedProxies};
