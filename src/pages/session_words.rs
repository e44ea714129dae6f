//! Texts about sessions, for the account page and the administrators' pages.

use std::net::IpAddr;

use leptos::prelude::*;
use rolecall_core::account::device;
use rolecall_sign_in::session::{EndReason, SignInRow};
use rolecall_ui::components::time::Moment;

/// The address where a session began, in words.
#[must_use]
pub fn ip_text(ip: Option<IpAddr>) -> String {
    ip.map_or_else(|| "unknown address".to_owned(), |ip| ip.to_string())
}

/// A live session with the button that ends it.
#[component]
pub fn SessionEntry(
    row: SignInRow,
    /// Whether it is the viewer's current session, which is ended in the header instead.
    is_own: bool,
    /// The server function that ends it.
    action: &'static str,
) -> impl IntoView {
    let device = device(row.user_agent.as_deref());
    let label = format!("End {device}, {}", ip_text(row.ip));
    let end = if is_own {
        view! { <span class="badge badge-read">"This browser"</span> }.into_any()
    } else {
        view! {
            <form method="post" action=action>
                <input type="hidden" name="id" value=row.id/>
                <button class="button" type="submit" aria-label=label>
                    "End"
                </button>
            </form>
        }
        .into_any()
    };

    view! {
        <li class="entry">
            <div>
                <strong>{device}</strong>
                <p class="muted">
                    {ip_text(row.ip)} ", since " <Moment ms=row.created_at_ms/> ", last seen "
                    <Moment ms=row.last_seen_at_ms/>
                </p>
            </div>
            {end}
        </li>
    }
}

/// The state of a sign-in.
#[component]
pub fn SessionState(
    /// When it ended, Unix milliseconds, and the reason, if this version knows it.
    ended: Option<(i64, Option<EndReason>)>,
    /// Whether it is live.
    is_live: bool,
) -> impl IntoView {
    match ended {
        None if is_live => view! { <span class="good">"Signed in"</span> }.into_any(),
        None => view! { "Ended by itself" }.into_any(),
        Some((at_ms, reason)) => view! { {reason.map_or("Ended", in_words)} ", " <Moment ms=at_ms/> }.into_any(),
    }
}

/// Why a sign-in ended.
const fn in_words(reason: EndReason) -> &'static str {
    match reason {
        EndReason::SignedOut => "Signed out",
        EndReason::SignedInAgain => "Signed in again in the same browser",
        EndReason::NotCompleted => "Not completed",
        EndReason::SignedOutAtProvider => "Signed out at the provider",
        EndReason::RefreshRefused => "The provider no longer confirmed it",
        EndReason::Expired => "Ended by itself",
        EndReason::Restored => "Ended after a backup was restored",
        EndReason::SignedOutByOperator => "Ended by the operator",
        EndReason::EndedElsewhere => "Ended from another browser",
        EndReason::EndedByAdministrator => "Ended by an administrator",
        EndReason::Disabled => "Ended because the account was disabled",
        EndReason::InactiveInDirectory => "Not active in the directory any more",
    }
}
