//! The page about the API, for people who write programs.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use leptos::prelude::*;
use rolecall_api::{DevelopersPage, Instructions, TokensFrom};
use rolecall_demo_provider::API_SCOPE;
use rolecall_routes as routes;
use rolecall_server::state::AppState;
use rolecall_sign_in::Auth;
use rolecall_sign_in::config::ProviderKind;
use rolecall_sign_in::guard::CurrentSignIn;
use rolecall_sign_in::provider::Provider;
use rolecall_ui::documents::{Contents, Scripts};
use rolecall_ui::page::reactive_root;
use serde_json::Value;
use utoipa::openapi::OpenApi;

/// `GET /developers`: the page made of `description`.
pub fn page_of(description: &OpenApi) -> MethodRouter<AppState> {
    let openapi = serde_json::to_value(description).unwrap_or_default();
    get(async move |State(state): State<AppState>, request: Request| page(&state, &request, openapi))
}

fn page(state: &AppState, request: &Request, openapi: Value) -> Response {
    let signed_out = state.auth.cookies().signed_out_in(request.headers());
    let viewer = state.viewers.viewer(request.extensions().get::<CurrentSignIn>(), signed_out.as_ref());
    let api = state.config.api.as_ref();
    let instructions = Instructions {
        origin: state.address.origin().to_owned(),
        audience: api.and_then(|api| api.audiences.first().cloned()),
        scope: api.map_or(API_SCOPE, |api| api.scope.as_str()).to_owned(),
        tokens_from: tokens_from(&state.auth, state.config.demonstration),
    };
    let html = reactive_root().with(|| {
        let main = view! { <DevelopersPage openapi instructions/> }.to_html();
        let contents = Contents {
            viewer: &viewer,
            path: None,
            here: Some(routes::DEVELOPERS),
            title: "API",
            main: &main,
            scripts: Scripts { session: viewer.user.is_some(), ..Scripts::default() },
        };
        state.documents.page(contents, None)
    });
    (StatusCode::OK, state.page_policies.page(None, viewer.user.is_some()), Html(html)).into_response()
}

/// Who issues access tokens: Entra, if it is among several providers.
fn tokens_from(auth: &Auth, is_demonstration: bool) -> TokensFrom {
    let is_entra = |provider: &Provider| matches!(provider.config.kind, ProviderKind::Entra { .. });
    if is_demonstration {
        TokensFrom::Demonstration
    } else if auth.providers().iter().any(is_entra) {
        TokensFrom::Entra
    } else {
        TokensFrom::Other
    }
}
