//! What every handler shares.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use rolecall_model::{AppCard, Role, RoleGrant, StepUp, Viewer};
use rolecall_sign_in::Auth;
use rolecall_sign_in::config::RoleRules;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::guard::CurrentSignIn;
use rolecall_sign_in::session::{CookiePolicy, CookieSessionStore, SignOutMark};

use super::assets::Assets;
use super::log_limit::LogLimit;
use super::rate_limits::Rates;
use super::readiness::Readiness;
use super::room::Room;
use super::stop::Stopping;
use crate::app::ShellAssets;
use crate::apps::hosts::Codes;
use crate::apps::{App, Apps, Mount};
use crate::config::Config;
use crate::dashboards::{Dashboards, open_to};
use crate::graph::Graph;
use crate::routes;

/// The state of the application. Every layer clones it at every request, so a clone is one pointer.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What the state consists of.
pub struct Shared {
    /// The configuration in force.
    pub config: Config,
    /// The origin that people type, as browsers write it in `Origin`.
    pub origin: String,
    /// The database.
    pub db: Db,
    /// The sign-in.
    pub auth: Auth,
    /// Microsoft Graph.
    pub graph: Graph,
    /// The cookie sessions.
    pub sessions: CookieSessionStore,
    /// The dashboards.
    pub dashboards: Dashboards,
    /// The apps behind Rolecall.
    pub apps: Apps,
    /// The codes that hand sign-ins over to the hosts of apps.
    pub app_codes: Codes,
    /// The names and attributes of the cookies on the hosts of apps.
    pub app_cookies: CookiePolicy,
    /// What clients have asked for lately.
    pub rates: Rates,
    /// Whether people can sign in.
    pub readiness: Readiness,
    /// How many lines of the log one client can cause.
    pub log_limit: LogLimit,
    /// How many connections there are, and may be.
    pub room: Room,
    /// Whether the process is about to stop.
    pub stopping: Stopping,
    /// The files that browsers load.
    pub assets: Assets,
    /// Their names in documents.
    pub shell_assets: ShellAssets,
    /// What Leptos wants to know.
    pub leptos: LeptosOptions,
    /// Whether `cargo leptos watch` runs the server.
    pub watched: bool,
}

impl AppState {
    /// The state that consists of `shared`.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// What pages know of whoever is behind `sign_in`, in a browser that remembers the sign-out with the mark `signed_out`.
    pub fn viewer(&self, sign_in: Option<&CurrentSignIn>, signed_out: Option<&SignOutMark>) -> Viewer {
        let user = sign_in.and_then(|current| current.sign_in.as_ref()).map(|sign_in| sign_in.user.clone());
        let role = user.as_ref().and_then(|user| user.role);
        let open_role = sign_in.and_then(|current| current.open_role);
        let provider = sign_in.and_then(|current| current.sign_in.as_ref()).map(|sign_in| sign_in.provider.clone());
        let ask_for = provider.as_ref().filter(|_| role.is_none()).and_then(|id| self.ask_for(id));
        Viewer {
            dashboards: open_to(role),
            apps: self.apps_open_to(role),
            providers: self.auth.choices().to_vec(),
            demonstration: self.config.demonstration,
            ask_for,
            step_up: role
                .filter(|role| open_role < Some(*role))
                .zip(provider)
                .map(|(role, provider)| StepUp { role, provider }),
            signed_out: signed_out.map(ToString::to_string),
            user,
        }
    }

    /// What would give the lowest role to a person of the provider `id`: groups where no app role was ever configured.
    fn ask_for(&self, id: &str) -> Option<RoleGrant> {
        let rules = self.auth.config().rules_for(&self.auth.provider(id)?.config);
        let first = |values: fn(&RoleRules, Role) -> &[String]| {
            let values = Role::ALL.into_iter().map(|role| values(rules, role)).find(|values| !values.is_empty());
            values.map(<[String]>::to_vec)
        };
        let app_roles = first(RoleRules::values_for).map(RoleGrant::AppRoles);
        let groups = first(RoleRules::groups_for).map(RoleGrant::Groups);
        let are_default = rules.claim_values == RoleRules::default().claim_values;
        if are_default { groups.or(app_roles) } else { app_roles.or(groups) }
    }

    /// The apps that `role` opens.
    fn apps_open_to(&self, role: Option<Role>) -> Vec<AppCard> {
        let card = |app: &App| AppCard {
            name: app.name.clone(),
            title: app.title.clone(),
            summary: app.summary.clone(),
            href: match &app.mount {
                Mount::Host(_) => app.place(&self.config.auth.public_url).to_string(),
                Mount::Path { .. } => routes::app(&app.name),
            },
        };
        self.apps.all().iter().filter(|app| role >= Some(app.role)).map(card).collect()
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for Auth {
    fn from_ref(state: &AppState) -> Self {
        state.auth.clone()
    }
}
