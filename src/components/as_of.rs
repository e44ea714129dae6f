//! How old the data of a panel are.

use leptos::prelude::*;

use super::time::Moment;

/// When data were asked for that are refreshed now and then, and why there are no newer ones.
#[component]
pub fn AsOfLine(
    /// Unix milliseconds.
    ms: i64,
    /// Since when there are no newer ones (Unix milliseconds) and why: for administrators.
    failing: Option<(i64, String)>,
) -> impl IntoView {
    view! {
        {failing
            .map(|(since_ms, why)| {
                view! {
                    <div class="notice notice-warn">
                        <p dir="auto">"Could not be refreshed since " <Moment ms=since_ms/> ". " {why}</p>
                    </div>
                }
            })}
        <p class="muted as-of">"As of " <Moment ms/></p>
    }
}
