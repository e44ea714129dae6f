//! The id of a request in the log and in the audit, and other data about the current request for the audit.

use std::fmt;
use std::net::IpAddr;

use http::HeaderValue;
use http::uri::PathAndQuery;
use rolecall_sign_in::random;
use tokio::task::JoinHandle;

tokio::task_local! {
    /// The request that a task is answering.
    static CURRENT: CurrentRequest;
}

/// Data about a request that is being answered.
#[derive(Clone, Debug)]
pub struct CurrentRequest {
    pub id: RequestId,
    /// The address that it came from.
    pub client: Option<IpAddr>,
    /// Its target. Only the path is stored: a query can be confidential.
    pub address: Option<PathAndQuery>,
    /// The name of the app that it is for. Its paths are not stored: they can be confidential, such as a link with a
    /// token.
    pub app: Option<String>,
}

impl CurrentRequest {
    /// Runs `answer` with this request as the current one.
    pub async fn during<F: Future>(self, answer: F) -> F::Output {
        CURRENT.scope(self, answer).await
    }

    /// The address of the current request.
    #[must_use]
    pub fn client() -> Option<IpAddr> {
        CURRENT.try_with(|current| current.client).ok().flatten()
    }

    /// The target of the current request, as `app` or `path`: an app, or else a path of ours.
    #[must_use]
    pub fn target() -> Option<(&'static str, String)> {
        let target = |current: &Self| match &current.app {
            Some(app) => Some(("app", app.clone())),
            None => current.address.as_ref().map(|address| ("path", address.path().to_owned())),
        };
        CURRENT.try_with(target).ok().flatten()
    }
}

/// The id of the request, shown on problem pages and sent as the header `x-request-id`: 128 random bits as 32
/// hexadecimal digits, so that a client cannot choose one to hide a request. A request extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId([u8; 32]);

impl RequestId {
    /// A new random id.
    #[must_use]
    pub fn random() -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let bytes: [u8; 16] = random::nonce();
        let half = |at: usize| if at.is_multiple_of(2) { bytes[at / 2] >> 4 } else { bytes[at / 2] & 15 };
        Self(std::array::from_fn(|at| DIGITS[usize::from(half(at))]))
    }

    /// The id of the current request; `None` outside of a request.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|current| current.id).ok()
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The value of `x-request-id`.
    #[must_use]
    pub fn to_header(self) -> HeaderValue {
        HeaderValue::from_bytes(&self.0).unwrap_or(HeaderValue::from_static(""))
    }
}

/// Runs `work` in its own task, which belongs to the current request.
pub fn spawn<F>(work: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    match CURRENT.try_with(CurrentRequest::clone) {
        Ok(current) => tokio::spawn(CURRENT.scope(current, work)),
        Err(_) => tokio::spawn(work),
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
