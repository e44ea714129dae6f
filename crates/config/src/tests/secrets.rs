//! Secrets: where they come from, and that none is shown.

use super::*;

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
