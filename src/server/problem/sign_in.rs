//! The problem pages of sign-ins: one that failed, and one that is not begun again by itself.

use axum::response::Response;
use rolecall_sign_in::provider::Provider;
use rolecall_sign_in::web::loop_breaker::MAX_IN_A_ROW;
use rolecall_sign_in::web::{FailedSignIn, NotSignedIn, login_again};
use rolecall_sign_in::{Prompt, ReturnTo};

use crate::pages::problem::{Problem, ProblemAction, ProblemTarget};
use crate::routes;
use crate::server::problem::{Facts, get, page};
use crate::server::state::AppState;

/// The page of a sign-in at `provider_id` that came to nothing.
pub fn not_signed_in(state: &AppState, facts: &Facts, provider_id: &str, why: NotSignedIn) -> Response {
    match why {
        NotSignedIn::Failed(sign_in) => failed(state, facts, provider_id, sign_in),
        NotSignedIn::Stopped { return_to } => stopped(state, facts, provider_id, &return_to),
        NotSignedIn::SignedOut { asked_for } => signed_out(state, facts, asked_for),
    }
}

fn failed(state: &AppState, facts: &Facts, provider_id: &str, sign_in: FailedSignIn) -> Response {
    let FailedSignIn { explanation, return_to, prompt, in_a_row } = sign_in;
    page(&state.problem_pages, facts, |_| {
        let mut actions = vec![];
        let (mut message, mut advice) = (explanation.message.into_owned(), explanation.advice);
        let mut details: Vec<_> =
            explanation.details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        if let Some(provider) = state.auth.provider(provider_id) {
            if explanation.another_account {
                let href = login_again(provider_id, return_to.as_ref(), Some(Prompt::SelectAccount));
                actions.push(get("Use another account", href));
            }
            if in_a_row >= MAX_IN_A_ROW {
                message.push_str(" It was the third time in a row.");
                advice.push(STOPPED_ADVICE);
                actions = vec![deliberately(provider, return_to.as_ref())];
            } else {
                actions.push(get("Try again", login_again(provider_id, return_to.as_ref(), prompt)));
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
                414 => "This address is too long".to_owned(),
                503 => "Signing in does not work right now".to_owned(),
                404 => "There is no such provider".to_owned(),
                // Their name stands on the page.
                _ if facts.is_signed_in() => "You were not signed in again".to_owned(),
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

fn stopped(state: &AppState, facts: &Facts, provider_id: &str, return_to: &ReturnTo) -> Response {
    let again = state.auth.provider(provider_id).map(|provider| deliberately(provider, Some(return_to)));
    page(&state.problem_pages, facts, |_| Problem {
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

/// The page of a browser in which a sign-out holds; `asked_for` is the link that begins a sign-in all the same.
pub fn signed_out(state: &AppState, facts: &Facts, asked_for: String) -> Response {
    page(&state.problem_pages, facts, |_| Problem {
        status: 401,
        title: "You signed out".to_owned(),
        message: "You signed out in this browser. To see this page, sign in again.".to_owned(),
        actions: vec![get("Sign in", asked_for), get("To the front page", routes::HOME.to_owned())],
        ..Problem::default()
    })
}

/// The link that begins again at `provider_id`, for the page that the person wanted.
pub fn try_again(provider_id: &str, return_to: Option<&ReturnTo>) -> ProblemAction {
    get("Try again", login_again(provider_id, return_to, None))
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
