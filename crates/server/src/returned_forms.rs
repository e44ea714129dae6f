//! Forms of the account and of administrators that are refused: their page is shown again with the input. This works
//! without script, like every form.

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use leptos::prelude::provide_context;
use rolecall_core::dashboards::Typed;
use rolecall_model::AppError;
use rolecall_ui::page::{Asked, Reply};
use rolecall_ui::returned::Returned;

use super::form_pages::FormPage;
use super::pages::Pages;

/// The page with the form of `body` again, because of `error`; `None` if it is not shown again, or cannot be rendered.
/// `parts` are those of the request.
pub async fn page_again(pages: &Pages, mut parts: Parts, body: &[u8], error: &AppError) -> Option<Response> {
    let (action, typed) = (parts.uri.path().to_owned(), Typed::of_form(body));
    let form_page = FormPage::of(&action, &typed, error)?;
    let page = form_page.path();
    let returned = Returned::of((&page, &action), typed, error)?;
    let status = StatusCode::from_u16(error.status()).ok()?;
    // The method stays POST: for GET the page could redirect to the provider, and lose the input.
    parts.uri = page.parse().ok()?;
    let request = Request::from_parts(parts, Body::empty());
    let render_form_page = pages.render_form_page();
    let make = move |asked: Asked| async move {
        provide_context(returned);
        render_form_page(form_page, asked).await.map(|page| Reply::Page(status, page))
    };
    let response = pages.answer(request, make).await;
    (response.status() == status).then_some(response)
}
