//! What problem pages say.

use rolecall_model::{AppError, RoleGrant, Viewer};
use rolecall_sign_in::{Denied, Explanation};

use crate::pages::problem::{NoteDraft, Problem, ProblemAction, ProblemTarget};
use crate::routes;

/// The page of `error`.
pub fn app_problem(error: &AppError, viewer: &Viewer) -> Problem {
    if let (AppError::Forbidden { .. }, Some(grant)) = (error, &viewer.ask_for) {
        return no_role(grant);
    }
    let home = get("To the front page", routes::HOME.to_owned());
    let (title, advice, actions): (_, Vec<String>, _) = match error {
        AppError::SignedOut => ("You are signed out", vec![], vec![get("Sign in", routes::SIGN_IN.to_owned()), home]),
        AppError::Forbidden { needed } => (
            "Your role does not open this page",
            vec![format!("Ask an administrator for the role {needed}, then sign out and in again.")],
            vec![home, ProblemAction { label: "Sign out".to_owned(), target: ProblemTarget::SignOut }],
        ),
        AppError::StepUp { .. } => (
            "Sign in again to go on",
            vec![
                "Sign in again at your provider.".to_owned(),
                "If you just did: an administrator must make the provider ask you, and say when it did (`auth_time`)."
                    .to_owned(),
            ],
            viewer
                .step_up
                .as_ref()
                .map(|step_up| get("Sign in again", routes::sign_in_again(&step_up.provider, routes::HOME)))
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
        AppError::HeadTooLarge => (
            "This request is too large",
            vec![
                "Delete the cookies of this site in your browser, then sign in again.".to_owned(),
                "If the address is very long, open the page from the front page instead.".to_owned(),
            ],
            vec![home],
        ),
        AppError::TooManyRequests { .. } => {
            ("Too many requests", vec!["Wait a moment, then try again.".to_owned()], vec![home])
        }
        AppError::NoteConflict { slug, .. } => (
            "Somebody else saved this note",
            vec![],
            vec![get("Keep the text that was saved", routes::dashboard(slug))],
        ),
        AppError::SignIn { .. } => ("You are not signed in", vec![], vec![home]),
        AppError::NotVouchedFor
        | AppError::Unavailable { .. }
        | AppError::Unreachable
        | AppError::AppDown { .. }
        | AppError::AppTooSlow { .. } => {
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

/// The page that tells `explanation`, without a way on.
pub fn explained(explanation: Explanation) -> Problem {
    let Explanation { status, title, message, advice, details, .. } = explanation;
    Problem {
        status,
        title: title.to_owned(),
        message: message.into_owned(),
        advice: advice.into_iter().map(ToOwned::to_owned).collect(),
        details: details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        actions: vec![],
        draft: None,
    }
}

/// The page of a browser that does not know the address any more that it was to go on to.
pub fn not_kept() -> Problem {
    let actions = vec![get("To the front page", routes::HOME.to_owned())];
    Problem { actions, ..explained(Explanation::not_kept()) }
}

/// The page of an address that is too long to come back to. `sign_in` leads to the sign-in without it.
pub fn too_long(sign_in: ProblemAction) -> Problem {
    Problem { actions: vec![sign_in], ..explained(Explanation::too_long()) }
}

/// Why a form could not be taken any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsaved {
    /// The session had ended.
    SignedOut,
    /// The person had authenticated too long ago.
    NotRecent,
}

impl From<Denied> for Unsaved {
    fn from(denied: Denied) -> Self {
        if denied == Denied::SignedOut { Self::SignedOut } else { Self::NotRecent }
    }
}

/// Says that a form came too late, and gives back what was `written` in it. `sign_in` leads to the sign-in and back to the
/// form.
pub fn unsaved(why: Unsaved, sign_in: String, written: Option<String>) -> Problem {
    let (title, message) = match why {
        Unsaved::SignedOut => ("You were signed out", "Nothing was saved, because you are no longer signed in."),
        Unsaved::NotRecent => ("Sign in again", "Nothing was saved, because this needs a recent sign-in."),
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

fn no_role(grant: &RoleGrant) -> Problem {
    let values = grant.values().join(", ");
    Problem {
        status: 403,
        title: "You have no role yet".to_owned(),
        message: "You are signed in, but no role was assigned to your account, so nothing here is open to you yet."
            .to_owned(),
        advice: vec![format!("Ask an administrator to {}{values}, then sign out and in again.", grant.request())],
        details: vec![("Ask for".to_owned(), values)],
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

/// A link of a problem page.
pub fn get(label: &str, href: String) -> ProblemAction {
    ProblemAction { label: label.to_owned(), target: ProblemTarget::Get(href) }
}
