//! Audit entries for the events of the sign-in.

use rolecall_model::Role;
use rolecall_sign_in::{Denied, Event, plain};
use serde_json::Value;

use super::entry::{Entry, EntryKind};
use crate::request_id::CurrentRequest;

/// The longest description of a failure that is stored, in characters.
const DETAIL_MAX_CHARS: usize = 300;

/// The audit entry for `event`, which happened at `at_ms`.
pub(super) fn entries_of(event: &Event, at_ms: i64) -> Vec<Entry> {
    let new = |kind| Entry::new(kind, at_ms);
    let entry = match event {
        Event::SignedIn { provider, user_id, role: given, ip } => new(EntryKind::SignedIn)
            .by(*user_id)
            .about(*user_id)
            .at_provider(provider)
            .from_address(*ip)
            .with("role", role_key(*given)),
        Event::SignInNotBegun { provider, reason, detail, ip } => {
            failed(new(EntryKind::SignInNotBegun), reason, detail).at_provider(provider).from_address(*ip)
        }
        Event::SignInRefused { provider, user_id, reason, detail, said, ip } => {
            let entry = failed(new(EntryKind::SignInRefused), reason, detail).at_provider(provider).from_address(*ip);
            let entry = user_id.iter().fold(entry, |entry, user_id| entry.by(*user_id).about(*user_id));
            said.iter().fold(entry, |entry, said| entry.with("provider_error", said.error.as_str()))
        }
        Event::SignInStopped { provider, in_a_row, ip } => {
            new(EntryKind::SignInStopped).at_provider(provider).from_address(*ip).with("in_a_row", *in_a_row)
        }
        Event::Refreshed { role_before, role, .. } if role_before == role => return vec![],
        Event::Refreshed { provider, user_id, role_before, role: after } => new(EntryKind::RoleChanged)
            .about(*user_id)
            .at_provider(provider)
            .with("role_before", role_key(*role_before))
            .with("role", role_key(*after)),
        Event::NotRefreshed { ended: false, .. }
        | Event::SignOutWithoutMatch { .. }
        | Event::LogoutTokenWithoutEnd { .. } => {
            return vec![];
        }
        Event::NotRefreshed { provider, user_id, reason, detail, .. } => {
            failed(new(EntryKind::NoLongerConfirmed), reason, detail).about(*user_id).at_provider(provider)
        }
        Event::SignedOutByProvider { provider, user_ids, ip } => {
            let mut people = user_ids.clone();
            people.sort_unstable();
            people.dedup();
            let entry = new(EntryKind::SignedOutByProvider).at_provider(provider).from_address(*ip);
            return people.into_iter().map(|user_id| entry.clone().about(user_id)).collect();
        }
        Event::ProviderSignOutRefused { provider, reason, detail, ip } => {
            failed(new(EntryKind::ProviderSignOutRefused), reason, detail).at_provider(provider).from_address(*ip)
        }
        Event::SignedOut { provider, user_id, ip } => {
            new(EntryKind::SignedOut).by(*user_id).about(*user_id).at_provider(provider).from_address(*ip)
        }
        Event::AccessDenied { reason, user_id, role: held, ip } => {
            let entry = denied(new(EntryKind::AccessDenied), *reason, *held).from_address(*ip);
            user_id.iter().fold(entry, |entry, user_id| entry.by(*user_id).about(*user_id))
        }
        Event::ApiTokenRefused { reason, detail, ip } => {
            failed(new(EntryKind::ApiTokenRefused), reason, detail).from_address(*ip)
        }
        Event::ApiDenied { provider, client, caller, subject, reason, role: held, ip } => {
            denied(new(EntryKind::ApiDenied), *reason, *held)
                .at_provider(provider)
                .from_address(*ip)
                .with("client", plain(client, DETAIL_MAX_CHARS))
                .with("caller", caller.key())
                .with("subject", plain(subject, DETAIL_MAX_CHARS))
        }
    };
    vec![entry]
}

fn failed(entry: Entry, reason: &str, detail: &str) -> Entry {
    entry.with("reason", reason).with("detail", plain(detail, DETAIL_MAX_CHARS))
}

/// Why a request was denied: what it asked for, the role that this needs, and the role that was `held`.
fn denied(entry: Entry, reason: Denied, held: Option<Role>) -> Entry {
    let entry = entry.with("reason", reason.name()).with("role", role_key(held));
    let entry = match reason.needed() {
        Some(needed) => entry.with("needed", needed.key()),
        None => entry,
    };
    match CurrentRequest::target() {
        Some((name, target)) => entry.with(name, plain(&target, DETAIL_MAX_CHARS)),
        None => entry,
    }
}

fn role_key(role: Option<Role>) -> Value {
    role.map_or(Value::Null, |role| role.key().into())
}
