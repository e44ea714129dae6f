//! Lists that are shown in parts.

use leptos::prelude::*;

/// Links to the newest and the older parts of a list, if there are any, and other actions.
#[component]
pub fn Pager(
    newest: Option<String>,
    older: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let newest = newest.map(|href| {
        view! {
            <a class="button" href=href>
                "Newest"
            </a>
        }
    });
    let older = older.map(|href| {
        view! {
            <a class="button" href=href rel="next">
                "Older"
            </a>
        }
    });

    view! { <div class="actions">{newest} {older} {children.map(|children| children())}</div> }
}

/// Parses a cursor of a list: a time and an id.
#[must_use]
pub fn key_of_text(text: &str) -> Option<(i64, String)> {
    let (at_ms, id) = text.split_once('.')?;
    Some((at_ms.parse().ok()?, id.to_owned()))
}
