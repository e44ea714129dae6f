//! The provider: its metadata, its keys, its peculiarities. Nothing is fetched before it is needed, so Rolecall starts
//! even while a provider is down.

mod accepted_issuers;
mod client_assertion;
mod client_key;
mod client_request;
mod discovery;
mod endpoints;
pub mod entra;
mod http;
mod keys;
mod metadata;
mod open_id;
mod par;
mod token_endpoint;
mod verifying_key;

pub(crate) use accepted_issuers::AcceptedIssuers;
pub use client_key::{ClientKey, ClientKeyError, SignError};
pub use client_request::{ClientRequestError, Dated};
pub use http::{HttpError, ProviderHttp, date_s};
pub use keys::KeySet;
pub use metadata::{DiscoveryError, Metadata};
pub use open_id::{ALGORITHMS, Client, NewProviderError, Provider, ProviderError};
pub use verifying_key::VerifyingKey;
