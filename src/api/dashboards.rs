//! Dashboards, as far as the caller's role opens them.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use rolecall_model::AppError;
use rolecall_model::panels::{self, Note};

/// The dashboard `slug` with the panels that the caller's role opens, its table at `page` (from 1).
///
/// # Errors
/// [`AppError::SignedOut`] or [`AppError::Forbidden`] below Read; [`AppError::NotFound`].
#[server(endpoint = "dashboard", input = GetUrl)]
pub async fn dashboard(slug: String, page: Option<u32>) -> Result<panels::Dashboard, AppError> {
    use crate::caller;
    use rolecall_model::Role;

    caller::answer(caller::require(Role::Read))?;
    let dashboard = caller::dashboards()?.open(&slug, caller::open_role(), page.unwrap_or(1)).await;
    caller::answer(
        dashboard.map_err(|error| caller::internal(&error)).and_then(|found| found.ok_or(AppError::NotFound)),
    )
}

/// A page of the table of the dashboard `slug` (from 1); a page beyond the last is the last.
///
/// # Errors
/// [`AppError::SignedOut`] or [`AppError::Forbidden`] below Write; [`AppError::NotFound`].
#[server(endpoint = "table_page", input = GetUrl)]
pub async fn table_page(slug: String, page: u32) -> Result<panels::TableRows, AppError> {
    use crate::caller;
    use crate::dashboards::FoundPanel;
    use crate::panel_html;
    use rolecall_model::Role;
    use rolecall_model::panels::{Panel, TableRows};

    caller::answer(caller::require(Role::Write))?;
    let found = caller::dashboards()?.panel(&slug, "table", caller::open_role(), page).await;
    caller::answer(found.map_err(|error| caller::internal(&error)).and_then(|found| match found {
        FoundPanel::Open(Panel::Table(table)) => {
            let rolecall_panels::Table { rows_html, page, pages, .. } = panel_html::table(&table);
            Ok(TableRows { html: rows_html, page, pages })
        }
        FoundPanel::Closed { needed } => Err(AppError::Forbidden { needed }),
        _ => Err(AppError::NotFound),
    }))
}

/// Saves `body` as the note of the dashboard `slug`, if `version` is still the current one.
///
/// # Errors
/// [`AppError::SignedOut`] or [`AppError::Forbidden`] below Write; [`AppError::Invalid`] for a text that is too long;
/// [`AppError::NoteConflict`] with both texts if somebody else saved first; [`AppError::NotFound`].
#[server(endpoint = "save_note")]
pub async fn save_note(slug: String, body: String, version: i64) -> Result<Note, AppError> {
    use crate::caller;
    use rolecall_model::Role;

    let sign_in = caller::answer(caller::require(Role::Write))?;
    let saved = caller::dashboards()?.save_note(&slug, &body, version, &sign_in).await;
    caller::answer(saved.map_err(|error| error.for_browser(slug, body, |error| caller::internal(error))))
}

/// Live figures about sign-ins.
///
/// # Errors
/// [`AppError::SignedOut`] or [`AppError::Forbidden`] below Admin.
#[server(endpoint = "sign_in_figures", input = GetUrl)]
pub async fn sign_in_figures() -> Result<panels::SignInFigures, AppError> {
    use crate::caller;
    use rolecall_model::Role;

    caller::answer(caller::require(Role::Admin))?;
    let figures = caller::dashboards()?.sign_in_figures().await;
    caller::answer(figures.map_err(|error| caller::internal(&error)))
}
