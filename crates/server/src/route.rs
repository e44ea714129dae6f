//! A route of the policy: its path, who may use it, and its handler.

use axum::routing::MethodRouter;
use utoipa::openapi::OpenApi;

use super::access::{Access, RouteKind, RouteRule, SignedOut};
use super::limits::request_sizes::BodyLimit;
use super::state::AppState;

/// Builds the handler of a route; one of them shows the API's description.
pub type Handler = fn(&OpenApi) -> MethodRouter<AppState>;

/// The handler of a route.
#[derive(Clone, Copy, Debug)]
pub enum AnsweredBy {
    /// A page.
    Page(Handler),
    /// A server function of [`rolecall_ui::api`].
    ServerFunction,
    /// Another handler.
    Handler(Handler),
    /// An app on our own origin.
    App,
    /// The API for programs, [`rolecall_api`].
    Api,
}

/// A route with its access rule.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Its path, in axum's syntax.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// Its handler.
    pub answered_by: AnsweredBy,
    /// The body limit of its requests.
    pub body: BodyLimit,
    /// What people get who are not signed in.
    pub signed_out: SignedOut,
}

impl Route {
    const fn of(path: &'static str, access: Access, answered_by: AnsweredBy) -> Self {
        Self { path, access, answered_by, body: BodyLimit::Form, signed_out: SignedOut::GoesToSignIn }
    }

    pub const fn page(path: &'static str, access: Access, handler: Handler) -> Self {
        Self::of(path, access, AnsweredBy::Page(handler))
    }

    pub const fn server_function(path: &'static str, access: Access) -> Self {
        Self::of(path, access, AnsweredBy::ServerFunction)
    }

    pub const fn answered(path: &'static str, access: Access, handler: Handler) -> Self {
        Self::of(path, access, AnsweredBy::Handler(handler))
    }

    /// What the policy says of it.
    #[must_use]
    pub const fn rule(&self) -> RouteRule {
        let Self { path, access, signed_out, body, answered_by } = *self;
        let kind = match answered_by {
            AnsweredBy::Page(_) | AnsweredBy::Handler(_) => RouteKind::Page,
            AnsweredBy::ServerFunction => RouteKind::Function,
            AnsweredBy::App => RouteKind::App,
            AnsweredBy::Api => RouteKind::Api,
        };
        RouteRule { path, access, signed_out, body, kind }
    }

    /// The same, with a page instead of the sign-in for people who are not signed in.
    #[must_use]
    pub const fn with_page_for_signed_out(self) -> Self {
        Self { signed_out: SignedOut::SeesPage, ..self }
    }

    /// The same with another body limit.
    #[must_use]
    pub const fn taking(self, body: BodyLimit) -> Self {
        Self { body, ..self }
    }

    pub const fn app(path: &'static str) -> Self {
        Self::of(path, Access::App, AnsweredBy::App)
    }

    pub const fn api(path: &'static str, access: Access) -> Self {
        Self::of(path, access, AnsweredBy::Api)
    }
}
