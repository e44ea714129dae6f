//! The settings of the server: plain values, already checked.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use rolecall_apps::UpstreamApp;
use rolecall_core::datasets::{Connections, Importer};
use rolecall_data::import::{Limits as FileLimits, Worker};
use rolecall_sign_in::bearer::ApiAccess;
use rolecall_sign_in::config::{AuthConfig, ProviderConfig};
use strum::{EnumString, IntoStaticStr};
use url::Url;

use super::providers::DEMONSTRATION_ID;
use super::report::mask_password;
use crate::tls::TlsFiles;

/// Everything that is in force.
#[derive(Clone)]
pub struct Config {
    /// The environment's name (`ROLECALL_ENV`): `development`, `production`, or any other.
    pub env: String,
    /// What the sign-in needs. Its `secret_keys` are empty when none were given: the server then adds the one of
    /// [`load_or_create`](rolecall_sign_in::secret_key::load_or_create).
    pub auth: AuthConfig,
    /// Where the server listens.
    pub bind: SocketAddr,
    /// Where the data are: `sqlite:…` or `postgres://…`. May hold a password.
    pub database_url: String,
    /// The folder for what Rolecall keeps on disk.
    pub data_dir: PathBuf,
    /// The folder of the dashboards in files.
    pub dashboards_folder: PathBuf,
    /// The folder of the data sets in files.
    pub datasets_folder: PathBuf,
    /// The proxies whose statements about the client are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The certificate and key to answer https with; `None` behind a proxy that does so, and on plain http.
    pub tls: Option<TlsFiles>,
    /// Limits on connections and requests.
    pub limits: Limits,
    /// How data sets are imported.
    pub datasets: DataSetSettings,
    /// How many dashboards and versions of them there may be.
    pub dashboards: DashboardSettings,
    /// How many days a row of the audit is kept.
    pub audit_keep_days: u32,
    /// The external databases that data sets are queried from, by name.
    pub connections: Connections,
    /// Which access tokens the API accepts; `None` if it is off.
    pub api: Option<ApiAccess>,
    /// The apps behind Rolecall, by name.
    pub apps: Vec<UpstreamApp>,
    /// Whether people may reach a Rolecall on another machine without https.
    pub allow_insecure_http: bool,
    /// Where Microsoft Graph is.
    pub graph_base_url: Url,
    /// Whether the embedded demonstration provider is in use: no provider is configured, and both `bind` and
    /// `public_url` are loopback addresses.
    pub demonstration: bool,
    /// How log lines look.
    pub log: LogFormat,
    /// What is logged, in the syntax of `tracing_subscriber`'s `EnvFilter`.
    pub log_filter: String,
}

impl Config {
    /// Whether `provider` is the demonstration provider.
    #[must_use]
    pub fn is_demonstration(&self, provider: &ProviderConfig) -> bool {
        self.demonstration && provider.id == DEMONSTRATION_ID
    }
}

/// Limits on connections and requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How often one client may send expensive requests.
    pub rates: RateLimits,
    /// Concurrent connections, of browsers and to apps.
    pub connections: NonZeroU32,
    /// Concurrent connections of one client: an IPv4 address, or an IPv6 /64. Trusted proxies have no such limit.
    pub connections_per_client: NonZeroU32,
    /// How long a connection may take to send the head of its next request, including the time before it begins.
    pub header_timeout: Duration,
    /// How long stopping may take in all.
    pub shutdown_timeout: Duration,
}

impl Limits {
    /// How many of `connections` one client may have by default: a quarter. That is enough for an office behind one
    /// address, and it is unlikely that four clients use all of them.
    pub(super) fn share_of(connections: NonZeroU32) -> NonZeroU32 {
        NonZeroU32::new(connections.get().div_ceil(4)).unwrap_or(connections)
    }
}

/// How many dashboards and versions of them there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DashboardSettings {
    /// How many versions of a dashboard are kept, the current one included.
    pub keep_versions: u32,
    /// How many dashboards one person can own.
    pub max_per_owner: u32,
    /// How long a page waits for its filters and panels.
    pub page_wait: Duration,
}

/// How data sets are imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSetSettings {
    /// How large a file may be.
    pub limits: FileLimits,
    /// How many versions of a data set are kept, the current one included.
    pub keep_versions: u32,
    /// How many data sets one person or program can own.
    pub max_per_owner: u32,
    /// The program that reads files in a process of its own, started with `import-worker`; `None` is this one.
    pub import_program: Option<PathBuf>,
}

impl DataSetSettings {
    /// What reads the files of imports.
    ///
    /// # Errors
    /// When it is this program, and its path is not known.
    pub fn importer(&self) -> io::Result<Importer> {
        let worker = match &self.import_program {
            Some(program) => Worker::new(program, ["import-worker"]),
            None => Worker::of_this_program()?,
        };
        Ok(Importer { worker, limits: self.limits })
    }
}

/// Limits per minute and on concurrent requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// The number of sign-ins that one client may begin, also of those that it may complete, and of steps that hand a
    /// sign-in over to an app.
    pub sign_ins_per_minute: NonZeroU32,
    /// The number of sign-outs that one client may report.
    pub channel_logouts_per_minute: NonZeroU32,
    /// The number of invalid access tokens that one client may send.
    pub api_failures_per_minute: NonZeroU32,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum LogFormat {
    /// For people at a terminal.
    Pretty,
    /// One JSON object a line, for programs.
    Json,
}

impl fmt::Debug for Config {
    /// By hand, because the database address may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("env", &self.env)
            .field("auth", &self.auth)
            .field("bind", &self.bind)
            .field("database_url", &mask_password(&self.database_url))
            .field("data_dir", &self.data_dir)
            .field("dashboards_folder", &self.dashboards_folder)
            .field("datasets_folder", &self.datasets_folder)
            .field("trusted_proxies", &self.trusted_proxies)
            .field("tls", &self.tls)
            .field("limits", &self.limits)
            .field("datasets", &self.datasets)
            .field("dashboards", &self.dashboards)
            .field("audit_keep_days", &self.audit_keep_days)
            .field("connections", &self.connections)
            .field("api", &self.api)
            .field("apps", &self.apps)
            .field("allow_insecure_http", &self.allow_insecure_http)
            .field("graph_base_url", &self.graph_base_url.as_str())
            .field("demonstration", &self.demonstration)
            .field("log", &self.log)
            .field("log_filter", &self.log_filter)
            .finish()
    }
}
