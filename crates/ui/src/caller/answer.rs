//! The answer of a server function: its status, where the browser goes next, and what it keeps.

use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::{use_context, with_context};
use leptos_axum::ResponseOptions;
use rolecall_model::AppError;
use rolecall_sign_in::web::stays_out::CLEAR_CACHE;
use rolecall_sign_in::{Auth, ReturnTo};
use tower_sessions::cookie::Cookie;

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

/// Sends the browser to `target`: a script learns it from the answer, a form is redirected.
pub fn redirect(target: &ReturnTo) {
    leptos_axum::redirect(target.as_str());
}

/// The same for an address elsewhere, which must have been made by us.
pub fn redirect_to_provider(target: &url::Url) {
    leptos_axum::redirect(target.as_str());
}

/// The same for one of our own pages.
pub fn redirect_to_page(path: &'static str) {
    leptos_axum::redirect(path);
}

/// The same for a path and query that we made ourselves of nothing but numbers and fixed words.
pub fn redirect_to_path(path: &str) {
    leptos_axum::redirect(path);
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

/// Says of a page with a form that what was sent cannot be used (RFC 9110, section 15.5.21).
pub fn unprocessable() {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
}

/// Lets the browser load the page again after so many `seconds` (HTML, the header `Refresh`), with script or without.
pub fn refresh_after(seconds: &'static str) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.insert_header(header::REFRESH, HeaderValue::from_static(seconds));
    }
}

/// Lets the browser forget the pages that it keeps of this host.
pub fn forget_pages() {
    if let Some(options) = use_context::<ResponseOptions>() {
        let (name, value) = CLEAR_CACHE;
        options.insert_header(name, value);
    }
}
