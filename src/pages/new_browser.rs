//! Notices about sign-ins with new browsers, on the front page and the account pages.

use leptos::prelude::*;
use rolecall_core::account::device;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::people::NewBrowsers;
use rolecall_sign_in::session::SignInRow;
use rolecall_ui::caller;
use rolecall_ui::components::time::Moment;

use super::session_words::ip_text;

/// How long a sign-in counts as this browser's own, in milliseconds: a person who reads the notice there has just
/// signed in.
const JUST_NOW_MS: i64 = 10 * 60 * 1000;

/// The notices, as HTML; empty if there are none.
///
/// # Errors
/// If the records cannot be read.
pub async fn new_browser_notices() -> Result<String, AppError> {
    // While the provider does not confirm the person, the front page must not show their sign-ins.
    let Some(sign_in) = caller::signed_in_or_not() else { return Ok(String::new()) };
    let auth = caller::auth()?;
    let new = auth.sign_ins().new_browsers_of(sign_in.user_id, &sign_in.id).await;
    let NewBrowsers { rows, is_own_new } = new.map_err(|error| caller::internal(&error))?;
    let now_ms = auth.clock().now_ms();
    let notices = rows.into_iter().filter_map(|row| {
        let is_own = row.id == sign_in.id;
        let is_told = !is_own || now_ms - row.created_at_ms < JUST_NOW_MS;
        is_told.then(|| view! { <NewBrowserNotice row is_own is_known_here=!is_own_new/> })
    });
    Ok(notices.collect_view().to_html())
}

/// Only a known browser may confirm another: an attacker must not be able to hide a new one.
#[component]
fn NewBrowserNotice(row: SignInRow, is_own: bool, is_known_here: bool) -> impl IntoView {
    let (device, place) = (device(row.user_agent.as_deref()), ip_text(row.ip));
    if is_own {
        return view! {
            <section class="notice" aria-label="New browser">
                <p>
                    "You had not signed in with this browser before: " <strong>{device}</strong> ", " {place}
                    ". Your other browsers say so, too."
                </p>
            </section>
        }
        .into_any();
    }
    let is_live = row.ended.is_none();
    let know = if is_known_here {
        view! {
            <form method="post" action=routes::API_KNOW_BROWSER>
                <input type="hidden" name="id" value=row.id/>
                <button class="button" type="submit">
                    "That was me"
                </button>
            </form>
        }
        .into_any()
    } else {
        view! { <p class="muted">"If it was you, say so in a browser that you used before this one."</p> }.into_any()
    };

    view! {
        <section class="notice notice-warn" aria-label="New browser">
            <p>
                "Somebody signed in as you with a browser that you had not used before: " <strong>{device}</strong> ", "
                {place} ", " <Moment ms=row.created_at_ms/> "."
            </p>
            <p>
                "If that was not you, "
                <a href=routes::ACCOUNT_SESSIONS>
                    {if is_live { "end that session" } else { "look at your sign-ins" }}
                </a> " and tell an administrator."
            </p>
            {know}
        </section>
    }
    .into_any()
}
