//! Reads the whole configuration, in the order of the report.

use std::ops::RangeInclusive;
use std::time::Duration;

use rolecall_routes as routes;
use rolecall_sign_in::ReturnTo;
use rolecall_sign_in::config::{
    AuthConfig, ProviderConfig, ProviderKind, ProviderOptions, ProviderRoles, SessionLimits, StepUp,
};
use tracing_subscriber::EnvFilter;

use super::https::Certificate;
use super::layers::Layers;
use super::mistake::{ConfigErrors, Mistake};
use super::network::{self, Network, origin};
use super::providers::{self, DEFAULT_SCOPES, DEMONSTRATION_ID, GRAPH_SCOPE};
use super::reader::{Reader, default_of};
use super::report::SettingsReport;
use super::settings::{Config, LogFormat};
use super::sources::{DEVELOPMENT, PRODUCTION, Sources};
use super::spelling::ENV_VARIABLE;
use super::{api, apps, connections, dashboards, datasets, limits, roles, storage};

/// The folder of the dashboards, in that of the configuration.
const DASHBOARDS_FOLDER: &str = "dashboards";
/// The folder of the data sets in files, in that of the configuration.
const DATASETS_FOLDER: &str = "datasets";
/// The shortest and the longest session that can be configured: 2 minutes, so that its pages warn a minute before the
/// end; 30 days.
const SESSION_RANGE: RangeInclusive<Duration> = Duration::from_mins(2)..=LONGEST;
/// The shortest and the longest time since an authentication.
const STEP_UP_RANGE: RangeInclusive<Duration> = Duration::from_mins(1)..=LONGEST;
const LONGEST: Duration = Duration::from_hours(30 * 24);

impl Config {
    /// Reads every layer: defaults, `{config_dir}/rolecall.toml`, `rolecall.{env}.toml`, `rolecall.local.toml`, and the
    /// environment. Reads files, writes none.
    ///
    /// # Errors
    /// Every mistake.
    pub fn load(sources: &Sources) -> Result<(Self, SettingsReport), ConfigErrors> {
        Self::read(sources, Certificate::Needed)
    }

    /// The same for the command that makes the certificate, whose files need not exist yet.
    ///
    /// # Errors
    /// Every other mistake.
    pub fn load_before_certificate(sources: &Sources) -> Result<(Self, SettingsReport), ConfigErrors> {
        Self::read(sources, Certificate::ToBeMade)
    }

    fn read(sources: &Sources, certificate: Certificate) -> Result<(Self, SettingsReport), ConfigErrors> {
        let mut mistakes = Vec::new();
        let env = sources.env(&mut mistakes);
        sources.check_config_dir(&env, &mut mistakes);
        let layers = Layers::read(sources, &env, &mut mistakes);
        let mut reader = Reader::new(layers, mistakes);

        note_env(&mut reader, sources, &env);
        let network = Network::read(&mut reader, certificate);
        let data_dir = storage::data_dir(&mut reader);
        let database_url = storage::database_url(&mut reader, &data_dir);
        let secret_keys = storage::secret_keys(&mut reader, &env, &data_dir);
        let session = session(&mut reader);
        let limits = limits::read(&mut reader);
        let datasets = datasets::read(&mut reader);
        let dashboards = dashboards::read(&mut reader);
        let audit_keep_days = audit_keep_days(&mut reader);
        let connections = connections::read(&mut reader, &data_dir, &database_url, datasets.limits.columns);
        let step_up = step_up(&mut reader);
        let (log, log_filter) = log(&mut reader, &env);
        let roles = roles::read(&mut reader);
        let graph_base_url = network::graph_base_url(&mut reader);
        let mut providers = providers::read(&mut reader);
        let demonstration = demonstration(&mut reader, &network, &env);
        let apps = apps::read(&mut reader, &network);
        providers.extend(demonstration.clone());
        let api = api::read(&mut reader, demonstration.is_some());

        let report = reader.finish().map_err(ConfigErrors)?;
        let (Some(public_url), Some(graph_base_url)) = (network.public_url, graph_base_url) else {
            return Err(without_public_url());
        };
        // `loopback_certificates` is set at the start, if the demonstration provider is served over https.
        let auth = AuthConfig {
            public_url,
            secret_keys,
            session,
            providers,
            roles,
            step_up,
            without_role: Some(ReturnTo::parse_or_home(Some(routes::DASHBOARDS))),
            loopback_certificates: None,
        };
        let config = Self {
            env,
            auth,
            bind: network.bind,
            database_url,
            data_dir,
            dashboards_folder: sources.config_dir.join(DASHBOARDS_FOLDER),
            datasets_folder: sources.config_dir.join(DATASETS_FOLDER),
            trusted_proxies: network.trusted_proxies,
            tls: network.tls,
            limits,
            datasets,
            dashboards,
            audit_keep_days,
            connections,
            api,
            apps,
            allow_insecure_http: network.allow_insecure_http,
            graph_base_url,
            demonstration: demonstration.is_some(),
            log,
            log_filter,
        };
        Ok((config, report))
    }
}

/// Puts the environment's name into the report.
fn note_env(reader: &mut Reader, sources: &Sources, env: &str) {
    let given = sources.environment.get(ENV_VARIABLE).is_some_and(|name| !name.is_empty());
    let layer = if given { format!("environment variable {ENV_VARIABLE}") } else { "default".to_owned() };
    reader.note_from("env", &env, &layer);
}

