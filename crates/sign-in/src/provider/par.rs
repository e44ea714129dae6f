//! Pushed authorization requests (RFC 9126): we send the request to the provider directly, and the browser carries only
//! a reference to it.

use serde::Deserialize;
use url::Url;

use super::client_request::ClientRequestError;
use super::metadata::Metadata;
use super::open_id::Provider;
use crate::config::ParUse;

/// The longest `request_uri` that is put into an address.
const REQUEST_URI_MAX_BYTES: usize = 2_000;

/// The endpoint's answer (RFC 9126, section 2.2).
#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

impl Provider {
    /// The address to send the browser to for the authorization request `request`: unchanged, or, if requests are
    /// pushed, one with only `client_id` and `request_uri`.
    ///
    /// # Errors
    /// When the request must be pushed and the provider refuses or does not answer, or when configuration and provider
    /// disagree on whether it must be.
    pub async fn pushed(&self, metadata: &Metadata, request: Url, now_ms: i64) -> Result<Url, ClientRequestError> {
        let further = metadata.additional_metadata();
        let endpoint = match (self.config.options.par, &further.pushed_authorization_request_endpoint) {
            (ParUse::Never, _) if further.require_pushed_authorization_requests => {
                return Err(ClientRequestError::PushRequired);
            }
            (ParUse::Auto | ParUse::Always, Some(endpoint)) => endpoint,
            (ParUse::Never | ParUse::Auto, _) => return Ok(request),
            (ParUse::Always, None) => {
                return Err(ClientRequestError::NoEndpoint("endpoint for pushed authorization requests"));
            }
        };
        let parameters: Vec<(String, String)> = request.query_pairs().into_owned().collect();
        let form = parameters.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let pushed: Pushed = self.request(metadata, endpoint.as_str(), form, &[200, 201], now_ms).await?;
        if pushed.request_uri.is_empty() || pushed.request_uri.len() > REQUEST_URI_MAX_BYTES {
            return Err(ClientRequestError::Unreadable);
        }
        let mut short = metadata.authorization_endpoint().url().clone();
        short
            .query_pairs_mut()
            .append_pair("client_id", &self.config.client_id)
            .append_pair("request_uri", &pushed.request_uri);
        Ok(short)
    }
}
