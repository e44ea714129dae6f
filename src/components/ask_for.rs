//! What to ask an administrator for.

use leptos::prelude::*;

use rolecall_model::RoleGrant;

/// Says which app role or group a person without a role should ask for, in the same words everywhere.
#[component]
pub fn AskFor(grant: Option<RoleGrant>) -> impl IntoView {
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
