//! How far the work on an upload is.

use leptos::prelude::*;

use crate::components::number::{grouped, size};
use crate::routes;
use crate::uploads::{State, Upload, Work};

/// After so many milliseconds the time left can be told from how long it took so far.
const KNOWN_AFTER_MS: i64 = 1_000;

#[component]
pub(super) fn ProgressOf(upload: Upload, work: Work, now_ms: i64) -> impl IntoView {
    let what = match upload.state {
        State::Receiving => "The file comes in",
        State::Importing { .. } => "The rows are imported",
        _ => "The file is read",
    };
    let progress = work.progress;
    let label = format!("{what}: {}", share(progress.bytes_read, progress.bytes));
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

fn share(done: u64, all: u64) -> String {
    format!("{} %", done.saturating_mul(100) / all.max(1))
}

/// About how long the rest takes, if it goes on as it did for `elapsed_ms`.
fn time_left(elapsed_ms: i64, done: u64, all: u64) -> Option<String> {
    if elapsed_ms < KNOWN_AFTER_MS || done == 0 {
        return None;
    }
    let left_ms = u128::from(elapsed_ms.unsigned_abs()) * u128::from(all.saturating_sub(done)) / u128::from(done);
    let seconds = left_ms.div_ceil(1000);
    Some(match seconds {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("about {seconds} seconds"),
        _ => format!("about {} minutes", seconds.div_ceil(60)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_from_the_time_so_far() {
        assert_eq!(time_left(500, 10, 100), None);
        assert_eq!(time_left(5_000, 0, 100), None);
        assert_eq!(time_left(5_000, 50, 100).as_deref(), Some("about 5 seconds"));
        assert_eq!(time_left(60_000, 10, 100).as_deref(), Some("about 9 minutes"));
        assert_eq!(time_left(60_000, 100, 100).as_deref(), Some("a second"));
    }
}
