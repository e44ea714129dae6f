//! What proxies say of the requests that they pass on: `X-Forwarded-For`, `-Proto`, `-Host`, and `Forwarded` (RFC 7239).
//!
//! Only the proxies of `trusted_proxies` count, each about the one before it; from anybody else these headers
//! count as if they were not there. What is learned is where the client is, and by which scheme and host it asked. The
//! first goes into the log and the sign-in records; the others are compared with `public_url` and never replace it.
//!
//! A proxy that writes one of the two families may pass on the other as a client wrote it. So where both are there and
//! contradict each other, neither counts.

mod chain;
mod element;
mod node;
mod proxy;

pub use chain::{Arrival, arrived, client_hop};
pub use proxy::{Hop, Scheme, TrustedProxies};
