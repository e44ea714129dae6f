//! The content of our pages on the host of an app: their links lead only to pages that exist there.

use rolecall_apps::UpstreamApp;
use rolecall_apps::hosts::EnterError;
use rolecall_routes as routes;
use rolecall_sign_in::{Explanation, ReturnTo};
use rolecall_ui::problem::{Problem, ProblemAction, ProblemTarget};
use url::Url;

use super::address;
use crate::problem;

/// The page about a failed hand-over.
pub fn not_entered(app: &UpstreamApp, error: &EnterError, page: Option<&ReturnTo>, public_url: &Url) -> Problem {
    let (message, advice) = match error {
        EnterError::Malformed => ("This address is not complete.", vec![]),
        EnterError::NoAttemptCookie => (
            "Your browser did not send the cookie that belongs to this address, so Rolecall cannot check that you asked to \
             open the app.",
            vec!["Allow cookies for this address.", "Start in the browser that you want to use."],
        ),
        EnterError::Unknown => {
            ("This address was used already: it works once. If you see the app in another tab, go on there.", vec![])
        }
        EnterError::Expired => {
            ("It took more than a minute to get here, and the address is valid for one minute only.", vec![])
        }
        EnterError::OtherApp => ("This address was made for another app.", vec![]),
        EnterError::OtherBrowser => ("This address was made for another browser.", vec![]),
        EnterError::SignedOut => ("You were signed out.", vec![]),
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
        actions: vec![open(app, page, public_url), home()],
        ..Problem::default()
    }
}

/// The page for a browser that has lost the long address of the page that it wanted.
pub fn not_kept(app: &UpstreamApp, public_url: &Url) -> Problem {
    let actions = vec![open(app, None, public_url), home()];
    Problem { actions, ..problem::explained(Explanation::not_kept()) }
}

/// The page about an address that is too long to return to.
pub fn too_long(app: &UpstreamApp) -> Problem {
    problem::too_long(get(format!("Sign in to {}", app.title), routes::APP_BEGIN.to_owned()))
}

/// The link to the requested `page` of the app, or to its first one.
fn open(app: &UpstreamApp, page: Option<&ReturnTo>, public_url: &Url) -> ProblemAction {
    let home_url = app.home_url(public_url);
    let target = page.and_then(|page| home_url.join(page.as_str()).ok()).unwrap_or(home_url);
    get(format!("Open {}", app.title), target.to_string())
}

/// The page for a browser that is not redirected automatically again.
pub fn stopped(page: &ReturnTo) -> Problem {
    let actions = vec![get("Try once more".to_owned(), address::begin(page)), home()];
    Problem { actions, ..problem::explained(Explanation::stopped()) }
}

/// The page that asks for confirmation to sign out.
pub fn ask_to_sign_out(app: &UpstreamApp) -> Problem {
    Problem {
        status: 200,
        title: "Sign out?".to_owned(),
        message: format!("This signs you out of {} and of everything else here.", app.title),
        advice: vec![],
        details: vec![],
        actions: vec![ProblemAction { label: "Sign out".to_owned(), target: ProblemTarget::SignOutOnHost }, home()],
        ..Problem::default()
    }
}

fn home() -> ProblemAction {
    get("To the front page".to_owned(), routes::HOME.to_owned())
}

const fn get(label: String, href: String) -> ProblemAction {
    ProblemAction { label, target: ProblemTarget::Get(href) }
}
