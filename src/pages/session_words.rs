//! What is told of sessions, on the page of an account and on those of administrators.

use std::net::IpAddr;

use leptos::prelude::*;
use rolecall_sign_in::session::EndReason;

use crate::components::time::Moment;

/// The address that a session began at, in words.
#[must_use]
pub fn place(ip: Option<IpAddr>) -> String {
    ip.map_or_else(|| "unknown address".to_owned(), |ip| ip.to_string())
}

/// What became of a sign-in.
#[component]
pub fn Outcome(
    /// When it ended, Unix milliseconds, and why, where this program knows the reason.
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
    }
}
