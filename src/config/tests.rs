//! The rules of the configuration, one by one, over real files and a made-up environment.

mod apps;
mod keys;
mod providers;
mod tls;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use rolecall_model::Role;
use rolecall_sign_in::config::{ParUse, ProviderKind, RoleRules};
use rolecall_sign_in::secret_key;
use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::{Config, ConfigErrors, LogFormat, Mistake, SettingsReport, Sources};

/// 32 bytes as base64.
const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const TENANT: &str = "0b7ee2c4-1111-4222-8333-444455556666";

/// A folder of configuration files that goes away with the test.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn load(&self, environment: &[(&str, &str)]) -> Result<(Config, SettingsReport), ConfigErrors> {
        Config::load(&sources(self.0.path(), environment))
    }
}

fn sources(config_dir: &Path, environment: &[(&str, &str)]) -> Sources {
    let environment: BTreeMap<_, _> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Sources { config_dir: config_dir.to_owned(), environment }
}

/// Loads from the environment alone.
fn load(environment: &[(&str, &str)]) -> Result<(Config, SettingsReport), ConfigErrors> {
    Folder::new(&[]).load(environment)
}

/// Loads `rolecall.toml` alone.
fn load_file(text: &str) -> Result<(Config, SettingsReport), ConfigErrors> {
    Folder::new(&[("rolecall.toml", text)]).load(&[])
}

/// The mistakes of what must not load.
fn mistakes(result: Result<(Config, SettingsReport), ConfigErrors>) -> Vec<Mistake> {
    result.err().map(|errors| errors.mistakes().to_vec()).unwrap_or_default()
}

/// The keys of the mistakes.
fn wrong_keys(result: Result<(Config, SettingsReport), ConfigErrors>) -> Vec<String> {
    mistakes(result).into_iter().map(|mistake| mistake.key).collect()
}

/// An Entra provider without mistakes, as TOML, followed by `more` of its keys.
fn entra(more: &str) -> String {
    format!("[providers.azure]\nkind = 'entra'\ntenant = '{TENANT}'\nclient_id = 'id'\nclient_secret = 's'\n{more}")
}

#[test]
fn without_any_setting_the_demonstration_runs_on_loopback() {
    let (config, report) = load(&[]).unwrap();
    assert_eq!(config.env, "development");
    assert_eq!(config.bind.to_string(), "127.0.0.1:3000");
    assert_eq!(config.auth.public_url.as_str(), "http://127.0.0.1:3000/");
    assert_eq!(config.database_url, "sqlite:data/rolecall.sqlite3");
    assert_eq!(config.log, LogFormat::Pretty);
    assert_eq!(config.log_filter, "info");
    assert_eq!(config.auth.roles, RoleRules::default());
    assert!(config.auth.secret_keys.is_empty());
    assert!(config.demonstration);
    assert!(report.warnings().is_empty());

    let [demo] = config.auth.providers.as_slice() else { panic!("one provider: {:?}", config.auth.providers) };
    assert_eq!(demo.id, "demo");
    assert_eq!(demo.kind, ProviderKind::Oidc { issuer: "http://127.0.0.1:3000/demo".to_owned() });
    assert!(demo.client_secret.is_none());
}

#[test]
fn the_demonstration_follows_the_public_address_of_this_machine() {
    let (config, _) = load(&[("ROLECALL_PUBLIC_URL", "http://localhost:8080")]).unwrap();
    let kind = &config.auth.providers.first().unwrap().kind;
    assert_eq!(*kind, ProviderKind::Oidc { issuer: "http://localhost:8080/demo".to_owned() });
}

#[test]
fn a_configured_provider_ends_the_demonstration() {
    let (config, _) = load_file(&entra("")).unwrap();
    assert!(!config.demonstration);
    assert_eq!(config.auth.providers.iter().map(|provider| &provider.id).collect::<Vec<_>>(), ["azure"]);
}

#[test]
fn no_other_provider_gets_the_id_of_the_demonstration() {
    assert_eq!(wrong_keys(load_file(&entra("").replace("azure", "demo"))), ["providers.demo"]);
}

