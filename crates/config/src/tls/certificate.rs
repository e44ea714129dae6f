//! A self-signed certificate for https on this machine: `rolecall certificate`.
//!
//! Browsers warn about it. It is for trials and tests; the key never leaves the data folder.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::Context as _;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rolecall_sign_in::private_files;
use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use time::OffsetDateTime;
use url::Url;

use super::TlsFiles;

/// How long a certificate is valid.
const VALID_FOR: Duration = Duration::from_hours(365 * 24);
/// The age at which a new one is made.
const RENEWED_AFTER: Duration = Duration::from_hours(330 * 24);

/// The certificate and key in the folder `tls` of `data_dir`, for this machine's names, the host of `public_url`, and
/// `further` hosts. They are created if they are missing, unusable, for other hosts, or about to expire. Only the owner
/// can read the key.
///
/// # Errors
/// When they can be neither read nor created.
pub fn load_or_create(data_dir: &Path, public_url: &Url, further: &[&str], now_ms: i64) -> anyhow::Result<TlsFiles> {
    let folder = data_dir.join("tls");
    let files = TlsFiles { cert: folder.join("cert.pem"), key: folder.join("key.pem") };
    let is_young = age(&files.cert, now_ms).is_some_and(|age| age < RENEWED_AFTER);
    let further = further.iter().map(|host| (*host).to_owned());
    let hosts: Vec<String> = host_of(public_url).into_iter().chain(further).collect();
    if !is_young || files.load().is_err() || !covers(&files, &hosts) {
        create(&folder, &files, hosts, now_ms)
            .with_context(|| format!("cannot make a certificate in {}", folder.display()))?;
    }
    Ok(files)
}

/// How long ago the file was written.
fn age(file: &Path, now_ms: i64) -> Option<Duration> {
    let written = file.metadata().ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Duration::from_millis(u64::try_from(now_ms).ok()?).saturating_sub(written))
}

/// Whether the certificate is for the host of `public_url`.
#[must_use]
pub fn is_for_host_of(files: &TlsFiles, public_url: &Url) -> bool {
    covers(files, host_of(public_url).as_slice())
}

/// Whether the certificate is for `host`.
#[must_use]
pub fn is_for_host(files: &TlsFiles, host: &str) -> bool {
    covers(files, &[host.to_owned()])
}

/// Whether the certificate is for all `hosts`.
fn covers(files: &TlsFiles, hosts: &[String]) -> bool {
    let pem = files.certificates().unwrap_or_default();
    let certificate = CertificateDer::from_pem_slice(&pem).ok();
    let parsed = certificate.as_ref().and_then(|certificate| ParsedCertificate::try_from(certificate).ok());
    let is_for = |host: &String| {
        let name = ServerName::try_from(host.as_str()).ok();
        matches!((&name, &parsed), (Some(name), Some(parsed)) if verify_server_name(parsed, name).is_ok())
    };
    hosts.iter().all(is_for)
}

/// The host, an IPv6 address without its brackets.
fn host_of(url: &Url) -> Option<String> {
    url.host_str().map(|host| host.trim_matches(['[', ']']).to_owned())
}

fn create(folder: &Path, files: &TlsFiles, hosts: Vec<String>, now_ms: i64) -> anyhow::Result<()> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    for host in hosts {
        if !names.contains(&host) {
            names.push(host);
        }
    }
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Rolecall on this machine");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = OffsetDateTime::from_unix_timestamp(now_ms / 1000)?;
    // Clocks differ, so it is valid from the day before.
    params.not_before = now - time::Duration::DAY;
    params.not_after = now + VALID_FOR;
    let key = KeyPair::generate()?;
    let cert = params.self_signed(&key)?;
    private_files::make_folder(folder)?;
    private_files::replace(&files.key, key.serialize_pem().as_bytes())?;
    private_files::replace(&files.cert, cert.pem().as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_certificate_is_made_once_and_anew_for_another_host_and_before_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let url = Url::parse("https://rolecall.test:3000").unwrap();
        let now_ms = rolecall_sign_in::Clock::system().now_ms();
        let made_for = |after: Duration, url: &Url, further: &[&str]| {
            let now_ms = now_ms + i64::try_from(after.as_millis()).unwrap();
            let files = load_or_create(folder.path(), url, further, now_ms).unwrap();
            files.load().unwrap();
            assert_eq!(files.key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            fs::read(files.cert).unwrap()
        };
        let made = |after: Duration, url: &Url| made_for(after, url, &[]);
        let first = made(Duration::ZERO, &url);
        assert_eq!(made(Duration::from_hours(300 * 24), &url), first);
        assert_eq!(made(Duration::ZERO, &Url::parse("https://[::1]").unwrap()), first);
        let of_another = made(Duration::ZERO, &Url::parse("https://other.test").unwrap());
        assert_ne!(of_another, first);
        let of_an_app = made_for(Duration::ZERO, &url, &["sales.localhost"]);
        assert_ne!(of_an_app, of_another);
        assert_eq!(made_for(Duration::ZERO, &url, &["sales.localhost"]), of_an_app);
        assert_ne!(made(Duration::from_hours(331 * 24), &url), of_an_app);
    }
}
