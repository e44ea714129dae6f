//! A Postgres server for one test, on a socket in a folder that is removed with it.

use std::ffi::OsStr;
use std::fs::File;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::{NamedTempFile, TempDir};

/// Where Debian and its relatives put the programs, one folder a version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Who runs the server when the tests run as root, which its programs refuse.
const UNPRIVILEGED: &str = "postgres";
/// The arguments with which the database cluster is made, without its place.
const INITDB: [&str; 8] = ["-U", "rolecall", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
/// The folder that integration tests share; unit tests have none.
const SHARED_FOLDER: Option<&str> = option_env!("CARGO_TARGET_TMPDIR");

/// A running server.
pub struct Postgres {
    programs: PathBuf,
    as_unprivileged: bool,
    folder: TempDir,
}

impl Postgres {
    /// Starts a server. Fails where its programs are missing: `make rust-tests` leaves out what needs them there, by
    /// the word `postgres` in the names of the tests.
    pub fn start() -> Self {
        let server = prepare().unwrap_or_else(|missing| {
            panic!("{missing}: install PostgreSQL, or leave out what needs it with -E 'not test(postgres)'")
        });
        server.initialise();
        server
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!("postgres://rolecall@localhost/postgres?host={}", self.folder.path().display())
    }

    /// Stops the server as an operator would, cutting every connection, and starts it again on the same data.
    pub fn restart(&self) {
        let data = self.folder.path().join("data");
        let log = self.folder.path().join("log");
        let arguments = ["-w", "-t", "60", "-m", "fast", "-l"].map(OsStr::new);
        let places = [log.as_os_str(), OsStr::new("-D"), data.as_os_str(), OsStr::new("restart")];
        self.run("pg_ctl", arguments.into_iter().chain(places));
    }

    /// Makes the database cluster and starts the server, without waiting for any disk: the data live for seconds.
    fn initialise(&self) {
        let data = self.folder.path().join("data");
        let log = self.folder.path().join("log");
        let options = format!("-F -h '' -k '{}'", self.folder.path().display());
        match SHARED_FOLDER {
            Some(shared) => self.copy_cluster(Path::new(shared)),
            None => self.make_cluster(),
        }
        let arguments = ["-w", "-t", "60", "-o", &options].map(OsStr::new);
        let places = [OsStr::new("-l"), log.as_os_str(), OsStr::new("-D"), data.as_os_str(), OsStr::new("start")];
        self.run("pg_ctl", arguments.into_iter().chain(places));
    }

    fn make_cluster(&self) {
        let data = self.folder.path().join("data");
        self.run("initdb", INITDB.map(OsStr::new).into_iter().chain([OsStr::new("-D"), data.as_os_str()]));
    }

    /// Unpacks the cluster from `shared`, which is much faster than making one. If there is none, it is made; several
    /// processes may do so at once, since the archive gets its name only when complete.
    fn copy_cluster(&self, shared: &Path) {
        let archive = shared.join(self.archive_name());
        if let Ok(packed) = File::open(&archive) {
            self.tar("-xpf", &[], packed.into(), Stdio::null());
            return;
        }
        self.make_cluster();
        std::fs::create_dir_all(shared).unwrap();
        let packed = NamedTempFile::new_in(shared).unwrap();
        self.tar("-cf", &["data"], Stdio::null(), packed.reopen().unwrap().into());
        packed.persist(archive).unwrap();
    }

    /// The name of the packed cluster, which differs for other programs and other ways of making it.
    fn archive_name(&self) -> String {
        let program = self.programs.join("postgres");
        let metadata = program.metadata().unwrap();
        let mut hasher = DefaultHasher::new();
        (INITDB, program, metadata.len(), metadata.mtime()).hash(&mut hasher);
        format!("postgres-{:016x}.tar", hasher.finish())
    }

    /// Runs tar in the folder, on an archive that it reads from `input` or writes to `output`.
    fn tar(&self, mode: &str, names: &[&str], input: Stdio, output: Stdio) {
        let mut command = self.unprivileged(OsStr::new("tar"));
        command.arg(mode).arg("-").arg("-C").arg(self.folder.path()).args(names);
        let output = command.stdin(input).stdout(output).output().unwrap();
        assert!(output.status.success(), "tar failed: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn run<'a>(&self, program: &str, arguments: impl Iterator<Item = &'a OsStr>) {
        let output = self.command(program).args(arguments).output().unwrap();
        assert!(output.status.success(), "{program} failed: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn command(&self, program: &str) -> Command {
        self.unprivileged(self.programs.join(program).as_os_str())
    }

    /// `program` as the user who runs the server.
    fn unprivileged(&self, program: &OsStr) -> Command {
        let mut command = if self.as_unprivileged {
            let mut command = Command::new("setpriv");
            command.arg(format!("--reuid={UNPRIVILEGED}")).arg(format!("--regid={UNPRIVILEGED}"));
            command.arg("--init-groups").arg(program);
            command
        } else {
            Command::new(program)
        };
        // The folder of the tests may be closed to the other user.
        command.current_dir("/").stdin(Stdio::null());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        let _ = self.command("pg_ctl").args(["-m", "immediate", "-w", "-D"]).arg(data).arg("stop").output();
    }
}

/// A server that can be started, or what is missing for one.
fn prepare() -> Result<Postgres, String> {
    let programs = programs().ok_or("PostgreSQL's initdb, pg_ctl and postgres are missing")?;
    let folder = TempDir::new().unwrap();
    let as_unprivileged = folder.path().metadata().unwrap().uid() == 0;
    if as_unprivileged {
        let missing = || format!("the tests run as root, and there is no user {UNPRIVILEGED} to run PostgreSQL");
        let [user, group] = [id("-u").ok_or_else(missing)?, id("-g").ok_or_else(missing)?];
        chown(folder.path(), Some(user), Some(group)).unwrap();
    }
    Ok(Postgres { programs, as_unprivileged, folder })
}

/// The number of the unprivileged user (`-u`) or of its group (`-g`).
fn id(which: &str) -> Option<u32> {
    let output = Command::new("id").args([which, UNPRIVILEGED]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The folder of the programs: one of `PATH`, or the latest version's.
#[expect(clippy::disallowed_methods, reason = "where programs are is not a setting of Rolecall")]
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let latest_first = versions.into_iter().rev().map(|(_, folder)| folder);
    let has_all = |folder: &Path| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file());
    std::env::split_paths(&path).chain(latest_first).find(|folder| has_all(folder))
}