#[test]
fn other_machines_do_not_get_the_demonstration() {
    let public = [("ROLECALL_PUBLIC_URL", "https://rolecall.example.com")];
    assert_eq!(wrong_keys(load(&public)), ["providers"]);
    let open = [("ROLECALL_BIND", "0.0.0.0:3000"), ("ROLECALL_PUBLIC_URL", "http://localhost:3000")];
    assert_eq!(wrong_keys(load(&open)), ["providers"]);
    assert_eq!(wrong_keys(load(&[("ROLECALL_BIND", "0.0.0.0:3000")])), ["public_url", "providers"]);
}

// Case: demo/production
#[test]
fn the_demonstration_is_there_in_development_only() {
    for env in ["production", "staging"] {
        let mistakes = mistakes(load(&[("ROLECALL_ENV", env), ("ROLECALL_SECRET_KEYS", KEY)]));
        let [mistake] = mistakes.as_slice() else { panic!("one mistake: {mistakes:?}") };
        assert_eq!(mistake.key, "providers");
        assert!(mistake.what.contains(env) && mistake.remedy.contains("ROLECALL_PROVIDERS__"), "{mistake}");
    }
    assert!(load(&[("ROLECALL_ENV", "development")]).unwrap().0.demonstration);
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let folder = Folder::new(&[
        ("rolecall.toml", "bind = 'localhost:3000'\nlog = 'xml'\nallow_insecure_http = 'yes'\n[sesion]\nidle = '1h'"),
        (
            "rolecall.local.toml",
            "[session]\nidle = 3600\nabsolute = '1s'\n[providers.x]\nkind = 'saml'\nscopes = ['email']",
        ),
    ]);
    let result = folder.load(&[("ROLECALL_TRUSTED_PROXIES", "10.0.0.1,nonsense"), ("ROLECALL_LOGS", "json")]);
    let text = result.as_ref().err().map(ToString::to_string).unwrap_or_default();
    let mut keys = wrong_keys(result);
    keys.sort();
    let expected = [
        "allow_insecure_http",
        "bind",
        "log",
        "logs",
        "providers.x.client_id",
        "providers.x.kind",
        "providers.x.scopes",
        "sesion",
        "session.absolute",
        "session.idle",
        "trusted_proxies",
    ];
    assert_eq!(keys, expected, "{text}");
    assert!(text.starts_with("The configuration has 11 mistakes:\n"), "{text}");
    for key in expected {
        assert!(text.contains(&format!("\n  - {key} (")) || key == "providers.x.client_id", "{key} in {text}");
    }
}

#[test]
fn an_unknown_key_is_told_with_the_nearest_known_one() {
    for (text, key, nearest) in [
        ("sesion.idle = '1h'", "sesion", "`session`"),
        ("session.idel = '1h'", "session.idel", "`session.idle`"),
        ("idle = '1h'", "idle", "`session.idle`"),
        ("public-url = 'https://a.example'", "public-url", "`public_url`"),
        ("'session.idle' = '1h'", "session.idle", "`session.idle`"),
        ("providers.azure.client-id = 'x'", "providers.azure.client-id", "`providers.azure.client_id`"),
        ("provider.azure.client_id = 'x'", "provider", "`providers.<id>`"),
        ("app.sales.role = 'read'", "app", "`apps.<id>`"),
    ] {
        let mistakes = mistakes(load_file(text));
        let mistake = mistakes.iter().find(|mistake| mistake.key == key).unwrap();
        assert_eq!(mistake.remedy, format!("Did you mean {nearest}?"), "{text}");
        assert!(mistake.layer.as_ref().is_some_and(|place| place.ends_with("rolecall.toml")), "{text}");
    }
    let mistakes = mistakes(load(&[("ROLECALL_SESION__IDLE", "1h")]));
    let mistake = mistakes.first().unwrap();
    assert_eq!(mistake.key, "sesion.idle");
    assert_eq!(mistake.layer.as_deref(), Some("environment variable ROLECALL_SESION__IDLE"));
    assert_eq!(mistake.remedy, "Did you mean `session.idle`, which is ROLECALL_SESSION__IDLE?");
}

