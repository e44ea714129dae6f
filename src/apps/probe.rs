//! Whether an app answers, asked on nobody's behalf.

use axum::http::StatusCode;
use url::Url;

use super::client::Clients;
use super::proxy::failure;
use super::{ProxyError, UpstreamApp, request};

/// The status with which `app` answers when a Rolecall at `public_url` asks it for its first page. It is told of nobody, so
/// what it keeps for people stays closed.
///
/// # Errors
/// [`ProxyError`] when it does not answer. How long it may take is for the caller to say.
pub async fn probe(app: &UpstreamApp, public_url: &Url) -> Result<StatusCode, ProxyError> {
    let clients = Clients::new(std::slice::from_ref(app)).map_err(|error| ProxyError::Unreachable(error.into()))?;
    let answer = clients.of(app).request(request::for_nobody(app, public_url)?).await;
    answer.map(|answer| answer.status()).map_err(failure)
}
