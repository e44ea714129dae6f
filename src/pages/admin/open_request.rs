//! A pending request for a role, with the forms that decide it.

use leptos::prelude::*;
use rolecall_core::admin::AccessRequest;
use rolecall_model::{Role, RoleGrant};
use rolecall_routes as routes;
use rolecall_sign_in::Auth;
use rolecall_ui::components::badge::RoleBadge;
use rolecall_ui::components::time::Moment;
use rolecall_ui::returned::{Field, Returned};

use super::user::NOT_ACCEPTED;

/// A pending request, with the facts an administrator needs to decide it.
pub(super) struct Waiting {
    request: AccessRequest,
    /// What would give the role at the provider.
    at_provider: Option<RoleGrant>,
    /// The highest role that the configuration allows the person, in words, if that is lower.
    limited_to: Option<&'static str>,
    /// Whether the configuration still has their provider with their issuer.
    is_accepted: bool,
    /// Whether it is the viewer's own request.
    is_own: bool,
    until: String,
}

impl Waiting {
    /// The facts about `request` for the administrator with the number `own_id`; `until` is proposed as the last day.
    pub(super) fn of(auth: &Auth, request: AccessRequest, own_id: i64, until: &str) -> Self {
        let provider = request.provider.as_deref();
        let limited = auth.sign_ins().limited_for(provider, Some(request.role), &request.issuer);
        let is_limited = limited < Some(request.role);
        Self {
            is_accepted: auth.sign_ins().accepts(provider, &request.issuer),
            at_provider: provider.and_then(|provider| auth.provider(provider)).and_then(|provider| {
                let rules = auth.config().rules_for(&provider.config);
                let (values, groups) = (rules.values_for(request.role), rules.groups_for(request.role));
                let values = (!values.is_empty()).then(|| RoleGrant::AppRoles(values.to_vec()));
                values.or_else(|| (!groups.is_empty()).then(|| RoleGrant::Groups(groups.to_vec())))
            }),
            limited_to: is_limited.then(|| limited.map_or("no role at all", Role::name)),
            is_own: request.user_id == own_id,
            until: until.to_owned(),
            request,
        }
    }
}

/// Who asks for which role, and why.
#[component]
fn Question(request: AccessRequest) -> impl IntoView {
    let AccessRequest { user_id, name, email, kept_out_since_ms, role, reason, page, asked_at_ms, .. } = request;
    let kept_out = kept_out_since_ms.map(|since_ms| {
        view! {
            <div class="notice notice-warn">
                <p>
                    "They cannot sign in (since " <Moment ms=since_ms/> "): see their page. Approving gives nothing until they are let in again."
                </p>
            </div>
        }
    });

    view! {
        <p>
            <a href=routes::admin_user(user_id)>
                <bdi>{name}</bdi>
            </a>
            " asks for " <RoleBadge role=Some(role)/>
        </p>
        {email.map(|email| view! { <p class="muted"><bdi>{email}</bdi></p> })}
        <p>
            "“" <bdi>{reason}</bdi> "”"
        </p>
        <p class="muted">
            <Moment ms=asked_at_ms/> {page.map(|page| view! { ", on the page " <code><bdi>{page}</bdi></code> })}
        </p>
        {kept_out}
    }
}

#[component]
pub(super) fn OpenRequest(waiting: Waiting) -> impl IntoView {
    let Waiting { request, at_provider, limited_to, is_accepted, is_own, until } = waiting;
    let (id, role, name) = (request.id.clone(), request.role, request.name.clone());
    let is_kept_out = request.kept_out_since_ms.is_some();
    let label = format!("Request of {name}");
    let limit = limited_to.map(|limit| {
        let why = if is_accepted {
            view! {
                "The configuration leaves "
                <strong>{limit}</strong>
                " to people of this provider, so the role cannot be given."
            }
            .into_any()
        } else {
            view! {
                {NOT_ACCEPTED}
                " They must sign in again, so the role cannot be given. With another issuer they are then another person here."
            }
            .into_any()
        };
        view! {
            <div class="notice notice-warn">
                <p>{why}</p>
            </div>
        }
    });
    let decisions = if is_own {
        view! { <p class="muted">"This is your own request. Another administrator decides it."</p> }.into_any()
    } else {
        view! { <Decisions id=id.clone() role name at_provider until is_limited=limited_to.is_some() is_kept_out/> }
            .into_any()
    };

    view! {
        <section class="panel" aria-label=label>
            <Question request/>
            {limit}
            {decisions}
        </section>
    }
}

