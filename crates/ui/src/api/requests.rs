//! Requests for roles, and looking at Rolecall with a lower one, by forms.

use leptos::prelude::*;
use rolecall_model::{AppError, Role};

/// Asks for `role`, for the caller, who wanted the `page`. Leads to what they asked for on the page of their account.
///
/// # Errors
/// As `signed_in`; [`AppError::InvalidField`] without a reason; [`AppError::Invalid`] after too many requests.
#[server(endpoint = "request_access")]
pub async fn request_access(role: Role, reason: String, #[server(default)] page: String) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::admin;
    use rolecall_routes as routes;

    let sign_in = caller::answer(caller::signed_in())?;
    let (auth, audit) = (caller::auth()?, caller::audit()?);
    let asked = admin::ask((&auth, &audit), &sign_in, role, (&reason, &page), caller::client_address()).await;
    caller::answer(caller::decided(asked))?;
    caller::redirect_to_page(routes::ACCOUNT_REQUESTS);
    Ok(())
}

/// Gives the role that the request `id` asks for, up to the day `until`. `knows_kept_out`: the page said that whoever
/// asks is disabled.
///
/// # Errors
/// As `require_recent` below Admin; [`AppError::Invalid`] for one's own, and for who is disabled where the page did not
/// say so; [`AppError::InvalidField`] for a day that is over; [`AppError::Conflict`] where it was decided before;
/// [`AppError::NotFound`].
#[server(endpoint = "approve_request")]
pub async fn approve_request(
    id: String,
    #[server(default)] answer: String,
    #[server(default)] until: String,
    #[server(default)] knows_kept_out: bool,
) -> Result<(), AppError> {
    use crate::caller;

    let administrator = caller::answer(caller::recent_administrator())?;
    let ends_at_ms = caller::answer(caller::end_of_day("until", &until))?;
    caller::answer(caller::decided(administrator.approve_request(id, &answer, ends_at_ms, knows_kept_out).await))
}

/// Says that the role that the request `id` asks for was assigned at the provider.
///
/// # Errors
/// As [`approve_request`], also without a recent sign-in.
#[server(endpoint = "request_assigned")]
pub async fn request_assigned(id: String, #[server(default)] answer: String) -> Result<(), AppError> {
    use crate::caller;

    let administrator = caller::answer(caller::administrator())?;
    caller::answer(caller::decided(administrator.request_assigned(id, &answer).await))
}

/// Declines the request `id`.
///
/// # Errors
/// As [`request_assigned`]; [`AppError::InvalidField`] without a reason.
#[server(endpoint = "decline_request")]
pub async fn decline_request(id: String, #[server(default)] answer: String) -> Result<(), AppError> {
    use crate::caller;

    let administrator = caller::answer(caller::administrator())?;
    caller::answer(caller::decided(administrator.decline_request(id, &answer).await))
}

/// Lets the caller look at Rolecall with the lower `role` for a while, and leads to the front page.
///
/// # Errors
/// As `require` below Admin; [`AppError::Invalid`] for a role that is not lower.
#[server(endpoint = "view_as")]
pub async fn view_as(role: Role) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::admin;
    use rolecall_routes as routes;

    let sign_in = caller::answer(caller::require(Role::Admin))?;
    let (auth, audit) = (caller::auth()?, caller::audit()?);
    let begun = admin::begin_view_as((&auth, &audit), &sign_in, role, caller::client_address()).await;
    caller::answer(caller::decided(begun))?;
    caller::redirect_to_page(routes::HOME);
    Ok(())
}

/// Ends that.
///
/// # Errors
/// As `signed_in`.
#[server(endpoint = "end_view_as")]
pub async fn end_view_as() -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::admin;

    let sign_in = caller::answer(caller::signed_in())?;
    let (auth, audit) = (caller::auth()?, caller::audit()?);
    caller::answer(caller::decided(admin::end_view_as((&auth, &audit), &sign_in, caller::client_address()).await))
}
