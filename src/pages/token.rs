//! The ID token, claim by claim.

use leptos::prelude::*;
use rolecall_model::{Claim, IdTokenView};

use super::page::{Answer, Asked, Page};
use crate::api::account::id_token;
use crate::components::claims::ClaimList;
use crate::components::time::Moment;

/// # Errors
/// As [`id_token`].
pub async fn token(_: Asked) -> Answer {
    let token = id_token().await?;
    let view = view! {
        <div class="page-head">
            <h1>"Your ID token"</h1>
            <p class="lead">
                "What your provider told Rolecall about you. The token itself stays on the server: pages never contain it."
            </p>
        </div>
        <TokenView token/>
    };
    Ok(Page::new("Your token", view))
}

/// Claims about the person first, then the protocol's, folded.
#[component]
fn TokenView(token: IdTokenView) -> impl IntoView {
    let (protocol, person): (Vec<Claim>, Vec<Claim>) = token.claims.into_iter().partition(|claim| claim.protocol);

    view! {
        <section class="panel" aria-labelledby="claims-title">
            <div class="panel-head">
                <h2 id="claims-title">"About you"</h2>
                <span class="muted">"As of " <Moment ms=token.read_at_ms/></span>
            </div>
            <ClaimList claims=person/>
        </section>
        <details class="panel">
            <summary>
                <h2>"Protocol claims"</h2>
            </summary>
            <p class="muted">
                "Rolecall used these claims to check that the token is genuine, recent and meant for Rolecall."
            </p>
            <ClaimList claims=protocol/>
        </details>
    }
}
