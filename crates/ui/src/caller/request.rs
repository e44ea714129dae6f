//! The request that a server function answers: who calls, and what of the application it needs.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{Extensions, HeaderName, Method, header};
use leptos::prelude::{use_context, with_context};
use rolecall_core::admin::RECENT;
use rolecall_core::audit::Audit;
use rolecall_core::bookmarks::Bookmarks;
use rolecall_core::dashboards::Dashboards;
use rolecall_core::request_id::RequestId;
use rolecall_core::uploads::Uploads;
use rolecall_entra::graph::Graph;
use rolecall_model::{AppError, Role};
use rolecall_sign_in::db::{is_busy, is_unstorable};
use rolecall_sign_in::session::{HeldAttempts, SignIn};
use rolecall_sign_in::web::is_not_of_others;
use rolecall_sign_in::{Auth, ClientAddress, Denied, guard};
use thiserror::Error;
use tower_sessions::Session;

/// The sign-in of this application.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn auth() -> Result<Auth, AppError> {
    use_context().ok_or_else(|| internal(&MissingContext("sign-in")))
}

/// The audit.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn audit() -> Result<Audit, AppError> {
    use_context().ok_or_else(|| internal(&MissingContext("audit")))
}

/// What people marked and looked at.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn bookmarks() -> Result<Bookmarks, AppError> {
    use_context().ok_or_else(|| internal(&MissingContext("bookmarks")))
}

/// Microsoft Graph.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn graph() -> Result<Graph, AppError> {
    use_context().ok_or_else(|| internal(&MissingContext("Graph")))
}

/// The dashboards of this application.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn dashboards() -> Result<Dashboards, AppError> {
    use_context().ok_or_else(|| internal(&MissingContext("dashboards")))
}

/// The uploads of this application.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn uploads() -> Result<Uploads, AppError> {
    use_context().ok_or_else(|| internal(&MissingContext("uploads")))
}

/// On requests that a page of ours makes by itself, without anybody having asked for it: they are no activity, and no
/// look at anything. Whoever sends it from elsewhere gains nothing but an earlier end of their session.
pub const UNASKED: HeaderName = HeaderName::from_static("rolecall-unasked");

/// The live sign-in behind the request.
///
/// # Errors
/// [`AppError::SignedOut`].
pub fn signed_in() -> Result<Arc<SignIn>, AppError> {
    asking(|asker| asker.judged(guard::signed_in(asker.extensions)))
}

/// The same where there is one. Unlike there, it is no denial, and no event, where there is none.
#[must_use]
pub fn signed_in_or_not() -> Option<Arc<SignIn>> {
    with_context(|parts: &Parts| guard::signed_in(&parts.extensions).ok()).flatten()
}

/// The live sign-in behind the request, with at least the role `needed`.
///
/// # Errors
/// [`AppError::SignedOut`] or [`AppError::Forbidden`].
pub fn require(needed: Role) -> Result<Arc<SignIn>, AppError> {
    asking(|asker| asker.require(needed))
}

/// The same, for somebody who proved who they are within the last [`RECENT`]: for what cannot be taken back.
///
/// # Errors
/// As [`require`]; [`AppError::StepUp`] if the person must sign in again first.
pub fn require_recent(needed: Role) -> Result<Arc<SignIn>, AppError> {
    let auth = auth()?;
    asking(|asker| asker.judged(guard::require_recent(&auth, asker.extensions, needed, RECENT)))
}

/// The highest role whose doors are open to the caller.
#[must_use]
pub fn open_role() -> Option<Role> {
    with_context(|parts: &Parts| guard::open_role(&parts.extensions)).flatten()
}

/// The cookie session of the request.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn session() -> Result<Session, AppError> {
    extension().ok_or_else(|| internal(&MissingContext("session")))
}

/// Where the request came from.
#[must_use]
pub fn client_address() -> Option<IpAddr> {
    extension().map(|ClientAddress(ip)| ip)
}

/// A header of the request, when it is ASCII.
#[must_use]
pub fn header(name: header::HeaderName) -> Option<String> {
    with_context(|parts: &Parts| parts.headers.get(name)?.to_str().ok().map(ToOwned::to_owned)).flatten()
}

/// Whether another origin's page led the browser here, as far as the browser says so.
#[must_use]
pub fn is_cross_origin() -> bool {
    with_context(|parts: &Parts| !is_not_of_others(&parts.headers)).unwrap_or_default()
}

