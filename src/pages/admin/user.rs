//! One person: name, role and sessions, and the decisions that administrators can make.

use leptos::prelude::*;
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::people::PersonRow;
use rolecall_sign_in::session::SignInRow;
use rolecall_ui::caller;
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Answer, Asked, Page};
use rolecall_ui::returned::{Field, Returned, ReturnedNotice};

use super::audit_query::AuditQuery;
use super::user_role::RolePanel;
use crate::pages::role_check;
use crate::pages::session_words::SessionEntry;

/// The note on decisions that need a recent sign-in.
const RECENT: &str = "You must have signed in during the last ten minutes.";

/// Why a person has no role whose provider is no longer configured, or has another issuer now. Some never signed in.
pub(super) const NOT_ACCEPTED: &str = "Their provider, or its issuer, is no longer in the configuration.";

/// # Errors
/// As [`caller::require`] below Admin; [`AppError::NotFound`].
pub async fn user(asked: Asked) -> Answer {
    let sign_in = caller::require(Role::Admin)?;
    let auth = caller::auth()?;
    let (sign_ins, now_ms) = (auth.sign_ins(), auth.clock().now_ms());
    let id: i64 = asked.parameter.as_deref().and_then(|id| id.parse().ok()).ok_or(AppError::NotFound)?;
    let person = sign_ins.person(id, now_ms).await.map_err(|error| caller::internal(&error))?;
    let person = person.ok_or(AppError::NotFound)?;
    if person.is_program() {
        return Ok(Page::new(person.name.clone(), view! { <Program person/> }));
    }
    let grants = sign_ins.grants_of(id, now_ms).await.map_err(|error| caller::internal(&error))?;
    let live = sign_ins.live_of(id, now_ms).await.map_err(|error| caller::internal(&error))?;
    let (name, is_oneself, own) = (person.name.clone(), sign_in.user_id == id, sign_in.id.clone());
    let view = view! {
        <PersonPanel person=person.clone()/>
        <RolePanel person=person.clone() grants is_oneself outcomes=role_check::outcomes_for_administrators(&asked)/>
        <SessionsPanel id live=live.rows own/>
        {(!is_oneself).then(|| view! { <AccessPanel person/> })}
    };
    Ok(Page::new(name, view))
}

/// A program that the audit names: administrators cannot decide anything about it here.
#[component]
fn Program(person: PersonRow) -> impl IntoView {
    view! {
        <Head person>
            "A program. It never signs in. You change the role of an application at the provider. To revoke a token for "
            "a directory (SCIM), run " <code>"rolecall scim-token revoke"</code> ". "
        </Head>
    }
}

/// The name of a person or a program, and `children` after it.
#[component]
fn Head(person: PersonRow, children: Children) -> impl IntoView {
    let audit = AuditQuery { person: person.id.to_string(), ..AuditQuery::default() }.href(routes::ADMIN_AUDIT, &[]);

    view! {
        <div class="page-head">
            <p>
                <a href=routes::ADMIN_USERS>"People"</a>
            </p>
            <h1>
                <bdi>{person.name}</bdi>
            </h1>
            <p class="lead">
                {children()} <a href=audit>"What the audit says"</a>
            </p>
        </div>
    }
}

