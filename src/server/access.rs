//! Who may ask for a route, as the policy says it.

use rolecall_model::Role;

/// Who may ask for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Who is signed in, with or without a role.
    SignedIn,
    /// Who holds this role or a higher one.
    Role(Role),
    /// Who holds the role that the configuration of the app on this path names.
    App,
    /// Who holds the role that the dashboard on this path asks for. To others it does not exist.
    Dashboard,
}

/// What kind of thing a route is.
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

/// A route of the policy, for pages about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteRule {
    /// Its path, in axum's syntax.
    pub path: &'static str,
    /// Who may ask for it.
    pub access: Access,
    pub kind: RouteKind,
}
