//! What happens in the sign-in, told to whoever wants to know: a log, an audit trail. Nothing here is a secret.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use crate::identity::Role;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Somebody signed in.
    SignedIn {
        /// The provider's id.
        provider: String,
        /// Our number of the person.
        user_id: i64,
        /// The role that their token gave.
        role: Option<Role>,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// A sign-in could not even be begun.
    SignInNotBegun {
        /// The provider's id.
        provider: String,
        /// What is known of the failure, for the log.
        detail: String,
    },
    /// A sign-in did not end well.
    SignInRefused {
        /// The provider's id.
        provider: String,
        /// The name of the failure, from a fixed set.
        reason: &'static str,
        /// What is known of the failure, for the log.
        detail: String,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// The tokens of a sign-in were refreshed, and its role read again.
    Refreshed {
        /// The provider's id.
        provider: String,
        /// Our number of the person.
        user_id: i64,
        /// The role before.
        role_before: Option<Role>,
        /// The role from here on.
        role: Option<Role>,
    },
    /// The tokens of a sign-in could not be refreshed.
    NotRefreshed {
        /// The provider's id.
        provider: String,
        /// Our number of the person.
        user_id: i64,
        /// Whether that ended the sign-in. Otherwise it is tried again.
        ended: bool,
        /// The name of the failure, from a fixed set.
        reason: &'static str,
        /// What is known of the failure, for the log.
        detail: String,
    },
    /// A provider signed somebody out, everywhere or in one session.
    SignedOutByProvider {
        /// The provider's id.
        provider: String,
        /// Our numbers of the people whose sign-ins ended, one for each sign-in.
        user_ids: Vec<i64>,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// What should be a provider's sign-out cannot be believed.
    ProviderSignOutRefused {
        /// The provider's id.
        provider: String,
        /// What is known of the failure, for the log.
        detail: String,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// Somebody signed out.
    SignedOut {
        /// The provider's id.
        provider: String,
        /// Our number of the person.
        user_id: i64,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
}

/// Takes events. Clones take to the same place.
#[derive(Clone)]
pub struct EventSink(Arc<dyn Fn(&Event) + Send + Sync>);

impl EventSink {
    /// A sink that calls `take` with each event; `take` must not block.
    pub fn new(take: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    /// Tells the sink of `event`.
    pub fn emit(&self, event: &Event) {
        (self.0)(event);
    }
}

impl fmt::Debug for EventSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventSink")
    }
}

/// What went wrong and why, for the log.
pub(super) fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
