//! The check whether the audit was changed, on its page.

use leptos::prelude::*;
use rolecall_core::audit::Verification;
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::number::grouped;
use rolecall_ui::components::time::Moment;

/// The number of seconds after which the page reloads while the check runs.
const AGAIN: &str = "2";

/// The result of the last check, and the button for a new one.
#[component]
pub(super) fn VerifyPanel(verification: Verification) -> impl IntoView {
    let is_running = matches!(verification, Verification::Running(_));
    if is_running {
        caller::refresh_after(AGAIN);
    }
    let content = match verification {
        Verification::Never => view! { <p>"This instance of Rolecall has not checked since its start."</p> }.into_any(),
        Verification::Running(ms) => {
            view! { <p role="status">"The check began " <Moment ms/> ". This page shows the result by itself."</p> }
                .into_any()
        }
        Verification::Failed(ms) => {
            view! { <p class="bad">"The database did not answer, " <Moment ms/> ". Try again."</p> }.into_any()
        }
        Verification::Done(ms, Ok(whole)) => {
            let pruned = match whole.pruned {
                0 => String::new(),
                last => format!(" Entries up to number {last} were deleted because they were too old."),
            };
            view! {
                <p role="status">
                    "No. Nobody changed the " {entries(whole.rows)} ". Checked " <Moment ms/> "." {pruned}
                </p>
            }
            .into_any()
        }
        Verification::Done(ms, Err(broken)) => {
            let what = broken.to_string();
            view! { <p class="bad" role="status">"Yes: " {what} ". Checked " <Moment ms/> "."</p> }.into_any()
        }
    };

    view! {
        <section class="panel" aria-labelledby="verify">
            <h2 id="verify">"Was it changed?"</h2>
            {content}
            {(!is_running)
                .then(|| {
                    view! {
                        <form method="post" action=routes::API_VERIFY_AUDIT>
                            <button class="button" type="submit">
                                "Verify"
                            </button>
                        </form>
                    }
                })}
        </section>
    }
}

fn entries(count: u64) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{} entries", grouped(count)) }
}
