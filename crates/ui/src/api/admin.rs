//! What administrators decide by forms. Each leads back to the page with the form.

use leptos::prelude::*;
use rolecall_model::{AppError, Role};

/// Ends the session `id`.
///
/// # Errors
/// As `require` below Admin; [`AppError::Invalid`] for the session that is used for it; [`AppError::Conflict`] for one
/// that has ended before; [`AppError::NotFound`].
#[server(endpoint = "end_session")]
pub async fn end_session(id: String) -> Result<(), AppError> {
    use crate::caller;

    let administrator = caller::answer(caller::administrator())?;
    caller::answer(caller::decided(administrator.end_session(id).await))
}

/// Ends all sessions of the person `user_id`.
///
/// # Errors
/// As `require` below Admin; [`AppError::Conflict`] where there is none to end; [`AppError::NotFound`].
#[server(endpoint = "end_sessions_of_person")]
pub async fn end_sessions_of_person(user_id: i64) -> Result<(), AppError> {
    use crate::caller;

    let administrator = caller::answer(caller::administrator())?;
    let ended = administrator.end_sessions_of(user_id).await;
    if let Ok(0) = ended {
        let message = "There was no session to end: they had ended before. Nothing was changed.".to_owned();
        return caller::answer(Err(AppError::Conflict { message }));
    }
    caller::answer(caller::decided(ended))
}

/// Ends all sessions but this one, where `confirmation` says so.
///
/// # Errors
/// As `require_recent` below Admin; [`AppError::InvalidField`] where it does not.
#[server(endpoint = "end_every_session")]
pub async fn end_every_session(confirmation: String) -> Result<(), AppError> {
    use crate::caller;

    let administrator = caller::answer(caller::recent_administrator())?;
    if confirmation.trim() != "everybody" {
        let message = "Nobody was signed out: write “everybody” into the field.".to_owned();
        return caller::answer(Err(AppError::InvalidField { field: "confirmation".to_owned(), message }));
    }
    caller::answer(caller::decided(administrator.end_every_session().await))
}

/// Reads the roles of the person `user_id` again at their provider, in each of their newest 50 sessions, and leads to
/// their page with what came of it.
///
/// # Errors
/// As `require` below Admin.
#[server(endpoint = "check_roles")]
pub async fn check_roles(user_id: i64) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::account;
    use rolecall_routes as routes;

    let administrator = caller::answer(caller::require(Role::Admin))?;
    let checks = account::check_roles_of(&caller::auth()?, user_id, administrator.user_id).await;
    let checks = caller::answer(checks.map_err(|error| caller::internal(&error)))?;
    caller::redirect_to_path(&checks.in_address(&routes::admin_user(user_id)));
    Ok(())
}

/// Keeps the person `user_id` out, and ends their sessions.
///
/// # Errors
/// As `require_recent` below Admin; [`AppError::Invalid`] for oneself; [`AppError::InvalidField`] without a reason;
/// [`AppError::NotFound`].
#[server(endpoint = "disable_person")]
pub async fn disable_person(user_id: i64, reason: String) -> Result<(), AppError> {
    use crate::caller;

    let administrator = caller::answer(caller::recent_administrator())?;
    caller::answer(caller::decided(administrator.disable(user_id, &reason).await))
}

/// Lets the person `user_id` in again.
///
/// # Errors
/// As `require_recent` below Admin; [`AppError::NotFound`].
#[server(endpoint = "enable_person")]
pub async fn enable_person(user_id: i64) -> Result<(), AppError> {
    use crate::caller;

    let administrator = caller::answer(caller::recent_administrator())?;
    caller::answer(caller::decided(administrator.enable(user_id).await))
}

/// Gives the person `user_id` the `role`, up to the day `until`.
///
/// # Errors
/// As `require_recent` below Admin; [`AppError::Invalid`] for oneself, and for a role that the configuration does not
/// leave to the person; [`AppError::InvalidField`] without a reason, and for a day that is over; [`AppError::Conflict`]
/// where they were given it with the same end; [`AppError::NotFound`].
#[server(endpoint = "grant_role")]
pub async fn grant_role(
    user_id: i64,
    role: Role,
    reason: String,
    #[server(default)] until: String,
) -> Result<(), AppError> {
    use crate::caller;

    let administrator = caller::answer(caller::recent_administrator())?;
    let ends_at_ms = caller::answer(caller::end_of_day("until", &until))?;
    caller::answer(caller::decided(administrator.grant(user_id, role, &reason, ends_at_ms).await))
}

/// Takes the grant `id` back.
///
/// # Errors
/// As `require_recent` below Admin; [`AppError::Invalid`] for one's own; [`AppError::Conflict`] for what is over, and
/// where nobody with the role Admin would be left; [`AppError::NotFound`].
#[server(endpoint = "revoke_grant")]
pub async fn revoke_grant(id: String) -> Result<(), AppError> {
    use crate::caller;

    let administrator = caller::answer(caller::recent_administrator())?;
    caller::answer(caller::decided(administrator.revoke_grant(id).await))
}

/// Checks whether anybody changed the audit. Its page tells how that stands.
///
/// # Errors
/// As `require` below Admin.
#[server(endpoint = "verify_audit")]
pub async fn verify_audit() -> Result<(), AppError> {
    use std::time::Duration;

    use crate::caller;

    caller::answer(caller::require(Role::Admin))?;
    let audit = caller::audit()?;
    // What happened until now is looked at, too, as far as the database takes it.
    _ = audit.flush(Duration::from_secs(2)).await;
    audit.verify_soon();
    Ok(())
}
