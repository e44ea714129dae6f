//! Dashboards, as far as the caller's role opens them.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use rolecall_model::AppError;
use rolecall_model::panels::{self, Note};

/// A page of the table in `panel` of the dashboard `slug` (from 1); a page beyond the last is the last. `sort` names
/// the column to sort by, as addresses do: `amount`, or `-amount` from the largest down. `search` is the query of the
/// page's address, which has the filters.
///
/// # Errors
/// [`AppError::SignedOut`]; [`AppError::Forbidden`] below Read; [`AppError::NotFound`], also below the role of the
/// panel; [`AppError::StepUp`] where signing in again opens it; [`AppError::Unavailable`] where the table cannot be
/// shown.
#[server(endpoint = "table_page", input = GetUrl)]
pub async fn table_page(
    slug: String,
    panel: String,
    page: u32,
    sort: Option<String>,
    search: Option<String>,
) -> Result<panels::TableRows, AppError> {
    use crate::caller;
    use rolecall_core::dashboards::{
        AskedFilters, FoundPanel, PanelData, Person, TableFields, TableRequest, table_rows,
    };
    use rolecall_model::Role;

    let sign_in = caller::answer(caller::require(Role::Read))?;
    let dashboards = caller::dashboards()?;
    let dashboard = dashboards.find(&slug, sign_in.user.role).await.map_err(|error| caller::internal(&error));
    let dashboard = caller::answer(caller::answer(dashboard)?.ok_or(AppError::NotFound))?;
    let person = Person::SignedIn(&sign_in, caller::open_role());
    let query = search.as_deref().map(|search| search.trim_start_matches('?'));
    let filters = dashboards.filters(&dashboard, &AskedFilters::of_query(query), person).await;
    let filters = caller::answer(filters.map_err(|error| caller::internal(&error)))?;
    let found = dashboards.panel(&dashboard, &panel, person).await;
    let found = caller::answer(found.map_err(|error| caller::internal(&error)))?;
    let orders = TableFields::of(&dashboard, query).sorted(&panel, sort.as_deref()).orders_in_links();
    caller::answer(match found {
        FoundPanel::Open(panel) => {
            let panel = panel.filtered_by(&filters);
            match panel.data(&TableRequest { page, sort }).await {
                Ok(PanelData::Table(data)) => Ok(table_rows(&panel, &data, &orders)),
                Ok(PanelData::Unavailable(why)) => Err(AppError::Unavailable { message: why.text }),
                Ok(_) => Err(AppError::NotFound),
                Err(error) => Err(caller::internal(&error)),
            }
        }
        FoundPanel::Closed { needed } => Err(caller::require(needed).err().unwrap_or(AppError::NotFound)),
        FoundPanel::Nothing => Err(AppError::NotFound),
    })
}

/// Saves `body` as the note `panel` of the dashboard `slug`, if `version` is still the current one.
///
/// # Errors
/// [`AppError::SignedOut`], [`AppError::Forbidden`] or [`AppError::StepUp`] below Write; the last also where signing in
/// again opens the note; [`AppError::Invalid`] for a text that is too long; [`AppError::NoteConflict`] with both texts
/// if somebody else saved first; [`AppError::NotFound`], also below the role of the note.
#[server(endpoint = "save_note")]
pub async fn save_note(slug: String, panel: String, body: String, version: i64) -> Result<Note, AppError> {
    use crate::caller;
    use rolecall_model::Role;

    let writer = caller::answer(caller::require(Role::Write))?;
    let dashboards = caller::dashboards()?;
    let needed = dashboards.role_for_note(&slug, &panel, writer.user.role).await;
    let needed = caller::answer(needed.map_err(|error| caller::internal(&error)))?;
    let needed = caller::answer(needed.ok_or(AppError::NotFound))?;
    let sign_in = caller::answer(caller::require(needed))?;
    let saved = dashboards.save_note(&slug, &panel, &body, version, &sign_in).await;
    caller::answer(saved.map_err(|error| error.for_browser((slug, panel), body, |error| caller::internal(error))))
}
