//! What stands in front of every endpoint: requests are counted, and faulty answers given.

use std::convert::Infallible;
use std::iter;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::faults::Answer;
use super::provider::DemoProvider;

/// An endpoint of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/.well-known/openid-configuration`
    Discovery,
    /// `/jwks`
    Jwks,
    /// `/authorize`
    Authorize,
    /// `/token`
    Token,
    /// `/userinfo`
    Userinfo,
    /// `/end_session`
    EndSession,
    /// Everything below `/v1.0`
    Graph,
}

/// How often each endpoint was asked since the provider was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// Requests for the metadata.
    pub discovery: u64,
    /// Requests for the key set.
    pub jwks: u64,
    /// Requests to the authorization endpoint: the page and the choice on it.
    pub authorize: u64,
    /// Requests to the token endpoint: codes and refreshes.
    pub token: u64,
    /// Requests to the userinfo endpoint.
    pub userinfo: u64,
    /// Requests to the end-session endpoint.
    pub end_session: u64,
    /// Requests to everything below `/v1.0`.
    pub graph: u64,
}

/// The counters behind [`RequestCounts`].
#[derive(Debug, Default)]
pub(super) struct Counters([AtomicU64; 7]);

impl Counters {
    /// Counts one request to `endpoint`.
    fn count(&self, endpoint: Endpoint) {
        self.0[endpoint as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// The counts so far.
    pub(super) fn read(&self) -> RequestCounts {
        let of = |endpoint: Endpoint| self.0[endpoint as usize].load(Ordering::Relaxed);
        RequestCounts {
            discovery: of(Endpoint::Discovery),
            jwks: of(Endpoint::Jwks),
            authorize: of(Endpoint::Authorize),
            token: of(Endpoint::Token),
            userinfo: of(Endpoint::Userinfo),
            end_session: of(Endpoint::EndSession),
            graph: of(Endpoint::Graph),
        }
    }
}

/// Counts the request, and answers it in the endpoint's place where a fault says so.
pub(super) async fn attend(
    State((provider, endpoint)): State<(DemoProvider, Endpoint)>,
    request: Request,
    next: Next,
) -> Response {
    provider.counters().count(endpoint);
    let answer = provider.faults().answer_of(endpoint).cloned();
    match answer {
        None => next.run(request).await,
        Some(Answer::Status(status)) => status.into_response(),
        Some(Answer::Json(status, body)) => json(status, body.to_string()),
        Some(Answer::Headed(status, headers, body)) => {
            (headed(headers), json(status, body.to_string())).into_response()
        }
        Some(Answer::InvalidJson) => json(StatusCode::OK, r#"{"access_token": "#),
        Some(Answer::HugeBody) => json(StatusCode::OK, endless_blanks()),
        #[expect(clippy::panic, reason = "this is what the fault is for")]
        Some(Answer::Panics(message)) => panic!("{message}"),
        Some(Answer::Hangs) => {
            provider.until_released(endpoint).await;
            next.run(request).await
        }
    }
}

/// `body`, said to be JSON.
fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.into()).into_response()
}

/// `headers` as an answer takes them.
fn headed(headers: Vec<(HeaderName, String)>) -> HeaderMap {
    headers.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?))).collect()
}

/// A gigabyte of blanks, made while it is sent; a client finds no reason to stop but its own limit.
fn endless_blanks() -> Body {
    const CHUNK: &[u8] = &[b' '; 64 * 1024];
    const CHUNKS: usize = 16 * 1024;
    Body::from_stream(stream::iter(iter::repeat_n(Ok::<_, Infallible>(Bytes::from_static(CHUNK)), CHUNKS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_endpoint() {
        let counters = Counters::default();
        for endpoint in [Endpoint::Token, Endpoint::Graph, Endpoint::Token] {
            counters.count(endpoint);
        }
        assert_eq!(counters.read(), RequestCounts { token: 2, graph: 1, ..RequestCounts::default() });
    }
}
