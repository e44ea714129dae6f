//! The signed-in person's picture, from Microsoft Graph by way of us: browsers load nothing from elsewhere.

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use rolecall_model::AppError;
use rolecall_sign_in::guard;

use crate::caller::error_of;
use crate::graph::CallError;
use crate::profile::PHOTO_VALUE;
use crate::server::problem;
use crate::server::state::AppState;

/// What pictures begin with, each with its type. A picture that could hold script is not among them.
const KINDS: [(&[u8], &str); 4] = [
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
];

/// `GET /account/photo`: the picture, at most 1 MiB; 404 where there is none.
pub async fn photo(State(state): State<AppState>, request: Request) -> Response {
    let sign_in = match guard::signed_in(request.extensions()) {
        Ok(sign_in) => sign_in,
        Err(denied) => return problem::refuse(&state.problem_pages, &request, &error_of(denied, request.extensions())),
    };
    let refused = match state.graph.fetch_bytes(&sign_in, PHOTO_VALUE).await {
        Ok(answer) => match kind(&answer.body) {
            Some(kind) => return ([(CONTENT_TYPE, kind)], answer.body).into_response(),
            None => AppError::NotFound,
        },
        Err(CallError::Graph(error)) if error.is_passing() => {
            tracing::warn!(?error, "Graph does not show a picture");
            AppError::Unavailable { message: "Microsoft Graph does not answer right now.".to_owned() }
        }
        Err(_) => AppError::NotFound,
    };
    problem::refuse(&state.problem_pages, &request, &refused)
}

/// The type of the picture that `bytes` are, whatever they are said to be.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let known = KINDS.iter().find(|(beginning, _)| bytes.starts_with(beginning)).map(|(_, kind)| *kind);
    known.or_else(|| is_webp.then_some("image/webp"))
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn only_pictures_are_pictures() {
        assert_eq!(kind(b"\xff\xd8\xff\xe0..JFIF"), Some("image/jpeg"));
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(kind(b"GIF89a.."), Some("image/gif"));
        assert_eq!(kind(b"RIFF....WEBPVP8 "), Some("image/webp"));
        for other in [&b"<svg xmlns="[..], b"<html>", b"RIFF....WAVE", b"RIFF", b"", b"{}", b"GIF", b"%PDF-1.7"] {
            assert_eq!(kind(other), None, "{}", String::from_utf8_lossy(other));
        }
    }
}
