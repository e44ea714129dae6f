//! What happens in the sign-in, written to the log.

use crate::auth::{Event, EventSink};
use crate::identity::Role;

/// A sink that logs each event. No event holds a secret.
pub fn log_sink() -> EventSink {
    EventSink::new(|event| match event {
        Event::SignedIn { provider, user_id, role, ip } => {
            tracing::info!(event = "signed_in", provider, user_id, role = role.map(Role::key), ?ip);
        }
        Event::SignInNotBegun { provider, detail } => {
            tracing::warn!(event = "sign_in_not_begun", provider, detail);
        }
        Event::SignInRefused { provider, reason, detail, ip } => {
            tracing::warn!(event = "sign_in_refused", provider, reason, detail, ?ip);
        }
        Event::SignedOut { provider, user_id, ip } => {
            tracing::info!(event = "signed_out", provider, user_id, ?ip);
        }
    })
}
