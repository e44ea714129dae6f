//! A person's requests for roles and their outcomes, on their account page.

use leptos::prelude::*;
use rolecall_core::admin::{AccessRequest, RequestOutcome, requests_of};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::time::Moment;
use rolecall_ui::returned::{Field, Returned};

/// The latest requests of the caller.
///
/// # Errors
/// As [`caller::signed_in`].
pub(super) async fn own_requests() -> Result<Vec<AccessRequest>, AppError> {
    let (sign_in, auth) = (caller::signed_in()?, caller::auth()?);
    requests_of(auth.db(), sign_in.user_id).await.map_err(|error| caller::internal(&error))
}

/// The requests of a person with `role`, and the form for a new one.
#[component]
pub(super) fn RequestsPanel(role: Option<Role>, requests: Vec<AccessRequest>) -> impl IntoView {
    let waits = |wanted: Role| requests.iter().any(|request| request.role == wanted && request.decided.is_none());
    let wanted: Vec<Role> = Role::ALL.into_iter().filter(|wanted| role < Some(*wanted) && !waits(*wanted)).collect();
    if requests.is_empty() && wanted.is_empty() {
        return ().into_any();
    }
    let entries = requests.into_iter().map(|request| view! { <Entry request/> }).collect_view();

    view! {
        <section class="panel" id="requests" aria-labelledby="requests-title">
            <h2 id="requests-title">"Requests for access"</h2>
            <ul class="entries">{entries}</ul>
            {(!wanted.is_empty()).then(|| view! { <AskForm wanted is_open=role.is_none()/> })}
        </section>
    }
    .into_any()
}

#[component]
fn Entry(request: AccessRequest) -> impl IntoView {
    let AccessRequest { role, reason, asked_at_ms, decided, decided_by, answer, .. } = request;
    let became = decided.map(|(at_ms, outcome)| {
        // Requests that nobody answered here are not news on an open page: the role itself changes.
        let answered_at_ms = decided_by.is_some().then_some(at_ms);
        let what = match (outcome, &decided_by) {
            (RequestOutcome::Given, _) => "gave you the role",
            (RequestOutcome::Assigned, Some(_)) => {
                "assigned you the role at your provider: sign out and in again to have it"
            }
            (RequestOutcome::Assigned, None) => "gives you the role now",
            (RequestOutcome::Declined, _) => "declined",
        };
        let nobody = if outcome == RequestOutcome::Assigned { "Your provider" } else { "An administrator" };
        let by = decided_by.unwrap_or_else(|| nobody.to_owned());
        let answer = (!answer.is_empty()).then(|| view! { ": “" <bdi>{answer}</bdi> "”" });
        view! {
            <p data-answered-at=answered_at_ms>
                <bdi>{by}</bdi> " " {what} ", " <Moment ms=at_ms/> {answer}
            </p>
        }
    });
    let is_open = became.is_none();

    view! {
        <li class="entry">
            <div>
                <strong>{role.name()}</strong>
                <p class="muted">
                    "Asked on " <Moment ms=asked_at_ms/> ": “" <bdi>{reason}</bdi> "”"
                </p>
                {became}
            </div>
            {is_open.then(|| view! { <span class="badge badge-none">"Waiting for an answer"</span> })}
        </li>
    }
}

/// The form; collapsed for people who already have a role.
#[component]
fn AskForm(wanted: Vec<Role>, is_open: bool) -> impl IntoView {
    let returned = Returned::to(routes::API_REQUEST_ACCESS);
    let chosen = returned.as_ref().and_then(|returned| Role::from_key(returned.value("role")));
    let reason = Field::of(returned.as_ref(), "reason", "request-reason", "");
    // The form on a page that refused access sends the name of that page.
    let page = returned.as_ref().map(|returned| returned.value("page").to_owned()).filter(|page| !page.is_empty());
    let roles = wanted.into_iter().map(|role| {
        view! {
            <option value=role.key() selected=chosen == Some(role)>
                {role.name()}
            </option>
        }
    });
    let roles = roles.collect_view();

    view! {
        <details open=is_open || returned.is_some()>
            <summary>"Request access"</summary>
            <form class="fields" method="post" action=routes::API_REQUEST_ACCESS>
                {page.map(|page| view! { <input type="hidden" name="page" value=page/> })}
                <div>
                    <label for="request-role">"Role"</label>
                    <select id="request-role" name="role">
                        {roles}
                    </select>
                </div>
                <div>
                    <label for="request-reason">"What do you need it for? (An administrator reads it)"</label>
                    <input
                        id="request-reason"
                        name="reason"
                        value=reason.value.clone()
                        required
                        maxlength="300"
                        dir="auto"
                        autocomplete="off"
                        aria-invalid=reason.invalid()
                        aria-describedby=reason.described_by()
                    />
                    {reason.mistake_view()}
                </div>
                <button class="button" type="submit">
                    "Request access"
                </button>
            </form>
        </details>
    }
}
