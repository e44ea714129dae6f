//! The HTTP client that talks to providers: no redirects, short timeouts, answers of bounded size.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::DateTime;
use http::HeaderMap;
use http::header::{AGE, DATE};
use openidconnect::reqwest;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use thiserror::Error;
use url::Url;

use crate::loopback::is_loopback;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const WHOLE_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Talks to providers. Clones share its connections.
#[derive(Clone, Debug)]
pub struct ProviderHttp(reqwest::Client);

/// Why a provider gave no usable answer.
#[derive(Debug, Error)]
pub enum HttpError {
    /// No connection, no answer in time, or a broken one.
    #[error("the provider did not answer")]
    Unreachable(#[source] reqwest::Error),
    /// The answer is larger than 1 MiB.
    #[error("the provider's answer is too large")]
    TooLarge,
    /// The status of the answer is an error.
    #[error("the provider answered with status {0}")]
    Status(u16),
    /// The answer is not the JSON that was expected.
    #[error("the provider's answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// A request to it failed a moment ago, so no new one was sent.
    #[error("the provider did not answer a moment ago")]
    FailedRecently,
    /// The answer could not be assembled.
    #[error("the provider's answer is not HTTP as we know it")]
    Malformed(#[source] http::Error),
}

/// The time at the provider when it made the answer with `headers` (RFC 9110, section 6.6.1), Unix seconds (UTC);
/// `None` if missing.
#[must_use]
pub fn date_s(headers: &HeaderMap) -> Option<i64> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let date = DateTime::parse_from_rfc2822(text(DATE)?).ok()?;
    // `Age` is how long a cache has kept the answer (RFC 9111, section 5.1).
    let age_s = text(AGE).and_then(|age| age.trim().parse::<i64>().ok()).unwrap_or_default();
    Some(date.timestamp().saturating_add(age_s))
}

impl ProviderHttp {
    /// A client for a provider at `address`, with the limits of this module. It uses the proxy from the environment
    /// (`HTTPS_PROXY`, `NO_PROXY`), except to this machine; there `loopback_certificates` (PEM), if given, are trusted
    /// in place of the usual authorities.
    ///
    /// # Errors
    /// When a certificate cannot be read, or the TLS backend cannot be set up.
    pub fn new(address: &Url, loopback_certificates: Option<&[u8]>) -> Result<Self, reqwest::Error> {
        let mut builder = reqwest::Client::builder();
        if is_loopback(address) {
            builder = builder.no_proxy();
            if let Some(certificates) = loopback_certificates {
                builder = builder.tls_built_in_root_certs(false);
                for certificate in reqwest::Certificate::from_pem_bundle(certificates)? {
                    builder = builder.add_root_certificate(certificate);
                }
            }
        }
        builder
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(WHOLE_TIMEOUT)
            .tcp_nodelay(true)
            .user_agent(concat!("rolecall/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
    }

    /// Fetches `url` and reads its JSON.
    ///
    /// # Errors
    /// When there is no answer of status 200 in time, it is too large, or not the JSON of a `T`.
    pub async fn fetch_json<T: DeserializeOwned>(&self, url: &str) -> Result<T, HttpError> {
        let request = http::Request::get(url)
            .header(http::header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(HttpError::Malformed)?;
        let response = self.send(request).await?;
        if response.status() != http::StatusCode::OK {
            return Err(HttpError::Status(response.status().as_u16()));
        }
        serde_json::from_slice(response.body()).map_err(HttpError::Unreadable)
    }

    /// Sends `request` and reads the whole answer. A status of 5xx is an error, others are for the caller.
    ///
    /// # Errors
    /// When there is no answer in time, it is too large, or the provider has failed.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let response = self.exchange(request).await?;
        if response.status().is_server_error() {
            return Err(HttpError::Status(response.status().as_u16()));
        }
        Ok(response)
    }

    /// Sends `request` and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// When there is no answer in time, or it is too large.
    pub async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = request.try_into().map_err(HttpError::Unreachable)?;
        let mut response = self.0.execute(request).await.map_err(HttpError::Unreachable)?;
        let mut builder = http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            builder = builder.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(HttpError::Unreachable)? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        builder.body(body).map_err(HttpError::Malformed)
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderHttp {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
