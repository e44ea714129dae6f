//! What to ask an administrator for.

use leptos::prelude::*;

use rolecall_model::RoleGrant;

/// Names the app roles or groups that would open something to a person without a role: one sentence, the same everywhere.
#[component]
pub fn AskFor(
    /// What would give a role, any of which will do.
    grant: Option<RoleGrant>,
) -> impl IntoView {
    let request = grant.as_ref().map_or("give you a role", RoleGrant::request);
    let values = grant.as_ref().map(RoleGrant::values).unwrap_or_default().to_vec();
    let values = values
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            view! {
                {(index > 0).then_some(", ")}
                <code>{value}</code>
            }
        })
        .collect_view();

    view! { <p>"Ask an administrator to " {request} {values} ", then sign out and in again."</p> }
}