/// The forms: give the role here, record that it was assigned at the provider, or decline.
#[component]
fn Decisions(
    id: String,
    role: Role,
    name: String,
    at_provider: Option<RoleGrant>,
    until: String,
    /// Whether the configuration does not allow the person this role, whatever gives it.
    is_limited: bool,
    is_kept_out: bool,
) -> impl IntoView {
    let assigned = at_provider.filter(|_| !is_limited).map(|grant| view! { <Assigned id=id.clone() grant/> });
    let given =
        (!is_limited).then(|| view! { <Given id=id.clone() role name=name.clone() proposed=until is_kept_out/> });

    view! {
        {given}
        {assigned}
        <Declined id name/>
    }
}

/// The returned form about the request `id`, if it was sent to `action`.
fn returned(id: &str, action: &str) -> Option<Returned> {
    Returned::to(action).filter(|returned| returned.value("id") == id)
}

/// The message to the person, in the form for this `kind` of decision.
fn word((kind, id): (&str, &str), label: &'static str, is_required: bool, returned: Option<&Returned>) -> AnyView {
    let word = Field::of(returned, "answer", &format!("{kind}-{id}"), "");

    view! {
        <div>
            <label for=word.id.clone()>{label}</label>
            <input
                id=word.id.clone()
                name="answer"
                value=word.value.clone()
                required=is_required
                maxlength="300"
                dir="auto"
                autocomplete="off"
                aria-invalid=word.invalid()
                aria-describedby=word.described_by()
            />
            {word.mistake_view()}
        </div>
    }
    .into_any()
}

#[component]
fn Given(
    id: String,
    role: Role,
    name: String,
    /// The last day by default.
    proposed: String,
    is_kept_out: bool,
) -> impl IntoView {
    let returned = returned(&id, routes::API_APPROVE_REQUEST);
    let until = Field::of(returned.as_ref(), "until", &format!("until-{id}"), &proposed);
    let word = word(("given", &id), "Message to the person (optional)", false, returned.as_ref());

    view! {
        <form class="fields" method="post" action=routes::API_APPROVE_REQUEST>
            <input type="hidden" name="id" value=id/>
            {is_kept_out.then(|| view! { <input type="hidden" name="knows_kept_out" value="true"/> })}
            <div>
                <label for=until.id.clone()>"Last day (leave it empty for no end)"</label>
                <input
                    id=until.id.clone()
                    name="until"
                    type="date"
                    value=until.value.clone()
                    aria-invalid=until.invalid()
                    aria-describedby=until.described_by()
                />
                {until.mistake_view()}
            </div>
            {word}
            <button class="button button-primary" type="submit" aria-label=format!("Give the role {role} to {name}")>
                "Give the role " {role.name()}
            </button>
        </form>
    }
}

#[component]
fn Assigned(id: String, grant: RoleGrant) -> impl IntoView {
    let returned = returned(&id, routes::API_REQUEST_ASSIGNED);
    let word = word(("assigned", &id), "Message to the person (optional)", false, returned.as_ref());
    let values = grant.values().join(", ");
    let how = match grant {
        RoleGrant::AppRoles(_) => "Assign this app role there: ",
        RoleGrant::Groups(_) => "Add them to this group there: ",
    };

    view! {
        <details open=returned.is_some()>
            <summary>"Assign it at the provider instead"</summary>
            <form class="fields" method="post" action=routes::API_REQUEST_ASSIGNED>
                <input type="hidden" name="id" value=id/>
                <p>
                    {how} <code><bdi>{values}</bdi></code> ". Then confirm it here. The person is asked to sign out and in again."
                </p>
                {word}
                <button class="button" type="submit">
                    "It is assigned"
                </button>
            </form>
        </details>
    }
}

#[component]
fn Declined(id: String, name: String) -> impl IntoView {
    let returned = returned(&id, routes::API_DECLINE_REQUEST);
    let word = word(("declined", &id), "Why (the person reads it)", true, returned.as_ref());

    view! {
        <details open=returned.is_some()>
            <summary>"Decline"</summary>
            <form class="fields" method="post" action=routes::API_DECLINE_REQUEST>
                <input type="hidden" name="id" value=id/>
                {word}
                <button class="button" type="submit" aria-label=format!("Decline the request of {name}")>
                    "Decline"
                </button>
            </form>
        </details>
    }
}
