//! What a server function needs of the request that it answers: who calls, and how to answer.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{Extensions, HeaderValue, Method, StatusCode, header};
use leptos::prelude::{use_context, with_context};
use leptos_axum::ResponseOptions;
use rolecall_model::AppError;
use rolecall_model::Role;
use rolecall_sign_in::db::is_busy;
use rolecall_sign_in::guard;
use rolecall_sign_in::session::{HeldAttempts, SignIn};
use rolecall_sign_in::web::stays_out::CLEAR_CACHE;
use rolecall_sign_in::{
    self, Auth, BeginRequest, CallbackError, CallbackRequest, ClientAddress, Denied, Explanation, Further, ReturnTo,
    SignOutError,
};
use thiserror::Error;
use tower_sessions::Session;
use tower_sessions::cookie::Cookie;

use crate::dashboards::Dashboards;
use crate::graph::{CallError, Graph};
use crate::profile;
use crate::request_id::RequestId;

/// The sign-in of this application.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn auth() -> Result<Auth, AppError> {
    use_context().ok_or_else(|| internal(&MissingContext("sign-in")))
}

/// Microsoft Graph.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn graph() -> Result<Graph, AppError> {
    use_context().ok_or_else(|| internal(&MissingContext("Graph")))
}

/// The dashboards of this application.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn dashboards() -> Result<Dashboards, AppError> {
    use_context().ok_or_else(|| internal(&MissingContext("dashboards")))
}

/// The live sign-in behind the request.
///
/// # Errors
/// [`AppError::SignedOut`].
pub fn signed_in() -> Result<Arc<SignIn>, AppError> {
    judged(|parts| guard::signed_in(&parts.extensions))
}

/// The live sign-in behind the request, with at least the role `needed`.
///
/// # Errors
/// [`AppError::SignedOut`] or [`AppError::Forbidden`].
pub fn require(needed: Role) -> Result<Arc<SignIn>, AppError> {
    judged(|parts| guard::require(&parts.extensions, needed))
}

/// The highest role whose doors are open to the caller.
#[must_use]
pub fn open_role() -> Option<Role> {
    with_context(|parts: &Parts| guard::open_role(&parts.extensions)).flatten()
}

/// The cookie session of the request.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn session() -> Result<Session, AppError> {
    extension().ok_or_else(|| internal(&MissingContext("session")))
}

/// Where the request came from.
#[must_use]
pub fn client_address() -> Option<IpAddr> {
    extension().map(|ClientAddress(ip)| ip)
}

/// A header of the request, when it is ASCII.
#[must_use]
pub fn header(name: header::HeaderName) -> Option<String> {
    with_context(|parts: &Parts| parts.headers.get(name)?.to_str().ok().map(ToOwned::to_owned)).flatten()
}

/// The browser's attempts.
#[must_use]
pub fn held_attempts(auth: &Auth) -> HeldAttempts {
    with_context(|parts: &Parts| auth.attempts().held_in(&parts.headers)).unwrap_or_default()
}

