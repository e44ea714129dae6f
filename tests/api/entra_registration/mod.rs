//! `rolecall register` and `rolecall unregister`: the real program against the directory of a tenant.

mod credentials;
mod interrupted;
mod others;
mod whole;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall_config::{Config, Sources};
use rolecall_sign_in::Clock;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::Directory;

const TENANT: &str = "11111111-2222-4333-8444-555555555555";
const REDIRECT_URI: &str = "https://rolecall.example.com/login/azure/authorized";

/// The client id and the object id of an application that somebody else made.
const PLANTED: &str = "33333333-2222-4333-8444-555555555555";
const PLANTED_OBJECT: &str = "44444444-2222-4333-8444-555555555555";

/// A directory, and a machine with a configuration folder.
struct Machine {
    directory: Directory,
    folder: TempDir,
    token: String,
}

/// The exit status and output of the program.
struct Said {
    status: i32,
    out: String,
    err: String,
}

/// A valid token, with these claims merged over its own.
fn token(claims: Value) -> String {
    let now_s = Clock::system().now_ms() / 1000;
    let mut all = json!({
        "aud": "00000003-0000-0000-c000-000000000000", "tid": TENANT, "exp": now_s + 3600,
        "scp": "openid User.Read Application.ReadWrite.All",
    });
    all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", encoded(&json!({"alg": "RS256"})), encoded(&all))
}

impl Machine {
    async fn new() -> Self {
        let token = token(json!({}));
        let folder = TempDir::new().unwrap();
        for name in ["config", "bin"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { directory: Directory::start(&token).await, folder, token }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("config/rolecall.local.toml")
    }

    /// The file in which an unfinished run keeps the application's id.
    fn unfinished(&self) -> PathBuf {
        self.folder.path().join("config/rolecall.register-azure.local.toml")
    }

    /// Puts an application with `tag` into the directory. Mallory owns it and knows a secret of it.
    fn plant(&self, tag: &str) {
        self.directory.change(|state| {
            let secret = json!({"displayName": "x", "keyId": "99999999-2222-4333-8444-555555555555", "hint": "abc"});
            let application = json!({
                "id": PLANTED_OBJECT, "appId": PLANTED, "displayName": "Rolecall", "tags": [tag],
                "web": {"redirectUris": ["https://mallory.example.com/"]},
                "passwordCredentials": [secret], "keyCredentials": [],
            });
            let owner = json!({
                "@odata.type": "#microsoft.graph.user", "id": "55555555-2222-4333-8444-555555555555",
                "displayName": "Mallory", "userPrincipalName": "mallory@contoso.example",
            });
            state.applications.insert(PLANTED_OBJECT.to_owned(), application);
            state.owners.insert(PLANTED_OBJECT.to_owned(), vec![owner]);
        });
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    /// Runs the program with `token` in the environment, and with nothing but `bin` on the path.
    fn run_with(&self, token: &str, arguments: &[&str]) -> Said {
        let [graph, bin, config] = [self.directory.url.clone(), self.path("bin"), self.path("config")];
        let output = Command::new(env!("CARGO_BIN_EXE_rolecall"))
            .args(arguments)
            .args(["--tenant", TENANT, "--graph-url", &graph])
            .env_clear()
            .envs([("PATH", bin.as_str()), ("ROLECALL_CONFIG_DIR", &config), ("ROLECALL_GRAPH_TOKEN", token)])
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let said = Said { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
        let all = format!("{}{}", said.out, said.err);
        assert!(!all.contains(&self.token) && !all.contains("8Q~made-up-secret"), "{all}");
        said
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn register(&self, more: &[&str]) -> Said {
        self.run_with(&self.token, &[&["register", "--redirect-uri", REDIRECT_URI], more].concat())
    }

    #[track_caller]
    fn registers(&self, more: &[&str]) -> String {
        let said = self.register(more);
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{}", said.out);
        said.out
    }

    #[track_caller]
    fn refuses(&self, said: &Said, words: &str) {
        assert_eq!(said.status, 1, "{}", said.out);
        assert!(said.err.contains(words), "{}", said.err);
        assert!(self.directory.state().changes.is_empty());
    }

    fn unregister(&self, more: &[&str]) -> Said {
        self.run_with(&self.token, &[&["unregister"], more].concat())
    }

    /// Checks that everything exists exactly once, and that the server can start with it.
    #[track_caller]
    fn is_whole(&self) {
        let application = self.directory.application();
        assert_eq!(self.directory.state().service_principals.len(), 1);
        let secrets = application["passwordCredentials"].as_array().unwrap();
        assert_eq!(secrets.len(), 1, "{secrets:?}");
        let config = self.config();
        let provider = &config.auth.providers[0];
        assert_eq!(provider.client_id, application["appId"]);
        let secret = &self.directory.state().secrets[secrets[0]["keyId"].as_str().unwrap()];
        assert_eq!(provider.client_secret.as_ref().unwrap().expose_secret(), secret);
        assert!(provider.options.secret_expires_at_ms.is_some(), "the doctor needs the end of the secret");
    }

    /// The configuration as the server reads it.
    #[track_caller]
    fn config(&self) -> Config {
        let sources = Sources { config_dir: self.folder.path().join("config"), ..Sources::default() };
        Config::load(&sources).unwrap().0
    }

    /// Puts a program `az` that runs `script` on the path.
    fn install_az(&self, script: &str) {
        let path = self.folder.path().join("bin/az");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
