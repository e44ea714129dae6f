//! What handlers and layers share: each takes the part that it uses.

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
use rolecall_entra::graph::Graph;
use rolecall_sign_in::Auth;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::session::CookieSessions;

use super::access::RouteRule;
use super::assets::Assets;
use super::connections::ConnectionLimits;
use super::examination::Examinations;
use super::headers::SecurityHeaders;
use super::health::Readiness;
use super::limits::log_limit::LogLimit;
use super::limits::rate_limits::Rates;
use super::live::Streams;
use super::network::addresses::PublicAddress;
use super::network::forwarded::TrustedProxies;
use super::page_policies::PagePolicies;
use super::problem::ProblemPages;
use super::sign_in_health::KeptSignInHealth;
use super::stop::Stopping;
use super::viewers::Viewers;
use crate::app::{Documents, ShellAssets};
use crate::pages::rendered::Rendered;

/// The state of the application. Every layer clones it at every request, so a clone is one pointer.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What the state consists of.
pub struct Shared {
    /// The configuration in force.
    pub config: Config,
    /// The address by which people reach us.
    pub address: PublicAddress,
    /// The security headers of every answer.
    pub security_headers: SecurityHeaders,
    /// The proxies that are trusted.
    pub trusted_proxies: TrustedProxies,
    /// The database.
    pub db: Db,
    /// The sign-in.
    pub auth: Auth,
    /// Microsoft Graph.
    pub graph: Graph,
    /// The cookie sessions of our own host.
    pub sessions: CookieSessions,
    /// Those of the hosts of apps.
    pub app_sessions: CookieSessions,
    pub dashboards: Dashboards,
    /// The files on their way to data sets.
    pub uploads: Uploads,
    /// The parts of pages that were made already.
    pub rendered: Rendered,
    /// The apps behind Rolecall.
    pub apps: Apps,
    /// The codes that hand sign-ins over to the hosts of apps.
    pub app_codes: Codes,
    /// What clients have asked for lately.
    pub rates: Arc<Rates>,
    /// Whether people can sign in.
    pub readiness: Readiness,
    /// How many lines of the log one client can cause.
    pub log_limit: LogLimit,
    /// What is counted.
    pub statistics: Statistics,
    /// What is kept of what happens.
    pub audit: Audit,
    /// What people marked and looked at.
    pub bookmarks: Bookmarks,
    /// Who may ask for which route.
    pub rules: Vec<RouteRule>,
    /// The doctor's look at this process.
    pub examinations: Examinations,
    /// How signing in goes.
    pub sign_in_health: KeptSignInHealth,
    /// How many connections there are, and may be.
    pub connection_limits: ConnectionLimits,
    /// Whether the process is about to stop.
    pub stopping: Stopping,
    /// The streams of open pages.
    pub streams: Streams,
    /// The files that browsers load.
    pub assets: Assets,
    /// Their names in documents.
    pub shell_assets: ShellAssets,
    /// Makes the documents of pages.
    pub documents: Documents,
    /// What pages know of whoever looks at them.
    pub viewers: Viewers,
    /// The content security policies of pages.
    pub page_policies: PagePolicies,
    /// The pages about problems.
    pub problem_pages: ProblemPages,
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

/// Lets handlers and layers take the part of the state that they use, by axum's `State`.
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
    Auth: auth,
    Dashboards: dashboards,
    Graph: graph,
    LogLimit: log_limit,
    ProblemPages: problem_pages,
    PublicAddress: address,
    Readiness: readiness,
    Rendered: rendered,
    ShellAssets: shell_assets,
    Stopping: stopping,
    Uploads: uploads,
}
