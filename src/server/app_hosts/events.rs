//! What happens on the hosts of apps, written to the log. docs/LOGGING.md lists it. Nothing here is a secret.

use axum::http::Extensions;
use tracing::field::DisplayValue;

use crate::apps::hosts::EnterError;
use crate::auth::ClientAddress;

/// A sign-in was handed over to the host of `app`.
pub fn entered(app: &str, extensions: &Extensions) {
    tracing::info!(event = "app_entered", app, ip = ip(extensions));
}

/// A hand-over to the host of `app` did not end well.
pub fn not_entered(app: &str, error: &EnterError, extensions: &Extensions) {
    let (reason, ip) = (error.name(), ip(extensions));
    if error.is_temporary() {
        tracing::error!(event = "app_not_entered", app, reason, ?error, ip);
    } else {
        tracing::warn!(event = "app_not_entered", app, reason, ip);
    }
}

/// A browser was not sent round once more, because it did not keep its session on the host of `app`.
pub fn stopped(app: &str, in_a_row: u8, extensions: &Extensions) {
    tracing::warn!(event = "app_stopped", app, in_a_row, ip = ip(extensions));
}

fn ip(extensions: &Extensions) -> Option<DisplayValue<std::net::IpAddr>> {
    extensions.get::<ClientAddress>().map(|address| tracing::field::display(address.0))
}
