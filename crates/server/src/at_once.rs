//! Constant answers from memory: files, and the liveness check. They need no identity and cannot fail, so there is no
//! route, session or span.
//!
//! An unusual request takes the normal way, with all checks: these paths have normal routes as well.

use std::collections::HashMap;

use axum::body::HttpBody;
use axum::http::{Method, Request};
use axum::response::Response;
use rolecall_core::request_id::RequestId;
use rolecall_routes as routes;
use rolecall_sign_in::ClientAddress;

use super::assets::Asset;
use super::demonstration::is_kept_here;
use super::headers::SecurityHeaders;
use super::health::LIVE;
use super::limits::request_sizes::has_large_head;
use super::network::forwarded::Arrival;
use super::request_log::X_REQUEST_ID;
use super::state::AppState;

/// The answers, by path.
pub struct AtOnce(HashMap<String, Answers>);

/// The answers of a path, over https and over http.
struct Answers {
    over_https: Asset,
    in_the_clear: Asset,
}

impl AtOnce {
    /// The answers with the files of `state`. Empty while files may change.
    pub fn new(state: &AppState) -> Self {
        let live = Asset::of_text(LIVE);
        let all = state.assets.unchanging().chain([(routes::HEALTH_LIVE, &live)]);
        Self(all.map(|(path, asset)| (path.to_owned(), Answers::new(asset, &state.security_headers))).collect())
    }

    /// The answer to `request` of `client`, given its `arrival`; `None` if it must take the normal way.
    pub fn answer<B: HttpBody>(
        &self,
        state: &AppState,
        request: &Request<B>,
        arrival: Option<&Arrival>,
        client: ClientAddress,
    ) -> Option<Response> {
        let path = request.uri().path();
        let answers = self.0.get(path)?;
        let is_usual = matches!(*request.method(), Method::GET | Method::HEAD)
            && request.body().is_end_stream()
            && !has_large_head(request)
            && !is_kept_here(state, request);
        if !is_usual {
            return None;
        }
        let is_https = state.security_headers.is_https(arrival);
        let asset = if is_https { &answers.over_https } else { &answers.in_the_clear };
        let mut response = asset.response(request.method(), request.headers());
        let id = RequestId::random();
        response.headers_mut().insert(X_REQUEST_ID, id.to_header());
        let ClientAddress(ip) = client;
        let status = response.status().as_u16();
        tracing::debug!(request_id = %id, method = %request.method(), route = path, client = %ip, status, "answered");
        Some(response)
    }
}

impl Answers {
    fn new(asset: &Asset, security: &SecurityHeaders) -> Self {
        let with = |is_https| asset.clone().map_headers(|headers| security.around(headers, is_https));
        Self { over_https: with(true), in_the_clear: with(false) }
    }
}
