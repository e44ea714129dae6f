//! SCIM under `/scim`: its routes, and the layer that authenticates directories by their tokens.
//!
//! It uses no session, no cookie and no access token of a provider. Without a valid token the answer is always 401, so
//! nobody learns what exists.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use rolecall_core::audit::{Audit, Entry, EntryKind};
use rolecall_scim::{self as scim, Directory, Scim, ScimError, Uses, tokens};
use rolecall_sign_in::bearer::{self, BearerError};
use rolecall_sign_in::{Auth, ClientAddress};

use super::api::came_in_the_clear;
use super::limits::log_limit::{Line, LogLimit};
use super::limits::nul;
use super::limits::rate_limits::Rates;
use super::network::addresses::PublicAddress;
use super::state::AppState;

/// How many refusals of one client are logged a minute.
const REFUSALS: u32 = 1;

/// The parts of the server that the layer uses.
struct ScimParts {
    auth: Auth,
    address: PublicAddress,
    rates: Arc<Rates>,
    log_limit: LogLimit,
    audit: Audit,
    uses: Uses,
}

pub fn routes(state: &AppState) -> Router<AppState> {
    let scim = Scim::new(state.auth.clone(), state.audit.clone());
    let parts = ScimParts {
        auth: state.auth.clone(),
        address: state.address.clone(),
        rates: Arc::clone(&state.rates),
        log_limit: state.log_limit.clone(),
        audit: state.audit.clone(),
        uses: Uses::default(),
    };
    scim::router(scim).layer(middleware::from_fn_with_state(Arc::new(parts), judge))
}

/// The layer that requires a valid token.
async fn judge(State(parts): State<Arc<ScimParts>>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    let mut response = match judged(&parts, &head).await {
        Ok(directory) => {
            head.extensions.insert(directory);
            next.run(Request::from_parts(head, body)).await
        }
        Err(error) => error.into_response(),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Authorization"));
    response
}

/// The directory that calls. 429 after too many requests or too many invalid tokens.
async fn judged(parts: &ScimParts, head: &Parts) -> Result<Directory, ScimError> {
    let (db, now_ms) = (parts.auth.db(), parts.auth.clock().now_ms());
    if came_in_the_clear(&parts.address, &head.extensions) {
        return Err(ScimError::in_the_clear());
    }
    let client = head.extensions.get::<ClientAddress>().map(|ClientAddress(ip)| *ip);
    if let Some(client) = client {
        parts.rates.count_scim(client).map_err(ScimError::too_many)?;
    }
    let reason = match bearer::token_in(&head.headers) {
        Ok(token) => match tokens::directory_of(db, token, now_ms).await? {
            Some(_) if nul::is_in_path(&head.uri) => return Err(ScimError::not_found()),
            Some(directory) => {
                parts.uses.note(db, &directory, now_ms).await;
                return Ok(directory);
            }
            None => "unknown",
        },
        Err(BearerError::NoToken) => return Err(ScimError::unauthorized()),
        Err(error) => error.name(),
    };
    if let Some(client) = client {
        parts.rates.count_api_failure(client).map_err(ScimError::too_many)?;
    }
    if parts.log_limit.admits(Line::new("scim_token_refused", reason, client), REFUSALS) {
        let ip = client.map(tracing::field::display);
        tracing::warn!(event = "scim_token_refused", reason, ip, "a token for SCIM is not valid");
        let entry = Entry::new(EntryKind::ScimTokenRefused, now_ms).from_address(client);
        parts.audit.note(entry.with("reason", reason));
    }
    Err(ScimError::unauthorized())
}
