//! Who may use a route, according to the policy.

use rolecall_model::Role;

use super::limits::request_sizes::BodyLimit;

/// Who may use something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// People who are signed in, with or without a role.
    SignedIn,
    /// People with this role or a higher one.
    Role(Role),
    /// People with the role that the app on this path requires by configuration.
    App,
    /// People with the role that the dashboard on this path requires. For others it does not exist.
    Dashboard,
}

/// The kind of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteKind {
    /// A page or a file.
    Page,
    /// A server function.
    Function,
    /// A path of the API for programs.
    Api,
    /// An app on our own origin.
    App,
}

/// What happens when a person who is not signed in opens a page that needs a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedOut {
    /// They are redirected to the sign-in, and come back.
    GoesToSignIn,
    /// A page says so (401), with a link to the sign-in.
    SeesPage,
}

/// What the policy says of a route.
#[derive(Clone, Copy, Debug)]
pub struct RouteRule {
    /// Its path, in axum's syntax.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// What people get who are not signed in.
    pub signed_out: SignedOut,
    /// The body limit of its requests.
    pub body: BodyLimit,
    pub kind: RouteKind,
}
