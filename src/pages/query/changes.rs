//! What saving a changed SELECT would change, shown before it is saved.

use leptos::prelude::*;
use rolecall_core::dashboards::BrokenPanel;
use rolecall_core::datasets::ColumnChange;
use rolecall_routes as routes;

#[component]
pub(super) fn ChangesOf(
    changes: Vec<ColumnChange>,
    broken: Vec<BrokenPanel>,
    /// The removed columns that row rules use.
    ruled: Vec<String>,
) -> impl IntoView {
    let rule =
        |column: String| format!("A row rule uses “{column}”: no panel could be shown until you change that rule.");
    let of_rules = ruled.into_iter().map(|column| view! { <p dir="auto">{rule(column)}</p> }).collect_view();
    let changes = changes.iter().map(|change| view! { <li dir="auto">{sentence(change)}</li> }).collect_view();
    let broken = if broken.is_empty() {
        view! { <p>"All panels of dashboards still work with these columns."</p> }.into_any()
    } else {
        let panels = broken.into_iter().map(|panel| view! { <Broken panel/> }).collect_view();
        view! {
            <p>"These panels would stop working:"</p>
            <ul>{panels}</ul>
        }
        .into_any()
    };

    view! {
        <section class="notice notice-warn" role="alert" aria-labelledby="changes">
            <h2 id="changes">"The columns would change"</h2>
            <ul>{changes}</ul>
            {broken}
            {of_rules}
            <p>"Nothing was saved yet. Save once more to take these columns, or change the SELECT."</p>
        </section>
    }
}

/// A panel that would not fit the columns, and why.
#[component]
fn Broken(panel: BrokenPanel) -> impl IntoView {
    let BrokenPanel { dashboard, panel, mistakes, .. } = panel;

    view! {
        <li>
            <a href=routes::dashboard(&dashboard.slug)>
                <bdi>{dashboard.title}</bdi>
            </a>
            ": "
            <bdi>{panel}</bdi>
            <br/>
            <span class="muted" dir="auto">
                {mistakes.join(" ")}
            </span>
        </li>
    }
}

fn sentence(change: &ColumnChange) -> String {
    match change {
        ColumnChange::Gone(name) => format!("“{name}” is gone."),
        ColumnChange::New(name, of) => format!("“{name}” is new: {of}."),
        ColumnChange::OtherType(name, was, is) => format!("“{name}” is {is}, and was {was}."),
    }
}
