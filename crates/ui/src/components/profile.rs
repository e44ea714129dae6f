//! The person's profile, and what to do if Graph does not return it.

use leptos::prelude::*;
use rolecall_model::account::{Account, KnownProfile, Missing, Profile, initials};
use rolecall_routes as routes;

/// Picture and data from Graph, completed from the token.
#[component]
pub fn ProfileCard(account: Account, profile: Profile) -> impl IntoView {
    let known = match &profile {
        Profile::Known(known) => known.clone(),
        _ => KnownProfile { name: None, mail: None, job_title: None, has_photo: false },
    };
    let name = known.name.unwrap_or_else(|| account.user.name.clone());
    let mail = known.mail.or(account.user.email);
    let facts = [
        ("User name", account.username.filter(|name| Some(name) != mail.as_ref())),
        ("E-mail", mail),
        ("Job title", known.job_title),
        ("Provider", Some(account.user.provider)),
    ];
    let facts = facts.into_iter().filter_map(|(term, value)| value.map(|value| view! { <Fact term value/> }));

    view! {
        <div class="profile">
            <Avatar name=name.clone() has_photo=known.has_photo/>
            <div class="profile-facts">
                <p class="profile-name">
                    <bdi>{name}</bdi>
                </p>
                <dl class="facts">{facts.collect_view()}</dl>
            </div>
        </div>
        <ProfileNotice profile/>
    }
}

#[component]
fn Fact(term: &'static str, value: String) -> impl IntoView {
    view! {
        <div>
            <dt>{term}</dt>
            <dd dir="auto">{value}</dd>
        </div>
    }
}

/// The picture, over initials that are visible without it.
#[component]
fn Avatar(name: String, has_photo: bool) -> impl IntoView {
    // The name is beside it, so screen readers can skip the picture.
    view! {
        <div class="avatar" aria-hidden="true">
            <span>{initials(&name)}</span>
            {has_photo.then(|| view! { <img src=routes::ACCOUNT_PHOTO alt="" width="96" height="96"/> })}
        </div>
    }
}

/// Why Graph does not return the profile, and what to do. Empty if it does.
#[component]
fn ProfileNotice(profile: Profile) -> impl IntoView {
    match profile {
        Profile::Known(_) => ().into_any(),
        Profile::NotOffered => view! {
            <p class="muted">"Your provider has no further profile. This is what it told Rolecall when you signed in."</p>
        }
        .into_any(),
        Profile::Unavailable { seconds } => view! { <UnavailableNotice seconds/> }.into_any(),
        Profile::Missing { what, asked } => view! { <MissingNotice what asked/> }.into_any(),
    }
}

#[component]
fn UnavailableNotice(
    /// How long Graph asks us to wait, in seconds.
    seconds: Option<u64>,
) -> impl IntoView {
    let when = match seconds {
        None | Some(0) => "Try again in a moment.".to_owned(),
        Some(1) => "Try again in a second.".to_owned(),
        Some(seconds) => format!("Try again in {seconds} seconds."),
    };

    view! {
        <div class="notice notice-warn">
            <p>
                "Your profile from Microsoft Graph is not available right now. Everything else works, and this page "
                "shows what your ID token says. " {when}
            </p>
            <a class="button" href=routes::ACCOUNT>
                "Try again"
            </a>
        </div>
    }
}

#[component]
fn MissingNotice(
    what: Missing,
    /// Whether the provider was asked for it a moment ago.
    asked: bool,
) -> impl IntoView {
    let (why, label) = match what {
        Missing::Claims => {
            ("Your organization asks you to sign in again before it shows your profile.", "Sign in again")
        }
        Missing::Consent => (
            "Rolecall does not have permission to read your profile yet. You or an administrator can grant it.",
            "Grant permission",
        ),
        Missing::Token => ("The permission to read your profile has expired.", "Sign in again"),
    };
    let still_missing = match what {
        Missing::Claims => {
            "You signed in again a moment ago, but Microsoft Graph still asks for more. A policy of your organization \
             may block this. Tell an administrator that Microsoft Graph answers with a claims challenge."
        }
        Missing::Consent => {
            "You were at the provider a moment ago, but the permission was not granted. An administrator has to grant \
             the permission User.Read to this application."
        }
        Missing::Token => {
            "You signed in a moment ago, but Microsoft Graph still rejects the access token. Tell an administrator: the \
             scopes of this provider may lack User.Read."
        }
    };
    let label = if asked { "Try again" } else { label };

    view! {
        <div class="notice notice-warn">
            <p>{if asked { still_missing } else { why }}</p>
            // A link, because `form-action` would block a form if the provider redirects to other hosts.
            <a class="button" href=routes::ACCOUNT_ASK_PROVIDER>
                {label}
            </a>
        </div>
    }
}
