//! The form that sends a file.

use leptos::prelude::*;

/// The kinds of files, for the dialog that chooses one. What a file is called decides nothing.
const KINDS: &str = ".csv,.tsv,.txt,.xlsx,.ndjson,.jsonl,.parquet";

/// A field for a file, and what files can be.
#[component]
pub fn FileForm(
    /// Where it is sent to.
    action: String,
    /// How large a file may be, in a sentence.
    limits: String,
) -> impl IntoView {
    view! {
        <form class="fields" method="post" action=action enctype="multipart/form-data">
            <div>
                <label for="file">"File"</label>
                <input type="file" id="file" name="file" required accept=KINDS aria-describedby="file-help"/>
                <p class="muted" id="file-help">
                    "CSV, TSV, XLSX, NDJSON or Parquet. "
                    {limits}
                </p>
            </div>
            <button class="button button-primary" type="submit">
                "Upload"
            </button>
        </form>
    }
}
