//! The demonstration provider with a layer around it, which counts requests and makes answers wrong or hostile where a
//! test says so. The provider itself does not know about the layer.
//!
//! The layer signs every token again with a key of its own, and publishes that key in place of the provider's. So one
//! way leads to honest and to faulty tokens: the claims are read, faults change them, and the result is signed.

mod endpoint;
mod faults;
mod layer;
mod provider;
mod secrets;
mod signature;

pub use endpoint::{Endpoint, RequestCounts};
pub use faults::{Answer, ClaimFault, Faults, GraphChallenge, SignatureFault};
pub use provider::FaultyProvider;
