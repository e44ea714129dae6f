//! The viewer from the context.

use std::sync::Arc;

use leptos::prelude::*;

use rolecall_model::Viewer;

/// The viewer of the page; [`nobody`] outside the application.
#[must_use]
pub fn use_viewer() -> Arc<Viewer> {
    use_context::<Arc<Viewer>>().unwrap_or_else(|| Arc::new(nobody()))
}

/// A viewer who is signed out, without providers to choose from.
#[must_use]
pub fn nobody() -> Viewer {
    Viewer {
        user: None,
        providers: Vec::new(),
        demonstration: false,
        dashboards: Vec::new(),
        apps: Vec::new(),
        ask_for: None,
        step_up: None,
        signed_out: None,
    }
}
