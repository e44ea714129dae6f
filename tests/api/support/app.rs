//! The whole application on a loopback socket, with the demonstration provider and a database of its own.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use leptos::config::LeptosOptions;
use rolecall_config::Config;
use rolecall_config::Sources;
use rolecall_config::tls::certificate;
use rolecall_core::audit::Audit;
use rolecall_demo_provider::DemoProvider;
use rolecall_server::{Application, StopOrder};
use rolecall_sign_in::config::ProviderKind;
use rolecall_sign_in::db::Db;
use rolecall_sign_in::{Auth, Clock};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::dashboards::{write_dashboards, write_dataset_file};
use super::faulty_provider::FaultyProvider;
use super::{Browser, OwnProvider, PROGRAM, TestClock, TestDb};

/// The path of a script whose name carries no hash. There is a `/robots.txt` too.
pub const SCRIPT: &str = "/live.js";
/// The path of a file whose name carries a hash.
pub const HASHED_ASSET: &str = "/pkg/rolecall.aBcDeFgHiJkLmNoPqRsT12.js";
/// How long the application may take to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// The running application. Dropping this stops it and removes everything that it stored.
pub struct TestApp {
    /// The clock of the application.
    pub clock: TestClock,
    running: Option<Running>,
    settings: BTreeMap<String, String>,
    has_second_provider: bool,
    with_offline_access: bool,
    left_out_scope: Option<&'static str>,
    does_tls: bool,
    own_provider: Option<OwnProvider>,
    /// The issuer of `demo`, if another application runs it.
    issuer: Option<String>,
    /// Kept open during a restart, so that no other process gets the port.
    listener: TcpListener,
    folder: TempDir,
}

struct Running {
    auth: Auth,
    db: Db,
    audit: Audit,
    demo: Option<FaultyProvider>,
    stop: mpsc::Sender<StopOrder>,
    served: JoinHandle<std::io::Result<()>>,
}

/// The settings of an application that has not started yet.
#[derive(Default)]
pub struct Setup {
    settings: BTreeMap<String, String>,
    has_second_provider: bool,
    with_offline_access: bool,
    left_out_scope: Option<&'static str>,
    clock: Option<TestClock>,
    does_tls: bool,
    issuer: Option<String>,
    provider: Where,
    dashboards: Vec<(&'static str, String)>,
    datasets: Vec<(&'static str, &'static str)>,
}

/// Where the provider `demo` runs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Where {
    /// In the application, which is then a demonstration.
    #[default]
    Here,
    /// On a port of its own.
    Elsewhere,
}

