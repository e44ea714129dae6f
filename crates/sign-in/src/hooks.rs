//! The application's hooks: where the sign-in ends and the application begins.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use rolecall_model::CurrentUser;
use serde_json::{Map, Value};

use super::{EventSink, GroupSource};

/// A person who has authenticated and is about to be signed in.
#[derive(Clone, Debug)]
pub struct AuthenticatedPerson {
    /// Our number of the person: the same at every sign-in, and in [events](super::Event).
    pub user_id: i64,
    /// The provider's id.
    pub provider: String,
    /// The issuer of the ID token: with `subject`, the key of the person.
    pub issuer: String,
    /// The person's subject at that issuer: `sub`, or `oid` at Entra.
    pub subject: String,
    /// The person, as pages may show them, with their role.
    pub user: CurrentUser,
    /// Every claim of the ID token, which has been validated, and of the `UserInfo` endpoint.
    pub claims: Map<String, Value>,
}

/// The application's refusal to sign a person in, although they have authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAdmitted {
    /// The message for the person: a sentence.
    pub message: String,
}

impl NotAdmitted {
    /// A refusal with `message`, a sentence for the person.
    pub fn because(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

type Admission =
    dyn Fn(AuthenticatedPerson) -> Pin<Box<dyn Future<Output = Result<(), NotAdmitted>> + Send>> + Send + Sync;

/// The functions of the application that the sign-in calls. Clones call the same functions.
#[derive(Clone)]
pub struct Hooks {
    pub(super) events: EventSink,
    pub(super) admission: Option<Arc<Admission>>,
    pub(super) groups: Option<Arc<dyn GroupSource>>,
}

impl Hooks {
    /// Sends every event to `events`, and signs in every person who authenticates.
    #[must_use]
    pub const fn new(events: EventSink) -> Self {
        Self { events, admission: None, groups: None }
    }

    /// Calls `admit` for every person who has authenticated, and waits for its answer before they are signed in: the
    /// place to create an account of your own, or to refuse the person.
    #[must_use]
    pub fn admitting<F>(mut self, admit: impl Fn(AuthenticatedPerson) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), NotAdmitted>> + Send + 'static,
    {
        self.admission = Some(Arc::new(move |arrival| Box::pin(admit(arrival))));
        self
    }

    /// Asks `source` for the groups of people whose token says that they are in more groups than fit into it. Without a
    /// source, or while it does not answer, such a person is not signed in where groups count.
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
