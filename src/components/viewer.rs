//! The viewer as the pages find it.

use std::sync::Arc;

use leptos::prelude::*;

use rolecall_model::Viewer;

/// The one who looks at the page; [`nobody`] outside the application.
#[must_use]
pub fn use_viewer() -> Arc<Viewer> {
    use_context::<Arc<Viewer>>().unwrap_or_else(|| Arc::new(nobody()))
}

/// A viewer of whom nothing is known: signed out, and no provider to choose.
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