/// How long a sign-in lasts.
fn session(reader: &mut Reader) -> SessionLimits {
    const REMEDY: &str = "Give a duration from 2 minutes to 30 days, for example \"8h\" or \"90m\".";
    let default = |key| humantime::parse_duration(default_of(key)).unwrap_or_default();
    let parse = |text: &str| humantime::parse_duration(text).ok().filter(|duration| SESSION_RANGE.contains(duration));
    let idle = reader.parsed("session.idle", default("session.idle"), REMEDY, parse);
    let absolute = reader.parsed("session.absolute", default("session.absolute"), REMEDY, parse);
    let [idle_text, absolute_text] = [idle, absolute].map(|duration| humantime::format_duration(duration).to_string());
    if idle > absolute && !reader.has_mistake("session") {
        let what = format!("is {idle_text}, longer than `session.absolute`, which is {absolute_text}");
        reader.mistake("session.idle", &what, "Make it as long or shorter, or lengthen `session.absolute`.");
    }
    reader.note("session.idle", &idle_text);
    reader.note("session.absolute", &absolute_text);
    SessionLimits { idle, absolute }
}

/// How many days a row of the audit is kept.
fn audit_keep_days(reader: &mut Reader) -> u32 {
    const KEY: &str = "audit.keep_days";
    const DAYS: std::ops::RangeInclusive<u64> = 1..=36_500;
    let given = reader.count(KEY);
    if let Some(given) = given.filter(|given| !DAYS.contains(given)) {
        let remedy = "Give a number of days from 1 to 36500.";
        reader.mistake(KEY, &format!("is {given}, which cannot be used"), remedy);
    }
    let usable = given.filter(|given| DAYS.contains(given)).and_then(|given| u32::try_from(given).ok());
    let days = usable.unwrap_or_else(|| default_of(KEY).parse().unwrap_or(400));
    reader.note(KEY, &days);
    days
}

/// How long ago a person may have authenticated.
fn step_up(reader: &mut Reader) -> StepUp {
    let mut limit = |key: &str| {
        let remedy = "Give a duration from 1 minute to 30 days, for example \"15m\", or leave it out.";
        let parse = |text: &str| humantime::parse_duration(text).ok().filter(|limit| STEP_UP_RANGE.contains(limit));
        let limit = reader.parsed(key, None, remedy, |text| parse(text).map(Some));
        reader
            .note(key, &limit.map_or_else(|| "none".to_owned(), |limit| humantime::format_duration(limit).to_string()));
        limit
    };
    StepUp { write: limit("step_up.write"), admin: limit("step_up.admin") }
}

/// How log lines look, and what is logged.
fn log(reader: &mut Reader, env: &str) -> (LogFormat, String) {
    let default = if env == PRODUCTION { LogFormat::Json } else { LogFormat::Pretty };
    let log = reader.parsed("log", default, "Give \"pretty\" or \"json\".", |text| text.parse().ok());
    let remedy = "Give a level (error, warn, info, debug, trace), or levels by module: \"info,rolecall=debug\".";
    let usable = |text: &str| EnvFilter::try_new(text).is_ok().then(|| text.to_owned());
    let filter = reader.parsed("log_filter", default_of("log_filter").to_owned(), remedy, usable);
    reader.note("log", &<&str>::from(log));
    reader.note("log_filter", &filter);
    (log, filter)
}

/// The embedded demonstration provider, if no provider is configured, only this machine can reach Rolecall, and the
/// environment is `development`. Otherwise a configuration without a provider is a mistake, because the demonstration
/// lets anyone sign in.
fn demonstration(reader: &mut Reader, network: &Network, env: &str) -> Option<ProviderConfig> {
    const REMEDY: &str = "Configure one, for example ROLECALL_PROVIDERS__AZURE__KIND=entra with TENANT, CLIENT_ID and \
                          CLIENT_SECRET beside it; config/rolecall.toml shows how.";
    // If somebody has begun to configure a provider, the demonstration must not replace it.
    if !reader.names("providers").is_empty() || reader.has_mistake("providers") {
        return None;
    }
    if env != DEVELOPMENT {
        let what = format!(
            "has no provider, and the demonstration provider, where anybody can sign in as anybody, is there in \
             `{DEVELOPMENT}` only, not in `{env}`"
        );
        reader.missing("providers", &what, REMEDY);
        return None;
    }
    if !network.is_loopback() {
        // Without a usable `public_url` this cannot be decided, and that mistake is reported already.
        if network.public_url.is_some() || !network.bind.ip().is_loopback() {
            let what = "has no provider, and the demonstration provider serves loopback addresses only";
            reader.missing("providers", what, REMEDY);
        }
        return None;
    }
    let issuer = format!("{}{}", origin(network.public_url.as_ref()?), routes::DEMO);
    reader.note_from(
        &format!("providers.{DEMONSTRATION_ID}.issuer"),
        &issuer,
        "demonstration, since no provider is configured",
    );
    Some(ProviderConfig {
        id: DEMONSTRATION_ID.to_owned(),
        display_name: "the demonstration provider".to_owned(),
        kind: ProviderKind::Oidc { issuer },
        client_id: "rolecall-demonstration".to_owned(),
        client_secret: None,
        client_key: None,
        scopes: DEFAULT_SCOPES.into_iter().chain([GRAPH_SCOPE]).map(str::to_owned).collect(),
        options: ProviderOptions::default(),
        roles: ProviderRoles::default(),
    })
}

/// Only for completeness: a missing `public_url` was reported as a mistake before.
fn without_public_url() -> ConfigErrors {
    let (what, remedy) = ("is missing".to_owned(), "Give what people type to reach Rolecall.".to_owned());
    ConfigErrors(vec![Mistake { key: "public_url".to_owned(), layer: None, what, remedy }])
}