/// The browser's attempts.
#[must_use]
pub fn held_attempts(auth: &Auth) -> HeldAttempts {
    with_context(|parts: &Parts| auth.attempts().held_in(&parts.headers)).unwrap_or_default()
}

/// Whether the request is a browser's for the page at `path`, and not a script's.
#[must_use]
pub fn is_page(path: &str) -> bool {
    with_context(|parts: &Parts| parts.method == Method::GET && parts.uri.path() == path).unwrap_or_default()
}

/// Pages of apps are on our own host.
#[derive(Clone, Copy)]
pub struct HasAppPages;

/// Whether the browser can keep pages here that are not ours: those of apps on paths. It keeps none of ours, and
/// forgetting all takes Chrome seconds, and the files of our pages with it.
pub fn has_app_pages() -> bool {
    use_context::<HasAppPages>().is_some()
}

/// What every server function needs is not there: it was called outside of the application.
#[derive(Debug, Error)]
#[error("no {0} in this context")]
struct MissingContext(&'static str);

/// Logs what went wrong with its whole chain, and tells the caller only where to find it, or to come again where that
/// helps. A text that no database keeps is the sender's mistake.
pub fn internal(error: &(dyn std::error::Error + 'static)) -> AppError {
    if is_unstorable(error) {
        return AppError::Invalid { message: "A text holds a character that cannot be kept (U+0000).".to_owned() };
    }
    if is_busy(error) {
        tracing::error!(?error, "the database had no time for a request");
        let message = "Too much is being done at once. Try again in a moment.".to_owned();
        return AppError::Unavailable { message };
    }
    let request_id = request_id();
    tracing::error!(request_id, ?error, "a request failed");
    AppError::Internal { request_id }
}

pub(super) fn request_id() -> String {
    extension::<RequestId>().map_or_else(|| "unknown".to_owned(), |id| id.to_string())
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    with_context(|parts: &Parts| parts.extensions.get::<T>().cloned()).flatten()
}

/// Who sent a request, and the error where that is not enough.
pub struct Asker<'a> {
    auth: Option<&'a Auth>,
    extensions: &'a Extensions,
}

impl<'a> Asker<'a> {
    /// Who sent the request with these `extensions`.
    #[must_use]
    pub const fn of(auth: &'a Auth, extensions: &'a Extensions) -> Self {
        Self { auth: Some(auth), extensions }
    }

    /// The live sign-in, with at least the role `needed`.
    ///
    /// # Errors
    /// As [`require`].
    pub fn require(&self, needed: Role) -> Result<Arc<SignIn>, AppError> {
        self.judged(guard::require(self.extensions, needed))
    }

    /// The highest role whose doors are open.
    #[must_use]
    pub fn open_role(&self) -> Option<Role> {
        guard::open_role(self.extensions)
    }

    /// What was found of the request, and an event when that does not let it through.
    fn judged(&self, found: Result<Arc<SignIn>, Denied>) -> Result<Arc<SignIn>, AppError> {
        found.map_err(|denied| {
            if let Some(auth) = self.auth {
                guard::report_denied(auth, self.extensions, denied);
            }
            error_of(denied, self.extensions)
        })
    }
}

/// What `ask` says of who sent the request.
pub(super) fn asking<T>(ask: impl FnOnce(&Asker<'_>) -> Result<T, AppError>) -> Result<T, AppError> {
    let auth = use_context::<Auth>();
    let asked = with_context(|parts: &Parts| ask(&Asker { auth: auth.as_ref(), extensions: &parts.extensions }));
    asked.unwrap_or(Err(AppError::SignedOut))
}

/// The error for a request with these extensions that was `denied`.
pub fn error_of(denied: Denied, extensions: &Extensions) -> AppError {
    match denied {
        Denied::SignedOut => AppError::SignedOut,
        Denied::NotVouchedFor => AppError::NotVouchedFor,
        Denied::StepUp { needed } => {
            let provider = guard::signed_in(extensions).map(|sign_in| sign_in.provider.clone());
            AppError::StepUp { needed, provider: provider.unwrap_or_default() }
        }
        Denied::Role { needed } => AppError::Forbidden { needed },
        Denied::ForeignOrigin => AppError::ForeignOrigin,
    }
}
