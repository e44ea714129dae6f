//! Paths of the account that are not pages: the picture, which Rolecall fetches from Microsoft Graph because browsers
//! load nothing from other origins, and a new sign-in at the provider to get permissions that Graph requires.

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_core::request_id::RequestId;
use rolecall_entra::graph::{CallError, Graph};
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::session::SignIn;
use rolecall_sign_in::web::{FailedSignIn, NotSignedIn, set_cookies};
use rolecall_sign_in::{Auth, ClientAddress, Further, ReturnTo, begin_sign_in, guard};
use rolecall_ui::caller::error_of;
use rolecall_ui::profile::{self, FoundProfile, PHOTO_VALUE};

use super::problem::sign_in::not_signed_in;
use super::problem::{self, PageContext, ProblemPages};

/// The signatures of image formats, each with its type. Formats that can contain scripts are not included.
const KINDS: [(&[u8], &str); 4] = [
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
];

/// `GET /account/photo`: the picture, at most 1 MiB; 404 where there is none.
pub async fn photo(
    State(graph): State<Graph>,
    State(problem_pages): State<ProblemPages>,
    request: Request,
) -> Response {
    let sign_in = match guard::signed_in(request.extensions()) {
        Ok(sign_in) => sign_in,
        Err(denied) => return problem::refuse(&problem_pages, &request, &error_of(denied, request.extensions())),
    };
    let refused = match graph.fetch_bytes(&sign_in, PHOTO_VALUE).await {
        Ok(answer) => match kind(&answer.body) {
            Some(kind) => return ([(CONTENT_TYPE, kind)], answer.body).into_response(),
            None => AppError::NotFound,
        },
        Err(CallError::Graph(error)) if error.is_passing() => {
            tracing::warn!(?error, "a picture cannot be read from Graph");
            AppError::Unavailable { message: "Microsoft Graph does not answer right now.".to_owned() }
        }
        Err(_) => AppError::NotFound,
    };
    problem::refuse(&problem_pages, &request, &refused)
}

/// The image type of `bytes`, independent of the declared type.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let known = KINDS.iter().find(|(beginning, _)| bytes.starts_with(beginning)).map(|(_, kind)| *kind);
    known.or_else(|| is_webp.then_some("image/webp"))
}

/// `GET /account/ask-provider`: asks Graph once more what is missing, and sends the browser to the provider for just
/// that. Nothing of it comes from the browser. Where nothing is missing any more, it goes back at once.
pub async fn ask_provider(
    State(auth): State<Auth>,
    State(graph): State<Graph>,
    State(problem_pages): State<ProblemPages>,
    request: Request,
) -> Response {
    let sign_in = match guard::signed_in(request.extensions()) {
        Ok(sign_in) => sign_in,
        Err(denied) => return problem::refuse(&problem_pages, &request, &error_of(denied, request.extensions())),
    };
    match profile::find(&auth, &graph, &sign_in).await {
        Ok(FoundProfile { profile, further }) if profile.is_missing() => {
            lead_to_provider(&auth, &problem_pages, request, &sign_in, further).await
        }
        Ok(_) => Redirect::to(routes::ACCOUNT).into_response(),
        Err(CallError::SignedOut) => problem::refuse(&problem_pages, &request, &AppError::SignedOut),
        Err(error) => not_asked(&problem_pages, &request, &error),
    }
}

async fn lead_to_provider(
    auth: &Auth,
    problem_pages: &ProblemPages,
    request: Request,
    sign_in: &SignIn,
    further: Further,
) -> Response {
    let held = auth.attempts().held_in(request.headers());
    let asked = match profile::begin_request(auth, sign_in, further, held).await {
        Ok(asked) => asked,
        Err(error) => return not_asked(problem_pages, &request, &error),
    };
    let ip = request.extensions().get::<ClientAddress>().map(|address| address.0);
    match begin_sign_in(auth, &sign_in.provider, Ok(asked), ip).await {
        Ok(begun) => {
            let mut response = Redirect::to(begun.authorization_url.as_str()).into_response();
            set_cookies(response.headers_mut(), &begun.cookies);
            response
        }
        Err(error) => {
            let return_to = ReturnTo::parse(routes::ACCOUNT);
            let why = NotSignedIn::Failed(FailedSignIn {
                explanation: error.explain(),
                return_to,
                prompt: None,
                in_a_row: 0,
            });
            not_signed_in(auth, problem_pages, &PageContext::of(problem_pages, &request), &sign_in.provider, why)
        }
    }
}

/// Our own fault: the log tells the rest.
fn not_asked(problem_pages: &ProblemPages, request: &Request, error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::error!(?error, "what Graph misses cannot be asked for");
    let request_id = request.extensions().get::<RequestId>().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    problem::refuse(problem_pages, request, &AppError::Internal { request_id })
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
