//! The versions of a dashboard: who made them, when, and the changes. Each can be viewed and restored.

use leptos::prelude::*;
use rolecall_core::dashboards::{HistoryEntry, Person, Stored, Typed};
use rolecall_model::AppError;
use rolecall_model::spec::PanelSpec;
use rolecall_routes as routes;
use rolecall_ui::caller::{self, Changing};
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Answer, Asked, FormAnswer, Page, Reply};

use super::conflict::{DifferenceTable, OpenDifferences, conflict};
use super::done::address;
use super::fields::hidden;
use super::kept::kept;
use super::save::{SaveOutcome, closed_in, closed_to, store, version_of};
use super::shown::{CLOSED, closed_panel, panels_of};

/// The versions of the dashboard on the path, the latest first.
///
/// # Errors
/// As [`caller::dashboard_to_change`].
pub async fn history(asked: Asked) -> Answer {
    let changing = changing(&asked).await?;
    let stored = &changing.stored;
    let entries = caller::dashboards()?.history(stored, 0, changing.role).await;
    let entries = entries.map_err(|error| error.for_browser(caller::internal))?;
    let (slug, current) = (stored.slug.clone(), stored.edition.version);
    let rows = entries.into_iter().map(|entry| view! { <Row slug=slug.clone() current entry/> }).collect_view();
    let title = format!("History of {}", stored.spec.title);
    let kept = format!(
        "The latest {} versions are kept. Restoring one makes a new version, so nothing is lost by it.",
        caller::dashboards()?.limits().versions
    );
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::of_dashboard(routes::DASHBOARD_EDIT, &slug)>
                    <bdi>{stored.spec.title.clone()}</bdi>
                </a>
            </p>
            <h1>"History"</h1>
            <p class="lead">{kept}</p>
        </div>
        <StepUpNotice here=asked.here()/>
        <section class="panel" aria-labelledby="versions">
            <h2 id="versions">"Versions"</h2>
            <div class="scroll" role="region" tabindex="0" aria-label="Table of versions">
                <table>
                    <thead>
                        <tr>
                            <th scope="col" class="num">
                                "Version"
                            </th>
                            <th scope="col">"What"</th>
                            <th scope="col">"By"</th>
                            <th scope="col">"When"</th>
                            <th scope="col">"Restore"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    };
    Ok(Page::new(title, view))
}

#[component]
fn Row(slug: String, current: i64, entry: HistoryEntry) -> impl IntoView {
    let HistoryEntry { version, change, editor, created_at_ms, can_be_restored, .. } = entry;
    let action = if version == current {
        view! { "current" }.into_any()
    } else if !can_be_restored {
        view! { <span class="muted">"changes a panel that is not open to you"</span> }.into_any()
    } else {
        view! { <RestoreForm slug=slug.clone() current version/> }.into_any()
    };
    view! {
        <tr>
            <th scope="row" class="num">
                <a href=routes::dashboard_version(&slug, version) aria-label=format!("Look at version {version}")>
                    {version}
                </a>
            </th>
            <td class="wraps">
                <bdi>{change.unwrap_or_else(|| CLOSED.to_owned())}</bdi>
            </td>
            <td>
                <bdi>{editor}</bdi>
            </td>
            <td>
                <Moment ms=created_at_ms/>
            </td>
            <td>{action}</td>
        </tr>
    }
}

#[component]
fn RestoreForm(slug: String, current: i64, version: i64) -> impl IntoView {
    view! {
        <form method="post" action=routes::of_dashboard(routes::DASHBOARD_HISTORY, &slug)>
            {hidden("version", current)}
            {hidden("restored", version)}
            <button class="button" type="submit" aria-label=format!("Restore version {version}")>
                "Restore"
            </button>
        </form>
    }
}

