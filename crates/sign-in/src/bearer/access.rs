//! What an access token is for, and for whom.

use strum::IntoStaticStr;

/// What an access token must be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiAccess {
    /// The names of our API, one of which a token must have as its audience (`aud`). At least one.
    pub audiences: Vec<String>,
    /// The scope that a token of a person must hold.
    pub scope: String,
}

/// Who an access token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CallerKind {
    /// A person, for whom an application calls.
    Person,
    /// An application, for itself (client credentials: RFC 6749, section 4.4).
    Application,
}

impl CallerKind {
    /// Its name in logs and answers.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.into()
    }
}
