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
        Event::Refreshed { provider, user_id, role_before, role } => {
            let (before, after) = (role_before.map(Role::key), role.map(Role::key));
            tracing::info!(event = "refreshed", provider, user_id, role_before = before, role = after);
        }
        Event::NotRefreshed { provider, user_id, ended, reason, detail } => {
            tracing::warn!(event = "not_refreshed", provider, user_id, ended, reason, detail);
        }
        Event::SignedOutByProvider { provider, user_ids, ip } => {
            tracing::info!(event = "signed_out_by_provider", provider, ?user_ids, ?ip);
        }
        Event::ProviderSignOutRefused { provider, detail, ip } => {
            tracing::warn!(event = "provider_sign_out_refused", provider, detail, ?ip);
        }
        Event::SignedOut { provider, user_id, ip } => {
            tracing::info!(event = "signed_out", provider, user_id, ?ip);
        }
    })
}
