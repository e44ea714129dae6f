//! Problem pages, and the same problems for programs.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use leptos::prelude::{Owner, RenderHtml as _};

use super::loop_breaker::MAX_IN_A_ROW;
use super::state::AppState;
use crate::app::problem_document;
use crate::auth::guard::CurrentSignIn;
use crate::auth::provider::Provider;
use crate::auth::{Explanation, ReturnTo};
use crate::error::AppError;
use crate::identity::Viewer;
use crate::pages::problem::{NoteDraft, Problem, ProblemAction, ProblemTarget};
use crate::request_id::RequestId;
use crate::routes;

/// Whether a browser asks for a page to show, not a script for data.
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accepts_html = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let mode = headers.get("sec-fetch-mode").and_then(|mode| mode.to_str().ok());
    accepts_html && mode.is_none_or(|mode| mode == "navigate")
}

/// Answers `request` with `error`: as a page for a navigation, otherwise as JSON that the client's server functions
/// read as an [`AppError`].
pub fn refuse(state: &AppState, request: &Request, error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if !wants_page(request.headers()) {
        return (status, Json(error)).into_response();
    }
    page(state, &Facts::of(request), |facts| app_problem(error, facts, state))
}

/// What a problem page says of the request.
pub struct Facts {
    request_id: String,
    sign_in: Option<CurrentSignIn>,
}

impl Facts {
    /// The facts of `request`.
    pub fn of(request: &Request) -> Self {
        let extensions = request.extensions();
        let request_id = extensions.get::<RequestId>().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        Self { request_id, sign_in: extensions.get::<CurrentSignIn>().cloned() }
    }
}

/// The page of the problem that `problem` makes of the facts.
pub fn page(state: &AppState, facts: &Facts, problem: impl FnOnce(&Facts) -> Problem) -> Response {
    let viewer = state.viewer(facts.sign_in.as_ref());
    let mut problem = problem(facts);
    problem.details.push(("Request id".to_owned(), facts.request_id.clone()));
    render(state, viewer, problem)
}

fn render(state: &AppState, viewer: Viewer, problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let owner = Owner::new();
    let html = owner.with(|| problem_document(state.shell_assets.clone(), viewer, problem).to_html());
    (status, super::headers::page_policy(state, None), Html(html)).into_response()
}

/// A sign-in that failed, and what is known of it.
pub struct FailedSignIn {
    /// What the person is told.
    pub explanation: Explanation,
    /// Where the person wanted to go, when that is known.
    pub return_to: Option<ReturnTo>,
    /// How many came to nothing in a row, this one included.
    pub in_a_row: u8,
}

/// The page of a sign-in at `provider_id` that failed.
pub fn sign_in_failed(state: &AppState, facts: &Facts, provider_id: &str, failed: FailedSignIn) -> Response {
    page(state, facts, |_| {
        let FailedSignIn { explanation, return_to, in_a_row } = failed;
        let mut actions = vec![];
        let (mut message, mut advice) = (explanation.message.to_owned(), explanation.advice);
        let mut details: Vec<_> =
            explanation.details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        if let Some(provider) = state.auth.provider(provider_id) {
            if explanation.another_account {
                let href = login_again(provider_id, return_to.as_ref(), Some("select_account"));
                actions.push(get("Use another account", href));
            }
            if in_a_row >= MAX_IN_A_ROW {
                message.push_str(" It was the third time in a row.");
                advice.push(STOPPED_ADVICE);
                actions = vec![deliberately(provider, return_to.as_ref())];
            } else {
                actions.push(try_again(provider_id, return_to.as_ref()));
            }
            // Who is asked for help compares it with what is registered.
            if !details.is_empty() {
                details.push(("Our redirect URI".to_owned(), provider.redirect_uri.to_string()));
            }
        }
        actions.push(get("To the front page", routes::HOME.to_owned()));
        Problem {
            status: explanation.status,
            title: match explanation.status {
                503 => "Signing in does not work right now".to_owned(),
                404 => "There is no such provider".to_owned(),
                _ => "You are not signed in".to_owned(),
            },
            message,
            advice: advice.into_iter().map(ToOwned::to_owned).collect(),
            details,
            actions,
            draft: None,
        }
    })
}

