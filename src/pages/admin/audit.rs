//! The audit: a list with a filter, and one row in full.

use leptos::prelude::*;
use rolecall_core::audit;
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Answer, Asked, Page};

use super::audit_details;
use super::audit_filter::FilterForm;
use super::audit_query::AuditQuery;
use super::verify::VerifyPanel;
use crate::pages::pager::Pager;

/// # Errors
/// As [`caller::require`] below Admin.
pub async fn audit(asked: Asked) -> Answer {
    caller::require(Role::Admin)?;
    let query = AuditQuery::of(asked.query.as_deref().unwrap_or_default());
    let audit = caller::audit()?;
    let after = asked.value("after").and_then(|after| after.parse().ok());
    let (list, mistake) = match query.filter(&audit).await {
        Ok(filter) => {
            let page = audit.page(&filter, after).await.map_err(|error| caller::internal(&error))?;
            (Some(view! { <List page query=query.clone() is_first=after.is_none()/> }), None)
        }
        Err(AppError::InvalidField { field, message }) => {
            caller::unprocessable();
            (None, Some((field, message)))
        }
        Err(error) => return Err(error),
    };
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::ADMIN>"Admin"</a>
            </p>
            <h1>"Audit"</h1>
            <p class="lead">"What happened, the newest first. Entries cannot be changed. Times are UTC."</p>
        </div>
        <FilterForm query mistake/>
        {list}
        {after.is_none().then(|| view! { <VerifyPanel verification=audit.verification()/> })}
    };
    Ok(Page::new("Audit", view))
}

#[component]
fn List(page: audit::Page, query: AuditQuery, is_first: bool) -> impl IntoView {
    if page.rows.is_empty() {
        let all = (!query.is_empty()).then(|| view! { <a href=routes::ADMIN_AUDIT>"Show everything"</a> });
        return view! { <p class="muted" role="status">"No entry matches. " {all}</p> }.into_any();
    }
    let older = page.next.map(|last| query.href(routes::ADMIN_AUDIT, &[("after", &last.to_string())]));
    let newest = (!is_first).then(|| query.href(routes::ADMIN_AUDIT, &[]));
    let export = |format: &str| query.href(routes::ADMIN_AUDIT_EXPORT, &[("format", format)]);
    let (csv, json) = (export("csv"), export("jsonl"));
    let rows = page.rows.into_iter().map(|row| view! { <Row row/> }).collect_view();

    view! {
        <div class="scroll" role="region" tabindex="0" aria-label="Audit">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"Address"</th>
                        <th scope="col">"Details"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager newest older>
            <a class="button" href=csv download>
                "Export as CSV"
            </a>
            <a class="button" href=json download>
                "Export as JSON lines"
            </a>
        </Pager>
    }
    .into_any()
}

#[component]
fn Row(row: audit::AuditRow) -> impl IntoView {
    let (href, kind) = (routes::admin_audit_row(row.id), row.kind_in_words());
    let details = audit_details::short(&row.details);

    view! {
        <tr>
            <td>
                <Moment ms=row.at_ms/>
            </td>
            <th scope="row">
                <a href=href>{kind}</a>
            </th>
            <td>
                <Who row=row.clone()/>
            </td>
            <td>{row.ip}</td>
            <td>
                <bdi>{details}</bdi>
            </td>
        </tr>
    }
}

/// The person who did it, and the person it was done to, if different.
#[component]
fn Who(row: audit::AuditRow) -> impl IntoView {
    let is_about_another = row.person_id.is_some() && row.person_id != row.actor_id;
    let actor = row.actor_id.map(|id| view! { <Person id name=row.actor.clone()/> });
    let between = (row.actor_id.is_some() && is_about_another).then_some(" about ");
    let person = row.person_id.filter(|_| is_about_another).map(|id| view! { <Person id name=row.person.clone()/> });

    view! {
        {actor}
        {between}
        {person}
    }
}

/// A person, as a link to their page.
#[component]
fn Person(id: i64, name: Option<String>) -> impl IntoView {
    let name = name.unwrap_or_else(|| format!("Number {id}"));

    view! {
        <a href=routes::admin_user(id)>
            <bdi>{name}</bdi>
        </a>
    }
}

/// One row in full.
///
/// # Errors
/// As [`caller::require`] below Admin; [`AppError::NotFound`].
pub async fn audit_row(asked: Asked) -> Answer {
    caller::require(Role::Admin)?;
    let id: i64 = asked.parameter.as_deref().and_then(|id| id.parse().ok()).ok_or(AppError::NotFound)?;
    let row = caller::audit()?.row(id).await.map_err(|error| caller::internal(&error))?;
    let row = row.ok_or(AppError::NotFound)?;
    let title = row.kind_in_words();
    let view = view! { <Whole row/> };
    Ok(Page::new(title, view))
}

#[component]
fn Whole(row: audit::AuditRow) -> impl IntoView {
    let facts = [("Address", row.ip.clone()), ("Provider", row.provider.clone()), ("Entry", Some(row.id.to_string()))];
    let facts = facts.into_iter().filter_map(|(name, value)| Some((name, value?))).map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd dir="auto">{value}</dd>
            </div>
        }
    });
    let facts = facts.collect_view();
    let details = audit_details::in_words(&row.details).into_iter().map(|(name, value)| {
        view! {
            <div class="claim">
                <dt>{name}</dt>
                <dd class="claim-value" dir="auto">
                    {value}
                </dd>
            </div>
        }
    });
    let details = details.collect_view();
    let hash = row.hash_in_hex();

    view! {
        <div class="page-head">
            <p>
                <a href=routes::ADMIN_AUDIT>"Audit"</a>
            </p>
            <h1>{row.kind_in_words()}</h1>
            <p class="lead">
                <Moment ms=row.at_ms/> " " <Who row=row.clone()/>
            </p>
        </div>
        <section class="panel" aria-labelledby="facts">
            <h2 id="facts">"Entry"</h2>
            <dl class="facts">{facts}</dl>
            <dl class="claims">
                {details}
                <div class="claim">
                    <dt>"Hash of this entry and the ones before it (SHA-256)"</dt>
                    <dd class="claim-value">
                        <code>{hash}</code>
                    </dd>
                </div>
            </dl>
        </section>
        <p>
            <a href=routes::ADMIN_AUDIT>"All of the audit"</a>
        </p>
    }
}
