//! `rolecall register` and `rolecall unregister`: the real program against the directory of a tenant.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall::config::Config;
use rolecall::config::Sources;
use rolecall_sign_in::Clock;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Directory, Fault, Point};

const TENANT: &str = "11111111-2222-4333-8444-555555555555";
const REDIRECT_URI: &str = "https://rolecall.example.com/login/azure/authorized";
const SIGNED_OUT: &str = "https://rolecall.example.com/signed-out";
/// The client id and the object id of an application that somebody else made.
const PLANTED: &str = "33333333-2222-4333-8444-555555555555";
const PLANTED_OBJECT: &str = "44444444-2222-4333-8444-555555555555";
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/sign-in/test-keys");

/// A directory, and a machine with a configuration.
struct Machine {
    directory: Directory,
    folder: TempDir,
    token: String,
}

/// What the program said.
struct Said {
    status: i32,
    out: String,
    err: String,
}

/// A token with these claims over those of one that is in order.
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

    /// Where a run that is not finished leaves its id.
    fn unfinished(&self) -> PathBuf {
        self.folder.path().join("config/rolecall.register-azure.local.toml")
    }

    /// Puts an application with `tag` into the directory, which Mallory owns and has a secret of.
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

    /// Runs the program with `token` in the environment, and `bin` alone to find others.
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

    /// Sees that there is exactly one of everything, and that the server can start with it.
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
        assert!(provider.options.secret_expires_at_ms.is_some(), "the doctor can warn before its end");
    }

    /// The configuration, as the server reads it.
    #[track_caller]
    fn config(&self) -> Config {
        let sources = Sources { config_dir: self.folder.path().join("config"), ..Sources::default() };
        Config::load(&sources).unwrap().0
    }

    /// Puts a program `az` on the path that does `script`.
    fn install_az(&self, script: &str) {
        let path = self.folder.path().join("bin/az");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_registered_and_the_second_run_changes_nothing() {
    let machine = Machine::new().await;
    let out = machine.registers(&[]);
    machine.is_whole();
    let application = machine.directory.application();
    let app_id = application["appId"].as_str().unwrap();
    for line in [format!("admin-consent --id {app_id}"), "Users and groups".into(), "rolecall doctor".into()] {
        assert!(out.contains(&line), "{out}");
    }
    assert_eq!(application["displayName"], "Rolecall");
    assert_eq!(application["signInAudience"], "AzureADMyOrg");
    assert_eq!(application["web"]["redirectUris"], json!([REDIRECT_URI, SIGNED_OUT]));
    let logout = "https://rolecall.example.com/login/azure/frontchannel-logout";
    assert_eq!(application["web"]["logoutUrl"], logout);
    let manifest: Value = serde_json::from_str(include_str!("../../config/entra-manifest.json")).unwrap();
    for part in ["api", "appRoles", "optionalClaims", "requiredResourceAccess"] {
        assert_eq!(application[part], manifest[part], "{part}");
    }
    assert_eq!(application["identifierUris"], json!([format!("api://{app_id}")]));
    assert_eq!(machine.file().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let config = machine.config();
    assert_eq!(config.api, None, "programs are let in when that is asked for");
    assert!(out.contains(&format!("API: api://{app_id}, off (`--api` turns it on)")), "{out}");
    assert_eq!(config.auth.public_url.as_str(), "https://rolecall.example.com/");
    assert!(config.auth.providers[0].scopes.contains(&"offline_access".to_owned()));

    let (before, file) = (machine.directory.state(), machine.text());
    let out = machine.registers(&[]);
    assert!(out.starts_with("Everything is up to date; nothing was changed."), "{out}");
    assert_eq!(machine.directory.state().changes, before.changes);
    assert_eq!(machine.text(), file);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_and_changes_nothing() {
    let machine = Machine::new().await;
    let out = machine.registers(&["--dry-run", "--api"]);
    for step in [
        "would create the application \"Rolecall\"",
        "would write the provider into",
        "would create its service",
        "would name its API api://, followed by its id",
        "would turn the API on in",
        "would create a client secret",
    ] {
        assert!(out.contains(step), "{out}");
    }
    assert!(machine.directory.state().changes.is_empty() && !machine.file().exists());

    machine.registers(&[]);
    let (before, file) = (machine.directory.state(), machine.text());
    let out = machine.registers(&["--dry-run", "--new-secret", "--require-assignment", "--api"]);
    assert!(out.contains("would create a client secret") && out.contains("would require assignment"), "{out}");
    assert!(out.contains("would turn the API on") && !out.contains("name its API"), "{out}");
    let said = machine.unregister(&["--dry-run"]);
    assert!(said.status == 0 && said.out.contains("would delete the application \"Rolecall\""), "{}", said.out);
    assert_eq!(machine.directory.state().changes, before.changes);
    assert_eq!(machine.text(), file);
}

#[tokio::test(flavor = "multi_thread")]
async fn unregistering_leaves_everything_else_and_can_be_done_twice() {
    let machine = Machine::new().await;
    fs::write(machine.file(), "# mine\nlog = \"json\"\n\n[providers.other]\nkind = \"oidc\" # theirs\n").unwrap();
    machine.registers(&[]);
    assert!(machine.text().starts_with("# mine\nlog = \"json\"\n") && machine.text().contains("# theirs"));
    assert_eq!(machine.file().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let said = machine.unregister(&[]);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("Entra keeps it for 30 days"), "{}", said.out);
    let state = machine.directory.state();
    assert!(state.applications.is_empty() && state.service_principals.is_empty() && state.deleted.len() == 1);
    let text = machine.text();
    assert!(!text.contains("azure") && !text.contains("client_secret"), "{text}");
    assert!(text.contains("log = \"json\"") && text.contains("kind = \"oidc\" # theirs"), "{text}");
    let said = machine.unregister(&[]);
    assert!(said.status == 0 && said.out.contains("nothing was changed"), "{}", said.out);
    assert_eq!(machine.directory.state().changes, state.changes);
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_mended_and_what_others_added_stays() {
    let machine = Machine::new().await;
    machine.registers(&[]);
    let role = json!({
        "allowedMemberTypes": ["User"], "description": "x", "displayName": "x", "isEnabled": true,
        "id": "77777777-2222-4333-8444-555555555555", "value": "Staff",
    });
    machine.directory.change(|state| {
        let application = state.applications.values_mut().next().unwrap();
        application["appRoles"][2]["isEnabled"] = json!(false);
        application["appRoles"].as_array_mut().unwrap().push(role.clone());
        application["web"]["redirectUris"] = json!(["https://other.example.com/"]);
        application["optionalClaims"]["idToken"].as_array_mut().unwrap().remove(0);
        application["requiredResourceAccess"] = json!([]);
        application["displayName"] = json!("Dashboards");
    });
    let out = machine.registers(&["--require-assignment"]);
    assert!(
        out.contains("bring the application up to date: appRoles, optionalClaims, requiredResourceAccess, web"),
        "{out}"
    );
    let application = machine.directory.application();
    assert_eq!(application["appRoles"][2]["isEnabled"], true);
    assert_eq!(application["appRoles"][3], role);
    assert_eq!(application["web"]["redirectUris"], json!(["https://other.example.com/", REDIRECT_URI, SIGNED_OUT]));
    assert_eq!(application["displayName"], "Dashboards");
    let principal = machine.directory.state().service_principals.into_values().next().unwrap();
    assert_eq!(principal["appRoleAssignmentRequired"], true);
    assert!(machine.registers(&["--require-assignment"]).contains("nothing was changed"));
    machine.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_back_to_the_address_that_they_type() {
    let machine = Machine::new().await;
    fs::write(machine.file(), "public_url = \"http://localhost:3000\"\n").unwrap();
    machine.refuses(&machine.register(&[]), "public_url http://localhost:3000, but --redirect-uri is at https://");
    assert_eq!(machine.text(), "public_url = \"http://localhost:3000\"\n");
    fs::write(machine.file(), "public_url = \"https://rolecall.example.com/\"\n").unwrap();
    machine.registers(&[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_turned_on_when_asked_for_stays_on_and_goes_with_the_application() {
    let machine = Machine::new().await;
    fs::write(machine.file(), "[api]\nscope = \"access_as_user\"\n").unwrap();
    machine.registers(&[]);
    assert_eq!(machine.config().api, None);
    let out = machine.registers(&["--api"]);
    let application = machine.directory.application();
    let name = format!("api://{}", application["appId"].as_str().unwrap());
    assert!(out.contains("turn the API on in") && out.contains(&format!("API: {name}, on")), "{out}");
    assert_eq!(machine.config().api.unwrap().audiences, [name.as_str()]);
    for again in [&["--api"][..], &[]] {
        let (changes, file) = (machine.directory.state().changes, machine.text());
        let out = machine.registers(again);
        assert!(out.contains("nothing was changed") && out.contains(&format!("{name}, on")), "{out}");
        assert_eq!((machine.directory.state().changes, machine.text()), (changes, file));
    }
    let said = machine.unregister(&[]);
    assert!(said.status == 0 && said.out.contains("remove [providers.azure] and its API from"), "{}", said.out);
    assert_eq!(machine.text(), "public_url = \"https://rolecall.example.com\"\n[api]\nscope = \"access_as_user\"\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_mended_and_what_administrators_added_stays() {
    let machine = Machine::new().await;
    machine.registers(&[]);
    let whole = machine.directory.application();
    let theirs = json!({
        "adminConsentDescription": "x", "adminConsentDisplayName": "x", "isEnabled": true, "type": "Admin",
        "id": "77777777-2222-4333-8444-555555555555", "value": "Data.Read",
    });
    let clients = json!([{
        "appId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "delegatedPermissionIds": [whole["api"]["oauth2PermissionScopes"][0]["id"]],
    }]);
    machine.directory.change(|state| {
        let application = state.applications.values_mut().next().unwrap();
        application["identifierUris"] = json!(["https://contoso.example/rolecall"]);
        application["optionalClaims"]["accessToken"] = json!([]);
        let api = &mut application["api"];
        api["requestedAccessTokenVersion"] = Value::Null;
        api["preAuthorizedApplications"] = clients.clone();
        api["oauth2PermissionScopes"][0]["isEnabled"] = json!(false);
        api["oauth2PermissionScopes"][0]["type"] = json!("Admin");
        api["oauth2PermissionScopes"].as_array_mut().unwrap().push(theirs.clone());
    });
    let out = machine.registers(&[]);
    assert!(out.contains("bring the application up to date: api, optionalClaims\n"), "{out}");
    assert!(out.contains("name its API api://"), "{out}");
    let mended = machine.directory.application();
    let name = format!("api://{}", whole["appId"].as_str().unwrap());
    assert_eq!(mended["identifierUris"], json!(["https://contoso.example/rolecall", name]));
    assert_eq!(mended["api"]["requestedAccessTokenVersion"], 2);
    assert_eq!(mended["api"]["preAuthorizedApplications"], clients);
    let mut ours = whole["api"]["oauth2PermissionScopes"][0].clone();
    ours["type"] = json!("Admin");
    assert_eq!(mended["api"]["oauth2PermissionScopes"], json!([ours, theirs]));
    assert_eq!(mended["optionalClaims"]["accessToken"], whole["optionalClaims"]["accessToken"]);

    // A scope that somebody made by hand before is taken as it is: consents refer to its id.
    machine.directory.change(|state| {
        let application = state.applications.values_mut().next().unwrap();
        application["api"]["oauth2PermissionScopes"] = json!([theirs]);
        application["api"]["oauth2PermissionScopes"][0]["value"] = json!("access_as_user");
    });
    assert!(machine.registers(&[]).contains("nothing was changed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_on_the_way_running_again_finishes() {
    for point in [Point::Before, Point::After] {
        let mut steps = 0;
        loop {
            let machine = Machine::new().await;
            machine.directory.set_fault(Fault { fails_at: Some((steps, point)), ..Fault::default() });
            let said = machine.register(&[]);
            if said.status == 0 {
                assert_eq!(steps, 4, "application, service principal, the API's name and secret can fail");
                break;
            }
            assert!(said.err.contains("Microsoft Graph"), "{}", said.err);
            machine.directory.set_fault(Fault::default());
            machine.registers(&[]);
            machine.is_whole();
            steps += 1;
        }
    }
    let machine = Machine::new().await;
    machine.registers(&[]);
    machine.directory.set_fault(Fault { fails_at: Some((0, Point::After)), ..Fault::default() });
    assert_eq!(machine.unregister(&[]).status, 1);
    machine.directory.set_fault(Fault::default());
    assert_eq!(machine.unregister(&[]).status, 0);
    assert!(!machine.text().contains("client_secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_cannot_be_written_is_taken_back() {
    let machine = Machine::new().await;
    let in_the_way = machine.folder.path().join("config/rolecall.local.toml.new");
    machine.directory.set_fault(Fault { in_the_way: Some(in_the_way.clone()), ..Fault::default() });
    let said = machine.register(&[]);
    assert_eq!(said.status, 1);
    assert!(
        said.err.contains("the secret was deleted again") && said.err.contains("cannot be written"),
        "{}",
        said.err
    );
    assert_eq!(machine.directory.application()["passwordCredentials"], json!([]));
    fs::remove_dir(in_the_way).unwrap();
    machine.directory.set_fault(Fault::default());
    machine.registers(&[]);
    machine.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_do_not_pile_up_and_one_that_ends_is_replaced() {
    let machine = Machine::new().await;
    machine.registers(&[]);
    let first = machine.text();
    machine.registers(&["--new-secret", "--secret-months", "3"]);
    assert_ne!(machine.text(), first);
    let count = || machine.directory.application()["passwordCredentials"].as_array().unwrap().len();
    assert_eq!(count(), 2, "a server that runs has the earlier one until it is started again");
    machine.registers(&[]);
    machine.is_whole();
    machine.directory.change(|state| {
        let application = state.applications.values_mut().next().unwrap();
        application["passwordCredentials"][0]["endDateTime"] = json!("2020-01-01T00:00:00Z");
        let foreign = json!({"displayName": "by hand", "keyId": "99999999-2222-4333-8444-555555555555", "hint": "abc"});
        application["passwordCredentials"].as_array_mut().unwrap().push(foreign);
    });
    assert!(machine.registers(&[]).contains("create a client secret"));
    machine.registers(&[]);
    assert_eq!(count(), 2, "what somebody made by hand stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_takes_the_place_of_a_secret() {
    let machine = Machine::new().await;
    let [certificate, key, other] =
        ["client-rsa.crt.pem", "client-rsa.key.pem", "client-p256.key.pem"].map(|name| format!("{KEYS}/{name}"));
    let said = machine.register(&["--certificate", &certificate, "--key", &other]);
    assert!(said.status == 1 && said.err.contains("is the certificate of another key"), "{}", said.err);
    machine.registers(&["--certificate", &certificate, "--key", &key]);
    let application = machine.directory.application();
    assert_eq!(application["passwordCredentials"], json!([]));
    assert_eq!(application["keyCredentials"].as_array().unwrap().len(), 1);
    assert!(machine.config().auth.providers[0].client_key.is_some());
    let out = machine.registers(&["--certificate", &certificate, "--key", &key]);
    assert!(out.contains("nothing was changed"), "{out}");

    // Also of one that is in use: it goes when the file does not name it any more.
    let machine = Machine::new().await;
    machine.registers(&[]);
    machine.registers(&["--certificate", &certificate, "--key", &key]);
    let count = || machine.directory.application()["passwordCredentials"].as_array().unwrap().len();
    assert_eq!(count(), 1);
    assert!(!machine.text().contains("client_secret"));
    machine.registers(&["--certificate", &certificate, "--key", &key]);
    assert_eq!(count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_busy_or_slow_is_waited_for() {
    let machine = Machine::new().await;
    machine.directory.set_fault(Fault { busy: 3, unknown_at_first: 2, ..Fault::default() });
    machine.registers(&[]);
    machine.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_somebody_planted_is_neither_adopted_nor_deleted() {
    let machine = Machine::new().await;
    machine.plant("rolecall:Rolecall");
    let said = machine.register(&[]);
    machine.refuses(&said, &format!("\"Rolecall\" ({PLANTED})"));
    assert!(said.err.contains("--adopt") && said.err.contains("another --name"), "{}", said.err);
    assert!(!machine.file().exists() && !machine.unfinished().exists());
    let said = machine.unregister(&[]);
    assert!(said.status == 0 && said.out.contains("nothing was changed"), "{}", said.out);
    assert!(said.out.contains("--client-id"), "{}", said.out);
    assert_eq!(machine.directory.application()["appId"], PLANTED);

    // Under another name all goes as it does without it.
    let name = ["--name", "Rolecall staging"];
    machine.registers(&name);
    assert!(!machine.text().contains(PLANTED));
    assert_eq!(machine.unregister(&name).status, 0);
    assert_eq!(machine.directory.application()["appId"], PLANTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn adopting_takes_a_client_id_and_tells_who_owns_the_application() {
    let machine = Machine::new().await;
    machine.plant("rolecall:Rolecall");
    let adopt = ["--adopt", PLANTED];
    let out = machine.registers(&[&adopt[..], &["--dry-run"]].concat());
    for words in ["\"Mallory\" (mallory@contoso.example)", "1 secret,", "https://mallory.example.com/", "would bring"] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(machine.directory.state().changes.is_empty() && !machine.file().exists());
    machine.registers(&adopt);
    assert_eq!(machine.config().auth.providers[0].client_id, PLANTED);
    assert_eq!(machine.directory.application()["passwordCredentials"].as_array().unwrap().len(), 2);

    let (before, file) = (machine.directory.state(), machine.text());
    for again in [&adopt[..], &[]] {
        assert!(machine.registers(again).starts_with("Everything is up to date"));
    }
    assert_eq!((machine.directory.state().changes, machine.text()), (before.changes, file));

    // Another one does not take the place of one that is configured, and one that is not there cannot be adopted.
    machine.directory.set_fault(Fault::default());
    let other = ["--adopt", "99999999-2222-4333-8444-555555555555"];
    machine.refuses(&machine.register(&other), "--replace");
    machine.refuses(&machine.register(&[&other[..], &["--replace"]].concat()), "is not in this tenant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_installation_neither_shares_nor_deletes_the_application_of_the_first() {
    let machine = Machine::new().await;
    let name = ["--name", "Ada's \"boards\" & more"];
    machine.registers(&name);
    assert!(machine.registers(&name).contains("nothing was changed"));
    let app_id = machine.directory.application()["appId"].as_str().unwrap().to_owned();
    let first = machine.text();
    fs::remove_file(machine.file()).unwrap();
    machine.directory.set_fault(Fault::default());
    machine.refuses(&machine.register(&name), &app_id);
    let said = machine.unregister(&name);
    assert!(said.status == 0 && said.out.contains("nothing was changed"), "{}", said.out);
    assert_eq!(machine.directory.application()["displayName"], name[1]);

    // Who lost the file names the application; one of another name is not meant.
    let client_id = ["--client-id", &app_id];
    machine.refuses(&machine.unregister(&client_id), "did not create");
    let said = machine.unregister(&[&name[..], &client_id].concat());
    assert!(said.status == 0 && machine.directory.state().applications.is_empty(), "{}", said.err);
    fs::write(machine.file(), first).unwrap();
    assert_eq!(machine.unregister(&name).status, 0);
    assert!(!machine.text().contains("client_secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_finds_its_own_application_among_planted_ones() {
    let lost = Fault { fails_at: Some((0, Point::After)), ..Fault::default() };
    let interrupted = || async {
        let machine = Machine::new().await;
        machine.directory.set_fault(lost.clone());
        assert_eq!(machine.register(&[]).status, 1);
        machine.directory.set_fault(Fault::default());
        assert_eq!(machine.unfinished().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        machine
    };
    let machine = interrupted().await;
    let own = machine.directory.application();
    for said in [machine.register(&["--name", "Other"]), machine.unregister(&["--name", "Other"])] {
        machine.refuses(&said, "under another name");
    }
    machine.plant("rolecall:Rolecall");
    let out = machine.registers(&[]);
    assert!(!out.contains("create the application"), "{out}");
    assert_eq!(machine.config().auth.providers[0].client_id, own["appId"]);
    assert!(!machine.unfinished().exists());

    let machine = interrupted().await;
    machine.plant("rolecall:Rolecall");
    assert_eq!(machine.unregister(&[]).status, 0);
    assert_eq!(machine.directory.application()["appId"], PLANTED);
    assert!(!machine.unfinished().exists());

    // What somebody copied from it makes neither count.
    let machine = interrupted().await;
    let tags = machine.directory.application()["tags"].clone();
    machine.plant("rolecall:Rolecall");
    machine.directory.change(|state| state.applications.get_mut(PLANTED_OBJECT).unwrap()["tags"] = tags);
    machine.refuses(&machine.register(&[]), PLANTED);
    machine.refuses(&machine.unregister(&[]), PLANTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_whose_client_id_could_not_be_written_is_found_again() {
    let machine = Machine::new().await;
    let in_the_way = machine.folder.path().join("config/rolecall.local.toml.new");
    fs::create_dir(&in_the_way).unwrap();
    let said = machine.register(&[]);
    assert!(said.status == 1 && said.err.contains("cannot be written"), "{}", said.err);
    fs::remove_dir(in_the_way).unwrap();
    machine.registers(&[]);
    machine.is_whole();

    // An application that could not be found again is not made.
    let machine = Machine::new().await;
    fs::create_dir(machine.unfinished().with_extension("toml.new")).unwrap();
    machine.refuses(&machine.register(&[]), "cannot be written");
    assert!(machine.directory.state().applications.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ours_is_left_alone() {
    let machine = Machine::new().await;
    let other = "[providers.azure]\nkind = \"oidc\"\nissuer = \"https://id.example.com\"\nclient_id = \"x\"\n";
    fs::write(machine.file(), other).unwrap();
    machine.refuses(&machine.register(&[]), "--replace");
    assert_eq!(machine.text(), other);
    machine.registers(&["--replace"]);
    machine.is_whole();

    // An application that bears no mark of ours.
    machine.directory.set_fault(Fault::default());
    machine.directory.change(|state| state.applications.values_mut().next().unwrap()["tags"] = json!(["theirs"]));
    machine.refuses(&machine.register(&[]), "did not create");
    machine.refuses(&machine.unregister(&[]), "did not create");
    // Unless somebody says that it is.
    assert!(machine.register(&["--dry-run"]).status == 1);
    let app_id = machine.directory.application()["appId"].as_str().unwrap().to_owned();
    let out = machine.registers(&["--adopt", &app_id]);
    assert!(out.contains("Owners: none") && out.contains("bring the application up to date: tags"), "{out}");
    machine.is_whole();
    machine.directory.set_fault(Fault::default());
    // One that is gone is not made again without a word.
    machine.directory.change(|state| state.applications.clear());
    machine.refuses(&machine.register(&[]), "is not in this tenant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_of_no_use_is_told_before_anything_is_done() {
    let machine = Machine::new().await;
    let register = ["register", "--redirect-uri", REDIRECT_URI];
    let now_s = Clock::system().now_ms() / 1000;
    for (claims, words) in [
        (json!({"exp": now_s - 1}), "it has expired"),
        (json!({"tid": "99999999-2222-4333-8444-555555555555"}), "it is for the tenant 99999999-"),
        (json!({"aud": "https://management.azure.com/"}), "not for Microsoft Graph"),
        (json!({"scp": "User.Read"}), "it lacks the permission"),
        (json!({"scp": null, "roles": ["User.Read.All"]}), "it lacks the permission"),
    ] {
        machine.refuses(&machine.run_with(&token(claims), &register), words);
    }
    machine.refuses(&machine.run_with("not the token", &register), "it is not an access token");
    machine.refuses(&machine.run_with("opaque", &register), "does not accept the token");
    machine.refuses(&machine.run_with("", &register), "install the Azure CLI");
    machine.directory.set_fault(Fault { forbids: true, ..Fault::default() });
    let said = machine.register(&[]);
    machine.refuses(&said, "Application.ReadWrite.All");
    assert!(said.err.contains("Authorization_RequestDenied"), "{}", said.err);
    machine.directory.set_fault(Fault::default());
    let own = token(json!({"scp": null, "roles": ["Application.ReadWrite.OwnedBy"]}));
    machine.directory.change(|state| state.token.clone_from(&own));
    assert_eq!(machine.run_with(&own, &register).status, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_azure_cli_gives_the_token_where_it_can() {
    let machine = Machine::new().await;
    let register = ["register", "--redirect-uri", REDIRECT_URI];
    machine.install_az("echo 'ERROR: Please run az login.' >&2; exit 1");
    let said = machine.run_with("", &register);
    machine.refuses(&said, "az login --tenant");
    machine.install_az(&format!(
        "echo \"$@\" > '{}'; echo '{{\"accessToken\": \"{}\", \"tenant\": \"{TENANT}\"}}'",
        machine.path("asked"),
        machine.token
    ));
    let said = machine.run_with("", &register);
    assert_eq!(said.status, 0, "{}", said.err);
    let asked = fs::read_to_string(machine.path("asked")).unwrap();
    let expected =
        format!("account get-access-token --tenant {TENANT} --output json --resource {}", machine.directory.url);
    assert_eq!(asked.trim(), expected);
    machine.is_whole();
    machine.install_az("echo secret-looking-nonsense");
    let said = machine.run_with("", &register);
    assert!(said.status == 1 && !said.err.contains("nonsense"), "{}", said.err);
}
