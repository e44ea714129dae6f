//! The requests for roles: the pending and the decided ones.

use chrono::{DateTime, Days};
use leptos::prelude::*;
use rolecall_core::admin::{AccessRequest, RequestOutcome, RequestPage, decided_page, open_page, open_request};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Answer, Asked, Page};
use rolecall_ui::returned::{Returned, ReturnedNotice};

use super::open_request::{OpenRequest, Waiting};
use crate::pages::pager::{Pager, key_of_text};

/// The default number of days after which a role ends.
const PROPOSED_DAYS: u64 = 90;

/// # Errors
/// As [`caller::require`] below Admin.
pub async fn requests(asked: Asked) -> Answer {
    let sign_in = caller::require(Role::Admin)?;
    let auth = caller::auth()?;
    let after = asked.value("after").as_deref().and_then(key_of_text);
    let is_first = after.is_none();
    let of_decided = asked.value("decided").is_some();
    // A returned form is shown alone, wherever its request is in the list.
    let returned = match Returned::here() {
        Some(returned) => {
            open_request(auth.db(), returned.value("id")).await.map_err(|error| caller::internal(&error))?
        }
        None => None,
    };
    let lead = match (&returned, of_decided) {
        (Some(_), _) => "One request, as you sent it. The others are under “Waiting”.",
        (None, true) => "What was decided, the latest first.",
        (None, false) => "Requests for a role. The one that has waited longest comes first.",
    };
    let page = if let Some(request) = returned {
        Ok(RequestPage { rows: vec![request], next: None })
    } else if of_decided {
        decided_page(auth.db(), after.as_ref()).await
    } else {
        open_page(auth.db(), after.as_ref()).await
    };
    let RequestPage { rows, next } = page.map_err(|error| caller::internal(&error))?;
    let here = |after: Option<(i64, String)>| href(of_decided, after.as_ref());
    let (newest, older) = ((!is_first).then(|| here(None)), next.map(|next| here(Some(next))));
    let list = if of_decided {
        view! { <DecidedList rows/> }.into_any()
    } else {
        let until = last_day(auth.clock().now_ms()).ok_or(AppError::NotFound)?;
        let rows = rows.into_iter().map(|request| Waiting::of(&auth, request, sign_in.user_id, &until)).collect();
        view! { <OpenList rows/> }.into_any()
    };
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::ADMIN>"Admin"</a>
            </p>
            <h1>"Requests"</h1>
            <p class="lead">{lead}</p>
        </div>
        <ReturnedNotice/>
        <nav class="actions" aria-label="Requests">
            <a class="button" href=routes::ADMIN_REQUESTS aria-current=(!of_decided).then_some("page")>
                "Waiting"
            </a>
            <a class="button" href=href(true, None) aria-current=of_decided.then_some("page")>
                "Decided"
            </a>
        </nav>
        {list}
        <Pager newest older/>
    };
    Ok(Page::new("Requests", view))
}

fn href(of_decided: bool, after: Option<&(i64, String)>) -> String {
    let decided = of_decided.then(|| "decided=1".to_owned());
    // Ids are hexadecimal digits.
    let after = after.map(|(at_ms, id)| format!("after={at_ms}.{id}"));
    let query: Vec<String> = decided.into_iter().chain(after).collect();
    if query.is_empty() {
        routes::ADMIN_REQUESTS.to_owned()
    } else {
        format!("{}?{}", routes::ADMIN_REQUESTS, query.join("&"))
    }
}

/// The proposed last day.
fn last_day(now_ms: i64) -> Option<String> {
    let today = DateTime::from_timestamp_millis(now_ms)?.date_naive();
    Some(today.checked_add_days(Days::new(PROPOSED_DAYS))?.format("%Y-%m-%d").to_string())
}

#[component]
fn OpenList(rows: Vec<Waiting>) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <p class="muted" role="status">
                "No request is waiting."
            </p>
        }
        .into_any();
    }
    rows.into_iter().map(|waiting| view! { <OpenRequest waiting/> }).collect_view().into_any()
}

#[component]
fn DecidedList(rows: Vec<AccessRequest>) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <p class="muted" role="status">
                "Nothing was decided yet."
            </p>
        }
        .into_any();
    }
    let rows = rows.into_iter().map(|request| view! { <DecidedRow request/> }).collect_view();

    view! {
        <div class="scroll" role="region" tabindex="0" aria-label="Decided requests">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Why"</th>
                        <th scope="col">"Decision"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn DecidedRow(request: AccessRequest) -> impl IntoView {
    let AccessRequest { user_id, name, role, reason, decided, decided_by, answer, .. } = request;
    let decision = decided.map(|(at_ms, outcome)| {
        let what = match outcome {
            RequestOutcome::Given => "Given here",
            RequestOutcome::Assigned if decided_by.is_none() => "Given by the provider",
            RequestOutcome::Assigned => "Assigned at the provider",
            RequestOutcome::Declined => "Declined",
        };
        let by = decided_by.map(|by| view! { " by " <bdi>{by}</bdi> });
        view! { {what} {by} ", " <Moment ms=at_ms/> }
    });

    view! {
        <tr>
            <th scope="row">
                <a href=routes::admin_user(user_id)>
                    <bdi>{name}</bdi>
                </a>
            </th>
            <td>{role.name()}</td>
            <td>
                <bdi>{reason}</bdi>
            </td>
            <td>
                {decision} {(!answer.is_empty()).then(|| view! { <br/> <bdi class="muted">{answer}</bdi> })}
            </td>
        </tr>
    }
}
