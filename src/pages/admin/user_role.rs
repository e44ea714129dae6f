//! The role of a person, on their page: its source, and the form to give another.

use leptos::prelude::*;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_sign_in::people::{Grant, PersonRow};
use rolecall_ui::components::badge::RoleBadge;
use rolecall_ui::components::time::{End, Moment};
use rolecall_ui::returned::{Field, Returned};

use super::users::role_source;
use crate::pages::role_check::RoleCheckForm;

/// The role, the roles given here, and the form to give more.
#[component]
pub(super) fn RolePanel(
    person: PersonRow,
    grants: Vec<Grant>,
    is_oneself: bool,
    outcomes: Vec<String>,
) -> impl IntoView {
    let (role, source) = (person.role(), role_source(&person));
    let entries = grants.into_iter().map(|grant| view! { <GrantEntry grant is_oneself/> }).collect_view();

    view! {
        <section class="panel" aria-labelledby="role-title">
            <div class="panel-head">
                <h2 id="role-title">"Role"</h2>
                <span class="muted">{source}</span>
            </div>
            <p>
                <RoleBadge role/>
            </p>
            <RoleCheckForm action=routes::API_CHECK_ROLES label="Check roles now" user_id=person.id outcomes/>
            <ul class="entries">{entries}</ul>
            {(!is_oneself).then(|| view! { <GrantForm id=person.id/> })}
        </section>
    }
}

#[component]
fn GrantEntry(grant: Grant, is_oneself: bool) -> impl IntoView {
    let label = format!("Take back the role {}", grant.role);
    let until = grant.ends_at_ms.map(|end| view! { ", until " <End ms=end/> });

    view! {
        <li class="entry">
            <div>
                <strong>{grant.role.name()}</strong>
                <p class="muted">
                    "Given here " <Moment ms=grant.granted_at_ms/> {until} ": “" <bdi>{grant.reason}</bdi> "”"
                </p>
            </div>
            {(!is_oneself)
                .then(|| {
                    view! {
                        <form method="post" action=routes::API_REVOKE_GRANT>
                            <input type="hidden" name="id" value=grant.id/>
                            <button class="button" type="submit" aria-label=label>
                                "Take back"
                            </button>
                        </form>
                    }
                })}
        </li>
    }
}

#[component]
fn GrantForm(id: i64) -> impl IntoView {
    let returned = Returned::to(routes::API_GRANT_ROLE);
    let chosen = returned.as_ref().and_then(|returned| Role::from_key(returned.value("role")));
    let (reason, until) = (
        Field::of(returned.as_ref(), "reason", "grant-reason", ""),
        Field::of(returned.as_ref(), "until", "until", ""),
    );
    let roles = Role::ALL.into_iter().map(|role| {
        view! {
            <option value=role.key() selected=chosen == Some(role)>
                {role.name()}
            </option>
        }
    });
    let roles = roles.collect_view();

    view! {
        <details open=returned.is_some()>
            <summary>"Give a role"</summary>
            <form class="fields" method="post" action=routes::API_GRANT_ROLE>
                <input type="hidden" name="user_id" value=id/>
                <p class="muted">
                    "This role or the provider’s counts, whichever is higher. The configuration can limit it for people of a "
                    "provider."
                </p>
                <div>
                    <label for="role">"Role"</label>
                    <select id="role" name="role">
                        {roles}
                    </select>
                </div>
                <div>
                    <label for="grant-reason">"Why (the person reads it)"</label>
                    <input
                        id="grant-reason"
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
                <div>
                    <label for="until">"Last day (leave it empty for no end)"</label>
                    <input
                        id="until"
                        name="until"
                        type="date"
                        value=until.value.clone()
                        aria-invalid=until.invalid()
                        aria-describedby=until.described_by()
                    />
                    {until.mistake_view()}
                </div>
                <button class="button button-primary" type="submit">
                    "Give role"
                </button>
            </form>
        </details>
    }
}
