//! The list of deleted things that a person can restore.

use leptos::prelude::*;

use super::small_table::{Heading, SmallTable};
use super::time::Moment;

/// The maximum number of entries in the list.
pub const MOST_DELETED: u32 = 200;

/// A deleted thing.
#[derive(Clone, Debug)]
pub struct DeletedThing {
    pub title: String,
    /// Its name or address, which is unique, unlike the title.
    pub name: String,
    /// When it was deleted, Unix milliseconds (UTC).
    pub deleted_at_ms: i64,
    /// The form that restores it.
    pub restore: Restore,
}

/// The form that restores a thing.
#[derive(Clone, Debug)]
pub struct Restore {
    /// The path it is sent to.
    pub action: &'static str,
    /// The name and the value of its field.
    pub field: (&'static str, String),
    /// The name of the thing for assistive technology.
    pub called: String,
}

/// The things that were deleted and can be restored, the latest first.
#[component]
pub fn DeletedList(
    /// The name of this kind of thing, as a heading: `Data set`.
    heading: &'static str,
    deleted: Vec<DeletedThing>,
) -> impl IntoView {
    let kind = heading.to_lowercase();
    let kept = kept_for(&kind, deleted.len());
    let row = |DeletedThing { title, name, deleted_at_ms, restore }: DeletedThing| {
        view! {
            <tr>
                <th scope="row" class="long">
                    <bdi>{title}</bdi>
                    <br/>
                    <code>{name}</code>
                </th>
                <td>
                    <Moment ms=deleted_at_ms/>
                </td>
                <td>
                    <RestoreForm restore/>
                </td>
            </tr>
        }
    };
    let rows = deleted.into_iter().map(row).collect_view();
    let headings = [heading, "Deleted", "Back"].map(Heading::text).into();

    view! {
        <details class="panel">
            <summary>
                <h2>"Deleted"</h2>
            </summary>
            <p class="muted">{kept}</p>
            <SmallTable label=format!("Deleted {kind}s") headings>
                {rows}
            </SmallTable>
        </details>
    }
}

/// How long deleted things of this kind are kept, with `listed` of them in the list.
fn kept_for(kind: &str, listed: usize) -> String {
    let latest =
        if listed < MOST_DELETED as usize { String::new() } else { format!(" The latest {MOST_DELETED} are listed.") };
    format!("A deleted {kind} is kept for 30 days. Of each person, no more are kept than one person may own.{latest}")
}

/// The button that restores a thing.
#[component]
pub fn RestoreForm(restore: Restore) -> impl IntoView {
    let Restore { action, field: (field, value), called } = restore;
    view! {
        <form method="post" action=action>
            <input type="hidden" name=field value=value/>
            <button class="button" type="submit" aria-label=format!("Restore {called}")>
                "Restore"
            </button>
        </form>
    }
}
