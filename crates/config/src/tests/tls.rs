//! The rules of the certificate.

use super::*;

/// A certificate and its key in `folder`, as settings.
fn tls(folder: &Folder, cert: &str, key: &str) -> [(&'static str, String); 2] {
    let path = |name: &str| folder.0.path().join(name).display().to_string();
    [("ROLECALL_TLS__CERT", path(cert)), ("ROLECALL_TLS__KEY", path(key))]
}

/// A folder with two certificates: `tls` and `other/tls`.
pub(super) fn certificates() -> Folder {
    let folder = Folder::new(&[("text.pem", "hello"), ("empty.pem", "")]);
    let url = "https://127.0.0.1:3000".parse().unwrap();
    let now_ms = rolecall_sign_in::Clock::system().now_ms();
    for place in [folder.0.path().to_owned(), folder.0.path().join("other")] {
        crate::tls::certificate::load_or_create(&place, &url, &[], now_ms).unwrap();
    }
    folder
}

fn with_tls(
    folder: &Folder,
    cert: &str,
    key: &str,
    more: &[(&str, &str)],
) -> Result<(Config, SettingsReport), ConfigErrors> {
    let settings = tls(folder, cert, key);
    let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
    load(&settings.chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn with_a_certificate_the_address_is_https() {
    let folder = certificates();
    let (config, report) = with_tls(&folder, "tls/cert.pem", "tls/key.pem", &[]).unwrap();
    assert_eq!(config.auth.public_url.as_str(), "https://127.0.0.1:3000/");
    assert!(config.tls.is_some() && config.demonstration);
    assert!(!report.to_string().contains("PRIVATE"), "{report}");
    let http = [("ROLECALL_PUBLIC_URL", "http://localhost:3000")];
    assert_eq!(wrong_keys(with_tls(&folder, "tls/cert.pem", "tls/key.pem", &http)), ["public_url"]);
}

#[test]
fn what_is_wrong_with_a_certificate_is_told_at_the_start() {
    let folder = certificates();
    for (cert, key, wrong, what) in [
        ("none.pem", "tls/key.pem", "tls.cert", "cannot be read"),
        ("tls/cert.pem", "none.pem", "tls.key", "cannot be read"),
        ("text.pem", "tls/key.pem", "tls.cert", "holds no certificate"),
        ("empty.pem", "tls/key.pem", "tls.cert", "holds no certificate"),
        ("tls/key.pem", "tls/key.pem", "tls.cert", "holds no certificate"),
        ("tls/cert.pem", "text.pem", "tls.key", "holds no private key"),
        ("tls/cert.pem", "tls/cert.pem", "tls.key", "holds no private key"),
        ("tls/cert.pem", "other/tls/key.pem", "tls.key", "does not fit the certificate"),
    ] {
        let mistakes = mistakes(with_tls(&folder, cert, key, &[]));
        let [mistake] = mistakes.as_slice() else { panic!("{cert}, {key}: {mistakes:?}") };
        assert_eq!(mistake.key, wrong, "{cert}, {key}");
        assert!(mistake.what.contains(what), "{mistake}");
    }
    let [cert, key] = tls(&folder, "tls/cert.pem", "tls/key.pem");
    assert_eq!(wrong_keys(load(&[(cert.0, &cert.1)])), ["tls.key"]);
    assert_eq!(wrong_keys(load(&[(key.0, &key.1)])), ["tls.cert"]);
}

#[test]
fn a_certificate_can_be_made_where_the_settings_name_it_already() {
    let folder = Folder::new(&[]);
    let data_dir = folder.0.path().display().to_string();
    let settings = tls(&folder, "tls/cert.pem", "tls/key.pem");
    let settings: Vec<_> = settings.iter().map(|(name, path)| (*name, path.as_str())).collect();
    let settings = [settings, vec![("ROLECALL_DATA_DIR", data_dir.as_str())]].concat();
    assert_eq!(wrong_keys(load(&settings)), ["tls.cert"]);

    let (config, _) = Config::load_before_certificate(&sources(folder.0.path(), &settings)).unwrap();
    let now_ms = rolecall_sign_in::Clock::system().now_ms();
    let made = crate::tls::certificate::load_or_create(&config.data_dir, &config.auth.public_url, &[], now_ms);
    assert_eq!(config.tls, Some(made.unwrap()));
    load(&settings).unwrap();
}
