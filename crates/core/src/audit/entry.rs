//! The content of an audit row.

use std::net::IpAddr;

use serde_json::{Map, Value};
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::request_id::RequestId;

/// The detail with the request's id.
const REQUEST_ID: &str = "request_id";

/// The kind of an audit entry. Stored by its name in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum EntryKind {
    /// A person signed in.
    SignedIn,
    /// A sign-in could not be begun.
    SignInNotBegun,
    /// A sign-in failed.
    SignInRefused,
    /// A browser was not sent to the provider again, after several failed sign-ins.
    SignInStopped,
    /// A person signed out.
    SignedOut,
    /// The provider ended sign-ins of a person.
    SignedOutByProvider,
    /// The provider no longer confirms a person, which ended their sign-in.
    NoLongerConfirmed,
    /// The provider gives a person another role.
    RoleChanged,
    /// A provider's sign-out was invalid.
    ProviderSignOutRefused,
    /// A request was denied.
    AccessDenied,
    /// An API request came with an invalid access token.
    ApiTokenRefused,
    /// An API request was denied.
    ApiDenied,
    /// A person or an administrator ended sessions.
    SessionsEnded,
    /// An administrator or a directory disabled a person.
    PersonDisabled,
    /// An administrator or a directory enabled a person again.
    PersonEnabled,
    /// An administrator gave a person a role.
    RoleGranted,
    /// An administrator revoked such a role.
    RoleRevoked,
    /// A directory changed something of a user or a group (SCIM).
    DirectoryChanged,
    /// A token for a directory was created.
    ScimTokenMade,
    /// A token for a directory was revoked.
    ScimTokenRevoked,
    /// A request to SCIM came with an invalid token.
    ScimTokenRefused,
    /// A person requested a role.
    AccessRequested,
    /// An administrator approved a requested role, here or at the provider.
    AccessRequestApproved,
    /// An administrator declined it.
    AccessRequestDeclined,
    /// An administrator views Rolecall with a lower role.
    ViewAsBegun,
    /// They stopped doing so before it expired.
    ViewAsEnded,
    /// A data set was changed.
    DatasetChanged,
    /// A person viewed a dashboard as another person sees it.
    DashboardSeenAs,
    /// A person exported a panel of a dashboard as a file.
    PanelExported,
    /// A dashboard was changed.
    DashboardChanged,
    /// An administrator tried a SELECT on a database.
    QueryTried,
    /// Audit rows were exported.
    AuditExported,
    /// Rolecall started, with these settings.
    Started,
    /// Events were lost before they could be written.
    EventsLost,
    /// The ends of the chain had been changed.
    ChainUnverified,
}

impl EntryKind {
    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Its label for people.
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

/// A row that has no place in the chain yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it happened, Unix milliseconds (UTC).
    pub at_ms: i64,
    pub kind: EntryKind,
    /// Our number of the person who did it, if it was a person.
    pub actor_id: Option<i64>,
    /// Our number of the person it is about.
    pub person_id: Option<i64>,
    /// The provider's id.
    pub provider: Option<String>,
    /// Where the request came from.
    pub ip: Option<String>,
    /// Other details. No secret.
    pub details: Map<String, Value>,
}

impl Entry {
    /// An entry that `kind` happened at `at_ms`, Unix milliseconds (UTC). During a request, its details name the
    /// request.
    #[must_use]
    pub fn new(kind: EntryKind, at_ms: i64) -> Self {
        let request = RequestId::current().map(|id| (REQUEST_ID.to_owned(), Value::from(id.as_str())));
        let details = request.into_iter().collect();
        Self { at_ms, kind, actor_id: None, person_id: None, provider: None, ip: None, details }
    }

    /// The same, by the person `user_id`.
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
