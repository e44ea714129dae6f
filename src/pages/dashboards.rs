//! All dashboards, and the deleted ones.

use leptos::prelude::*;
use rolecall_core::dashboards::{Editor, Removed, Typed};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::deleted::{DeletedList, DeletedThing, MOST_DELETED, Restore, RestoreForm};
use rolecall_ui::page::{Answer, Asked, FormAnswer, Page, Reply};

use super::cards::{Card, Cards, FavouriteForm, NoDashboards, Search, SearchForm};

/// One card for each dashboard that is open to the viewer; for people who make dashboards, also the ones they deleted.
///
/// # Errors
/// As [`caller::require`] below Read.
pub async fn dashboards(asked: Asked) -> Answer {
    let sign_in = caller::require(Role::Read)?;
    let dashboards = caller::dashboards()?;
    let open = dashboards.listed(sign_in.user.role, caller::open_role()).await;
    let open = open.map_err(|error| caller::internal(&error))?;
    let marks = caller::stars(&sign_in).await;
    let search = Search::of(&asked);
    let cards = open.iter().map(|listed| Card::of_dashboard(listed, marks.as_deref()));
    // Favourites first; the sort is stable, so each part stays in the order of the titles.
    let mut cards: Vec<Card> = cards.filter(|card| search.finds(card)).collect();
    cards.sort_by_key(|card| !card.is_favourite());
    let found = if open.is_empty() {
        view! { <NoDashboards/> }.into_any()
    } else if cards.is_empty() {
        view! { <p class="muted">"No dashboard that you can open has these words in its title or summary."</p> }
            .into_any()
    } else {
        view! { <Cards cards/> }.into_any()
    };
    let editor = Editor::of(&sign_in, caller::open_role());
    let deleted = match editor {
        Some(editor) => {
            let deleted = dashboards.deleted(editor, MOST_DELETED).await;
            deleted.map_err(|error| error.for_browser(caller::internal))?
        }
        None => Vec::new(),
    };
    let gone = asked.value("deleted").and_then(|slug| deleted.iter().find(|of| of.slug == slug).cloned());
    let view = view! {
        <div class="page-head">
            <h1>"Dashboards"</h1>
            {editor
                .map(|_| {
                    view! {
                        <div class="actions">
                            <a class="button button-primary" href=routes::DASHBOARD_NEW>
                                "Make a dashboard"
                            </a>
                        </div>
                    }
                })}
        </div>
        {gone.map(|removed| view! { <Gone removed/> })}
        <SearchForm action=routes::DASHBOARDS label="Find a dashboard" search/>
        <FavouriteForm back=asked.here()/>
        {found}
        {(!deleted.is_empty())
            .then(|| {
                let deleted = deleted.into_iter().map(listed).collect();
                view! { <DeletedList heading="Dashboard" deleted/> }
            })}
    };
    Ok(Page { has_own_script: true, ..Page::new("Dashboards", view) })
}

/// Restores a deleted dashboard.
///
/// # Errors
/// [`AppError::NotFound`] for one that the caller may not restore; [`AppError::Invalid`] if a file has its name now.
pub async fn undelete(_: Asked, typed: Typed) -> FormAnswer {
    let sign_in = caller::require(Role::Write)?;
    let editor = Editor::of(&sign_in, caller::open_role()).ok_or(AppError::Forbidden { needed: Role::Write })?;
    let slug = typed.get("slug");
    let undeleted = caller::dashboards()?.undelete(slug, editor).await;
    undeleted.map_err(|error| error.for_browser(caller::internal))?;
    Ok(Reply::GoOn(routes::dashboard(slug)))
}

/// Says what was just deleted, in the place where it was.
#[component]
fn Gone(removed: Removed) -> impl IntoView {
    let restore = restore(&removed);
    let Removed { slug, title, .. } = removed;
    view! {
        <section class="notice" role="status">
            <p>
                "“" <bdi>{title}</bdi> "” was deleted. It stood at " <code>{routes::dashboard(&slug)}</code> "."
            </p>
            <RestoreForm restore/>
        </section>
    }
}

/// A deleted dashboard in the list.
fn listed(removed: Removed) -> DeletedThing {
    let restore = restore(&removed);
    let Removed { slug, title, deleted_at_ms } = removed;
    DeletedThing { title, name: routes::dashboard(&slug), deleted_at_ms, restore }
}

/// The form that calls [`undelete`].
fn restore(Removed { slug, title, .. }: &Removed) -> Restore {
    Restore { action: routes::DASHBOARDS, field: ("slug", slug.clone()), called: title.clone() }
}
