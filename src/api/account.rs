//! What a person may learn of their own account.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::identity::IdTokenView;

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