impl Setup {
    /// Makes the application use `clock`, which a provider uses, too.
    #[must_use]
    pub fn with_clock(mut self, clock: TestClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets an environment variable of the configuration.
    #[must_use]
    pub fn set(mut self, variable: &str, value: &str) -> Self {
        self.settings.insert(variable.to_owned(), value.to_owned());
        self
    }

    /// Stores the application's data in `database`, which is empty.
    #[must_use]
    pub fn on(self, database: &TestDb) -> Self {
        self.set("ROLECALL_DATABASE_URL", &database.url)
    }

    /// Adds the provider `other`: the demonstration provider under a second id.
    #[must_use]
    pub fn with_second_provider(mut self) -> Self {
        self.has_second_provider = true;
        self
    }

    /// Asks the provider for refresh tokens.
    #[must_use]
    pub fn with_offline_access(mut self) -> Self {
        self.with_offline_access = true;
        self
    }

    /// Does not request the scopes that Graph needs.
    #[must_use]
    pub fn without_graph_scope(mut self) -> Self {
        self.left_out_scope = Some("User.Read");
        self
    }

    /// Makes `demo` a provider on a port of its own. The application is then no demonstration, and may be behind a
    /// proxy.
    #[must_use]
    pub fn with_own_provider(mut self) -> Self {
        self.provider = Where::Elsewhere;
        self
    }

    /// Makes `demo` the provider that `app` runs, as several instances have one provider. The application is then no
    /// demonstration.
    #[must_use]
    pub fn with_provider_of(mut self, app: &TestApp) -> Self {
        self.issuer = Some(app.demo().issuer().as_str().to_owned());
        self
    }

    /// Puts the application behind a proxy on this machine.
    #[must_use]
    pub fn behind_proxy(self) -> Self {
        self.with_own_provider().set("ROLECALL_TRUSTED_PROXIES", "127.0.0.1")
    }

    /// Makes the application serve https, with a certificate of its own.
    #[must_use]
    pub fn over_tls(mut self) -> Self {
        self.does_tls = true;
        self
    }

    /// Adds the dashboard `text`, called `name` in paths, beside the weather.
    #[must_use]
    pub fn with_dashboard(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.dashboards.push((name, text.into()));
        self
    }

    /// Adds a file with `text` that defines the queried data set `name`.
    #[must_use]
    pub fn with_dataset_file(mut self, name: &'static str, text: &'static str) -> Self {
        self.datasets.push((name, text));
        self
    }

    /// The configuration as a program would read it, with its folders in `folder`, without starting the application.
    pub fn sources(&self, folder: &TempDir) -> Sources {
        let own = [
            ("ROLECALL_PUBLIC_URL".to_owned(), "http://127.0.0.1:3000".to_owned()),
            ("ROLECALL_DATA_DIR".to_owned(), folder.path().join("data").display().to_string()),
        ];
        let environment = own.into_iter().chain(self.settings.clone()).collect();
        Sources { config_dir: folder.path().join("config"), environment }
    }

    /// Starts the application.
    pub async fn start(self) -> TestApp {
        let folder = TempDir::new().unwrap();
        write_site(&folder);
        write_dashboards(&folder.path().join("config"), &self.dashboards);
        for (name, text) in &self.datasets {
            write_dataset_file(&folder.path().join("config"), name, text);
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let mut settings = BTreeMap::from([
            ("ROLECALL_BIND".to_owned(), address.to_string()),
            ("ROLECALL_PUBLIC_URL".to_owned(), format!("http://{address}")),
            ("ROLECALL_DATA_DIR".to_owned(), folder.path().join("data").display().to_string()),
            ("ROLECALL_DASHBOARDS__PAGE_WAIT".to_owned(), "1min".to_owned()),
        ]);
        if self.does_tls {
            settings.extend(tls_settings(&folder, address));
        }
        settings.extend(self.settings);
        let Self {
            has_second_provider, with_offline_access, left_out_scope, does_tls, clock, issuer, provider, ..
        } = self;
        let clock = clock.unwrap_or_else(TestClock::starting_now);
        let own_provider = if provider == Where::Elsewhere { Some(OwnProvider::start(&clock).await) } else { None };
        let mut app = TestApp {
            clock,
            running: None,
            settings,
            has_second_provider,
            with_offline_access,
            left_out_scope,
            does_tls,
            own_provider,
            issuer,
            listener,
            folder,
        };
        app.begin().await;
        app
    }
}

impl TestApp {
    /// Starts the application without any settings.
    pub async fn start() -> Self {
        Setup::default().start().await
    }

    /// An application with settings, to be started.
    pub fn setup() -> Setup {
        Setup::default()
    }

    /// Changes a setting, from the next start on.
    pub fn set(&mut self, variable: &str, value: &str) {
        self.settings.insert(variable.to_owned(), value.to_owned());
    }

    /// Stops the application as an operator would, and starts it again with the same data.
    pub async fn restart(&mut self) {
        self.restart_after(async |_| {}).await;
    }

    /// Stops the application, calls `meanwhile` with its data folder, and starts it again.
    pub async fn restart_after(&mut self, meanwhile: impl AsyncFnOnce(&Path)) {
        let Running { stop, served, .. } = self.running.take().unwrap();
        stop.send(StopOrder::Interrupt).await.unwrap();
        timeout(STOP_TIMEOUT, served).await.unwrap().unwrap().unwrap();
        meanwhile(&self.data_dir()).await;
        self.begin().await;
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        if self.does_tls {
            return Browser::trusting(&format!("https://{}", self.address()), &self.certificate());
        }
        Browser::new(&format!("http://{}", self.address()))
    }

    /// A browser on pages of the provider.
    pub fn at_provider(&self) -> Browser {
        self.own_provider.as_ref().map_or_else(|| self.browser(), OwnProvider::browser)
    }

    /// A browser that has never been at the host `host` of this application, which is a name that ends in `.localhost`.
    pub fn browser_at(&self, host: &str) -> Browser {
        Browser::at(host, self.address())
    }

    /// The certificate that it was started with, as PEM.
    pub fn certificate(&self) -> Vec<u8> {
        std::fs::read(self.data_dir().join("tls/cert.pem")).unwrap()
    }

    /// The configuration of the application, as another program on this machine would read it.
    pub fn sources(&self) -> Sources {
        Sources { config_dir: self.folder.path().join("config"), environment: self.settings.clone() }
    }

    /// The address on which the application listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// The demonstration provider, which runs unless another one is configured.
    #[track_caller]
    pub fn demo(&self) -> &FaultyProvider {
        self.running().demo.as_ref().unwrap()
    }

    /// How often the userinfo endpoint of the demonstration provider was asked.
    pub fn userinfo_requests(&self) -> u64 {
        self.running().demo.as_ref().map_or(0, |demo| demo.requests().userinfo)
    }

    /// The sign-in.
    pub fn auth(&self) -> &Auth {
        &self.running().auth
    }

    pub fn audit(&self) -> &Audit {
        &self.running().audit
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.running().db
    }

    /// The folder of its data.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The number of rows in `from`, which is a table, optionally with a condition.
    pub async fn count(&self, from: &str) -> i64 {
        super::count(self.db(), from).await
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    async fn begin(&mut self) {
        let (mut config, _) = Config::load(&self.sources()).unwrap();
        let own_issuer = self.own_provider.as_ref().map(|own| own.demo.issuer().as_str().to_owned());
        if let Some(issuer) = own_issuer.or_else(|| self.issuer.clone()) {
            config.demonstration = false;
            config.auth.providers[0].kind = ProviderKind::Oidc { issuer };
        }
        if self.with_offline_access {
            config.auth.providers[0].scopes.push("offline_access".to_owned());
        }
        config.auth.providers[0].scopes.retain(|scope| Some(scope.as_str()) != self.left_out_scope);
        if self.has_second_provider {
            let mut other = config.auth.providers[0].clone();
            "other".clone_into(&mut other.id);
            config.auth.providers.push(other);
        }
        config.datasets.import_program = Some(PROGRAM.into());
        let root = self.folder.path().join("site").display().to_string();
        let options = LeptosOptions::builder().output_name("rolecall").site_root(root).build();
        let site = rolecall::site(options, false);
        let mut demo = self.own_provider.as_ref().map(|own| own.demo.clone());
        let routes = |honest: &DemoProvider| demo.insert(FaultyProvider::around(honest, &self.clock)).router();
        let application = Application::with_demonstration(config, site, self.clock.clock(), routes).await.unwrap();

        let listener = tokio::net::TcpListener::from_std(self.listener.try_clone().unwrap()).unwrap();
        // Dropping `stop` means that the test is over, which also stops the application.
        let (stop, orders) = mpsc::channel(1);
        let (auth, db, audit) = (application.auth().clone(), application.db().clone(), application.audit().clone());
        let served = tokio::spawn(application.serve(listener, orders));
        self.running = Some(Running { auth, db, audit, demo, stop, served });
    }
}

/// Makes a new certificate, and returns the settings with which the application uses it.
fn tls_settings(folder: &TempDir, address: SocketAddr) -> [(String, String); 3] {
    let public_url = format!("https://{address}");
    let data_dir = folder.path().join("data");
    let files =
        certificate::load_or_create(&data_dir, &public_url.parse().unwrap(), &[], Clock::system().now_ms()).unwrap();
    let setting = |name: &str, value: String| (name.to_owned(), value);
    [
        setting("ROLECALL_PUBLIC_URL", public_url),
        setting("ROLECALL_TLS__CERT", files.cert.display().to_string()),
        setting("ROLECALL_TLS__KEY", files.key.display().to_string()),
    ]
}

/// Files for browsers to load: a hashed one, and others.
fn write_site(folder: &TempDir) {
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    std::fs::write(site.join(HASHED_ASSET.trim_start_matches('/')), "export {};\n").unwrap();
    std::fs::write(site.join("favicon.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n").unwrap();
    std::fs::write(site.join(SCRIPT.trim_start_matches('/')), "export {};\n").unwrap();
    std::fs::write(site.join("robots.txt"), "User-agent: *\nDisallow: /\n").unwrap();
}
