//! The cookies of browsers on the hosts of apps.

use axum::extract::FromRef;
use rolecall_sign_in::session::CookiePolicy;

use crate::state::AppState;

/// Their policy, which is not that of our own host.
pub struct AppHostCookies(pub CookiePolicy);

impl FromRef<AppState> for AppHostCookies {
    fn from_ref(state: &AppState) -> Self {
        Self(state.app_sessions.cookies().clone())
    }
}
