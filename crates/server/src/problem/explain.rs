//! Converts errors that have only a status to the form that the client can use: a page, JSON, or a problem document.

use std::any::Any;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use rolecall_core::request_id::RequestId;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::web::wants_page;
use rolecall_ui::problem::Problem;

use super::answer::{PageContext, ProblemPages, page};
use super::contents::app_problem;
use crate::app_hosts::OnHost;

/// The reader of an error, which decides its form.
pub enum ErrorReader {
    /// A person, in a browser that navigates.
    Person(PageContext),
    /// A program that uses the API under `/api/v1`: it always gets problem documents.
    Api,
    /// A directory: it gets SCIM errors.
    Directory,
    /// A script or a program that uses the sign-in or a server function.
    Program,
    /// Anyone else: a status is enough.
    Other,
}

impl ErrorReader {
    /// The reader of the answer to `request`.
    pub fn of(problem_pages: &ProblemPages, request: &Request) -> Self {
        let path = request.uri().path();
        let is_on_host_of_app = request.extensions().get::<OnHost>().is_some();
        if routes::is_api_v1(path) && !is_on_host_of_app {
            Self::Api
        } else if routes::is_scim(path) && !is_on_host_of_app {
            Self::Directory
        } else if wants_page(request.headers()) {
            Self::Person(PageContext::of(problem_pages, request))
        } else if [routes::API_PREFIX, routes::LOGIN_PREFIX].iter().any(|prefix| path.starts_with(prefix)) {
            Self::Program
        } else {
            Self::Other
        }
    }
}

/// `response`, with a page or JSON about `error` unless it has a body for that.
pub fn explained(problem_pages: &ProblemPages, reader: ErrorReader, error: &AppError, response: Response) -> Response {
    let status = response.status();
    match reader {
        ErrorReader::Person(context) if !is_of_type(&response, "text/html") => {
            page(problem_pages, &context, |viewer| Problem { status: status.as_u16(), ..app_problem(error, viewer) })
        }
        ErrorReader::Program if !is_of_type(&response, "application/json") => (status, Json(error)).into_response(),
        _ => response,
    }
}

/// Whether the content type of the response is `kind`.
fn is_of_type(response: &Response, kind: &str) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|found| found.as_bytes().starts_with(kind.as_bytes()))
}

/// The error for an answer with only a status.
pub fn error_of(status: StatusCode, id: RequestId) -> Option<AppError> {
    match status {
        StatusCode::UNAUTHORIZED => Some(AppError::SignedOut),
        StatusCode::SERVICE_UNAVAILABLE => {
            Some(AppError::Unavailable { message: "Rolecall did not finish this in time.".to_owned() })
        }
        status if status.is_server_error() => Some(AppError::Internal { request_id: id.to_string() }),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Some(AppError::NotFound),
        StatusCode::PAYLOAD_TOO_LARGE => Some(AppError::TooLarge),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Some(AppError::HeadTooLarge),
        status if status.is_client_error() => {
            Some(AppError::Invalid { message: "This request cannot be read.".to_owned() })
        }
        _ => None,
    }
}

/// A panic is a 500 like any other. [`log_panics`](crate::telemetry::log_panics) has logged its message
/// already.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    (Extension(Logged), StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// A response extension: the log already says what went wrong.
#[derive(Clone, Copy)]
pub struct Logged;
