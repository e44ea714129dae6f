//! The problem pages of sign-ins: one that failed, and one that is not begun again automatically. The sign-in crate has
//! their texts.

use axum::response::Response;
use rolecall_routes as routes;
use rolecall_sign_in::provider::Provider;
use rolecall_sign_in::session::SignedOutBy;
use rolecall_sign_in::web::loop_breaker::MAX_IN_A_ROW;
use rolecall_sign_in::web::{FailedSignIn, NotSignedIn, login_again};
use rolecall_sign_in::{Auth, Explanation, ReturnTo};
use rolecall_ui::problem::{Problem, ProblemAction, ProblemTarget};

use crate::problem::{PageContext, ProblemPages, explained, get, page};

/// The page of a sign-in at `provider_id` that failed.
pub fn not_signed_in(
    auth: &Auth,
    problem_pages: &ProblemPages,
    context: &PageContext,
    provider_id: &str,
    why: NotSignedIn,
) -> Response {
    match why {
        NotSignedIn::Failed(sign_in) => failed(auth, problem_pages, context, provider_id, sign_in),
        NotSignedIn::Stopped { return_to } => stopped(auth, problem_pages, context, provider_id, &return_to),
        NotSignedIn::SignedOut { asked_for, by } => signed_out(problem_pages, context, asked_for, by),
    }
}

fn failed(
    auth: &Auth,
    problem_pages: &ProblemPages,
    context: &PageContext,
    provider_id: &str,
    sign_in: FailedSignIn,
) -> Response {
    let links = sign_in.links(provider_id);
    let FailedSignIn { mut explanation, return_to, in_a_row, .. } = sign_in;
    if context.is_signed_in() {
        explanation = explanation.beside_sign_in();
    }
    let provider = auth.provider(provider_id);
    let mut actions = match provider {
        Some(provider) if in_a_row >= MAX_IN_A_ROW => {
            explanation = explanation.third_in_a_row();
            vec![deliberately(provider, return_to.as_ref())]
        }
        Some(_) => links.into_iter().map(|(label, href)| get(label, href)).collect(),
        None => vec![],
    };
    actions.push(get("To the front page", routes::HOME.to_owned()));
    page(problem_pages, context, |_| {
        let mut problem = explained(explanation);
        // Support compares it with the registered one.
        if let Some(provider) = provider.filter(|_| !problem.details.is_empty()) {
            problem.details.push(("Our redirect URI".to_owned(), provider.redirect_uri.to_string()));
        }
        Problem { actions, ..problem }
    })
}

fn stopped(
    auth: &Auth,
    problem_pages: &ProblemPages,
    context: &PageContext,
    provider_id: &str,
    return_to: &ReturnTo,
) -> Response {
    let again = auth.provider(provider_id).map(|provider| deliberately(provider, Some(return_to)));
    page(problem_pages, context, |_| {
        let actions = again.into_iter().chain([get("To the front page", routes::HOME.to_owned())]).collect();
        Problem { actions, ..explained(Explanation::stopped()) }
    })
}

/// The page of a browser in which a sign-out holds, brought about `by` somebody; `asked_for` is the link that begins a
/// sign-in all the same.
pub fn signed_out(problem_pages: &ProblemPages, context: &PageContext, asked_for: String, by: SignedOutBy) -> Response {
    page(problem_pages, context, |_| Problem {
        actions: vec![get("Sign in", asked_for), get("To the front page", routes::HOME.to_owned())],
        ..explained(Explanation::signed_out(by))
    })
}

/// The link that begins again at `provider_id`, with the page that the person wanted.
pub fn try_again(provider_id: &str, return_to: Option<&ReturnTo>) -> ProblemAction {
    get("Try again", login_again(provider_id, return_to, None))
}

/// The button that always begins again at `provider`, even after failures: a person has to press it.
fn deliberately(provider: &Provider, return_to: Option<&ReturnTo>) -> ProblemAction {
    ProblemAction {
        label: provider.config.display_name.clone(),
        target: ProblemTarget::SignIn {
            provider: provider.config.id.clone(),
            return_to: return_to.map(ToString::to_string),
        },
    }
}
