//! The applications that the provider knows, and the API that they ask for.

/// The one client that people sign in to: public, with PKCE.
pub const CLIENT_ID: &str = "rolecall-demonstration";
/// The application that can get access tokens of its own. It has the role Read.
pub const ROBOT_ID: &str = "rolecall-demonstration-robot";
/// Its secret, which is none: everybody may read it in the documentation.
pub const ROBOT_SECRET: &str = "demonstration";
/// The application by which people get access tokens.
pub(super) const TOOL_ID: &str = "rolecall-demonstration-tool";

/// The name of the API that access tokens are for, unless it is told another one.
pub const API_AUDIENCE: &str = "api://rolecall-demonstration";
/// The scope that a person's access token holds, unless it is told another one.
pub const API_SCOPE: &str = "access_as_user";

/// An API that access tokens are for.
#[derive(Clone, Debug)]
pub(super) struct Api {
    /// Its name: `aud`.
    pub(super) audience: String,
    /// What a person allows: `scp`.
    pub(super) scope: String,
}
