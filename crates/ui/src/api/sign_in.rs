//! Signing in and out, by [`rolecall_sign_in`].

use leptos::prelude::*;
use rolecall_model::AppError;

/// Begins a sign-in at `provider` and sends the browser there. `return_to` is the path to return to.
///
/// # Errors
/// [`AppError::SignIn`] for an unknown provider, [`AppError::Unavailable`] for one that does not answer.
#[server(endpoint = "begin_sign_in")]
pub async fn begin_sign_in(provider: String, return_to: Option<String>) -> Result<(), AppError> {
    use crate::caller;

    let auth = caller::auth()?;
    let request = caller::begin_request(&auth, return_to.as_deref());
    let begun = rolecall_sign_in::begin_sign_in(&auth, &provider, request, caller::client_address()).await;
    let begun = caller::answer(begun.map_err(|error| caller::sign_in_error(&error.explain())))?;
    begun.cookies.iter().for_each(caller::set_cookie);
    caller::forget_sign_out(&auth);
    caller::redirect_to_provider(&begun.authorization_url);
    Ok(())
}

/// Completes a sign-in with what `provider` returned (OpenID Connect Core 3.1.2.5), and sends the browser to where the
/// person wanted to go.
///
/// # Errors
/// [`AppError::SignIn`] or [`AppError::Unavailable`], after which nobody is signed in.
#[server(endpoint = "complete_sign_in")]
pub async fn complete_sign_in(
    provider: String,
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_sign_in::{self, Callback};

    let auth = caller::auth()?;
    let request = caller::callback_request(&auth)?;
    let used = state.as_deref().and_then(|state| auth.attempts().cookies().used_attempt(state, &request.held));
    let callback = Callback { code, state, iss, error, error_description };
    let completed = rolecall_sign_in::complete_sign_in(&auth, &provider, Ok(callback), &request).await;
    let target = caller::answer(completed.map_err(|failure| caller::sign_in_error(&failure.error.explain())))?;
    used.iter().for_each(caller::set_cookie);
    caller::redirect(&target);
    Ok(())
}

/// Signs the browser out, here and at the provider if it supports that.
///
/// # Errors
/// [`AppError::Unavailable`] when the sign-in could not be ended.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    use crate::caller;
    use rolecall_routes as routes;
    use rolecall_sign_in::session::SignOutMark;
    use rolecall_sign_in::{self, SignOutTarget};

    let auth = caller::auth()?;
    let target = rolecall_sign_in::sign_out(&auth, &caller::session()?, caller::client_address()).await;
    let target = caller::answer(target.map_err(|error| caller::still_signed_in(&error)))?;
    caller::set_cookie(&auth.cookies().session_removal());
    if caller::has_app_pages() {
        caller::forget_pages();
    }
    caller::set_cookie(&auth.cookies().signed_out(&SignOutMark::at(auth.clock().now_ms())));
    match target {
        SignOutTarget::Here => caller::redirect_to_page(routes::SIGNED_OUT),
        SignOutTarget::Provider(url) => caller::redirect_to_provider(&url),
    }
    Ok(())
}
