//! The state that handlers and layers share: each extracts the part that it needs.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use rolecall_apps::Apps;
use rolecall_apps::hosts::Codes;
use rolecall_config::Config;
use rolecall_core::audit::Audit;
use rolecall_core::bookmarks::Bookmarks;
use rolecall_core::dashboards::Dashboards;
use rolecall_core::statistics::Statistics;
use rolecall_core::uploads::Uploads;
use rolecall_doctor::Examinations;
use rolecall_entra::graph::Graph;
use rolecall_sign_in::Auth;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::CookieSessions;
use rolecall_ui::documents::{Documents, ShellAssets};
use rolecall_ui::rendered::Rendered;

use super::assets::Assets;
use super::connections::ConnectionLimits;
use super::headers::SecurityHeaders;
use super::health::Readiness;
use super::limits::log_limit::LogLimit;
use super::limits::rate_limits::Rates;
use super::live::Streams;
use super::network::addresses::PublicAddress;
use super::network::forwarded::TrustedProxies;
use super::page_policies::PagePolicies;
use super::pages::Pages;
use super::policy::Policy;
use super::problem::ProblemPages;
use super::sign_in_health::KeptSignInHealth;
use super::stop::Stopping;
use super::viewers::Viewers;

/// The state of the application. Layers and handlers clone it for every request, so a clone is one pointer. The API
/// and SCIM have states of their own.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// The content of the state.
pub struct Shared {
    /// The configuration in force.
    pub config: Config,
    /// The public address.
    pub address: PublicAddress,
    /// The security headers of every answer.
    pub security_headers: SecurityHeaders,
    /// The trusted proxies.
    pub trusted_proxies: TrustedProxies,
    /// The database.
    pub db: Db,
    /// The sign-in.
    pub auth: Auth,
    /// Microsoft Graph.
    pub graph: Graph,
    /// The cookie sessions of our own host.
    pub sessions: CookieSessions,
    /// The cookie sessions of the hosts of apps.
    pub app_sessions: CookieSessions,
    pub dashboards: Dashboards,
    /// The uploads.
    pub uploads: Uploads,
    /// The cache of rendered parts of pages.
    pub rendered: Rendered,
    /// The apps behind Rolecall.
    pub apps: Apps,
    /// The codes that hand sign-ins over to the hosts of apps.
    pub app_codes: Codes,
    /// The rate limits.
    pub rates: Arc<Rates>,
    /// The readiness check.
    pub readiness: Readiness,
    /// The limit for log lines.
    pub log_limit: LogLimit,
    /// The statistics.
    pub statistics: Statistics,
    /// The audit.
    pub audit: Audit,
    /// People's bookmarks and visits.
    pub bookmarks: Bookmarks,
    /// The policy.
    pub policy: Policy,
    /// The doctor's check of this process.
    pub examinations: Examinations,
    /// The numbers about sign-ins.
    pub sign_in_health: KeptSignInHealth,
    /// The connections and their limits.
    pub connection_limits: ConnectionLimits,
    /// Whether the process is about to stop.
    pub stopping: Stopping,
    /// The event streams of open pages.
    pub streams: Streams,
    /// The files that browsers load.
    pub assets: Assets,
    /// Their names in documents.
    pub shell_assets: ShellAssets,
    /// Builds the documents of pages.
    pub documents: Documents,
    /// Builds the viewers of pages.
    pub viewers: Viewers,
    /// The content security policies of pages.
    pub page_policies: PagePolicies,
    /// The pages about problems.
    pub problem_pages: ProblemPages,
    /// Answers requests with pages.
    pub pages: Pages,
}

impl AppState {
    /// The state that consists of `shared`.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Lets handlers and layers extract the part of the state that they need, with axum's `State`.
macro_rules! parts {
    ($($part:ty: $field:ident,)*) => {
        $(impl FromRef<AppState> for $part {
            fn from_ref(state: &AppState) -> Self {
                state.$field.clone()
            }
        })*
    };
}

parts! {
    Apps: apps,
    Assets: assets,
    Audit: audit,
    Auth: auth,
    Dashboards: dashboards,
    Examinations: examinations,
    Graph: graph,
    KeptSignInHealth: sign_in_health,
    LogLimit: log_limit,
    Pages: pages,
    Policy: policy,
    ProblemPages: problem_pages,
    PublicAddress: address,
    Readiness: readiness,
    Rendered: rendered,
    ShellAssets: shell_assets,
    Stopping: stopping,
    Uploads: uploads,
}