const STOPPED_ADVICE: &str = "Change something before you try once more: the same again will end in the same way. An \
                              administrator finds out more with what is below.";

/// The page of a browser that is not sent to the provider `provider_id` again by itself.
pub fn sign_in_stopped(state: &AppState, facts: &Facts, provider_id: &str, return_to: &ReturnTo) -> Response {
    let again = state.auth.provider(provider_id).map(|provider| deliberately(provider, Some(return_to)));
    page(state, facts, |_| Problem {
        status: 400,
        title: "Signing in does not hold".to_owned(),
        message: "Three sign-ins in a row ended, and still nobody is signed in here. So that your browser does not go \
                  back and forth for ever, it was stopped."
            .to_owned(),
        advice: vec![
            "Allow cookies for this address: without them, nobody can stay signed in.".to_owned(),
            "Open this address exactly as your administrator gave it to you: a cookie belongs to one host name."
                .to_owned(),
            "Then try once more. If it happens again, tell an administrator the request id below.".to_owned(),
        ],
        details: vec![],
        actions: again.into_iter().chain([get("To the front page", routes::HOME.to_owned())]).collect(),
        draft: None,
    })
}

/// The link that begins again at `provider_id`, for the page that the person wanted.
pub fn try_again(provider_id: &str, return_to: Option<&ReturnTo>) -> ProblemAction {
    get("Try again", login_again(provider_id, return_to, None))
}

fn login_again(provider_id: &str, return_to: Option<&ReturnTo>, prompt: Option<&str>) -> String {
    let return_to = return_to.filter(|target| **target != ReturnTo::home()).map(ReturnTo::as_str);
    let parameters = [("return_to", return_to), ("prompt", prompt)];
    let given: Vec<_> = parameters.iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect();
    let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
    let path = routes::login(provider_id);
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// The button that begins again at `provider` whatever came before: a person has to press it.
fn deliberately(provider: &Provider, return_to: Option<&ReturnTo>) -> ProblemAction {
    ProblemAction {
        label: provider.config.display_name.clone(),
        target: ProblemTarget::SignIn {
            provider: provider.config.id.clone(),
            return_to: return_to.map(ToString::to_string),
        },
    }
}

/// The page of `error`.
pub fn app_problem(error: &AppError, facts: &Facts, state: &AppState) -> Problem {
    let viewer = state.viewer(facts.sign_in.as_ref());
    let home = get("To the front page", routes::HOME.to_owned());
    let (title, advice, actions): (_, Vec<String>, _) = match error {
        AppError::SignedOut => ("You are signed out", vec![], vec![get("Sign in", routes::SIGN_IN.to_owned()), home]),
        AppError::Forbidden { .. } if !viewer.ask_for.is_empty() => return no_role(&viewer),
        AppError::Forbidden { needed } => (
            "Your role does not open this page",
            vec![format!("Ask an administrator for the role {needed}, then sign out and in again.")],
            vec![home, ProblemAction { label: "Sign out".to_owned(), target: ProblemTarget::SignOut }],
        ),
        AppError::StepUp { .. } => (
            "Prove anew who you are",
            vec![
                "Sign in again.".to_owned(),
                "If you just did: an administrator must make the provider ask you, and say when it did (`auth_time`)."
                    .to_owned(),
            ],
            viewer
                .step_up
                .map(|step_up| get("Sign in again", routes::prove_anew(&step_up.provider, routes::HOME)))
                .into_iter()
                .chain([home])
                .collect(),
        ),
        AppError::ForeignOrigin => ("This request was not made here", vec![], vec![home]),
        AppError::NotFound => (
            "There is no such page",
            vec!["Check the address.".to_owned(), "Start from the front page.".to_owned()],
            vec![home],
        ),
        AppError::Invalid { .. } => ("This cannot be used", vec!["Go back and change it.".to_owned()], vec![home]),
        AppError::TooLarge => ("This is too large", vec!["Go back and send less.".to_owned()], vec![home]),
        AppError::TooManyRequests { .. } => {
            ("Too many requests", vec!["Wait a moment, then try again.".to_owned()], vec![home])
        }
        AppError::NoteConflict { slug, .. } => (
            "This note was saved meanwhile",
            vec![],
            vec![get("Keep the text that was saved", routes::dashboard(slug))],
        ),
        AppError::SignIn { .. } => ("You are not signed in", vec![], vec![home]),
        AppError::NotVouchedFor | AppError::Unavailable { .. } | AppError::Unreachable => {
            ("This does not work right now", vec!["Try again in a moment.".to_owned()], vec![home])
        }
        AppError::Internal { .. } => (
            "Something went wrong on our side",
            vec!["Try again.".to_owned(), "If it happens again, tell an administrator the request id.".to_owned()],
            vec![home],
        ),
    };
    Problem {
        status: error.status(),
        title: title.to_owned(),
        message: error.to_string(),
        advice,
        details: vec![],
        actions,
        draft: note_draft(error),
    }
}

/// Why a form could not be taken any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsaved {
    /// The session had ended.
    SignedOut,
    /// The person had proved too long ago who they are.
    ProvedTooLongAgo,
}

