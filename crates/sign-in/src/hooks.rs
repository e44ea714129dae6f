//! What an application does when people come and go: where the sign-in ends and the rest begins.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use rolecall_model::CurrentUser;
use serde_json::{Map, Value};

use super::{EventSink, GroupSource};

/// Somebody who has authenticated and is about to be signed in.
#[derive(Clone, Debug)]
pub struct AuthenticatedPerson {
    /// Our number of the person: the same at every sign-in, and in [events](super::Event).
    pub user_id: i64,
    /// The provider's id.
    pub provider: String,
    /// The issuer of the ID token: with `subject`, the key of the person.
    pub issuer: String,
    /// Who it is at that issuer: `sub`, or `oid` at Entra.
    pub subject: String,
    /// The person, as pages may show them, with their role.
    pub user: CurrentUser,
    /// Every claim of the ID token, which has been validated, and of the `UserInfo` endpoint.
    pub claims: Map<String, Value>,
}

/// That somebody is not to be signed in, though they have authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAdmitted {
    /// The message for the person: a sentence.
    pub message: String,
}

impl NotAdmitted {
    /// Tells the person `message`, a sentence.
    pub fn because(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

type Admission =
    dyn Fn(AuthenticatedPerson) -> Pin<Box<dyn Future<Output = Result<(), NotAdmitted>> + Send>> + Send + Sync;

/// What the sign-in calls of the application. Clones call the same.
#[derive(Clone)]
pub struct Hooks {
    pub(super) events: EventSink,
    pub(super) admission: Option<Arc<Admission>>,
    pub(super) groups: Option<Arc<dyn GroupSource>>,
}

impl Hooks {
    /// Tells `events` of everything that happens, and signs in everybody who authenticates.
    #[must_use]
    pub const fn new(events: EventSink) -> Self {
        Self { events, admission: None, groups: None }
    }

    /// Asks `admit` of everybody who has authenticated, and waits for its answer before it lets them in: the place
    /// to make an account of one's own, or to refuse one.
    #[must_use]
    pub fn admitting<F>(mut self, admit: impl Fn(AuthenticatedPerson) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), NotAdmitted>> + Send + 'static,
    {
        self.admission = Some(Arc::new(move |arrival| Box::pin(admit(arrival))));
        self
    }

    /// Asks `source` for the groups of people whose token says that they are in more than fit into it. Without a source,
    /// or while it does not answer, such a person is not signed in where groups count.
    #[must_use]
    pub fn reading_groups_from(mut self, source: Arc<dyn GroupSource>) -> Self {
        self.groups = Some(source);
        self
    }
}

impl From<EventSink> for Hooks {
    fn from(events: EventSink) -> Self {
        Self::new(events)
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hooks")
    }
}
