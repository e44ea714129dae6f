//! What a row of the audit says.

use std::net::IpAddr;

use serde_json::{Map, Value};
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::request_id::RequestId;

/// The detail that names the request.
const REQUEST_ID: &str = "request_id";

/// What an entry of the audit tells of. Stored by its name in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// Somebody signed in.
    SignedIn,
    /// A sign-in could not be begun.
    SignInNotBegun,
    /// A sign-in failed.
    SignInRefused,
    /// A browser was not sent to the provider again, after several sign-ins that failed.
    SignInStopped,
    /// Somebody signed out.
    SignedOut,
    /// The provider ended sign-ins of a person.
    SignedOutByProvider,
    /// The provider no longer confirms a person, which ended their sign-in.
    NoLongerConfirmed,
    /// The provider gives a person another role.
    RoleChanged,
    /// What should be a provider's sign-out was not valid.
    ProviderSignOutRefused,
    /// A request was not let through.
    AccessDenied,
    /// A request of the API came with an invalid access token.
    ApiTokenRefused,
    /// A request of the API was not let through.
    ApiDenied,
    /// A person or an administrator ended sessions.
    SessionsEnded,
    /// An administrator or a directory keeps a person out.
    PersonDisabled,
    /// An administrator or a directory lets a person in again.
    PersonEnabled,
    /// An administrator gave a person a role.
    RoleGranted,
    /// An administrator took such a role back.
    RoleRevoked,
    /// A directory changed something of a user or a group (SCIM).
    DirectoryChanged,
    /// A token for a directory was made.
    ScimTokenMade,
    /// A token for a directory was taken back.
    ScimTokenRevoked,
    /// Somebody came to SCIM with an invalid token.
    ScimTokenRefused,
    /// Somebody asked for a role.
    AccessRequested,
    /// An administrator gave a person the role that they had asked for, here or at the provider.
    AccessRequestApproved,
    /// An administrator did not.
    AccessRequestDeclined,
    /// An administrator looks at Rolecall with a lower role.
    ViewAsBegun,
    /// They do so no longer, before its time was over.
    ViewAsEnded,
    /// A data set was changed.
    DatasetChanged,
    /// Somebody looked at a dashboard as somebody else sees it.
    DashboardSeenAs,
    /// Somebody took a panel of a dashboard out as a file.
    PanelExported,
    /// A dashboard was changed.
    DashboardChanged,
    /// An administrator tried a SELECT on a database.
    QueryTried,
    /// Rows of the audit were taken out.
    AuditExported,
    /// Rolecall started, with these settings.
    Started,
    /// Events were lost before they could be written.
    EventsLost,
    /// The ends of the chain were not as they had been left.
    ChainUnverified,
}

impl Kind {
    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What people read.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::SignedIn => "Signed in",
            Self::SignInNotBegun => "Sign-in not begun",
            Self::SignInRefused => "Sign-in refused",
            Self::SignInStopped => "Sign-in stopped",
            Self::SignedOut => "Signed out",
            Self::SignedOutByProvider => "Signed out by the provider",
            Self::NoLongerConfirmed => "No longer confirmed by the provider",
            Self::RoleChanged => "Role changed by the provider",
            Self::ProviderSignOutRefused => "Provider's sign-out refused",
            Self::AccessDenied => "Access denied",
            Self::ApiTokenRefused => "Access token refused",
            Self::ApiDenied => "API access denied",
            Self::SessionsEnded => "Sessions ended",
            Self::PersonDisabled => "Person disabled",
            Self::PersonEnabled => "Person enabled",
            Self::RoleGranted => "Role given",
            Self::RoleRevoked => "Role taken back",
            Self::DirectoryChanged => "Changed by the directory",
            Self::ScimTokenMade => "SCIM token made",
            Self::ScimTokenRevoked => "SCIM token revoked",
            Self::ScimTokenRefused => "SCIM token refused",
            Self::AccessRequested => "Access requested",
            Self::AccessRequestApproved => "Access request approved",
            Self::AccessRequestDeclined => "Access request declined",
            Self::ViewAsBegun => "View as a lower role begun",
            Self::ViewAsEnded => "View as a lower role ended",
            Self::DatasetChanged => "Data set changed",
            Self::DashboardSeenAs => "Dashboard seen as somebody else",
            Self::PanelExported => "Panel exported",
            Self::DashboardChanged => "Dashboard changed",
            Self::QueryTried => "Query tried",
            Self::AuditExported => "Audit exported",
            Self::Started => "Started",
            Self::EventsLost => "Events lost",
            Self::ChainUnverified => "Chain not verified",
        }
    }
}

/// A row before it has its place in the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it happened, Unix milliseconds (UTC).
    pub at_ms: i64,
    pub kind: Kind,
    /// Our number of who did it, where that is a person.
    pub actor_id: Option<i64>,
    /// Our number of the person that it is about.
    pub person_id: Option<i64>,
    /// The provider's id.
    pub provider: Option<String>,
    /// Where the request came from.
    pub ip: Option<String>,
    /// What else is known. No secret.
    pub details: Map<String, Value>,
}

impl Entry {
    /// That `kind` happened at `at_ms`, Unix milliseconds (UTC). What happens while a request is answered names it in its details.
    #[must_use]
    pub fn new(kind: Kind, at_ms: i64) -> Self {
        let request = RequestId::current().map(|id| (REQUEST_ID.to_owned(), Value::from(id.as_str())));
        let details = request.into_iter().collect();
        Self { at_ms, kind, actor_id: None, person_id: None, provider: None, ip: None, details }
    }

    /// The same, done by the person `user_id`.
    #[must_use]
    pub fn by(self, user_id: i64) -> Self {
        Self { actor_id: Some(user_id), ..self }
    }

    /// The same, about the person `user_id`.
    #[must_use]
    pub fn about(self, user_id: i64) -> Self {
        Self { person_id: Some(user_id), ..self }
    }

    /// The same at the provider `id`.
    #[must_use]
    pub fn at_provider(self, id: &str) -> Self {
        Self { provider: Some(id.to_owned()), ..self }
    }

    /// The same from the address `ip`.
    #[must_use]
    pub fn from_address(self, ip: Option<IpAddr>) -> Self {
        Self { ip: ip.map(|ip| ip.to_string()), ..self }
    }

    /// The same with one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}
