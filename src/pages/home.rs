//! The front page: the person's name, role, dashboards and apps, or the buttons to sign in.

use leptos::prelude::*;
use rolecall_model::{AppCard, CurrentUser, DashboardCard, RoleGrant};

use super::page::{Answer, Asked, Page};
use crate::caller;
use crate::components::app_cards::AppCards;
use crate::components::ask_for::AskFor;
use crate::components::badge::RoleBadge;
use crate::components::dashboard_cards::DashboardCards;
use crate::components::document::PRODUCT;
use crate::components::sign_in::SignInChoices;
use crate::routes;

/// # Errors
/// Where the dashboards cannot be read.
pub async fn home(asked: Asked) -> Answer {
    let viewer = &asked.viewer;
    let status = match viewer.user.clone() {
        None => view! { <SignedOutStatus return_to=asked.value("return_to")/> }.into_any(),
        Some(user) if user.role.is_none() => view! { <NoRoleStatus user ask_for=viewer.ask_for.clone()/> }.into_any(),
        Some(user) => {
            let dashboards =
                caller::dashboards()?.open_to(user.role).await.map_err(|error| caller::internal(&error))?;
            let apps = viewer.apps.clone();
            view! { <SignedInStatus user dashboards apps/> }.into_any()
        }
    };
    Ok(Page::new(PRODUCT, status))
}

/// What Rolecall is, and the buttons to sign in.
#[component]
fn SignedOutStatus(return_to: Option<String>) -> impl IntoView {
    view! {
        <section class="hero">
            <h1>"Your company's dashboards, behind your company's sign-in"</h1>
            <p class="lead">
                "Sign in with your work account to see your dashboards and apps. You need no other password."
            </p>
            <div class="card">
                <p>"You are not signed in."</p>
                <div class="actions">
                    <SignInChoices return_to/>
                </div>
            </div>
        </section>
    }
}

/// The person, with their dashboards and apps.
#[component]
fn SignedInStatus(user: CurrentUser, dashboards: Vec<DashboardCard>, apps: Vec<AppCard>) -> impl IntoView {
    view! {
        <section class="hero">
            <WhoAmI user/>
        </section>
        <section aria-labelledby="dashboards">
            <h2 id="dashboards">"Dashboards"</h2>
            <DashboardCards dashboards/>
        </section>
        {(!apps.is_empty())
            .then(|| {
                view! {
                    <section aria-labelledby="apps">
                        <h2 id="apps">"Apps"</h2>
                        <AppCards apps/>
                    </section>
                }
            })}
    }
}

/// The person without a role, and what to ask an administrator for.
#[component]
fn NoRoleStatus(user: CurrentUser, ask_for: Option<RoleGrant>) -> impl IntoView {
    view! {
        <section class="hero">
            <WhoAmI user/>
        </section>
        <section class="notice notice-warn" aria-labelledby="no-role">
            <h2 id="no-role">"Your account has no role yet"</h2>
            <p>"You are signed in, but you cannot open anything until your account has a role."</p>
            <AskFor grant=ask_for/>
        </section>
    }
}

/// Name, role, address and provider.
#[component]
fn WhoAmI(user: CurrentUser) -> impl IntoView {
    let CurrentUser { name, email, role, provider } = user;

    view! {
        <h1>"Signed in as " <bdi>{name}</bdi></h1>
        <dl class="facts">
            <div>
                <dt>"Role"</dt>
                <dd>
                    <RoleBadge role/>
                </dd>
            </div>
            {email
                .map(|email| {
                    view! {
                        <div>
                            <dt>"E-mail"</dt>
                            <dd dir="auto">{email}</dd>
                        </div>
                    }
                })}
            <div>
                <dt>"Signed in with"</dt>
                <dd dir="auto">{provider}</dd>
            </div>
        </dl>
        <p>
            <a href=routes::ACCOUNT>
                "Your account"
            </a>
        </p>
    }
}