#[test]
fn later_layers_win_and_the_report_says_which() {
    let first = "data_dir = 'a'\nlog = 'json'\nlog_filter = 'warn'\n[session]\nidle = '1h'\nabsolute = '2h'\n";
    let folder = Folder::new(&[
        ("rolecall.toml", &format!("{first}{}", entra(""))),
        ("rolecall.staging.toml", "data_dir = 'b'\nlog_filter = 'debug'"),
        ("rolecall.local.toml", "log_filter = 'error'\n[session]\nidle = '30m'"),
        ("rolecall.production.toml", "data_dir = 'not read'"),
    ]);
    let environment = [("ROLECALL_ENV", "staging"), ("ROLECALL_SESSION__IDLE", "45m"), ("ROLECALL_LOG", "")];
    let (config, report) = folder.load(&environment).unwrap();
    assert_eq!(config.env, "staging");
    assert_eq!(config.data_dir, Path::new("b"));
    assert_eq!(config.log_filter, "error");
    assert_eq!(config.log, LogFormat::Json);
    assert_eq!(config.auth.session.idle, Duration::from_secs(45 * 60));
    assert_eq!(config.auth.session.absolute, Duration::from_secs(2 * 3600));

    let report = report.to_string();
    let layer_of = |setting: &str| {
        let line = report.lines().find(|line| line.starts_with(setting)).unwrap_or_default();
        line.split_once("  # ")
            .map(|(_, layer)| layer.rsplit('/').next().unwrap_or(layer).to_owned())
            .unwrap_or_default()
    };
    assert_eq!(layer_of("env = \"staging\""), "environment variable ROLECALL_ENV");
    assert_eq!(layer_of("data_dir = \"b\""), "rolecall.staging.toml");
    assert_eq!(layer_of("log = \"json\""), "rolecall.toml");
    assert_eq!(layer_of("log_filter = \"error\""), "rolecall.local.toml");
    assert_eq!(layer_of("session.idle = \"45m\""), "environment variable ROLECALL_SESSION__IDLE");
    assert_eq!(layer_of("session.absolute = \"2h\""), "rolecall.toml");
    assert_eq!(layer_of("roles.read = [\"Rolecall.Read\"]"), "default");
}

#[test]
fn invalid_toml_is_one_problem_with_its_line_and_the_other_layers_are_still_checked() {
    let folder = Folder::new(&[
        ("rolecall.toml", "bind = '0.0.0.0:3000'\nsecret_keys = ['hidden-key'] oops\nlog = 'json'\n"),
        ("rolecall.local.toml", "colour = 'blue'"),
    ]);
    let errors = folder.load(&[("ROLECALL_BIND", "0.0.0.0:80")]).err().unwrap();
    let [syntax, unknown] = errors.mistakes() else { panic!("two mistakes: {errors}") };
    assert!(syntax.key.ends_with("rolecall.toml") && syntax.what.contains("at line 2"), "{syntax}");
    assert_eq!(unknown.key, "colour");
    assert!(!errors.to_string().contains("hidden-key"), "{errors}");
}

