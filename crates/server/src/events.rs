//! Sends the events of the sign-in to the statistics, the log and the audit. docs/LOGGING.md lists every event with its
//! level and fields.

#[cfg(test)]
mod tests;

use rolecall_core::admin;
use rolecall_core::audit::Audit;
use rolecall_core::request_id;
use rolecall_core::statistics::Statistics;
use rolecall_model::Role;
use rolecall_sign_in::{Denied, Event, EventSink, ProviderSaid, plain};
use tokio::runtime::Handle;
use tracing::field::DisplayValue;
use uuid::Uuid;

use super::limits::log_limit::{Line, LogLimit};

/// The longest description of a failure that is logged, in characters.
const DETAIL_MAX_CHARS: usize = 1_000;

/// How many refusals of one kind per client are logged in a minute, if a provider or a person is involved: the page of
/// each shows a request id to look for.
const REFUSALS: u32 = 30;

/// A sink that counts each event in `statistics`, logs it and sends it to `audit`. Refusals are limited by `limit`,
/// because anyone can cause them and could fill both. No event contains a secret.
pub fn sink(limit: LogLimit, statistics: Statistics, audit: Audit) -> EventSink {
    EventSink::new(move |event| {
        statistics.happened(event);
        if limited(event).is_none_or(|(line, at_most)| limit.admits(line, at_most)) {
            log(event);
            audit.take(event);
        }
        if let Some((user_id, provider, role)) = role_given(event) {
            settle_requests(&audit, user_id, provider.to_owned(), role);
        }
    })
}

/// The person who gets a role by `event`, the role, and the provider.
fn role_given(event: &Event) -> Option<(i64, &str, Role)> {
    match event {
        Event::SignedIn { provider, user_id, role, .. } => Some((*user_id, provider.as_str(), (*role)?)),
        Event::Refreshed { provider, user_id, role_before, role } if role > role_before => {
            Some((*user_id, provider.as_str(), (*role)?))
        }
        _ => None,
    }
}

/// Closes open requests for roles that `provider` now gives the person `user_id`. The sign-in does not wait for it.
fn settle_requests(audit: &Audit, user_id: i64, provider: String, role: Role) {
    if Handle::try_current().is_err() {
        return;
    }
    let audit = audit.clone();
    request_id::spawn(async move {
        if let Err(error) = admin::settle_by_provider(&audit, user_id, (&provider, role)).await {
            tracing::warn!(?error, user_id, "open requests for a role that a person now has could not be closed");
        }
    });
}

/// The key by which `event` is counted, and how many are logged in a minute. `None` means no limit: people and
/// providers cause it. What a browser or a program can cause at will is logged once.
fn limited(event: &Event) -> Option<(Line, u32)> {
    let name = event.name();
    let (line, at_most) = match event {
        Event::SignInNotBegun { reason, ip, .. }
        | Event::SignInRefused { reason, ip, .. }
        | Event::SignOutWithoutMatch { reason, ip, .. }
        | Event::ProviderSignOutRefused { reason, ip, .. } => (Line::new(name, *reason, *ip), REFUSALS),
        Event::SignInStopped { ip, .. } => (Line::new(name, "", *ip), REFUSALS),
        Event::AccessDenied { reason, user_id, ip, .. } => {
            let at_most = if user_id.is_some() { REFUSALS } else { 1 };
            (Line::new(name, reason.name(), *ip).of_person(*user_id), at_most)
        }
        Event::ApiTokenRefused { reason, ip, .. } => (Line::new(name, *reason, *ip), 1),
        // The token is valid, so the caller is known, and others behind the same address must not hide their lines.
        Event::ApiDenied { provider, subject, reason, .. } => {
            (Line::new(name, reason.name(), None).of_caller(provider, subject), REFUSALS)
        }
        Event::SignedIn { .. }
        | Event::Refreshed { .. }
        | Event::NotRefreshed { .. }
        | Event::SignedOutByProvider { .. }
        | Event::LogoutTokenWithoutEnd { .. }
        | Event::SignedOut { .. } => return None,
    };
    Some((line, at_most))
}

