//! The problem pages (400, 401, 403, 404, 429, 500, 503): what happened, and what to do next.
//!
//! They contain only plain links and forms: no islands, and nothing else that could fail again.

use leptos::prelude::*;
use rolecall_model::Role;
use rolecall_model::panels::{NOTE_MAX_CHARS, Note};
use rolecall_routes as routes;

use crate::components::note_text::{NoteQuote, textarea_html};
use crate::components::number::grouped;
use crate::components::sign_in::{SignInForm, SignOutButton};
use crate::components::time::Moment;

/// The content of a problem page, shown as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status (RFC 9110, section 15).
    pub status: u16,
    /// The problem in a few words.
    pub title: String,
    pub message: String,
    /// What to do next, one sentence each.
    pub advice: Vec<String>,
    /// Names and values that help an administrator, such as the request id.
    pub details: Vec<(String, String)>,
    /// Links and buttons to continue, the best first.
    pub actions: Vec<ProblemAction>,
    /// A note that could not be saved.
    pub draft: Option<NoteDraft>,
    /// A role that the person can request.
    pub role_wish: Option<RoleWish>,
}

/// A role that the person can request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleWish {
    pub role: Role,
    /// The path of the page that needs it.
    pub page: Option<String>,
    /// When they requested it, Unix milliseconds (UTC), if it is pending.
    pub waiting_since_ms: Option<i64>,
}

/// A link or button to continue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemAction {
    /// The text of the link or button; a sign-in names the provider here.
    pub label: String,
    /// Where it goes.
    pub target: ProblemTarget,
}

/// The target of a [`ProblemAction`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemTarget {
    /// One of our pages.
    Get(String),
    /// A sign-in, begun by a form; its button says "Sign in with" and the label.
    SignIn {
        /// The id of the provider.
        provider: String,
        /// The page to return to after signing in.
        return_to: Option<String>,
    },
    SignOut,
    /// Signing out on the host of an app.
    SignOutOnHost,
}

/// A note that another person saved in the meantime, and the text that could not be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteDraft {
    /// The name of the dashboard in paths.
    pub slug: String,
    /// The id of the panel with the note.
    pub panel: String,
    /// The text that the person wanted to save.
    pub draft: String,
    /// The current note.
    pub current: Note,
}

#[component]
pub fn ProblemPage(problem: Problem) -> impl IntoView {
    let Problem { status, title, message, advice, details, actions, draft, role_wish } = problem;
    // Only one button is highlighted.
    let has_wish = role_wish.is_some();
    let actions = actions.into_iter().enumerate().map(|(at, action)| action_view(action, at == 0 && !has_wish));
    let actions = actions.collect_view();

    view! {
        <section class="hero">
            {(status >= 400).then(|| view! { <p class="problem-status">"Error " {status}</p> })}
            <h1 dir="auto">{title}</h1>
            <p class="lead" dir="auto">
                {message}
            </p>
            {(!advice.is_empty()).then(|| view! { <Advice sentences=advice/> })}
            {draft.map(|draft| view! { <DraftForm draft/> })}
            {role_wish.map(|wish| view! { <RoleWishForm wish/> })}
            <div class="actions">{actions}</div>
            {(!details.is_empty()).then(|| view! { <Details details/> })}
        </section>
    }
}

/// The form to request a role, or a note that it was requested.
#[component]
fn RoleWishForm(wish: RoleWish) -> impl IntoView {
    let RoleWish { role, page, waiting_since_ms } = wish;
    if let Some(ms) = waiting_since_ms {
        return view! {
            <p role="status" data-waits-for=role.name()>
                "You asked for the role " {role.name()} " on " <Moment ms/> ". No administrator has answered yet: "
                <a href=routes::ACCOUNT_REQUESTS>"your requests"</a> "."
            </p>
        }
        .into_any();
    }
    view! {
        <form class="card fields" method="post" action=routes::API_REQUEST_ACCESS>
            <h2>"Request access"</h2>
            <input type="hidden" name="role" value=role.key()/>
            {page.map(|page| view! { <input type="hidden" name="page" value=page/> })}
            <div>
                <label for="request-reason">"What do you need the role " {role.name()} " for?"</label>
                <input id="request-reason" name="reason" required maxlength="300" dir="auto" autocomplete="off"/>
            </div>
            <p class="muted">"An administrator reads this and decides. You see the answer on the page of your account."</p>
            <button class="button button-primary" type="submit">
                "Request access"
            </button>
        </form>
    }
    .into_any()
}

/// What to do next.
#[component]
fn Advice(sentences: Vec<String>) -> impl IntoView {
    let sentences = sentences.into_iter().map(|sentence| view! { <li dir="auto">{sentence}</li> }).collect_view();

    view! {
        <h2>"What you can do"</h2>
        <ul>{sentences}</ul>
    }
}

/// Names and values that help an administrator.
#[component]
fn Details(details: Vec<(String, String)>) -> impl IntoView {
    let details = details
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>
                        <code>
                            <bdi>{value}</bdi>
                        </code>
                    </dd>
                </div>
            }
        })
        .collect_view();

    view! { <dl class="facts problem-details">{details}</dl> }
}

/// A link, or a form if the action changes something. The best action is highlighted.
fn action_view(action: ProblemAction, is_best: bool) -> AnyView {
    let ProblemAction { label, target } = action;
    match target {
        ProblemTarget::Get(href) => view! {
            <a class=if is_best { "button button-primary" } else { "button" } href=href>
                <bdi>{label}</bdi>
            </a>
        }
        .into_any(),
        ProblemTarget::SignIn { provider, return_to } => {
            view! { <SignInForm provider name=label return_to/> }.into_any()
        }
        ProblemTarget::SignOut => view! { <SignOutButton/> }.into_any(),
        ProblemTarget::SignOutOnHost => view! { <SignOutButton action=routes::APP_SIGN_OUT/> }.into_any(),
    }
}

/// Both texts of a note, and the form that saves the draft over the current one.
#[component]
fn DraftForm(draft: NoteDraft) -> impl IntoView {
    let NoteDraft { slug, panel, draft, current } = draft;
    let version = current.version;

    view! {
        <div class="card draft">
            <h2>"The saved text"</h2>
            <NoteQuote note=current/>
            <h2>"Your text"</h2>
            <form method="post" action=routes::API_SAVE_NOTE>
                <input type="hidden" name="slug" value=slug/>
                <input type="hidden" name="panel" value=panel/>
                <input type="hidden" name="version" value=version/>
                <label for="note-body">"Copy what you need into your text, then save. Saving replaces the text above."</label>
                <textarea
                    id="note-body"
                    name="body"
                    rows="8"
                    dir="auto"
                    autocomplete="off"
                    aria-describedby="note-count"
                    inner_html=textarea_html(&draft)
                ></textarea>
                <p class="muted note-count" id="note-count">
                    "At most " {grouped(NOTE_MAX_CHARS as u64)} " characters"
                </p>
                <button class="button button-primary" type="submit">
                    "Save note"
                </button>
            </form>
        </div>
    }
}
