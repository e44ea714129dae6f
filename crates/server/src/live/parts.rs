//! The parts of the server that streams use.

use rolecall_core::dashboards::Dashboards;
use rolecall_sign_in::Auth;

use super::stream_limit::Streams;
use crate::state::AppState;
use crate::stop::Stopping;
use crate::viewers::Viewers;

/// The parts. Every stream keeps them while its page is open, so all share one copy.
pub struct LiveParts {
    pub auth: Auth,
    pub dashboards: Dashboards,
    /// For the link to the sign-in.
    pub viewers: Viewers,
    pub streams: Streams,
    pub stopping: Stopping,
}

impl LiveParts {
    /// The parts of `state`.
    pub fn of(state: &AppState) -> Self {
        Self {
            auth: state.auth.clone(),
            dashboards: state.dashboards.clone(),
            viewers: state.viewers.clone(),
            streams: state.streams.clone(),
            stopping: state.stopping.clone(),
        }
    }
}