fn log(event: &Event) {
    let name = event.name();
    match event {
        Event::SignedIn { provider, user_id, role, ip } => {
            tracing::info!(
                event = name,
                provider,
                user_id,
                role = role.map(Role::key),
                ip = ip.map(tracing::field::display)
            );
        }
        Event::SignInNotBegun { provider, reason, detail, ip } => {
            let detail = plain(detail, DETAIL_MAX_CHARS);
            tracing::warn!(event = name, provider, reason, detail, ip = ip.map(tracing::field::display));
        }
        Event::SignInRefused { provider, user_id, reason, detail, said, ip } => {
            let (detail, said) = (plain(detail, DETAIL_MAX_CHARS), ProviderFields::of(said.as_deref()));
            tracing::warn!(
                event = name,
                provider,
                user_id,
                reason,
                detail,
                provider_error = said.error,
                provider_code = said.code,
                provider_text = said.text,
                trace_id = said.trace_id,
                correlation_id = said.correlation_id,
                ip = ip.map(tracing::field::display),
            );
        }
        Event::SignInStopped { provider, in_a_row, ip } => {
            tracing::warn!(event = name, provider, in_a_row, ip = ip.map(tracing::field::display));
        }
        Event::Refreshed { provider, user_id, role_before, role } => {
            let (before, after) = (role_before.map(Role::key), role.map(Role::key));
            tracing::info!(event = name, provider, user_id, role_before = before, role = after);
        }
        Event::NotRefreshed { provider, user_id, ended, reason, detail, said } => {
            let (detail, said) = (plain(detail, DETAIL_MAX_CHARS), ProviderFields::of(said.as_deref()));
            tracing::warn!(
                event = name,
                provider,
                user_id,
                ended,
                reason,
                detail,
                provider_error = said.error,
                provider_code = said.code,
                provider_text = said.text,
                trace_id = said.trace_id,
                correlation_id = said.correlation_id,
            );
        }
        Event::SignedOutByProvider { provider, user_ids, ip } => {
            tracing::info!(event = name, provider, ?user_ids, ip = ip.map(tracing::field::display));
        }
        Event::SignOutWithoutMatch { provider, reason, ip } => {
            tracing::warn!(event = name, provider, reason, ip = ip.map(tracing::field::display));
        }
        Event::LogoutTokenWithoutEnd { provider, ip } => {
            tracing::info!(event = name, provider, ip = ip.map(tracing::field::display));
        }
        Event::ProviderSignOutRefused { provider, reason, detail, ip } => {
            let detail = plain(detail, DETAIL_MAX_CHARS);
            tracing::warn!(event = name, provider, reason, detail, ip = ip.map(tracing::field::display));
        }
        Event::SignedOut { provider, user_id, ip } => {
            tracing::info!(event = name, provider, user_id, ip = ip.map(tracing::field::display));
        }
        Event::AccessDenied { reason, user_id, role, ip } => {
            let (needed, reason, role) = (needed(*reason), reason.name(), role.map(Role::key));
            tracing::warn!(event = name, reason, user_id, role, needed, ip = ip.map(tracing::field::display));
        }
        Event::ApiTokenRefused { reason, detail, ip } => {
            let detail = plain(detail, DETAIL_MAX_CHARS);
            tracing::warn!(event = name, reason, detail, ip = ip.map(tracing::field::display));
        }
        Event::ApiDenied { provider, client, caller, reason, role, ip, .. } => {
            let (needed, client) = (needed(*reason), plain(client, DETAIL_MAX_CHARS));
            let (caller, reason, role) = (caller.key(), reason.name(), role.map(Role::key));
            tracing::warn!(
                event = name,
                provider,
                client,
                caller,
                reason,
                role,
                needed,
                ip = ip.map(tracing::field::display)
            );
        }
    }
}

/// The key of the role that would have been enough.
fn needed(reason: Denied) -> Option<&'static str> {
    reason.needed().map(Role::key)
}

/// The fields with what a provider said.
#[derive(Default)]
struct ProviderFields<'a> {
    error: Option<&'a str>,
    code: Option<u32>,
    text: Option<&'a str>,
    trace_id: Option<DisplayValue<Uuid>>,
    correlation_id: Option<DisplayValue<Uuid>>,
}

impl<'a> ProviderFields<'a> {
    fn of(said: Option<&'a ProviderSaid>) -> Self {
        let Some(said) = said else { return Self::default() };
        Self {
            error: Some(&said.error),
            code: said.code,
            text: said.text.as_deref(),
            trace_id: said.trace_id.map(tracing::field::display),
            correlation_id: said.correlation_id.map(tracing::field::display),
        }
    }
}
