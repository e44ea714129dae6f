//! The person's profile: a picture or initials, what is known of them, and what to do where Graph does not show it.

use leptos::prelude::*;
use rolecall_model::account::{Account, KnownProfile, Missing, Profile, initials};

use crate::routes;

/// The picture and what is known of the person: what Graph says, and what the token says where that is nothing.
#[component]
pub fn ProfileCard(
    /// What we know.
    account: Account,
    /// What Graph says.
    profile: Profile,
) -> impl IntoView {
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

/// One thing that is known.
#[component]
fn Fact(
    /// What it is.
    term: &'static str,
    /// Its value.
    value: String,
) -> impl IntoView {
    view! {
        <div>
            <dt>{term}</dt>
            <dd dir="auto">{value}</dd>
        </div>
    }
}

/// The picture, over initials that are seen where there is none.
#[component]
fn Avatar(
    /// The person's name.
    name: String,
    /// Whether there is a picture.
    has_photo: bool,
) -> impl IntoView {
    // The name stands beside it: to whoever hears the page, a picture of it adds nothing.
    view! {
        <div class="avatar" aria-hidden="true">
            <span>{initials(&name)}</span>
            {has_photo.then(|| view! { <img src=routes::ACCOUNT_PHOTO alt="" width="96" height="96"/> })}
        </div>
    }
}

/// Why Graph does not show the profile, and the way on. Nothing where it does.
#[component]
fn ProfileNotice(
    /// What Graph says.
    profile: Profile,
) -> impl IntoView {
    match profile {
        Profile::Known(_) => ().into_any(),
        Profile::NotOffered => view! {
            <p class="muted">"This provider has no further profile. You see what it told Rolecall when you signed in."</p>
        }
        .into_any(),
        Profile::Unavailable { seconds } => view! { <UnavailableNotice seconds/> }.into_any(),
        Profile::Missing { what, asked } => view! { <MissingNotice what asked/> }.into_any(),
    }
}

/// Graph does not answer as it should.
#[component]
fn UnavailableNotice(
    /// How long Graph wants to be left alone.
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
            <a class="button" rel="external" href=routes::ACCOUNT>
                "Try again"
            </a>
        </div>
    }
}

/// The provider has to be asked for something.
#[component]
fn MissingNotice(
    /// For what.
    what: Missing,
    /// Whether it was asked a moment ago.
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
    let in_vain = match what {
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
            <p>{if asked { in_vain } else { why }}</p>
            // A link: where the provider sends the browser on to others, a form may not follow.
            <a class="button" rel="external" href=routes::ACCOUNT_ASK_PROVIDER>
                {label}
            </a>
        </div>
    }
}
