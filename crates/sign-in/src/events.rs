//! Events of the sign-in, for a log or an audit trail. None holds a secret.
//!
//! To add one: a variant here, its line in `crates/server/src/events.rs` of the application, and its row in
//! docs/LOGGING.md. The compiler and a test beside that line insist on each.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use rolecall_model::Role;
use strum::{IntoStaticStr, VariantNames};

use super::bearer::CallerKind;
use super::{Denied, ProviderSaid};

/// Something that happened.
#[derive(Clone, Debug, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// A person signed in.
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
    /// A sign-in could not be begun.
    SignInNotBegun {
        /// The provider's id.
        provider: String,
        /// The name of the failure, from a fixed set.
        reason: &'static str,
        /// Details of the failure, for the log.
        detail: String,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// A sign-in failed.
    SignInRefused {
        /// The provider's id.
        provider: String,
        /// Our number of the person, if the reason is that they are disabled here or not active in the directory.
        user_id: Option<i64>,
        /// The name of the failure, from a fixed set.
        reason: &'static str,
        /// Details of the failure, for the log.
        detail: String,
        /// What the provider said, when the provider refused.
        said: Option<Box<ProviderSaid>>,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// A browser was not sent to the provider again, because its latest sign-ins all failed.
    SignInStopped {
        /// The provider's id.
        provider: String,
        /// How many sign-ins failed.
        in_a_row: u8,
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
        /// The role from now on.
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
        /// Details of the failure, for the log.
        detail: String,
        /// What the provider said, when the provider refused.
        said: Option<Box<ProviderSaid>>,
    },
    /// A provider signed a person out, everywhere or in one session.
    SignedOutByProvider {
        /// The provider's id.
        provider: String,
        /// Our numbers of the people whose sign-ins ended, one for each sign-in.
        user_ids: Vec<i64>,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// A provider's sign-out in the browser found nobody to sign out.
    SignOutWithoutMatch {
        /// The provider's id.
        provider: String,
        /// Why, from a fixed set.
        reason: &'static str,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// A provider's logout token lacks the required expiry. The sign-out was carried out anyway, because the token is
    /// new.
    LogoutTokenWithoutEnd {
        /// The provider's id.
        provider: String,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// A provider's sign-out was invalid.
    ProviderSignOutRefused {
        /// The provider's id.
        provider: String,
        /// The name of the failure, from a fixed set.
        reason: &'static str,
        /// Details of the failure, for the log.
        detail: String,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// A person signed out.
    SignedOut {
        /// The provider's id.
        provider: String,
        /// Our number of the person.
        user_id: i64,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// A request was denied.
    AccessDenied {
        /// What was missing, for example a sign-in or a higher role.
        reason: Denied,
        /// The person who sent the request, if signed in.
        user_id: Option<i64>,
        /// Their role.
        role: Option<Role>,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// An API request came with an invalid access token.
    ApiTokenRefused {
        /// The name of the failure, from a fixed set.
        reason: &'static str,
        /// Details of the failure, for the log.
        detail: String,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
    /// An API request was denied, although its access token is valid.
    ApiDenied {
        /// The provider's id.
        provider: String,
        /// The id of the application that the token was given to.
        client: String,
        /// Whether a person or an application calls.
        caller: CallerKind,
        /// The caller's subject, which together with the issuer is their key.
        subject: String,
        /// What was missing, for example a higher role.
        reason: Denied,
        /// The caller's role.
        role: Option<Role>,
        /// Where the request came from.
        ip: Option<IpAddr>,
    },
}

impl Event {
    /// Whether a sign-in failed or a request was denied.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::SignInNotBegun { .. }
                | Self::SignInRefused { .. }
                | Self::SignInStopped { .. }
                | Self::AccessDenied { .. }
        )
    }

    /// Whether a sign-in was ended: by the person, by the provider, or because the provider no longer accepts it.
    #[must_use]
    pub const fn is_sign_out(&self) -> bool {
        matches!(
            self,
            Self::SignedOut { .. } | Self::SignedOutByProvider { .. } | Self::NotRefreshed { ended: true, .. }
        )
    }

    /// The event's name in logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// Receives events. Clones share the receiver.
#[derive(Clone)]
pub struct EventSink(Arc<dyn Fn(&Event) + Send + Sync>);

impl EventSink {
    /// A sink that calls `take` with each event; `take` must not block.
    pub fn new(take: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    /// Sends `event` to the sink.
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
