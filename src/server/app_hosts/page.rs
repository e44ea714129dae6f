//! Our pages on the host of an app: problem pages, without anything that leads into pages that are not there.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use leptos::prelude::{Owner, RenderHtml as _};
use rolecall_sign_in::ReturnTo;
use url::Url;

use super::address;
use crate::app::app_host_document;
use crate::apps::App;
use crate::apps::hosts::EnterError;
use crate::pages::problem::{Problem, ProblemAction, ProblemTarget};
use crate::routes;
use crate::server::headers;
use crate::server::problem;
use crate::server::state::AppState;

/// The answer with the page of `problem`. What leads to a page of ours leads to our own host from here.
pub fn render(state: &AppState, problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let public_url = &state.config.auth.public_url;
    let actions = problem.actions.into_iter().filter_map(|action| moved(action, public_url)).collect();
    let problem = Problem { actions, draft: None, ..problem };
    let assets = state.shell_assets.clone().below(routes::APP_RESERVED.trim_end_matches('/'));
    let html = Owner::new().with(|| app_host_document(assets, public_url.to_string(), problem).to_html());
    (status, headers::app_host_policy(state), Html(html)).into_response()
}

/// The way on as it is written on another host: paths are ours unless they are below our prefix.
fn moved(action: ProblemAction, public_url: &Url) -> Option<ProblemAction> {
    let target = match action.target {
        ProblemTarget::Get(href) if href == routes::SIGN_IN || href.starts_with(routes::LOGIN_PREFIX) => {
            ProblemTarget::Get(routes::APP_BEGIN.to_owned())
        }
        ProblemTarget::Get(href) if href.starts_with(routes::APP_RESERVED) => ProblemTarget::Get(href),
        ProblemTarget::Get(href) => ProblemTarget::Get(public_url.join(&href).ok()?.to_string()),
        ProblemTarget::SignOut | ProblemTarget::SignOutOnHost => ProblemTarget::SignOutOnHost,
        ProblemTarget::SignIn { .. } => return None,
    };
    Some(ProblemAction { target, ..action })
}

/// The page of a hand-over that did not end well.
pub fn not_entered(app: &App, error: &EnterError, page: Option<&ReturnTo>, state: &AppState) -> Problem {
    let (message, advice) = match error {
        EnterError::Malformed => ("This address is not complete.", vec![]),
        EnterError::NoAttemptCookie => (
            "Your browser did not send the cookie that belongs to this address, so nobody can tell that it was you who \
             wanted to come here.",
            vec!["Allow cookies for this address.", "Begin in the browser in which you want to work."],
        ),
        EnterError::Unknown => {
            ("This address was used already: it works once. If you see the app in another tab, go on there.", vec![])
        }
        EnterError::Expired => {
            ("It took more than a minute to get here, and so this address does not work any more.", vec![])
        }
        EnterError::OtherApp => ("This address was made for another app.", vec![]),
        EnterError::OtherBrowser => ("This address was made for another browser.", vec![]),
        EnterError::SignedOut => ("You were signed out meanwhile.", vec![]),
        EnterError::Code(_) | EnterError::Session(_) => {
            ("It cannot be checked right now whether you are signed in.", vec!["Try again in a moment."])
        }
    };
    Problem {
        status: if error.is_temporary() { 503 } else { 400 },
        title: format!("{} was not opened", app.title),
        message: message.to_owned(),
        advice: advice.into_iter().map(ToOwned::to_owned).collect(),
        details: vec![],
        actions: vec![open(app, page, state), home()],
        draft: None,
    }
}

/// The page of a browser that has forgotten the long address to which it was to go on.
pub fn not_kept(app: &App, state: &AppState) -> Problem {
    let (title, message) = problem::NOT_KEPT;
    Problem {
        status: 400,
        title: title.to_owned(),
        message: message.to_owned(),
        advice: vec!["Open the link once more that led you here.".to_owned()],
        details: vec![],
        actions: vec![open(app, None, state), home()],
        draft: None,
    }
}

/// The page of an address that no sign-in leads back to.
pub fn too_long(app: &App) -> Problem {
    problem::too_long(get(format!("Sign in to {}", app.title), routes::APP_BEGIN.to_owned()))
}

/// The link to the `page` of the app that was wanted, or to its first one.
fn open(app: &App, page: Option<&ReturnTo>, state: &AppState) -> ProblemAction {
    let place = app.place(&state.config.auth.public_url);
    let target = page.and_then(|page| place.join(page.as_str()).ok()).unwrap_or(place);
    get(format!("Open {}", app.title), target.to_string())
}

/// The page of a browser that is not sent round once more by itself.
pub fn stopped(page: &ReturnTo) -> Problem {
    Problem {
        status: 400,
        title: "Your session does not hold here".to_owned(),
        message: "Three times in a row you were signed in here, and still nobody is. So that your browser does not go \
                  back and forth for ever, it was stopped."
            .to_owned(),
        advice: vec![
            "Allow cookies for this address: without them, nobody can stay signed in.".to_owned(),
            "Then try once more. If it happens again, tell an administrator the request id below.".to_owned(),
        ],
        details: vec![],
        actions: vec![get("Try once more".to_owned(), address::begin(page)), home()],
        draft: None,
    }
}

/// The page that asks whether to sign out.
pub fn ask_to_sign_out(app: &App) -> Problem {
    Problem {
        status: 200,
        title: "Sign out?".to_owned(),
        message: format!("This signs you out of {} and of everything else here.", app.title),
        advice: vec![],
        details: vec![],
        actions: vec![ProblemAction { label: "Sign out".to_owned(), target: ProblemTarget::SignOutOnHost }, home()],
        draft: None,
    }
}

fn home() -> ProblemAction {
    get("To the front page".to_owned(), routes::HOME.to_owned())
}

const fn get(label: String, href: String) -> ProblemAction {
    ProblemAction { label, target: ProblemTarget::Get(href) }
}
