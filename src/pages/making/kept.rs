//! A form that could not be saved: shows its input, to be copied.

use axum::http::StatusCode;
use leptos::prelude::*;
use rolecall_core::dashboards::Typed;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_ui::components::note_text::textarea_html;
use rolecall_ui::page::{FormAnswer, Page, Reply};

/// Fields that people do not type into.
const UNSEEN: [&str; 6] = ["do", "version", "panel", "replaced", "to", "width"];

/// Shows why nothing was saved, and all values in `typed`.
pub(super) fn kept(error: AppError, typed: &Typed) -> FormAnswer {
    let typed: Vec<_> =
        typed.fields().filter(|(name, value)| !UNSEEN.contains(name) && !value.trim().is_empty()).collect();
    if typed.is_empty() || matches!(error, AppError::SignedOut | AppError::Internal { .. }) {
        return Err(error);
    }
    let is_closed = matches!(error, AppError::Forbidden { .. } | AppError::NotOwner { .. } | AppError::NotFound);
    let why = is_closed.then_some("You may not change this any more, or it is gone. ");
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::FORBIDDEN);
    let fields = typed.into_iter().enumerate().map(|(at, (name, value))| {
        let id = format!("typed-{at}");
        view! {
            <div>
                <label for=id.clone()>
                    <bdi>{name.to_owned()}</bdi>
                </label>
                <textarea id=id readonly rows="1" dir="auto" inner_html=textarea_html(value)></textarea>
            </div>
        }
    });
    let (message, advice) = (error.to_string(), error.advice());
    let advice = advice.into_iter().map(|sentence| view! { <li dir="auto">{sentence}</li> }).collect_view();
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::DASHBOARDS>"Dashboards"</a>
            </p>
            <h1>"Nothing was saved"</h1>
            <p class="lead" dir="auto">
                {message}
            </p>
        </div>
        <section class="notice notice-warn">
            <p>{why} "What you typed is below, so that you can copy it."</p>
            <ul>{advice}</ul>
        </section>
        <section class="panel" aria-labelledby="typed">
            <h2 id="typed">"What you typed"</h2>
            <div class="fields">{fields.collect_view()}</div>
        </section>
    };
    Ok(Reply::Page(status, Page::new("Nothing was saved", view)))
}
