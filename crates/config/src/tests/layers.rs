//! How files and environment become one configuration, and the messages about mistakes.

use super::*;

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
    assert_eq!(config.auth.session.idle, Duration::from_mins(45));
    assert_eq!(config.auth.session.absolute, Duration::from_hours(2));

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
fn the_token_of_register_is_no_key_and_in_no_report() {
    let (_, report) = load(&[("ROLECALL_GRAPH_TOKEN", "a-token")]).unwrap();
    assert!(!report.to_string().contains("a-token"));
    assert!(load(&[("ROLECALL_GRAPH_TOKENS", "a-token")]).is_err());
}
