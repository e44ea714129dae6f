//! What to ask an administrator for.

use leptos::prelude::*;

/// Names the app roles that would open something to a person without a role: one sentence, the same everywhere.
#[component]
pub fn AskFor(
    /// The values of the `roles` claim, any of which will do.
    values: Vec<String>,
) -> impl IntoView {
    let what = match values.len() {
        0 => "an app role",
        1 => "the app role ",
        _ => "one of these app roles: ",
    };
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

    view! { <p>"Ask an administrator to assign you " {what} {values} ", then sign out and in again."</p> }
}
