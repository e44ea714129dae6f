//! Renders a page for a request, and puts it into the document.

use std::sync::{Arc, PoisonError};

use axum::RequestPartsExt as _;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest as _, Multipart, Path, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos::reactive::computed::ScopedFuture;
use leptos_axum::ResponseOptions;
use rolecall_core::dashboards::Typed;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::guard::CurrentSignIn;

use super::limits::request_sizes::MAX_LONG_FORM_BYTES;
use super::problem;
use super::state::AppState;
use crate::app::{Contents, Scripts, has_island};
use crate::caller::HasAppPages;
use crate::pages::page::{Answer, Asked, FormAnswer, Page, Reply, reactive_root};

/// The route of the page that `make` renders.
pub fn page<Make, Making>(make: Make) -> MethodRouter<AppState>
where
    Make: Fn(Asked) -> Making + Clone + Send + Sync + 'static,
    Making: Future<Output = Answer> + Send + 'static,
{
    get(async move |State(state): State<AppState>, request: Request| answer(&state, request, make).await)
}

/// The route for `make` if it does not always return a page.
pub fn reply<Make, Making>(make: Make) -> MethodRouter<AppState>
where
    Make: Fn(Asked) -> Making + Clone + Send + Sync + 'static,
    Making: Future<Output = FormAnswer> + Send + 'static,
{
    get(async move |State(state): State<AppState>, request: Request| answer(&state, request, make).await)
}

/// The route of forms that `take` handles.
pub fn form<Take, Taking>(take: Take) -> MethodRouter<AppState>
where
    Take: Fn(Asked, Typed) -> Taking + Clone + Send + Sync + 'static,
    Taking: Future<Output = FormAnswer> + Send + 'static,
{
    post(async move |State(state): State<AppState>, request: Request| {
        let (parts, body) = request.into_parts();
        match typed(&parts, body).await {
            Ok(typed) => {
                let request = Request::from_parts(parts, Body::empty());
                answer(&state, request, move |asked| take(asked, typed)).await
            }
            Err(error) => refused(&state, Some(parts), &error),
        }
    })
}

/// The fields of a form, urlencoded or as `multipart/form-data` (RFC 7578). No more is read than the policy allows.
async fn typed(parts: &Parts, body: Body) -> Result<Typed, AppError> {
    let is_multipart = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    if !is_multipart {
        let form = to_bytes(body, MAX_LONG_FORM_BYTES).await.map_err(|_| AppError::TooLarge)?;
        return Ok(Typed::of_form(&form));
    }
    let unreadable = || AppError::Invalid { message: "This form cannot be read, or is too large.".to_owned() };
    let mut form =
        Multipart::from_request(Request::from_parts(parts.clone(), body), &()).await.map_err(|_| unreadable())?;
    let mut fields = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        fields.push((name, field.text().await.map_err(|_| unreadable())?));
    }
    Ok(fields.into_iter().collect())
}

/// Answers `request` with the page of `make`.
pub async fn answer<Making, Made>(state: &AppState, request: Request, make: impl FnOnce(Asked) -> Making) -> Response
where
    Made: Into<Reply>,
    Making: Future<Output = Result<Made, AppError>> + Send + 'static,
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
        Ok(answered) => match answered.into() {
            Reply::Page(status, page) => {
                let mut response = owner.with(|| in_document(state, &asked, &page));
                *response.status_mut() = status;
                response
            }
            Reply::GoOn(path) => Redirect::to(&path).into_response(),
            Reply::File { name, kind, body } => {
                let disposition = format!("attachment; filename=\"{name}\"");
                ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], body).into_response()
            }
        },
        Err(error) => refused(state, owner.with(use_context::<Parts>), &error),
    };
    owner.cleanup();
    with_options(response, &options)
}

fn refused(state: &AppState, parts: Option<Parts>, error: &AppError) -> Response {
    let request = parts.map_or_else(Request::default, |parts| Request::from_parts(parts, Body::empty()));
    problem::refuse(&state.problem_pages, &request, error)
}

/// The context of pages and server functions.
pub fn provide_contexts(state: &AppState) {
    provide_context(state.auth.clone());
    provide_context(state.audit.clone());
    provide_context(state.bookmarks.clone());
    provide_context(state.dashboards.clone());
    provide_context(state.uploads.clone());
    provide_context(state.graph.clone());
    if state.apps.all().iter().any(|app| app.host().is_none()) {
        provide_context(HasAppPages);
    }
}

/// Data about a request for a page.
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

/// The page in its document. It has a nonce only if its scripts need one.
fn in_document(state: &AppState, asked: &Asked, page: &Page) -> Response {
    let session = asked.viewer.user.is_some();
    let scripts = Scripts { islands: has_island(&page.main), session, dashboard: page.is_live };
    let nonce = scripts.need_nonce().then(Nonce::new);
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
    (state.page_policies.page(nonce.as_ref(), session || page.has_own_script), Html(document)).into_response()
}

/// The page to return to after a sign-in from here: this page, or the one that led to the sign-in.
fn wanted(asked: &Asked) -> Option<String> {
    match asked.path.as_str() {
        routes::HOME | routes::SIGN_IN => asked.value("return_to"),
        routes::SIGNED_OUT => None,
        _ => Some(asked.here()),
    }
}

/// `response` with the status and headers that server functions have set.
fn with_options(mut response: Response, options: &ResponseOptions) -> Response {
    let mut asked_for = options.0.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(status) = asked_for.status {
        *response.status_mut() = status;
    }
    response.headers_mut().extend(std::mem::take(&mut asked_for.headers));
    response
}
