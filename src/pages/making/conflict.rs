//! Two people changed a dashboard: the page on which the second one decides.

use axum::http::StatusCode;
use leptos::prelude::*;
use rolecall_core::dashboards::{ClosedPanels, Difference, HistoryEntry, Typed, differences};
use rolecall_model::spec::DashboardSpec;
use rolecall_routes as routes;
use rolecall_ui::caller::{self, Changing};
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Asked, FormAnswer, Page, Reply};

use super::fields::hidden;
use super::save::closed_in;
use super::shown::CLOSED;

/// The button of the editor that deletes the whole dashboard.
pub(super) const DELETE: &str = "delete-dashboard";

/// Shows who changed what since the version `from`, what `mine` would change now, and lets the person choose.
///
/// If the version `from` is no longer stored, only the changes since are shown.
///
/// # Errors
/// Errors on our side.
pub(super) async fn conflict(
    asked: &Asked,
    changing: &Changing,
    from: i64,
    typed: &Typed,
    mine: &DashboardSpec,
) -> FormAnswer {
    let (dashboards, stored) = (caller::dashboards()?, &changing.stored);
    let base = dashboards.version(stored, from).await.map_err(|error| error.for_browser(caller::internal))?;
    // If that version needed a higher role, it is treated like one that is no longer stored.
    let base = base.filter(|base| changing.role >= Some(base.spec.role));
    let base = base.map_or_else(|| stored.spec.clone(), |base| base.spec);
    let meanwhile = dashboards.history(stored, from, changing.role).await;
    let meanwhile = meanwhile.map_err(|error| error.for_browser(caller::internal))?;
    let closed = closed_in(changing, &[&base, mine]).await?;
    let theirs = OpenDifferences::of(&closed, &base, &stored.spec);
    let mine = OpenDifferences::of(&closed, &stored.spec, mine);
    let typed = typed.clone().with("version", &stored.edition.version.to_string());
    let edit = routes::of_dashboard(routes::DASHBOARD_EDIT, &stored.slug);
    let entry = |HistoryEntry { version, change, editor, created_at_ms, .. }: HistoryEntry| {
        view! {
            <li>
                <bdi>{editor}</bdi>
                ", "
                <Moment ms=created_at_ms/>
                {format!(" (version {version}): ")}
                <bdi>{change.unwrap_or_else(|| CLOSED.to_owned())}</bdi>
            </li>
        }
    };
    let (lead, heading, button) = if typed.get("do") == DELETE {
        let lead = "Nothing was deleted. Look at what they did, and decide.";
        (lead, "What deleting it would take away", "Delete it anyway".to_owned())
    } else {
        let lead = "Nothing is lost: what you typed is kept on this page until you choose.";
        let button = format!("Save mine over version {}", stored.edition.version);
        (lead, "What saving yours would change now", button)
    };
    let fields = typed.fields().map(|(name, value)| hidden(name, value)).collect_view();
    let view = view! {
        <div class="page-head">
            <p>
                <a href=edit.clone()>
                    <bdi>{stored.spec.title.clone()}</bdi>
                </a>
            </p>
            <h1>"Somebody else changed this dashboard"</h1>
            <p class="lead">{lead}</p>
        </div>
        <section class="panel" aria-labelledby="meanwhile">
            <h2 id="meanwhile">"What happened meanwhile"</h2>
            <ul class="plain-list">{meanwhile.into_iter().map(entry).collect_view()}</ul>
            <DifferenceTable of=theirs headings=["Before", "Now"] label="What they changed"/>
        </section>
        <section class="panel" aria-labelledby="mine">
            <h2 id="mine">{heading}</h2>
            <DifferenceTable of=mine headings=["Now", "With yours"] label=heading/>
            <div class="actions">
                <a class="button" href=edit>
                    "Keep theirs"
                </a>
                <form method="post" action=asked.path.clone()>
                    {fields}
                    <button class="button button-primary" type="submit">
                        {button}
                    </button>
                </form>
            </div>
        </section>
    };
    Ok(Reply::Page(StatusCode::CONFLICT, Page::new("Somebody else changed this dashboard", view)))
}

/// The differences between two documents that a person may see.
pub(super) struct OpenDifferences {
    /// The visible differences.
    open: Vec<Difference>,
    /// Whether there are others.
    has_closed: bool,
}

impl OpenDifferences {
    /// The differences between `before` and `after`, for a person to whom the panels of `closed` are closed.
    pub(super) fn of(closed: &ClosedPanels, before: &DashboardSpec, after: &DashboardSpec) -> Self {
        Self {
            open: differences(&closed.left_out_of(before), &closed.left_out_of(after)),
            has_closed: closed.changed_between(before, after).is_some(),
        }
    }
}

/// Differences, panel by panel.
#[component]
pub(super) fn DifferenceTable(of: OpenDifferences, headings: [&'static str; 2], label: &'static str) -> impl IntoView {
    let OpenDifferences { open, has_closed } = of;
    if open.is_empty() && !has_closed {
        return view! { <p class="muted">"Nothing."</p> }.into_any();
    }
    let row = |Difference { panel, field, before, after }: Difference| {
        view! {
            <tr>
                <th scope="row">
                    <bdi>{panel.unwrap_or_else(|| "The dashboard".to_owned())}</bdi>
                </th>
                <td>{field}</td>
                <td class="wraps" dir="auto">
                    {before}
                </td>
                <td class="wraps" dir="auto">
                    {after}
                </td>
            </tr>
        }
    };
    let [before, after] = headings;
    view! {
        <div class="scroll" role="region" tabindex="0" aria-label=label>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Panel"</th>
                        <th scope="col">"Field"</th>
                        <th scope="col">{before}</th>
                        <th scope="col">{after}</th>
                    </tr>
                </thead>
                <tbody>
                    {open.into_iter().map(row).collect_view()}
                    {has_closed
                        .then(|| {
                            view! {
                                <tr>
                                    <td colspan="4" class="muted">
                                        {CLOSED}
                                    </td>
                                </tr>
                            }
                        })}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}