/// The version on the path, read-only.
///
/// # Errors
/// As [`caller::dashboard_to_change`]; [`AppError::NotFound`] if there is no such version.
pub async fn version(asked: Asked) -> Answer {
    let changing = changing(&asked).await?;
    let number = routes::last_on_path(&asked.path).parse().map_err(|_| AppError::NotFound)?;
    let shown = earlier(&changing, number).await?;
    let closed = closed_in(&changing, &[&shown.spec]).await?;
    let notes = caller::dashboards()?.closed_notes(&changing.stored, &shown.spec, changing.role).await;
    let notes = notes.map_err(|error| error.for_browser(caller::internal))?;
    let is_open = |id: &String| closed.needs(id).is_none() && !notes.contains(id);
    let mut dashboard = shown.dashboard().map_err(|error| error.for_browser(caller::internal))?;
    dashboard.panels.retain(|panel| is_open(&panel.spec.id));
    let person = Person::SignedIn(&changing.sign_in, changing.role);
    let panels = panels_of(&caller::dashboards()?, &dashboard, person).await?;
    let mut open = panels.into_iter();
    let html = |panel: &PanelSpec| {
        if is_open(&panel.id) {
            return open.next().flatten().unwrap_or_default();
        }
        view! { <div class=format!("span-{}", panel.width.unwrap_or(12))>{closed_panel()}</div> }.to_html()
    };
    let panels: String = shown.spec.panels.iter().map(html).collect();
    let (slug, current) = (changing.stored.slug.clone(), changing.stored.edition.version);
    let since = OpenDifferences::of(&closed, &shown.spec, &changing.stored.spec);
    let can_be_restored = notes.is_empty() && closed.changed_between(&changing.stored.spec, &shown.spec).is_none();
    let is_current = number == current;
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::of_dashboard(routes::DASHBOARD_HISTORY, &slug)>"History"</a>
            </p>
            <h1 dir="auto">{format!("Version {number} of “{}”", shown.spec.title)}</h1>
            {(!is_current && can_be_restored)
                .then(|| view! { <RestoreForm slug=slug.clone() current version=number/> })}
        </div>
        {(!is_current)
            .then(|| {
                view! {
                    <section class="panel" aria-labelledby="since">
                        <h2 id="since">"What changed since"</h2>
                        <DifferenceTable of=since headings=["Then", "Now"] label="What changed since"/>
                    </section>
                }
            })}
        <div class="panels whole-dashboard" inner_html=panels></div>
    };
    Ok(Page::new(format!("Version {number}"), view))
}

/// Restores an earlier version.
///
/// # Errors
/// As [`caller::dashboard_to_change`].
pub async fn restore(asked: Asked, typed: Typed) -> FormAnswer {
    let changing = match changing(&asked).await {
        Ok(changing) => changing,
        Err(error) => return kept(error, &typed),
    };
    let (from, number) = (version_of(&typed)?, typed.get("restored").parse().map_err(|_| AppError::NotFound)?);
    take_up(&asked, &changing, from, number, &typed, &format!("Restored version {number}")).await
}

/// Undoes the last version; if that was itself an undo, the one before.
///
/// # Errors
/// Errors on our side.
pub(super) async fn undo(asked: &Asked, changing: &Changing, from: i64, typed: &Typed) -> FormAnswer {
    let before = caller::dashboards()?.before(&changing.stored).await;
    let Some(before) = before.map_err(|error| error.for_browser(caller::internal))? else {
        let message = "There is nothing to undo: no earlier version is kept.".to_owned();
        return Err(AppError::Invalid { message });
    };
    let since = caller::dashboards()?.history(&changing.stored, before, changing.role).await;
    let since = since.map_err(|error| error.for_browser(caller::internal))?;
    let undone = since.into_iter().find(|entry| entry.version == before + 1).and_then(|entry| entry.change);
    let words = match undone {
        Some(undone) => format!("Undid: {undone} (back to version {before})"),
        None => format!("Undid back to version {before}"),
    };
    take_up(asked, changing, from, before, typed, &words).await
}

async fn take_up(asked: &Asked, changing: &Changing, from: i64, number: i64, typed: &Typed, words: &str) -> FormAnswer {
    let earlier = earlier(changing, number).await?;
    let root = caller::dashboards()?.root_of(&changing.stored, number).await;
    let root = root.map_err(|error| error.for_browser(caller::internal))?;
    if from != changing.stored.edition.version {
        return conflict(asked, changing, from, typed, &earlier.spec).await;
    }
    match store(changing, &earlier.spec, words, Some(root)).await? {
        SaveOutcome::Saved(version) => {
            let specs = (&changing.stored.spec, &earlier.spec);
            Ok(Reply::GoOn(address(&changing.stored.slug, version, specs, None)))
        }
        SaveOutcome::Mistakes(mistakes) => {
            let message = mistakes.into_iter().map(|mistake| mistake.what).collect::<Vec<_>>().join(" ");
            Err(AppError::Invalid { message })
        }
        SaveOutcome::Conflict => {
            conflict(asked, &caller::dashboard_to_change(&changing.stored.slug).await?, from, typed, &earlier.spec)
                .await
        }
    }
}

async fn changing(asked: &Asked) -> Result<Changing, AppError> {
    caller::dashboard_to_change(routes::slug_of_dashboard(&asked.path).unwrap_or_default()).await
}

/// The `version` of the dashboard of `changing`, if the caller's role may open the dashboard as it was then.
async fn earlier(changing: &Changing, version: i64) -> Result<Stored, AppError> {
    let found = caller::dashboards()?.version(&changing.stored, version).await;
    let found = found.map_err(|error| error.for_browser(caller::internal))?.ok_or(AppError::NotFound)?;
    if changing.role < Some(found.spec.role) {
        return Err(closed_to(changing, found.spec.role));
    }
    Ok(found)
}
