//! The provider's side of the sign-in: its metadata, its keys, its particularities. Nothing is fetched before it is
//! needed, so a provider that is down does not keep Rolecall from starting.

mod discovery;
pub mod entra;
mod http;
mod keys;
mod open_id;

pub use discovery::{DiscoveryError, Metadata};
pub use http::{HttpError, ProviderHttp};
pub use keys::KeySet;
pub use open_id::{Client, NewProviderError, Provider, ProviderError};
