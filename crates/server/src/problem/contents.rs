//! The content of problem pages.

use rolecall_model::{AppError, RoleGrant, Viewer};
use rolecall_routes as routes;
use rolecall_sign_in::{Denied, Explanation};
use rolecall_ui::components::viewer::nobody;
use rolecall_ui::problem::{NoteDraft, Problem, ProblemAction, ProblemTarget, RoleWish};

/// The page of `error`.
pub fn app_problem(error: &AppError, viewer: &Viewer) -> Problem {
    let role_wish = role_wish(error, viewer);
    if let (AppError::Forbidden { .. }, Some(grant)) = (error, &viewer.ask_for) {
        return Problem { role_wish, ..no_role(grant) };
    }
    let home = get("To the front page", routes::HOME.to_owned());
    let actions = match error {
        AppError::SignedOut => vec![get("Sign in", routes::SIGN_IN.to_owned()), home],
        AppError::Forbidden { .. } => {
            vec![home, ProblemAction { label: "Sign out".to_owned(), target: ProblemTarget::SignOut }]
        }
        AppError::StepUp { provider, .. } => {
            let provider = viewer.step_up.as_ref().map(|step_up| &step_up.provider).or(Some(provider));
            let again = provider.filter(|id| !id.is_empty()).map(|id| sign_in_again(id, routes::HOME));
            again.into_iter().chain([home]).collect()
        }
        AppError::NotOwner { page, .. } => vec![get("Look at it", page.clone()), home],
        AppError::NoteConflict { slug, .. } => vec![get("Keep the text that was saved", routes::dashboard(slug))],
        _ => vec![home],
    };
    Problem {
        status: error.status(),
        title: error.title().to_owned(),
        message: match error {
            AppError::Forbidden { .. } => format!("{error}{}", role_held(viewer)),
            _ => error.to_string(),
        },
        advice: match error {
            _ if role_wish.is_some() => vec![],
            AppError::Forbidden { .. } | AppError::NotOwner { .. } if viewer.view_as.is_some() => {
                vec!["Choose \u{201c}See everything again\u{201d} above to come back.".to_owned()]
            }
            _ => error.advice(),
        },
        details: vec![],
        actions,
        draft: note_draft(error),
        role_wish,
    }
}

/// The person's role, and where it comes from.
fn role_held(viewer: &Viewer) -> String {
    match (viewer.view_as, viewer.user.as_ref().and_then(|user| user.role)) {
        (Some(role), _) => format!(" You see Rolecall as somebody with the role {role} does."),
        (None, Some(role)) if viewer.role_given_here => {
            format!(" You have the role {role}, which an administrator gave you here.")
        }
        (None, Some(role)) => format!(" You have the role {role}, which your provider gave you."),
        (None, None) => String::new(),
    }
}

/// The role that the person can request, if one is missing. Not if they only view with a lower role.
fn role_wish(error: &AppError, viewer: &Viewer) -> Option<RoleWish> {
    let AppError::Forbidden { needed } = error else { return None };
    let can_ask = viewer.user.is_some() && viewer.view_as.is_none();
    can_ask.then_some(RoleWish { role: *needed, page: None, waiting_since_ms: None })
}

/// The page for `explanation`, without links.
pub fn explained(explanation: Explanation) -> Problem {
    let Explanation { status, title, message, advice, ask_administrator, details, .. } = explanation;
    let ask = ask_administrator.then_some("If it happens again, tell an administrator the request id below.");
    Problem {
        status,
        title: title.to_owned(),
        message: message.into_owned(),
        advice: advice.into_iter().chain(ask).map(ToOwned::to_owned).collect(),
        details: details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        actions: vec![],
        ..Problem::default()
    }
}

/// The page for a browser that has lost the address to which it was to continue.
pub fn not_kept() -> Problem {
    let actions = vec![get("To the front page", routes::HOME.to_owned())];
    Problem { actions, ..explained(Explanation::not_kept()) }
}

/// The page for a person who is not signed in, if no redirect is allowed. `sign_in` leads back to the requested page.
pub fn not_signed_in(sign_in: String) -> Problem {
    Problem {
        title: "You are not signed in".to_owned(),
        message: "This page shows what your provider says about you. Sign in to see it.".to_owned(),
        actions: vec![get("Sign in", sign_in), get("To the front page", routes::HOME.to_owned())],
        ..app_problem(&AppError::SignedOut, &nobody())
    }
}

/// The page about an address that is too long to return to. `sign_in` leads to the sign-in without it.
pub fn too_long(sign_in: ProblemAction) -> Problem {
    Problem { actions: vec![sign_in], ..explained(Explanation::too_long()) }
}

/// Why a form came too late.
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

/// The page about a form that came too late, with what was `typed` into it, by field name. `sign_in` leads to the
/// sign-in and back to the form.
pub fn unsaved(why: Unsaved, sign_in: String, typed: Vec<(String, String)>) -> Problem {
    let (title, message) = match why {
        Unsaved::SignedOut => ("You were signed out", "Nothing was saved, because you are no longer signed in."),
        Unsaved::NotRecent => ("Sign in again", "Nothing was saved, because this needs a recent sign-in."),
    };
    Problem {
        status: 401,
        title: title.to_owned(),
        message: message.to_owned(),
        advice: if typed.is_empty() {
            vec!["Sign in and try again.".to_owned()]
        } else {
            vec!["Copy your text below, sign in, and save it again.".to_owned()]
        },
        details: typed,
        actions: vec![get("Sign in", sign_in)],
        ..Problem::default()
    }
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
        ..Problem::default()
    }
}

fn note_draft(error: &AppError) -> Option<NoteDraft> {
    match error {
        AppError::NoteConflict { slug, panel, current, draft } => Some(NoteDraft {
            slug: slug.clone(),
            panel: panel.clone(),
            draft: draft.clone(),
            current: (**current).clone(),
        }),
        _ => None,
    }
}

/// The link with which a person signs in again at `provider`, and returns to `page`.
pub fn sign_in_again(provider: &str, page: &str) -> ProblemAction {
    get("Sign in again", routes::sign_in_again(provider, page))
}

/// A link of a problem page.
pub fn get(label: &str, href: String) -> ProblemAction {
    ProblemAction { label: label.to_owned(), target: ProblemTarget::Get(href) }
}
