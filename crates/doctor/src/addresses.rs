//! The public address, the trusted proxies, and the https certificate.

use rolecall_config::Config;
use rolecall_config::tls::certificate;
use rolecall_sign_in::loopback::is_loopback;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::expiry::{self, Subject};
use super::report::Section;

pub(super) fn check(section: &mut Section<'_>, config: &Config, now_ms: i64) {
    public_url(section, config);
    proxies(section, config);
    tls(section, config, now_ms);
}

fn public_url(section: &mut Section<'_>, config: &Config) {
    const CHECK: &str = "addresses.public-url";
    let url = &config.auth.public_url;
    let origin = url.origin().ascii_serialization();
    if is_loopback(url) && !config.bind.ip().is_loopback() {
        let what = format!("public_url is {origin}, but Rolecall listens on {} for other machines.", config.bind);
        section.warning(CHECK, what, "Set public_url to what people on other machines type.");
    } else if url.scheme() != "https" && !is_loopback(url) {
        let what = format!("People type {origin}: others on the network can read and take over sign-ins.");
        section.warning(CHECK, what, "Use https, and remove allow_insecure_http.");
    } else {
        section.good(CHECK, format!("People type {origin}; Rolecall listens on {}.", config.bind));
    }
}

fn proxies(section: &mut Section<'_>, config: &Config) {
    const CHECK: &str = "addresses.proxies";
    if let Some(everybody) = config.trusted_proxies.iter().find(|network| network.prefix_len() == 0) {
        let what = format!("trusted_proxies contains {everybody}: anyone can claim any address.");
        section.warning(CHECK, what, "List only the addresses of your proxies.");
    } else if !config.trusted_proxies.is_empty() {
        let proxies: Vec<_> = config.trusted_proxies.iter().map(ToString::to_string).collect();
        let what = format!("Trusted proxies: {}. Each must set X-Forwarded-* itself.", proxies.join(", "));
        section.good(CHECK, what);
    } else if config.tls.is_none() && config.auth.public_url.scheme() == "https" {
        section.warning(
            CHECK,
            "public_url is https, but Rolecall serves http and trusts no proxy: every client looks like the proxy.",
            "Name the proxy that terminates TLS in trusted_proxies, or set tls.cert and tls.key.",
        );
    } else {
        section.good(CHECK, "No proxy is configured.");
    }
}

fn tls(section: &mut Section<'_>, config: &Config, now_ms: i64) {
    const CHECK: &str = "addresses.certificate";
    let Some(files) = &config.tls else { return };
    let pem = files.certificates().unwrap_or_default();
    let Ok(der) = CertificateDer::from_pem_slice(&pem) else { return };
    let subject = Subject { check: CHECK, name: "The https certificate", renew: "Replace it with a new one." };
    expiry::check(section, &subject, &der, now_ms);
    if !certificate::is_for_host_of(files, &config.auth.public_url) {
        let host = config.auth.public_url.host_str().unwrap_or_default();
        section.bad(
            "addresses.certificate-name",
            format!("The certificate in {} is not for {host}.", files.cert.display()),
            format!("Get one for {host}, or correct public_url."),
        );
    }
}
