//! The id under which a request is found in the log and in the audit, and what else the audit says of the request that is answered.

use std::fmt;
use std::net::IpAddr;

use http::HeaderValue;
use http::uri::PathAndQuery;
use rolecall_sign_in::random;
use tokio::task::JoinHandle;

tokio::task_local! {
    /// The request that a task answers.
    static CURRENT: CurrentRequest;
}

/// What is known of a request while it is answered.
#[derive(Clone, Debug)]
pub struct CurrentRequest {
    pub id: RequestId,
    /// Where it came from.
    pub client: Option<IpAddr>,
    /// What it asks for. Only the path of it is told: a query can hold what nobody else may read.
    pub address: Option<PathAndQuery>,
    /// The name of the app that it is for. Its paths are for the app alone: they can hold what nobody else may read, such as the token
    /// of a link.
    pub app: Option<String>,
}

impl CurrentRequest {
    /// What `answer` comes to, which answers this request.
    pub async fn during<F: Future>(self, answer: F) -> F::Output {
        CURRENT.scope(self, answer).await
    }

    /// Where the request came from that this task answers.
    #[must_use]
    pub fn client() -> Option<IpAddr> {
        CURRENT.try_with(|current| current.client).ok().flatten()
    }

    /// What the request asks for that this task answers, as `app` or `path`: an app, or else a path of ours.
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
/// hexadecimal digits, so that nobody can choose one to hide a request. A request extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId([u8; 32]);

impl RequestId {
    /// One that no other request has.
    #[must_use]
    pub fn random() -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let bytes: [u8; 16] = random::nonce();
        let half = |at: usize| if at.is_multiple_of(2) { bytes[at / 2] >> 4 } else { bytes[at / 2] & 15 };
        Self(std::array::from_fn(|at| DIGITS[usize::from(half(at))]))
    }

    /// That of the request that this task answers; nothing where it answers none.
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

/// Does `work` in a task of its own, which belongs to the request that this one answers.
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