#[component]
fn PersonPanel(person: PersonRow) -> impl IntoView {
    let disabled = person.disabled.clone().map(|(since_ms, reason)| {
        view! {
            <div class="notice notice-warn">
                <p>
                    "Disabled since " <Moment ms=since_ms/> ": “" <bdi>{reason}</bdi> "”"
                </p>
            </div>
        }
    });
    let inactive = person.inactive_since_ms.map(|since_ms| {
        view! {
            <div class="notice notice-warn">
                <p>"Not active in the directory since " <Moment ms=since_ms/> ". Only the directory can let them in again."</p>
            </div>
        }
    });
    let not_accepted = (!person.is_accepted).then(|| {
        view! {
            <div class="notice notice-warn">
                <p>
                    {NOT_ACCEPTED}
                    " They have no role, and earlier sessions cannot be used. Whoever signs in with another issuer is another "
                    "person here: give roles to that one."
                </p>
            </div>
        }
    });
    let signed_in = match person.signed_in_at_ms() {
        Some(at_ms) => view! { "Signed in last " <Moment ms=at_ms/> ". " }.into_any(),
        None => "Known from the directory, and never signed in. ".into_any(),
    };
    let facts = [
        ("E-mail", person.email.clone()),
        ("Provider", person.provider.clone()),
        ("Issuer", Some(person.issuer.clone())),
        ("Subject", Some(person.subject.clone())),
        ("Number", Some(person.id.to_string())),
    ];
    let facts = facts.into_iter().filter_map(|(name, value)| Some((name, value?))).map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd dir="auto">{value}</dd>
            </div>
        }
    });
    let facts = facts.collect_view();

    view! {
        <Head person>{signed_in}</Head>
        <ReturnedNotice/>
        {disabled}
        {inactive}
        {not_accepted}
        <section class="panel" aria-labelledby="person">
            <h2 id="person">"Person"</h2>
            <dl class="facts">{facts}</dl>
        </section>
    }
}

#[component]
fn SessionsPanel(id: i64, live: Vec<SignInRow>, own: String) -> impl IntoView {
    let has_any = live.iter().any(|row| row.id != own);
    let is_empty = live.is_empty();
    let entries = live
        .into_iter()
        .map(|row| {
            let is_own = row.id == own;
            view! { <SessionEntry row is_own action=routes::API_END_SESSION/> }
        })
        .collect_view();

    view! {
        <section class="panel" aria-labelledby="sessions">
            <div class="panel-head">
                <h2 id="sessions">"Sessions"</h2>
                {has_any
                    .then(|| {
                        view! {
                            <form method="post" action=routes::API_END_SESSIONS_OF_PERSON>
                                <input type="hidden" name="user_id" value=id/>
                                <button class="button" type="submit">
                                    "End all"
                                </button>
                            </form>
                        }
                    })}
            </div>
            {is_empty.then(|| view! { <p>"Not signed in anywhere."</p> })}
            <ul class="entries">{entries}</ul>
        </section>
    }
}

/// Disables the person, or enables them again.
#[component]
fn AccessPanel(person: PersonRow) -> impl IntoView {
    let returned = Returned::to(routes::API_DISABLE_PERSON);
    let reason = Field::of(returned.as_ref(), "reason", "reason", "");
    let form = if person.disabled.is_some() {
        view! {
            <p>
                "If you enable them, they can sign in and use access tokens again, with the role that they have then. Sessions "
                "that were ended stay ended. "
                {RECENT}
            </p>
            <form class="fields" method="post" action=routes::API_ENABLE_PERSON>
                <input type="hidden" name="user_id" value=person.id/>
                <button class="button" type="submit">
                    "Let in again"
                </button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <p>
                "Disabling somebody ends all their sessions at once. They can no longer sign in or use access tokens. " {RECENT}
            </p>
            <form class="fields" method="post" action=routes::API_DISABLE_PERSON>
                <input type="hidden" name="user_id" value=person.id/>
                <div>
                    <label for="reason">"Why (the person reads it)"</label>
                    <input
                        id="reason"
                        name="reason"
                        value=reason.value.clone()
                        required
                        maxlength="300"
                        dir="auto"
                        aria-invalid=reason.invalid()
                        aria-describedby=reason.described_by()
                    />
                    {reason.mistake_view()}
                </div>
                <button class="button" type="submit">
                    "Disable"
                </button>
            </form>
        }
        .into_any()
    };

    view! {
        <section class="panel" aria-labelledby="access">
            <h2 id="access">"Access"</h2>
            {form}
        </section>
    }
}
