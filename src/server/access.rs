//! Who may use a route, according to the policy.

use rolecall_model::Role;

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

/// A route of the policy, for the pages that show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteRule {
    /// Its path, in axum's syntax.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    pub kind: RouteKind,
}
