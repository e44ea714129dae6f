//! What the server functions of the sign-in and of the account need: their requests, and the errors that people see.

use axum::http::header;
use rolecall_entra::graph::CallError;
use rolecall_model::AppError;
use rolecall_sign_in::session::SignIn;
use rolecall_sign_in::{
    Auth, BeginRequest, CallbackError, CallbackRequest, Explanation, Further, ReturnTo, SignOutError, begin_sign_in,
};

use super::answer::{redirect_to_provider, set_cookie};
use super::request::{auth, client_address, header, held_attempts, internal, request_id, session};
use crate::profile;

/// What a callback needs to know of the request.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn callback_request(auth: &Auth) -> Result<CallbackRequest, AppError> {
    Ok(CallbackRequest {
        session: session()?,
        held: held_attempts(auth),
        ip: client_address(),
        user_agent: header(header::USER_AGENT),
    })
}

/// What begins a sign-in that comes back to `return_to`, or to the front page where that is no page of ours.
///
/// # Errors
/// When its address is too long.
pub fn begin_request(auth: &Auth, return_to: Option<&str>) -> Result<BeginRequest, CallbackError> {
    if return_to.is_some_and(ReturnTo::is_too_long) {
        return Err(CallbackError::LongTarget);
    }
    Ok(BeginRequest::new(ReturnTo::parse_or_home(return_to), held_attempts(auth)))
}

/// The error for a sign-in that failed. The sign-in has logged it already.
pub fn sign_in_error(explanation: &Explanation) -> AppError {
    match explanation.status {
        500 => AppError::Internal { request_id: request_id() },
        503 => AppError::Unavailable { message: explanation.message.to_string() },
        _ => AppError::SignIn { message: explanation.message.to_string() },
    }
}

/// Sends the browser to the provider of `sign_in` to be asked for `further`, and then back to the account's page.
///
/// # Errors
/// [`AppError::Unavailable`] for a provider that does not answer.
pub async fn ask_provider(sign_in: &SignIn, further: Further) -> Result<(), AppError> {
    let auth = auth()?;
    let request = profile::begin_request(&auth, sign_in, further, held_attempts(&auth)).await;
    let request = request.map_err(|error| internal(&error))?;
    let begun = begin_sign_in(&auth, &sign_in.provider, Ok(request), client_address()).await;
    let begun = begun.map_err(|error| sign_in_error(&error.explain()))?;
    begun.cookies.iter().for_each(set_cookie);
    redirect_to_provider(&begun.authorization_url);
    Ok(())
}

/// The error for a request to Graph that could not be made.
pub fn graph_error(error: &CallError) -> AppError {
    match error {
        CallError::SignedOut => AppError::SignedOut,
        error => internal(error),
    }
}

/// Logs a sign-out that failed, and gives the error for the browser.
pub fn still_signed_in(error: &SignOutError) -> AppError {
    tracing::error!(request_id = request_id(), ?error, "a person could not be signed out");
    AppError::Unavailable { message: rolecall_sign_in::STILL_SIGNED_IN.to_owned() }
}
