//! What people can see of their own account, and do with their sessions.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use rolecall_model::AppError;
use rolecall_model::IdTokenView;

/// The claims of the caller's ID token, explained. The token itself stays on the server.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(endpoint = "id_token", input = GetUrl)]
pub async fn id_token() -> Result<IdTokenView, AppError> {
    use crate::{caller, claims};

    let sign_in = caller::answer(caller::signed_in())?;
    let auth = caller::auth()?;
    let view = claims::id_token_view(&auth, &sign_in).await;
    caller::answer(view.map_err(|error| caller::internal(&error)).and_then(|view| view.ok_or(AppError::SignedOut)))
}

/// What Rolecall knows about the caller.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(endpoint = "account", input = GetUrl)]
pub async fn account() -> Result<rolecall_model::account::Account, AppError> {
    use crate::{caller, profile};

    let sign_in = caller::answer(caller::signed_in())?;
    let account = profile::account(&caller::auth()?, &sign_in).await;
    caller::answer(account.map_err(|error| caller::internal(&error)).and_then(|found| found.ok_or(AppError::SignedOut)))
}

/// The caller's profile from Microsoft Graph, or why there is none. If Graph answers with a claims challenge, the page
/// redirects to the provider, unless it comes from there.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(endpoint = "profile", input = GetUrl)]
pub async fn profile() -> Result<rolecall_model::account::Profile, AppError> {
    use crate::{caller, profile};
    use rolecall_routes as routes;

    let sign_in = caller::answer(caller::signed_in())?;
    let seen = profile::find(&caller::auth()?, &caller::graph()?, &sign_in).await;
    let seen = caller::answer(seen.map_err(|error| caller::graph_error(&error)))?;
    if seen.profile.leads_to_provider() && caller::is_page(routes::ACCOUNT) {
        // Ignored if it fails: the page has a link that does the same.
        let _ = caller::ask_provider(&sign_in, seen.further).await;
    }
    Ok(seen.profile)
}

/// Reads the caller's role again at the provider, and leads to the account with what came of it.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(endpoint = "check_my_roles")]
pub async fn check_my_roles() -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::account;
    use rolecall_routes as routes;

    let sign_in = caller::answer(caller::signed_in())?;
    let checks = account::check_own_roles(&caller::auth()?, &sign_in).await;
    let checks = caller::answer(checks.map_err(|error| caller::internal(&error)))?;
    caller::redirect_to_path(&checks.in_address(routes::ACCOUNT));
    Ok(())
}

/// Says that the caller knows the new browser of their sign-in `id`, which is another one than this.
///
/// # Errors
/// [`AppError::SignedOut`]; [`AppError::NotFound`] for a sign-in that is not theirs; [`AppError::Invalid`] where this
/// browser is new itself.
#[server(endpoint = "know_browser")]
pub async fn know_browser(id: String) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_sign_in::people::KnownBrowser;

    let sign_in = caller::answer(caller::signed_in())?;
    let known = caller::auth()?.sign_ins().know_browser(sign_in.user_id, &id, &sign_in.id).await;
    let known = known.map_err(|error| caller::internal(&error));
    caller::answer(known.and_then(|known| match known {
        KnownBrowser::Known => Ok(()),
        KnownBrowser::Nothing => Err(AppError::NotFound),
        KnownBrowser::SaidByNew => {
            let message = "This browser is new itself. Say so in one that you have used before.".to_owned();
            Err(AppError::Invalid { message })
        }
    }))
}

/// Ends the caller's session `id`, which is another browser's.
///
/// # Errors
/// [`AppError::SignedOut`]; [`AppError::NotFound`] for a session that is not theirs; [`AppError::Invalid`] for this
/// one.
#[server(endpoint = "end_my_session")]
pub async fn end_my_session(id: String) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::account;
    use rolecall_routes as routes;

    let sign_in = caller::answer(caller::signed_in())?;
    if id == sign_in.id {
        let message = "This is the session of this browser. To end it, sign out.".to_owned();
        return caller::answer(Err(AppError::Invalid { message }));
    }
    let by = account::Ender { sign_in: &sign_in, ip: caller::client_address() };
    let ended = account::end_one(&caller::auth()?, &caller::audit()?, &by, id).await;
    caller::answer(ended.map_err(|error| caller::internal(&error)).and_then(|ended| ended.ok_or(AppError::NotFound)))?;
    caller::redirect_to_page(routes::ACCOUNT_SESSIONS);
    Ok(())
}

/// Ends all sessions of the caller but this one.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(endpoint = "end_my_other_sessions")]
pub async fn end_my_other_sessions() -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::account;
    use rolecall_routes as routes;

    let sign_in = caller::answer(caller::signed_in())?;
    let by = account::Ender { sign_in: &sign_in, ip: caller::client_address() };
    let ended = account::end_others(&caller::auth()?, &caller::audit()?, &by).await;
    caller::answer(ended.map_err(|error| caller::internal(&error)))?;
    caller::redirect_to_page(routes::ACCOUNT_SESSIONS);
    Ok(())
}
