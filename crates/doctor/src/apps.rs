//! Apps behind Rolecall: whether they answer, and whether people can reach them.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use axum::http::StatusCode;
use rolecall_apps::{ProxyError, UpstreamApp, probe};
use rolecall_config::Config;
use rolecall_config::tls::certificate;
use rolecall_sign_in::loopback::is_loopback;
use tokio::net::lookup_host;
use tokio::time::timeout;
use url::Url;

use super::report::{Section, innermost};

/// How long an app, or DNS, may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The check of an app's host.
const HOST_CHECK: &str = "app.host";

pub(super) async fn check(section: &mut Section<'_>, app: &UpstreamApp, config: &Config) {
    upstream_answers(section, app, &config.auth.public_url).await;
    if let Some(host) = app.host() {
        host_resolves(section, host, &config.auth.public_url).await;
        certificate_covers(section, host, config);
    }
}

/// Whether it answers.
async fn upstream_answers(section: &mut Section<'_>, app: &UpstreamApp, public_url: &Url) {
    const CHECK: &str = "app.upstream";
    let (key, at) = (format!("apps.{}.upstream", app.name), app.upstream.origin().ascii_serialization());
    let answer = timeout(TIMEOUT.min(app.timeout), probe(app, public_url)).await.unwrap_or(Err(ProxyError::TooSlow));
    match answer {
        Ok(status) if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED => {
            let what = format!("{at} answers with status {}.", status.as_u16());
            section.warning(CHECK, what, "See the app's log.");
        }
        Ok(status) => section.good(CHECK, format!("{at} answers (status {}).", status.as_u16())),
        Err(ProxyError::TooSlow) => {
            let what = format!("{at} does not answer in time.");
            section.bad(CHECK, what, format!("See the app's log, and check {key}."));
        }
        Err(error) => {
            let reason = innermost(&error);
            section.bad(CHECK, format!("{at} does not answer correctly: {reason}."), remedy(&reason, app, &key));
        }
    }
}

/// What to do when an app cannot be reached, for this `reason`.
fn remedy(reason: &str, app: &UpstreamApp, key: &str) -> String {
    let has = |part: &str| reason.contains(part);
    if has("certificate") {
        let authority = format!("apps.{}.upstream_ca", app.name);
        format!("Name the CA of its certificate in {authority}, or renew the certificate.")
    } else if has("lookup") {
        format!("Correct the name in {key}, or fix DNS.")
    } else if has("refused") {
        format!("Start the app, or correct {key}.")
    } else {
        format!("Check that the app runs, that {key} is right (http or https, host, port), and what is in between.")
    }
}

/// Whether its `host` resolves, seen from this machine.
async fn host_resolves(section: &mut Section<'_>, host: &str, public_url: &Url) {
    let ours = public_url.host_str().unwrap_or_default();
    if Url::parse(&format!("http://{host}")).is_ok_and(|url| is_loopback(&url)) {
        section.good(HOST_CHECK, format!("Browsers resolve {host} to this machine."));
        return;
    }
    compare(section, (host, &addresses(host).await), (ours, &addresses(ours).await));
}

/// Compares the addresses of an app's host with those of ours.
fn compare(
    section: &mut Section<'_>,
    (host, found): (&str, &BTreeSet<IpAddr>),
    (ours, own): (&str, &BTreeSet<IpAddr>),
) {
    if found.is_empty() {
        let what = format!("{host} cannot be resolved from this machine.");
        section.warning(
            HOST_CHECK,
            what,
            format!("Add a DNS record that points {host} to the same address as {ours}."),
        );
    } else if found.is_disjoint(own) {
        let what =
            format!("{host} resolves to another address than {ours}. That is right if Rolecall is there as well.");
        section.note(HOST_CHECK, what);
    } else {
        section.good(HOST_CHECK, format!("{host} resolves to the same address as {ours}."));
    }
}

/// The addresses of `host`, which may be an address itself; empty if it cannot be resolved.
async fn addresses(host: &str) -> BTreeSet<IpAddr> {
    let host = host.trim_matches(['[', ']']);
    let found = timeout(TIMEOUT, lookup_host((host, 0))).await;
    found.into_iter().flatten().flatten().map(|address| address.ip()).collect()
}

/// Whether Rolecall's own certificate, if any, is also for `host`.
fn certificate_covers(section: &mut Section<'_>, host: &str, config: &Config) {
    const CHECK: &str = "app.certificate-name";
    let Some(files) = &config.tls else { return };
    if certificate::is_for_host(files, host) {
        section.good(CHECK, format!("The certificate is also for {host}."));
    } else {
        let what = format!("The certificate in {} is not for {host}: browsers refuse the app.", files.cert.display());
        section.bad(CHECK, what, format!("Replace it with one that is also for {host}."));
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::{Report, Status};
    use super::*;

    #[test]
    fn an_app_is_found_where_we_are() {
        let found = |app: &[&str], ours: &[&str]| {
            let [app, ours] = [app, ours].map(|all| all.iter().map(|ip| ip.parse().unwrap()).collect());
            let mut report = Report::default();
            compare(&mut report.section("s"), ("app.test", &app), ("rolecall.test", &ours));
            report.findings()[0].status
        };
        assert_eq!(found(&["192.0.2.1", "2001:db8::1"], &["2001:db8::1"]), Status::Good);
        assert_eq!(found(&["192.0.2.1"], &["192.0.2.2"]), Status::Note);
        assert_eq!(found(&["192.0.2.1"], &[]), Status::Note);
        assert_eq!(found(&[], &["192.0.2.2"]), Status::Warning);
    }
}
