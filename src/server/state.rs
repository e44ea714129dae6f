//! What every handler shares.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::assets::Assets;
use super::config::Config;
use crate::app::ShellAssets;
use crate::auth::Auth;
use crate::auth::guard::CurrentSignIn;
use crate::dashboards::{Dashboards, open_to};
use crate::db::Db;
use crate::identity::{Role, Viewer};

/// The state of the application. Clones share everything.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// The configuration in force.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// The sign-in.
    pub auth: Auth,
    /// The dashboards.
    pub dashboards: Dashboards,
    /// The files that browsers load.
    pub assets: Assets,
    /// Their names in documents.
    pub shell_assets: ShellAssets,
    /// What Leptos wants to know.
    pub leptos: LeptosOptions,
    /// Whether `cargo leptos watch` runs the server.
    #[from_ref(skip)]
    pub watched: bool,
}

impl AppState {
    /// What pages know of whoever is behind `sign_in`.
    #[must_use]
    pub fn viewer(&self, sign_in: Option<&CurrentSignIn>) -> Viewer {
        let user = sign_in.and_then(|current| current.0.as_ref()).map(|sign_in| sign_in.user.clone());
        let role = user.as_ref().and_then(|user| user.role);
        let has_no_role = user.is_some() && role.is_none();
        let ask_for = if has_no_role { self.auth.config().roles.values_for(Role::Read).to_vec() } else { Vec::new() };
        Viewer {
            dashboards: open_to(role),
            providers: self.auth.choices().to_vec(),
            demonstration: self.config.demonstration,
            ask_for,
            user,
        }
    }
}
