//! The form that reads roles at the provider again, and the result.

use leptos::prelude::*;
use rolecall_core::account::{RoleChecks, RoleOutcome};
use rolecall_ui::page::Asked;

/// The message about the person's own role on an account page that was `asked` for.
#[must_use]
pub fn outcomes_for_oneself(asked: &Asked) -> Vec<String> {
    let checks = asked.value("roles").map(|text| RoleChecks::parse(&text)).unwrap_or_default();
    checks.0.keys().map(|outcome| of_oneself(*outcome).to_owned()).collect()
}

/// The message for an administrator on a person's page that was `asked` for: a sentence for each result.
#[must_use]
pub fn outcomes_for_administrators(asked: &Asked) -> Vec<String> {
    let Some(text) = asked.value("roles") else { return vec![] };
    let checks = RoleChecks::parse(&text);
    if checks.0.is_empty() {
        return vec!["There is no live session, so nothing was read.".to_owned()];
    }
    let outcomes = checks.0.iter().map(|(outcome, count)| {
        let sessions = if *count == 1 { "1 session".to_owned() } else { format!("{count} sessions") };
        format!("{sessions}: {}", of_somebody(*outcome))
    });
    outcomes.collect()
}

const fn of_oneself(outcome: RoleOutcome) -> &'static str {
    match outcome {
        RoleOutcome::Read => "Your provider was asked just now.",
        RoleOutcome::Ended => "Your provider no longer confirmed your earlier session.",
        RoleOutcome::Failed => {
            "Your provider did not answer as it should, so this is still your role. Try again in a minute. If it happens again, \
             tell an administrator: the log says why."
        }
        RoleOutcome::NotSaid => "Your provider’s answer did not include your role. Sign out and in again to update it.",
        RoleOutcome::TooSoon => "Your role was read a moment ago. It can be read again every 30 seconds.",
        RoleOutcome::WithoutToken => {
            "Your provider gave Rolecall no refresh token, so your role is read when you sign in. Sign out and in again."
        }
    }
}

const fn of_somebody(outcome: RoleOutcome) -> &'static str {
    match outcome {
        RoleOutcome::Read => "the provider was asked just now.",
        RoleOutcome::Ended => "the provider no longer confirms it, so it has ended.",
        RoleOutcome::Failed => "the provider did not answer as it should. Try again in a minute. The log says why.",
        RoleOutcome::NotSaid => "the provider’s answer did not include the role. It is read at the next sign-in.",
        RoleOutcome::TooSoon => "the role was read a moment ago. It can be read again every 30 seconds.",
        RoleOutcome::WithoutToken => "there is no refresh token, so the role is read at the next sign-in.",
    }
}

/// The button, and the last result.
#[component]
pub fn RoleCheckForm(
    /// The server function.
    action: &'static str,
    label: &'static str,
    /// The number of the person, for administrators.
    #[prop(optional)]
    user_id: Option<i64>,
    outcomes: Vec<String>,
) -> impl IntoView {
    let outcomes = outcomes.into_iter().map(|text| view! { <p role="status">{text}</p> }).collect_view();

    view! {
        {outcomes}
        <form method="post" action=action>
            {user_id.map(|id| view! { <input type="hidden" name="user_id" value=id/> })}
            <button class="button" type="submit">
                {label}
            </button>
        </form>
    }
}
