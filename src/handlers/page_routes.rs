//! The routes of pages and of their forms.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::routing::{MethodRouter, get, post};
use rolecall_core::dashboards::Typed;
use rolecall_model::AppError;
use rolecall_server::limits::request_sizes::MAX_LONG_FORM_BYTES;
use rolecall_server::pages::Pages;
use rolecall_server::state::AppState;
use rolecall_ui::page::{Answer, Asked, FormAnswer};

/// The route of the page that `make` renders.
pub fn page<Make, Making>(make: Make) -> MethodRouter<AppState>
where
    Make: Fn(Asked) -> Making + Clone + Send + Sync + 'static,
    Making: Future<Output = Answer> + Send + 'static,
{
    get(async move |State(pages): State<Pages>, request: Request| pages.answer(request, make).await)
}

/// The route for `make` if it does not always return a page.
pub fn reply<Make, Making>(make: Make) -> MethodRouter<AppState>
where
    Make: Fn(Asked) -> Making + Clone + Send + Sync + 'static,
    Making: Future<Output = FormAnswer> + Send + 'static,
{
    get(async move |State(pages): State<Pages>, request: Request| pages.answer(request, make).await)
}

/// The route of forms that `take` handles.
pub fn form<Take, Taking>(take: Take) -> MethodRouter<AppState>
where
    Take: Fn(Asked, Typed) -> Taking + Clone + Send + Sync + 'static,
    Taking: Future<Output = FormAnswer> + Send + 'static,
{
    post(async move |State(pages): State<Pages>, request: Request| {
        let (parts, body) = request.into_parts();
        match typed(&parts, body).await {
            Ok(typed) => {
                let request = Request::from_parts(parts, Body::empty());
                pages.answer(request, move |asked| take(asked, typed)).await
            }
            Err(error) => pages.refused(Some(parts), &error),
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
