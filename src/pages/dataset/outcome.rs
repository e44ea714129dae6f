//! What an import did, said once it is done.

use leptos::prelude::*;

use crate::components::number::{grouped, rows_of};
use crate::datasets::{FileEffect, FileOfVersion, Version};
use crate::pages::page::Asked;
use crate::routes;

/// What the import did that made the latest of `versions`, in sentences, where the address asks for it.
pub(super) fn outcome(asked: &Asked, versions: &[Version]) -> Option<(FileEffect, String)> {
    let latest = versions.first().filter(|latest| asked.value("imported") == Some(latest.number.to_string()))?;
    let FileOfVersion { rows, effect, .. } = *latest.file.as_ref().filter(|_| latest.restored_from.is_none())?;
    let sentences = match effect {
        FileEffect::Made => format!("The data set was made. It has {}.", rows_of(rows)),
        FileEffect::Replaced => format!("All rows were replaced. The data set now has {}.", rows_of(rows)),
        FileEffect::Added => format!("{} added. The data set now has {}.", rows_of(rows), grouped(latest.rows)),
    };
    Some((effect, sentences))
}

/// Says so; of a new data set it leads on to a dashboard.
#[component]
pub(super) fn Outcome(name: String, effect: FileEffect, sentences: String) -> impl IntoView {
    let leads_on = (effect == FileEffect::Made).then(|| {
        view! {
            <p>
                <a class="button button-primary" href=routes::dashboard_of(&name)>
                    "Make a dashboard"
                </a>
            </p>
        }
    });

    view! {
        <section class="notice" role="status">
            <p>
                <strong>{sentences}</strong>
            </p>
            {leads_on}
        </section>
    }
}
