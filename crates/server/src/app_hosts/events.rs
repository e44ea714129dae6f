//! Events on the hosts of apps, for the log. docs/LOGGING.md lists them. None contains a secret.

use std::net::IpAddr;

use axum::http::Extensions;
use rolecall_apps::hosts::EnterError;
use rolecall_sign_in::ClientAddress;
use tracing::field::display;

use crate::limits::log_limit::{Line, LogLimit};

/// How many failed hand-overs per client are logged in a minute.
const REFUSALS: u32 = 30;

/// A sign-in was handed over to the host of `app`.
pub fn entered(app: &str, extensions: &Extensions) {
    tracing::info!(event = "app_entered", app, ip = ip(extensions).map(display));
}

/// A hand-over to the host of `app` failed.
pub fn not_entered(log_limit: &LogLimit, app: &str, error: &EnterError, extensions: &Extensions) {
    let (reason, ip) = (error.name(), ip(extensions));
    if !log_limit.admits(Line::new("app_not_entered", reason, ip), REFUSALS) {
        return;
    }
    let ip = ip.map(display);
    if error.is_temporary() {
        tracing::error!(event = "app_not_entered", app, reason, ?error, ip);
    } else {
        tracing::warn!(event = "app_not_entered", app, reason, ip);
    }
}

/// A browser was not redirected again, because it did not keep its session on the host of `app`.
pub fn stopped(log_limit: &LogLimit, app: &str, in_a_row: u8, extensions: &Extensions) {
    let ip = ip(extensions);
    if log_limit.admits(Line::new("app_stopped", app.to_owned(), ip), REFUSALS) {
        tracing::warn!(event = "app_stopped", app, in_a_row, ip = ip.map(display));
    }
}

fn ip(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ClientAddress>().map(|address| address.0)
}
