//! Requests that change something must come from our own pages.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::problem;
use super::state::AppState;
use crate::auth::{DeniedBecause, guard};
use crate::error::AppError;

/// The layer that refuses unsafe methods (RFC 9110, section 9.2.1) from elsewhere: `Sec-Fetch-Site` must say
/// `same-origin`, or, where a browser sends none, `Origin` must be ours.
pub async fn check_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_ours(request.headers(), &state.origin) {
        next.run(request).await
    } else {
        guard::tell_denied(&state.auth, request.extensions(), DeniedBecause::ForeignOrigin);
        problem::refuse(&state, &request, &AppError::ForeignOrigin)
    }
}

fn is_ours(headers: &HeaderMap, ours: &str) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => headers.get(header::ORIGIN).is_some_and(|origin| origin == ours),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case: request/unsafe-cross-site, request/unsafe-own-origin
    #[test]
    fn only_our_own_pages_count() {
        let cases = [
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "https://ours.test")], false),
            (vec![("sec-fetch-site", "none")], false),
            (vec![("origin", "https://ours.test")], true),
            (vec![("origin", "https://ours.test.evil.test")], false),
            (vec![("origin", "null")], false),
            (vec![], false),
        ];
        for (headers, expected) in cases {
            let map = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            assert_eq!(is_ours(&map, "https://ours.test"), expected, "{headers:?}");
        }
    }
}
