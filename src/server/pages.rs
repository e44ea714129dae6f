//! Answers with a page: makes it in the context of its request, and puts the document around it.

use std::sync::{Arc, PoisonError};

use axum::RequestPartsExt as _;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos::reactive::computed::ScopedFuture;
use leptos_axum::ResponseOptions;
use rolecall_model::AppError;
use rolecall_sign_in::guard::CurrentSignIn;

use super::problem;
use super::state::AppState;
use crate::app::{Contents, Scripts, has_island};
use crate::caller::HasAppPages;
use crate::pages::page::{Answer, Asked, Page, reactive_root};
use crate::routes;

/// The route of the page that `make` makes.
pub fn page<Make, Making>(make: Make) -> MethodRouter<AppState>
where
    Make: Fn(Asked) -> Making + Clone + Send + Sync + 'static,
    Making: Future<Output = Answer> + Send + 'static,
{
    get(async move |State(state): State<AppState>, request: Request| answer(&state, request, make).await)
}

/// Answers `request` with the page that `make` makes.
pub async fn answer<Making>(state: &AppState, request: Request, make: impl Fn(Asked) -> Making) -> Response
where
    Making: Future<Output = Answer> + Send + 'static,
{
    let (mut parts, _) = request.into_parts();
    let asked = asked(state, &mut parts).await;
    let options = ResponseOptions::default();
    let owner = reactive_root();
    let making = owner.with(|| {
        provide_contexts(state);
        provide_context(state.rendered.clone());
        provide_context(Arc::clone(&asked.viewer));
        provide_context(parts);
        provide_context(options.clone());
        ScopedFuture::new(make(asked.clone()))
    });
    let response = match making.await {
        Ok(page) => owner.with(|| in_document(state, &asked, &page)),
        Err(error) => refused(state, owner.with(use_context::<Parts>), &error),
    };
    owner.cleanup();
    with_options(response, &options)
}

fn refused(state: &AppState, parts: Option<Parts>, error: &AppError) -> Response {
    let request = parts.map_or_else(Request::default, |parts| Request::from_parts(parts, Body::empty()));
    problem::refuse(&state.problem_pages, &request, error)
}

/// What pages and server functions find in their context.
pub fn provide_contexts(state: &AppState) {
    provide_context(state.auth.clone());
    provide_context(state.audit.clone());
    provide_context(state.dashboards.clone());
    provide_context(state.uploads.clone());
    provide_context(state.graph.clone());
    if state.apps.all().iter().any(|app| app.host().is_none()) {
        provide_context(HasAppPages);
    }
}

/// What is known of a request for a page.
async fn asked(state: &AppState, parts: &mut Parts) -> Asked {
    let parameter = parts.extract::<Path<String>>().await.ok().map(|Path(parameter)| parameter);
    let signed_out = state.auth.cookies().signed_out_in(&parts.headers);
    let viewer = state.viewers.viewer(parts.extensions.get::<CurrentSignIn>(), signed_out.as_ref());
    Asked {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(ToOwned::to_owned),
        parameter,
        viewer: Arc::new(viewer),
    }
}

/// The page in its document. Only one with scripts has a nonce for them.
fn in_document(state: &AppState, asked: &Asked, page: &Page) -> Response {
    let scripts = Scripts { islands: has_island(&page.main), live: page.is_live };
    let nonce = scripts.any().then(Nonce::new);
    let here = wanted(asked);
    let contents = Contents {
        viewer: &asked.viewer,
        path: Some(&asked.path),
        here: here.as_deref(),
        title: &page.title,
        main: &page.main,
        scripts,
    };
    let document = state.documents.page(contents, nonce.as_ref());
    (state.page_policies.page(nonce.as_ref()), Html(document)).into_response()
}

/// The page that a sign-in from here comes back to: this page, or the one that brought somebody to the sign-in.
fn wanted(asked: &Asked) -> Option<String> {
    match asked.path.as_str() {
        routes::HOME | routes::SIGN_IN => asked.value("return_to"),
        routes::SIGNED_OUT => None,
        _ => Some(asked.here()),
    }
}

/// `response` with the status and the headers that server functions have asked for.
fn with_options(mut response: Response, options: &ResponseOptions) -> Response {
    let mut asked_for = options.0.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(status) = asked_for.status {
        *response.status_mut() = status;
    }
    response.headers_mut().extend(std::mem::take(&mut asked_for.headers));
    response
}
