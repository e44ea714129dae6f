//! A file field that also accepts dropped files.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::File;

use super::number::size;

/// The file types offered in the file dialog. File names are otherwise ignored.
const KINDS: &str = ".csv,.tsv,.txt,.xlsx,.ndjson,.jsonl,.parquet";

/// The field, which accepts dropped files, and the chosen file.
#[component]
pub fn DropArea(
    field: NodeRef<html::Input>,
    limits: String,
    /// Called when the chosen file changes.
    chosen: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let (file, has_script, is_over) = (RwSignal::new(None), RwSignal::new(false), RwSignal::new(false));
    let look = move || file.set(file_in(field).map(|file| format!("{}, {}", file.name(), size(bytes(&file)))));
    // A browser keeps the chosen file when the page is reloaded.
    Effect::new(move |_| {
        has_script.set(true);
        look();
    });
    let over = move |event: ev::DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        let files = event.data_transfer().and_then(|data| data.files()).filter(|files| files.length() == 1);
        if let (Some(field), Some(files)) = (field.get_untracked(), files) {
            field.set_files(Some(&files));
            chosen();
            look();
        }
    };
    let change = move |_| {
        chosen();
        look();
    };

    view! {
        <div
            class=move || if is_over.get() { "drop-area drop-area-over" } else { "drop-area" }
            on:dragover=over
            on:dragleave=move |_| is_over.set(false)
            on:drop=drop
        >
            <label for="file">"File"</label>
            <input
                type="file"
                id="file"
                name="file"
                required
                accept=KINDS
                aria-describedby="file-help"
                node_ref=field
                on:change=change
            />
            {move || has_script.get().then(|| view! { <p class="drop-hint">"Or drop a file here."</p> })}
            <p class="muted" id="file-help">
                "CSV, TSV, XLSX, NDJSON or Parquet. "
                {limits}
            </p>
            {move || file.get().map(|file| view! { <p role="status"><bdi>{file}</bdi></p> })}
        </div>
    }
}

/// The chosen file.
pub(super) fn file_in(field: NodeRef<html::Input>) -> Option<File> {
    field.get_untracked()?.files()?.get(0)
}

/// The size of the file as text.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number, far below 2^53")]
pub(super) fn bytes(file: &File) -> u64 {
    file.size() as u64
}
