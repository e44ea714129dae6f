//! The account page: profile, role and its source, and how long the sign-in lasts.

use leptos::prelude::*;
use rolecall_model::account::{Account, ClaimValue, RoleSource};
use rolecall_routes as routes;
use rolecall_ui::api;
use rolecall_ui::components::badge::RoleBadge;
use rolecall_ui::components::notices::AskFor;
use rolecall_ui::components::profile::ProfileCard;
use rolecall_ui::components::time::{End, Moment};
use rolecall_ui::components::viewer::use_viewer;
use rolecall_ui::page::{Answer, Asked, Page};
use rolecall_ui::returned::ReturnedNotice;

use super::new_browser::new_browser_notices;
use super::requests::{RequestsPanel, own_requests};
use super::role_check::{self, RoleCheckForm};

/// # Errors
/// As [`api::account::account`] and [`api::account::profile`].
pub async fn account(asked: Asked) -> Answer {
    let account = api::account::account().await?;
    let profile = api::account::profile().await?;
    let requests = own_requests().await?;
    let view = view! {
        <Heading account=account.clone()/>
        <ReturnedNotice/>
        <section class="panel" aria-labelledby="profile-title">
            <h2 id="profile-title">"Profile"</h2>
            <ProfileCard account=account.clone() profile/>
        </section>
        <RolePanel account=account.clone() outcomes=role_check::outcomes_for_oneself(&asked)/>
        <RequestsPanel role=account.user.role requests/>
        <SignInPanel account/>
    };
    let page = Page::new("Your account", view);
    Ok(Page { main: new_browser_notices().await? + &page.main, ..page })
}

#[component]
fn Heading(account: Account) -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>"Your account"</h1>
            <p class="lead">
                "You are signed in as " <strong><bdi>{account.known_as().to_owned()}</bdi></strong> " with "
                <bdi>{account.user.provider.clone()}</bdi> "."
            </p>
        </div>
    }
}

/// The role and its source.
#[component]
fn RolePanel(account: Account, outcomes: Vec<String>) -> impl IntoView {
    let role = account.user.role;
    let ask_for = role.is_none().then(|| view! { <AskFor grant=use_viewer().ask_for.clone()/> });
    let why = match (role, account.role_sources.is_empty()) {
        (None, _) => "Your provider gave you no role here.",
        (Some(_), true) => {
            "Your provider gave you this role. The rules have changed since, so what gave it cannot be shown."
        }
        (Some(_), false) => "It comes from:",
    };
    let check = if account.can_read_roles {
        view! { <RoleCheckForm action=routes::API_CHECK_MY_ROLES label="Check again now" outcomes/> }.into_any()
    } else {
        let outcomes = outcomes.into_iter().map(|text| view! { <p role="status">{text}</p> }).collect_view();
        view! {
            {outcomes}
            <p class="muted">
                "Rolecall asks your provider for your role when you sign in. A role that an administrator gives you here counts at "
                "once."
            </p>
        }
        .into_any()
    };
    let sources = account.role_sources.into_iter().map(|source| view! { <Source source/> }).collect_view();

    view! {
        <section class="panel" aria-labelledby="role-title">
            <div class="panel-head">
                <h2 id="role-title">"Your role"</h2>
                <span class="muted">"As of " <Moment ms=account.roles_read_at_ms/></span>
            </div>
            <p>
                <RoleBadge role/>
            </p>
            <p>{why}</p>
            <ul class="role-sources">{sources}</ul>
            {ask_for}
            {check}
        </section>
    }
}

#[component]
fn Source(source: RoleSource) -> impl IntoView {
    let place = |of: &ClaimValue| if of.in_user_info { ", in the userinfo claim " } else { ", in the token claim " };
    let (before, value, place, claim) = match source {
        RoleSource::Given { reason, ends_at_ms } => {
            let until = ends_at_ms.map(|ms| view! { ", until " <End ms/> });
            return view! { <li>"an administrator here: “" <bdi>{reason}</bdi> "”" {until}</li> }.into_any();
        }
        RoleSource::AppRole(of) => ("the app role ", of.value.clone(), place(&of), of.claim),
        RoleSource::Group(of) => ("the group ", of.value.clone(), place(&of), of.claim),
        RoleSource::GroupInGraph(id) => ("the group ", id, ", read from Microsoft Graph", String::new()),
    };

    view! {
        <li>
            {before} <code><bdi>{value}</bdi></code> {place} <bdi>{claim}</bdi>
        </li>
    }
    .into_any()
}

/// How long the sign-in lasts, and the links to all sessions and to the token.
#[component]
fn SignInPanel(account: Account) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="sign-in-title">
            <h2 id="sign-in-title">"This sign-in"</h2>
            <dl class="facts">
                <div>
                    <dt>"Signed in since"</dt>
                    <dd>
                        <Moment ms=account.signed_in_at_ms/>
                    </dd>
                </div>
                <div>
                    <dt>"Ends at the latest"</dt>
                    <dd>
                        <Moment ms=account.ends_at_ms/>
                    </dd>
                </div>
            </dl>
            <ul class="plain-list">
                <li>
                    <a href=routes::ACCOUNT_SESSIONS>
                        "Your sessions and sign-ins"
                    </a>
                </li>
                <li>
                    <a href=routes::ACCOUNT_TOKEN>
                        "What your ID token says"
                    </a>
                </li>
            </ul>
        </section>
    }
}
