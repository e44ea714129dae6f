//! As of when the data of a panel are.

use leptos::prelude::*;

use super::time::Moment;

/// When a snapshot of a database was asked for, and that it is older than it should be.
#[component]
pub fn AsOfLine(
    /// Unix milliseconds.
    ms: i64,
    /// Whether it is older than it should be.
    is_overdue: bool,
    /// Since when there are no newer ones (Unix milliseconds) and why: for administrators.
    failing: Option<(i64, String)>,
) -> impl IntoView {
    let why = failing.map(|(since_ms, why)| {
        view! { <p dir="auto">"Could not be refreshed since " <Moment ms=since_ms/> ". " {why}</p> }
    });

    view! {
        {is_overdue
            .then(|| {
                view! {
                    <div class="notice notice-warn">
                        <p>"These data are older than they should be. Rolecall keeps trying to get newer ones."</p>
                        {why}
                    </div>
                }
            })}
        <p class="muted as-of">"As of " <Moment ms/></p>
    }
}

/// When the version came to be that a panel shows.
#[component]
pub fn DataOf(
    /// Unix milliseconds.
    ms: i64,
    /// Whether it stands on paper alone, because the menu of the panel says it.
    only_print: bool,
) -> impl IntoView {
    let class = if only_print { "muted as-of only-print" } else { "muted as-of" };

    view! {
        <p class=class>"Data of " <Moment ms/></p>
    }
}
