//! What somebody deleted and can have back.

use leptos::prelude::*;

use super::small_table::{Heading, SmallTable};
use super::time::Moment;

/// How many deleted ones are listed at most.
pub const MOST_DELETED: u32 = 200;

/// A deleted thing.
#[derive(Clone, Debug)]
pub struct DeletedThing {
    pub title: String,
    /// Its name or address, which others of the same title do not have.
    pub name: String,
    /// When it was deleted, Unix milliseconds (UTC).
    pub deleted_at_ms: i64,
    /// How it is restored.
    pub restore: Restore,
}

/// What the form sends that restores a thing.
#[derive(Clone, Debug)]
pub struct Restore {
    /// Where it goes.
    pub action: &'static str,
    /// The name and the value of its field.
    pub field: (&'static str, String),
    /// What assistive technology calls the thing.
    pub called: String,
}

/// What was deleted and can be restored, the latest first.
#[component]
pub fn DeletedList(
    /// What a thing of this kind is called, as a heading: `Data set`.
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

/// How long a deleted thing of this kind is kept, of which `listed` are in the list.
fn kept_for(kind: &str, listed: usize) -> String {
    let latest =
        if listed < MOST_DELETED as usize { String::new() } else { format!(" The latest {MOST_DELETED} are listed.") };
    format!("A deleted {kind} is kept for 30 days. Of each person, no more are kept than one person may own.{latest}")
}

/// The button that brings a thing back.
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