/// Passes `result` on, with the status of its error on the answer.
///
/// # Errors
/// The error of `result`.
pub fn answer<T>(result: Result<T, AppError>) -> Result<T, AppError> {
    if let (Err(error), Some(options)) = (&result, use_context::<ResponseOptions>()) {
        options.set_status(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    }
    result
}

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

/// What a browser is told of a sign-in that failed. The sign-in has told the log already.
pub fn sign_in_error(explanation: &Explanation) -> AppError {
    match explanation.status {
        500 => AppError::Internal { request_id: request_id() },
        503 => AppError::Unavailable { message: explanation.message.to_string() },
        _ => AppError::SignIn { message: explanation.message.to_string() },
    }
}

/// Sends the browser to `target`: a script learns it from the answer, a form is redirected.
pub fn redirect(target: &ReturnTo) {
    redirect_to(target.as_str());
}

/// The same for an address elsewhere, which must have been made by us.
pub fn redirect_to_provider(target: &url::Url) {
    redirect_to(target.as_str());
}

/// The same for one of our own pages.
pub fn redirect_to_page(path: &'static str) {
    redirect_to(path);
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

fn redirect_to(target: &str) {
    leptos_axum::redirect(target);
}

/// Whether the request is a browser's for the page at `path`, and not a script's.
#[must_use]
pub fn is_page(path: &str) -> bool {
    with_context(|parts: &Parts| parts.method == Method::GET && parts.uri.path() == path).unwrap_or_default()
}

/// Sends the browser to the provider of `sign_in` to be asked for `further`, and then back to the account's page.
///
/// # Errors
/// [`AppError::Unavailable`] for a provider that does not answer.
pub async fn ask_provider(sign_in: &SignIn, further: Further) -> Result<(), AppError> {
    let auth = auth()?;
    let request = profile::begin_request(&auth, sign_in, further, held_attempts(&auth)).await;
    let request = request.map_err(|error| internal(&error))?;
    let begun = rolecall_sign_in::begin_sign_in(&auth, &sign_in.provider, Ok(request), client_address()).await;
    let begun = begun.map_err(|error| sign_in_error(&error.explain()))?;
    begun.cookies.iter().for_each(set_cookie);
    redirect_to_provider(&begun.authorization_url);
    Ok(())
}

/// What is told of a request to Graph that could not even be made.
pub fn graph_error(error: &CallError) -> AppError {
    match error {
        CallError::SignedOut => AppError::SignedOut,
        error => internal(error),
    }
}

/// Sets `cookie` on the answer.
pub fn set_cookie(cookie: &Cookie<'_>) {
    if let (Ok(value), Some(options)) = (HeaderValue::from_str(&cookie.to_string()), use_context::<ResponseOptions>()) {
        options.append_header(header::SET_COOKIE, value);
    }
}

/// Lets the browser forget that somebody signed out in it: a person asks for a sign-in.
pub fn forget_sign_out(auth: &Auth) {
    let signed_out = with_context(|parts: &Parts| auth.cookies().signed_out_in(&parts.headers)).flatten();
    if signed_out.is_some() {
        set_cookie(&auth.cookies().signed_out_removal());
    }
}

/// Pages of apps are on our own host.
#[derive(Clone, Copy)]
pub struct HasAppPages;

/// Whether the browser can keep pages here that are not ours: those of apps on paths. It keeps none of ours, and forgetting
/// all takes Chrome seconds, and the files of our pages with it.
pub fn has_app_pages() -> bool {
    use_context::<HasAppPages>().is_some()
}

/// Lets the browser forget the pages that it keeps of this host.
pub fn forget_pages() {
    if let Some(options) = use_context::<ResponseOptions>() {
        let (name, value) = CLEAR_CACHE;
        options.insert_header(name, value);
    }
}

/// What is told of a sign-out that failed.
pub fn still_signed_in(error: &SignOutError) -> AppError {
    tracing::error!(request_id = request_id(), ?error, "a person could not be signed out");
    AppError::Unavailable { message: rolecall_sign_in::STILL_SIGNED_IN.to_owned() }
}

/// What every server function needs is not there: it was called outside of the application.
#[derive(Debug, Error)]
#[error("no {0} in this context")]
struct MissingContext(&'static str);

/// Logs what went wrong with its whole chain, and tells the caller only where to find it, or to come again where that helps.
pub fn internal(error: &(dyn std::error::Error + 'static)) -> AppError {
    if is_busy(error) {
        tracing::error!(?error, "the database had no time for a request");
        let message = "Too much is being done at once. Try again in a moment.".to_owned();
        return AppError::Unavailable { message };
    }
    let request_id = request_id();
    tracing::error!(request_id, ?error, "a request failed");
    AppError::Internal { request_id }
}

fn request_id() -> String {
    extension::<RequestId>().map_or_else(|| "unknown".to_owned(), |RequestId(id)| id)
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    with_context(|parts: &Parts| parts.extensions.get::<T>().cloned()).flatten()
}

/// What `judge` finds of the request, and an event when it does not let it through.
fn judged(judge: impl Fn(&Parts) -> Result<Arc<SignIn>, Denied>) -> Result<Arc<SignIn>, AppError> {
    let auth = use_context::<Auth>();
    let judged = with_context(|parts: &Parts| {
        judge(parts).map_err(|denied| {
            if let Some(auth) = &auth {
                guard::report_denied(auth, &parts.extensions, denied);
            }
            error_of(denied, &parts.extensions)
        })
    });
    judged.unwrap_or(Err(AppError::SignedOut))
}

/// What is told of a request with these extensions that was `denied`.
pub fn error_of(denied: Denied, extensions: &Extensions) -> AppError {
    match denied {
        Denied::SignedOut => AppError::SignedOut,
        Denied::NotVouchedFor => AppError::NotVouchedFor,
        Denied::StepUp { needed } => {
            let provider = guard::signed_in(extensions).map(|sign_in| sign_in.provider.clone());
            AppError::StepUp { needed, provider: provider.unwrap_or_default() }
        }
        Denied::Role { needed } => AppError::Forbidden { needed },
        Denied::ForeignOrigin => AppError::ForeignOrigin,
    }
}
