//! The program itself, as a process of its own: it can be killed at any moment and started again on the same data.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use openidconnect::reqwest::Url;
use rolecall_core::datasets::Importer;
use rolecall_data::import::{Limits, Worker};
use rolecall_routes as routes;
use rolecall_sign_in::db::Db;
use tempfile::TempDir;

use super::dashboards::write_dashboards;
use super::{Answer, Browser, OwnProvider, parameter, until};

/// Where the program is.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_rolecall");

/// Reads files as the program does; this is needed because the tests are a different executable.
pub fn importer() -> Importer {
    Importer { worker: Worker::new(PROGRAM, ["import-worker"]), limits: Limits::default() }
}

/// The running program. Dropping this ends it and removes everything that it stored.
pub struct Program {
    running: Option<Process>,
    settings: BTreeMap<String, String>,
    umask: &'static str,
    origin: String,
    data_dir: PathBuf,
    _folder: TempDir,
}

impl Program {
    /// Starts the program with `settings`, its data in a folder of its own.
    pub async fn start(settings: impl IntoIterator<Item = (String, String)>) -> Self {
        Self::start_with_umask("022", settings).await
    }

    /// The same with this `umask` for new files, unless the program sets permissions itself.
    pub async fn start_with_umask(umask: &'static str, settings: impl IntoIterator<Item = (String, String)>) -> Self {
        let folder = TempDir::new().unwrap();
        let data_dir = folder.path().join("data");
        let config_dir = folder.path().join("config");
        write_dashboards(&config_dir, &[]);
        // The port is released at once, because the program has to listen on it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let origin = format!("http://{address}");
        let own = [
            ("ROLECALL_BIND", address.to_string()),
            ("ROLECALL_PUBLIC_URL", origin.clone()),
            ("ROLECALL_CONFIG_DIR", config_dir.display().to_string()),
            ("ROLECALL_DATA_DIR", data_dir.display().to_string()),
            ("LEPTOS_SITE_ROOT", config_dir.display().to_string()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        let settings = own.into_iter().chain(settings).collect();
        let mut program = Self { running: None, settings, umask, origin, data_dir, _folder: folder };
        program.begin().await;
        program
    }

    /// Kills the program immediately, like `kill -9`.
    pub fn kill(&mut self) {
        let mut running = self.running.take().unwrap();
        running.0.kill().unwrap();
        assert_eq!(running.0.wait().unwrap().signal(), Some(9), "it had ended before");
    }

    /// Sends the program the signal `name`, as the command `kill` names it.
    pub fn signal(&self, name: &str) {
        let pid = self.running.as_ref().unwrap().0.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// How the program ended; `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.running.as_mut().unwrap().0.try_wait().unwrap()
    }

    /// Starts the killed program again on the same data.
    pub async fn begin(&mut self) {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("umask {}; exec \"$0\"", self.umask), PROGRAM]);
        command.env_clear().envs(&self.settings).current_dir(self.data_dir.parent().unwrap());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.running = Some(Process(command.spawn().unwrap()));
        let mut browser = self.browser();
        until("the program is ready", async || browser.try_get(routes::HEALTH_READY).await == Some(200)).await;
    }

    /// The highest memory use since the last call, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let process = format!("/proc/{}", self.running.as_ref().unwrap().0.id());
        let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        // From here on, the peak starts at the current use (proc(5)).
        std::fs::write(format!("{process}/clear_refs"), "5").unwrap();
        peak.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }

    /// The folder of its data.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        self.origin.strip_prefix("http://").unwrap()
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.origin)
    }

    /// The program's database, opened from outside.
    pub async fn db(&self) -> Db {
        Db::open(
            &format!("sqlite:{}", self.data_dir.join("rolecall.sqlite3").display()),
            &rolecall_core::schema::migrations(),
        )
        .await
        .unwrap()
    }
}

/// A process that is ended with the test at the latest.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Browser {
    /// Goes to `path`. Returns the status, or `None` if there is no answer.
    pub async fn try_get(&mut self, path: &str) -> Option<u16> {
        let request = self.navigation(openidconnect::reqwest::Method::GET, path);
        request.send().await.ok().map(|answer| answer.status().as_u16())
    }

    /// Begins a sign-in at `provider` and chooses `person` there. Returns the callback.
    pub async fn come_back_from(&mut self, provider: &OwnProvider, person: &str) -> Url {
        let begun = self.get(&format!("/login/{}", OwnProvider::ID)).await;
        let authorization: Url = begun.location().parse().unwrap();
        assert!(!parameter(&authorization, "state").is_empty());
        provider.browser().choose(&authorization, person).await
    }

    /// Tries to sign in at `provider` as `person`. Returns the answer to the callback.
    pub async fn attempt_at(&mut self, provider: &OwnProvider, person: &str) -> Answer {
        let callback = self.come_back_from(provider, person).await;
        self.follow(&callback).await
    }
}
