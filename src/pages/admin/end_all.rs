//! Ends everybody's sessions, after a typed confirmation.

use leptos::prelude::*;
use rolecall_routes as routes;
use rolecall_ui::returned::{Field, Returned};

#[component]
pub(super) fn EndAll() -> impl IntoView {
    let returned = Returned::to(routes::API_END_EVERY_SESSION);
    let confirmation = Field::of(returned.as_ref(), "confirmation", "confirmation", "");

    view! {
        <details class="panel" open=returned.is_some()>
            <summary>
                <h2>"End everybody’s sessions"</h2>
            </summary>
            <p>"Everybody but you has to sign in again. You must have signed in yourself during the last ten minutes."</p>
            <form class="fields" method="post" action=routes::API_END_EVERY_SESSION>
                <div>
                    <label for="confirmation">"To end them, write: " <code>"everybody"</code></label>
                    <input
                        id="confirmation"
                        name="confirmation"
                        value=confirmation.value.clone()
                        required
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        aria-invalid=confirmation.invalid()
                        aria-describedby=confirmation.described_by()
                    />
                    {confirmation.mistake_view()}
                </div>
                <button class="button" type="submit">
                    "End everybody’s sessions"
                </button>
            </form>
        </details>
    }
}
