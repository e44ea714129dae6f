//! The stored versions of a data set, and the result of an import that was just done.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::datasets::{DataSet, FileEffect, FileOfVersion, Version};
use rolecall_routes as routes;
use rolecall_ui::components::number::{grouped, rows_of, size};
use rolecall_ui::components::small_table::{Heading, SmallTable};
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::Asked;

/// The versions, with a button to restore an earlier one.
#[component]
pub(super) fn VersionList(
    dataset: Arc<DataSet>,
    versions: Vec<Version>,
    /// Whether the viewer may restore an earlier one.
    may_restore: bool,
    /// Whether the viewer may know the total number of rows.
    sees_all: bool,
    /// Whether the viewer may know the names of the files.
    tells_files: bool,
) -> impl IntoView {
    let tells_size = sees_all;
    let rows = versions.into_iter().map(|mut version| {
        version.file = version.file.filter(|_| tells_files);
        let dataset = Arc::clone(&dataset);
        view! { <VersionRow dataset version may_restore tells_size/> }
    });
    let rows = rows.collect_view();
    let mut headings = vec![Heading::number("Version"), Heading::text("When"), Heading::text("By")];
    if tells_size {
        headings.extend(["Rows", "Size"].map(Heading::number));
    }
    if may_restore {
        headings.push(Heading::text("Restore"));
    }

    view! {
        <section class="panel" aria-labelledby="versions">
            <h2 id="versions">"Versions"</h2>
            <SmallTable label="Table of versions" headings>
                {rows}
            </SmallTable>
        </section>
    }
}

#[component]
fn VersionRow(dataset: Arc<DataSet>, version: Version, may_restore: bool, tells_size: bool) -> impl IntoView {
    let current = dataset.data.version;
    let Version { number, rows, bytes, created_at_ms, created_by, restored_from, file } = version;
    let file = file.filter(|_| restored_from.is_none());
    let action = if number == current {
        view! { "current" }.into_any()
    } else {
        view! { <RestoreForm id=dataset.data.dataset.clone() number current/> }.into_any()
    };

    view! {
        <tr>
            <th scope="row" class="num">
                {number}
            </th>
            <td>
                <Moment ms=created_at_ms/>
            </td>
            <td class="long">
                <bdi>{created_by}</bdi>
                {file.map(|file| view! { ", " <bdi>{file.name}</bdi> })}
                {restored_from.map(|from| format!(" (rows of version {from})"))}
            </td>
            {tells_size
                .then(|| {
                    view! {
                        <td class="num">{grouped(rows)}</td>
                        <td class="num">{size(bytes)}</td>
                    }
                })}
            {may_restore.then(|| view! { <td>{action}</td> })}
        </tr>
    }
}

#[component]
fn RestoreForm(id: String, number: u64, current: u64) -> impl IntoView {
    let label = format!("Restore version {number}");

    view! {
        <form method="post" action=routes::API_RESTORE_DATASET_VERSION>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="version" value=number/>
            <input type="hidden" name="current" value=current/>
            <button class="button" type="submit" aria-label=label>
                "Restore"
            </button>
        </form>
    }
}

/// The result of the import that made the latest of `versions`, in sentences, if the address asks for it.
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

/// Shows that result; for a new data set with a link to a new dashboard.
#[component]
pub(super) fn ImportOutcome(name: String, effect: FileEffect, sentences: String) -> impl IntoView {
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
