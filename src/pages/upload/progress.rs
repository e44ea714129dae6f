//! How far the work on an upload is.

use leptos::prelude::*;

use crate::components::number::{grouped, size};
use crate::components::progress::{percent, time_left};
use crate::routes;
use crate::uploads::{State, Upload, Work};

#[component]
pub(super) fn ProgressOf(upload: Upload, work: Work, now_ms: i64) -> impl IntoView {
    let what = match upload.state {
        State::Receiving => "The file comes in",
        State::Importing { .. } => "The rows are imported",
        _ => "The file is read",
    };
    let progress = work.progress;
    let label = format!("{what}: {} %", percent(progress.bytes_read, progress.bytes));
    let left = time_left(now_ms - work.began_at_ms, progress.bytes_read, progress.bytes);
    let max = progress.bytes.max(1).to_string();
    let value = progress.bytes_read.to_string();

    view! {
        <section class="panel" aria-labelledby="progress">
            <h2 id="progress">{what}</h2>
            <progress aria-label=label max=max value=value></progress>
            <p role="status">
                {grouped(progress.rows)}
                " rows, "
                {size(progress.bytes_read)}
                " of "
                {size(progress.bytes)}
                {left.map(|left| format!(", {left} left"))}
            </p>
            <p class="muted">"You can leave this page and come back."</p>
            <form method="post" action=routes::upload(&upload.id)>
                <button class="button" type="submit" name="do" value="cancel">
                    "Cancel"
                </button>
            </form>
        </section>
    }
}