/// Says that a form came too late, and gives back what was `written` in it. `sign_in` leads to the sign-in and back to the
/// form.
pub fn unsaved(why: Unsaved, sign_in: String, written: Option<String>) -> Problem {
    let (title, message) = match why {
        Unsaved::SignedOut => {
            ("You were signed out meanwhile", "Nothing was saved, because nobody is signed in here any more.")
        }
        Unsaved::ProvedTooLongAgo => {
            ("Prove anew who you are", "Nothing was saved, because it is a while since you proved who you are.")
        }
    };
    Problem {
        status: 401,
        title: title.to_owned(),
        message: message.to_owned(),
        advice: match written {
            Some(_) => vec!["Copy your text below, sign in, and save it again.".to_owned()],
            None => vec!["Sign in and try again.".to_owned()],
        },
        details: written.map(your_text).into_iter().collect(),
        actions: vec![get("Sign in", sign_in)],
        draft: None,
    }
}

/// What a person wrote, as a problem page gives it back.
pub fn your_text(written: String) -> (String, String) {
    ("Your text".to_owned(), written)
}

fn no_role(viewer: &Viewer) -> Problem {
    let what = match viewer.ask_for.as_slice() {
        [only] => format!("the app role {only}"),
        several => format!("one of these app roles: {}", several.join(", ")),
    };
    Problem {
        status: 403,
        title: "You have no role yet".to_owned(),
        message: "You are signed in, but no role was assigned to your account, so no dashboard is open to you."
            .to_owned(),
        advice: vec![format!("Ask an administrator to assign you {what}, then sign out and in again.")],
        details: vec![("Ask for".to_owned(), viewer.ask_for.join(", "))],
        actions: vec![
            get("What my token says", routes::ACCOUNT_TOKEN.to_owned()),
            ProblemAction { label: "Sign out".to_owned(), target: ProblemTarget::SignOut },
        ],
        draft: None,
    }
}

fn note_draft(error: &AppError) -> Option<NoteDraft> {
    match error {
        AppError::NoteConflict { slug, current, draft } => {
            Some(NoteDraft { slug: slug.clone(), draft: draft.clone(), current: current.clone() })
        }
        _ => None,
    }
}

fn get(label: &str, href: String) -> ProblemAction {
    ProblemAction { label: label.to_owned(), target: ProblemTarget::Get(href) }
}