#[test]
fn no_secret_is_ever_printed() {
    let folder = Folder::new(&[("secret", "file-secret\n")]);
    let secret_file = folder.0.path().join("secret");
    let environment = [
        ("ROLECALL_SECRET_KEYS", KEY),
        ("ROLECALL_DATABASE_URL", "postgres://rolecall:db-secret@db.example.com/rolecall?password=query-secret"),
        ("ROLECALL_PROVIDERS__AZURE__KIND", "entra"),
        ("ROLECALL_PROVIDERS__AZURE__TENANT", TENANT),
        ("ROLECALL_PROVIDERS__AZURE__CLIENT_ID", "id"),
        ("ROLECALL_PROVIDERS__AZURE__CLIENT_SECRET", "client-secret"),
        ("ROLECALL_PROVIDERS__OTHER__KIND", "oidc"),
        ("ROLECALL_PROVIDERS__OTHER__ISSUER", "https://id.example.com"),
        ("ROLECALL_PROVIDERS__OTHER__CLIENT_ID", "id"),
        ("ROLECALL_PROVIDERS__OTHER__CLIENT_SECRET_FILE", secret_file.to_str().unwrap()),
    ];
    let (config, report) = folder.load(&environment).unwrap();
    let printed = format!("{config:?} {config:#?} {report} {report:?}");
    for secret in [KEY, "db-secret", "query-secret", "client-secret", "file-secret"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    let report = report.to_string();
    assert!(report.contains("secret_keys = \"********\""), "{report}");
    assert!(report.contains("postgres://rolecall:********@db.example.com/rolecall?password=********"), "{report}");
    assert!(report.contains("providers.azure.client_secret = \"********\""), "{report}");
}

#[test]
fn no_problem_repeats_a_secret() {
    let shown = "hush";
    let environment = [
        ("ROLECALL_SECRET_KEYS", "hush,hush"),
        ("ROLECALL_DATABASE_URL", "mysql://user:hush@host/db"),
        ("ROLECALL_PUBLIC_URL", "https://user:hush@rolecall.example.com"),
        ("ROLECALL_CLIENT_SECRET", "hush"),
        ("ROLECALL_PROVIDERS__A__KIND", "oidc"),
        ("ROLECALL_PROVIDERS__A__ISSUER", "https://user:hush@id.example.com"),
    ];
    let folder = Folder::new(&[("rolecall.local.toml", "secret = 'hush'\n[providers.b]\nclient_secret = ['hush']")]);
    let errors = folder.load(&environment).err().unwrap();
    assert!(errors.mistakes().len() >= 8, "{errors}");
    assert!(!format!("{errors} {errors:?}").contains(shown), "{errors}");
}

#[test]
fn a_database_password_in_the_wrong_place_is_refused_before_it_can_be_shown() {
    for url in [
        "postgres://u:12#w@host/db",
        "postgres://u:12/w@host/db",
        "postgres://u:12?w@host/db",
        "postgres://u:p#w@host/db",
        "mysql://host/db",
        "sqlite:",
    ] {
        assert_eq!(wrong_keys(load(&[("ROLECALL_DATABASE_URL", url)])), ["database_url"], "{url}");
    }
    for url in
        ["sqlite::memory:", "sqlite://data/x.sqlite3", "postgres:///db?host=/run/pg", "postgresql://u:p%40w@h/db"]
    {
        assert_eq!(load(&[("ROLECALL_DATABASE_URL", url)]).unwrap().0.database_url, url);
    }
}

#[test]
fn text_in_the_environment_stays_text() {
    let environment = [
        ("ROLECALL_PROVIDERS__MY_IDP__KIND", "oidc"),
        ("ROLECALL_PROVIDERS__MY_IDP__ISSUER", "https://id.example.com"),
        ("ROLECALL_PROVIDERS__MY_IDP__CLIENT_ID", "0123"),
        ("ROLECALL_PROVIDERS__MY_IDP__CLIENT_SECRET", "true"),
        ("ROLECALL_PROVIDERS__MY_IDP__DISPLAY_NAME", "[1, 2]"),
        ("ROLECALL_PROVIDERS__MY_IDP__SCOPES", "openid, groups"),
        ("ROLECALL_ROLES__READ", r#"["Staff, all", "Guests"]"#),
        ("ROLECALL_ALLOW_INSECURE_HTTP", "true"),
        ("UNRELATED", "x"),
    ];
    let (config, _) = load(&environment).unwrap();
    let provider = config.auth.providers.first().unwrap();
    assert_eq!(provider.id, "my-idp");
    assert_eq!(provider.client_id, "0123");
    assert_eq!(provider.client_secret.as_ref().unwrap().expose_secret(), "true");
    assert_eq!(provider.display_name, "[1, 2]");
    assert_eq!(provider.scopes, ["openid", "groups"]);
    assert_eq!(config.auth.roles.claim_values[0], (Role::Read, vec!["Staff, all".to_owned(), "Guests".to_owned()]));
    assert!(config.allow_insecure_http);
}

#[test]
fn values_of_the_wrong_type_are_problems() {
    for (text, key) in [
        ("log = 1", "log"),
        ("allow_insecure_http = 1", "allow_insecure_http"),
        ("roles.read = 'Staff'", "roles.read"),
        ("roles.read = [1]", "roles.read"),
        ("session = '8h'", "session"),
        ("bind = { port = 3000 }", "bind"),
    ] {
        assert_eq!(wrong_keys(load_file(text)), [key], "{text}");
    }
    assert_eq!(wrong_keys(load(&[("ROLECALL_ALLOW_INSECURE_HTTP", "yes")])), ["allow_insecure_http"]);
    assert_eq!(wrong_keys(load(&[("ROLECALL_ROLES__READ", "[open")])), ["roles.read"]);
}

#[test]
fn secrets_can_be_in_files() {
    let second = KEY.trim_end_matches('=').replace('M', "N");
    let keys = format!("{KEY}\n{second}\n");
    let folder = Folder::new(&[("keys", keys.as_str()), ("url", " postgres://u:p@host/db\n")]);
    let (keys_file, url_file) = (folder.0.path().join("keys"), folder.0.path().join("url"));
    let environment = [
        ("ROLECALL_SECRET_KEYS_FILE", keys_file.to_str().unwrap()),
        ("ROLECALL_DATABASE_URL_FILE", url_file.to_str().unwrap()),
    ];
    let (config, report) = folder.load(&environment).unwrap();
    assert_eq!(config.database_url, "postgres://u:p@host/db");
    assert_eq!(config.auth.secret_keys.len(), 2);
    assert_eq!(config.auth.secret_keys.first().unwrap().expose_secret(), KEY);
    let layer = format!("# {}, named by environment variable ROLECALL_SECRET_KEYS_FILE", keys_file.display());
    assert!(report.to_string().contains(&layer), "{report}");

    let both = [environment.as_slice(), &[("ROLECALL_SECRET_KEYS", KEY)]].concat();
    assert_eq!(wrong_keys(folder.load(&both)), ["secret_keys_file"]);
    let missing = mistakes(load(&[("ROLECALL_DATABASE_URL_FILE", "/nowhere/url")]));
    assert!(missing.first().unwrap().what.contains("/nowhere/url"), "{missing:?}");
}

#[test]
fn production_needs_keys_and_logs_json() {
    let folder = Folder::new(&[("rolecall.toml", &entra(""))]);
    let mistakes = mistakes(folder.load(&[("ROLECALL_ENV", "production")]));
    let [mistake] = mistakes.as_slice() else { panic!("one mistake: {mistakes:?}") };
    assert_eq!(mistake.key, "secret_keys");
    assert!(mistake.remedy.contains("openssl rand -base64 32"), "{mistake}");
    let (config, _) = folder.load(&[("ROLECALL_ENV", "production"), ("ROLECALL_SECRET_KEYS", KEY)]).unwrap();
    assert_eq!(config.log, LogFormat::Json);
}

#[test]
fn environment_names_are_spelt_in_one_way() {
    for name in ["Production", "../etc", "local"] {
        assert_eq!(wrong_keys(load(&[("ROLECALL_ENV", name)])), ["ROLECALL_ENV"], "{name}");
    }
}

#[test]
fn a_folder_that_was_asked_for_must_be_there() {
    let environment = [("ROLECALL_CONFIG_DIR", "/nowhere")];
    assert_eq!(wrong_keys(Config::load(&sources(Path::new("/nowhere"), &environment))), ["ROLECALL_CONFIG_DIR"]);
}

#[test]
fn in_production_the_usual_folder_must_be_there_too() {
    let load_in = |env| Config::load(&sources(Path::new("/nowhere"), &[("ROLECALL_ENV", env)]));
    assert!(load_in("development").is_ok());
    let mistakes = mistakes(load_in("production"));
    let mistake = mistakes.first().unwrap();
    assert_eq!(mistake.key, "ROLECALL_CONFIG_DIR");
    assert!(mistake.what.contains("/nowhere"), "{mistake}");
}

#[test]
fn keys_are_32_bytes_in_any_base64() {
    let url_safe = "-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_8";
    let normal = secret_key::normalize(url_safe).unwrap();
    assert_eq!(normal.expose_secret(), "+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8=");
    assert!(secret_key::normalize(KEY).is_some() && secret_key::normalize(KEY.trim_end_matches('=')).is_some());
    for wrong in ["", "c2hvcnQ=", "not base64 at all!", &KEY.repeat(2)] {
        assert!(secret_key::normalize(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn public_addresses_are_origins() {
    for url in [
        "https://a.example/path",
        "https://a.example/?q",
        "https://a.example/#f",
        "https://u@a.example",
        "ftp://a.example",
        "a.example",
    ] {
        assert_eq!(wrong_keys(load_file(&format!("public_url = '{url}'\n{}", entra("")))), ["public_url"], "{url}");
    }
}

#[test]
fn plain_http_outside_this_machine_must_be_allowed_and_is_warned_of() {
    let refused = load_file(&format!("public_url = 'http://a.example'\n{}", entra("")));
    assert_eq!(wrong_keys(refused), ["public_url"]);
    let allowed = format!("public_url = 'http://a.example'\nallow_insecure_http = true\n{}", entra(""));
    let (_, report) = load_file(&allowed).unwrap();
    assert_eq!(report.warnings().len(), 1);
    for fine in
        ["https://a.example", "http://localhost:3000", "http://app.localhost", "http://127.9.9.9", "http://[::1]:1"]
    {
        let (_, report) = load_file(&format!("public_url = '{fine}'\n{}", entra(""))).unwrap();
        assert!(report.warnings().is_empty(), "{fine}");
    }
}

#[test]
fn session_limits_are_checked_against_each_other() {
    assert_eq!(wrong_keys(load_file("session.idle = '2h'\nsession.absolute = '1h'")), ["session.idle"]);
    assert_eq!(wrong_keys(load_file("session.idle = '59s'")), ["session.idle"]);
    assert_eq!(wrong_keys(load_file("session.absolute = '31days'")), ["session.absolute"]);
    assert!(load_file("session.idle = '30days'\nsession.absolute = '30days'").is_ok());
}

#[test]
fn a_value_gives_one_role() {
    assert_eq!(wrong_keys(load_file("roles.read = ['Rolecall.Admin']")), ["roles.admin"]);
    assert_eq!(wrong_keys(load_file("roles.groups.read = ['g']\nroles.groups.write = ['g']")), ["roles.groups.write"]);
    assert_eq!(wrong_keys(load_file("roles.read = ['']")), ["roles.read"]);
    assert!(load_file("roles.read = ['same']\nroles.groups.write = ['same']").is_ok());
}

#[test]
fn proxies_are_addresses_or_networks() {
    let (config, _) = load(&[("ROLECALL_TRUSTED_PROXIES", "10.0.0.7, 10.1.0.0/16, ::1")]).unwrap();
    let networks: Vec<String> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.0.0.7/32", "10.1.0.0/16", "::1/128"]);
}

// Case: identity/forwarded-trusted
#[test]
fn everybody_is_no_proxy_unless_that_is_asked_for_by_name() {
    for everybody in ["0.0.0.0/0", "::/0", "128.0.0.0/1", "10.0.0.7, 0.0.0.0/7", "2000::/3", "::/15", "fc00::/6"] {
        let given = [("ROLECALL_TRUSTED_PROXIES", everybody)];
        assert_eq!(wrong_keys(load(&given)), ["trusted_proxies"], "{everybody}");
        assert!(load(&[given[0], ("ROLECALL_TRUST_EVERY_PROXY", "true")]).is_ok(), "{everybody}");
    }
    for company in ["10.0.0.0/8", "fd00::/16", "fc00::/7", "fd00::/8", "fe80::/10", "10.0.0.7"] {
        let given = [("ROLECALL_TRUSTED_PROXIES", company)];
        assert!(load(&given).is_ok(), "{company}");
        let with_no_effect = [given[0], ("ROLECALL_TRUST_EVERY_PROXY", "true")];
        assert_eq!(wrong_keys(load(&with_no_effect)), ["trust_every_proxy"], "{company}");
    }
}

#[test]
fn the_key_file_is_made_once_and_for_its_owner_alone() {
    let folder = Folder::new(&[]);
    let data_dir = folder.0.path().join("data/deep");
    let made = secret_key::load_or_create(&data_dir).unwrap();
    assert_eq!(secret_key::load_or_create(&data_dir).unwrap().expose_secret(), made.expose_secret());
    assert!(secret_key::normalize(made.expose_secret()).is_some());
    let permissions = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = data_dir.join("secret.key");
    assert_eq!((permissions(&file), permissions(&data_dir)), (0o600, 0o700));

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let error = secret_key::load_or_create(&data_dir).unwrap_err().to_string();
    assert!(error.contains("chmod 600"), "{error}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&file, "").unwrap();
    assert!(secret_key::load_or_create(&data_dir).is_err());
}

#[test]
fn the_token_of_register_is_no_key_and_in_no_report() {
    let (_, report) = load(&[("ROLECALL_GRAPH_TOKEN", "a-token")]).unwrap();
    assert!(!report.to_string().contains("a-token"));
    assert!(load(&[("ROLECALL_GRAPH_TOKENS", "a-token")]).is_err());
}

#[test]
fn the_api_is_on_where_an_audience_is_configured_and_in_the_demonstration() {
    let api = |text: &str| load_file(text).unwrap().0.api;
    let demonstrated = api("").unwrap();
    assert_eq!(demonstrated.audiences, ["api://rolecall-demonstration"]);
    assert_eq!(demonstrated.scope, "access_as_user");
    assert_eq!(api("[api]\naudience = []"), None);
    assert_eq!(api(&entra("")), None, "a client id is not the name of an API");
    let configured = api(&entra("[api]\naudience = ['api://a', 'b']\nscope = 'Data.Read'")).unwrap();
    assert_eq!(configured.audiences, ["api://a", "b"]);
    assert_eq!(configured.scope, "Data.Read");
    let (config, _) = load(&[("ROLECALL_API__AUDIENCE", "api://a,api://b")]).unwrap();
    assert_eq!(config.api.unwrap().audiences, ["api://a", "api://b"]);
    for scope in ["a b", "api://a/access_as_user", "\"quoted\"", "\u{e9}", ""] {
        assert_eq!(wrong_keys(load_file(&format!("[api]\nscope = '{scope}'"))), ["api.scope"], "{scope}");
    }
    assert_eq!(wrong_keys(load_file("[api]\naudience = ['']")), ["api.audience"]);
    assert_eq!(wrong_keys(load_file("[api]\naudience = 'api://a'")), ["api.audience"]);
    assert_eq!(wrong_keys(load_file("[limits]\napi_failures_per_minute = 0")), ["limits.api_failures_per_minute"]);
}

#[test]
fn the_scope_for_entra_is_the_default_one() {
    let manifest: serde_json::Value = serde_json::from_str(include_str!("../../config/entra-manifest.json")).unwrap();
    let scopes = manifest["api"]["oauth2PermissionScopes"].as_array().unwrap();
    assert_eq!(scopes.len(), 1);
    assert_eq!(scopes[0]["value"], crate::demo_provider::API_SCOPE);
    assert_eq!(manifest["api"]["requestedAccessTokenVersion"], 2);
    let applications = |role: &serde_json::Value| role["allowedMemberTypes"].to_string().contains("Application");
    assert!(manifest["appRoles"].as_array().unwrap().iter().all(applications));
}

#[test]
fn the_app_roles_for_entra_are_the_default_ones() {
    let manifest: serde_json::Value = serde_json::from_str(include_str!("../../config/entra-manifest.json")).unwrap();
    let values: Vec<&str> =
        manifest["appRoles"].as_array().unwrap().iter().filter_map(|role| role["value"].as_str()).collect();
    let expected: Vec<String> = RoleRules::default().claim_values.into_iter().flat_map(|(_, values)| values).collect();
    assert_eq!(values, expected);
}

#[test]
fn limits_are_whole_numbers_in_their_range() {
    let (config, _) = load_file("[limits]\nsign_ins_per_minute = 5\nconnections = 10\nheader_timeout = '3s'").unwrap();
    assert_eq!(config.limits.rates.sign_ins_per_minute.get(), 5);
    assert_eq!(config.limits.rates.channel_logouts_per_minute.get(), 1_200);
    assert_eq!((config.limits.connections.get(), config.limits.header_timeout), (10, Duration::from_secs(3)));
    let (config, _) = load(&[("ROLECALL_LIMITS__CONNECTIONS", "20")]).unwrap();
    assert_eq!(config.limits.connections.get(), 20);
    for wrong in ["0", "-1", "1.5", "'5'", "2_000_000", "true"] {
        assert_eq!(wrong_keys(load_file(&format!("limits.connections = {wrong}"))), ["limits.connections"], "{wrong}");
    }
    assert_eq!(wrong_keys(load(&[("ROLECALL_LIMITS__CONNECTIONS", "many")])), ["limits.connections"]);
    assert_eq!(wrong_keys(load_file("limits.header_timeout = '1h'")), ["limits.header_timeout"]);
}
