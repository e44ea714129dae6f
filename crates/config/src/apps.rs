//! The apps behind Rolecall.

use std::ops::RangeInclusive;
use std::time::Duration;

use rolecall_apps::{Mount, UpstreamApp};
use rolecall_model::Role;
use rolecall_sign_in::loopback::is_loopback;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use url::{Host, Url};

use super::cross_origin;
use super::keys::SAME_ORIGIN_REMEDY;
use super::network::{Network, origin, parse_origin};
use super::reader::{Reader, default_of};

/// The longest name of an app, in characters.
const MAX_NAME_LENGTH: usize = 32;
/// The shortest and the longest `timeout`.
const TIMEOUTS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_hours(1);
/// The one value of `same_origin`.
const TRUSTED: &str = "trusted";

/// Reads every app, sorted by name.
pub(super) fn read(reader: &mut Reader, network: &Network) -> Vec<UpstreamApp> {
    let mut apps: Vec<UpstreamApp> = Vec::new();
    for name in reader.names("apps") {
        let Some(app) = (AppSection { reader: &mut *reader, network, name: &name }).read() else { continue };
        if let Some(host) = app.host()
            && let Some(other) = apps.iter().find(|other| other.host() == Some(host))
        {
            let what = format!("is {host:?}, which the app `{}` has too", other.name);
            reader.mistake(&format!("apps.{name}.host"), &what, "Give each app a host name of its own.");
        }
        apps.push(app);
    }
    apps
}

/// The section of one app.
struct AppSection<'a> {
    reader: &'a mut Reader,
    network: &'a Network,
    name: &'a str,
}

impl AppSection<'_> {
    /// Reads and checks the app. `None` if something required is missing or wrong, which is a mistake.
    fn read(mut self) -> Option<UpstreamApp> {
        if !is_name(self.name) {
            let what = "has a name that cannot be part of a path";
            let remedy = format!(
                "Use 1 to {MAX_NAME_LENGTH} lower-case letters, digits and hyphens; the name for people is `title`."
            );
            self.reader.mistake(&format!("apps.{}", self.name), what, &remedy);
            return None;
        }
        let (upstream, role, mount) = (self.upstream(), self.role(), self.mount());
        let title = self.text("title").unwrap_or_else(|| self.name.to_owned());
        self.note("title", &title);
        let summary = self.text("summary");
        self.note("summary", &summary.as_deref().unwrap_or_default());
        let timeout = self.timeout();
        let [upstream_host, pass_authorization, service_workers] =
            ["upstream_host", "pass_authorization", "service_workers"].map(|name| self.flag(name));
        let frames = self.key("frame_ancestors");
        let frame_ancestors = cross_origin::frame_ancestors(self.reader, &frames, self.network);
        let calls = self.key("cors_origins");
        let cors_origins = cross_origin::cors_origins(self.reader, &calls, self.network);
        Some(UpstreamApp {
            name: self.name.to_owned(),
            title,
            summary,
            authorities: self.authorities(),
            upstream: upstream?,
            role: role?,
            mount: mount?,
            timeout,
            upstream_host,
            pass_authorization,
            frame_ancestors,
            cors_origins,
            service_workers,
        })
    }

    /// Where the app is.
    fn upstream(&mut self) -> Option<Url> {
        const REMEDY: &str = "Give its address as Rolecall reaches it: scheme, host and port, without a path, for \
                              example \"http://127.0.0.1:8050\".";
        let text = self.required("upstream", REMEDY)?;
        let upstream = parse_origin(&text).map_err(|what| self.mistake("upstream", what, REMEDY)).ok()?;
        if self.network.public_url.as_ref().is_some_and(|public_url| public_url.origin() == upstream.origin()) {
            self.mistake("upstream", "is the address of Rolecall itself", REMEDY);
            return None;
        }
        self.note("upstream", &origin(&upstream));
        Some(upstream)
    }

    /// The authorities that its certificate is verified with, if not the usual ones.
    fn authorities(&mut self) -> Vec<CertificateDer<'static>> {
        const KEY: &str = "upstream_ca";
        let Some(path) = self.text(KEY) else { return Vec::new() };
        let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&path).and_then(Iterator::collect);
        let is_usable = |found: &CertificateDer<'_>| webpki::anchor_from_trusted_cert(found).is_ok();
        match read {
            Ok(found) if !found.is_empty() && found.iter().all(is_usable) => {
                self.note(KEY, &path);
                found
            }
            Ok(_) => {
                let remedy = "Give the certificate of the authority, as PEM.";
                self.mistake(KEY, &format!("names {path}, which holds no certificate that can be used"), remedy);
                Vec::new()
            }
            Err(error) => {
                let remedy = "Correct the path, or make the file readable for Rolecall; it must be PEM.";
                self.mistake(KEY, &format!("names {path}, which cannot be read: {error}"), remedy);
                Vec::new()
            }
        }
    }

    /// The lowest role that may use it. There is no default: the configuration must say who may use an app.
    fn role(&mut self) -> Option<Role> {
        const REMEDY: &str = "Give the lowest role that may use the app: \"read\", \"write\" or \"admin\".";
        self.required("role", REMEDY)?;
        let key = self.key("role");
        let role = self.reader.parsed(&key, None, REMEDY, |text| Role::from_key(text).map(Some))?;
        self.note("role", &role.key());
        Some(role)
    }

    /// Where people find it: on its own host, or, for trusted apps, on a path of ours.
    fn mount(&mut self) -> Option<Mount> {
        const REMEDY: &str = "Give it a host name of its own, for example `host = \"dash.example.com\"`. Only for an app \
                              that you trust like Rolecall itself, write `same_origin = \"trusted\"` instead.";
        let [host, same_origin] = ["host", "same_origin"].map(|name| self.reader.is_given(&self.key(name)));
        match (host, same_origin) {
            (true, false) => self.host(),
            (false, true) => self.path(),
            (true, true) => {
                let what = "is given, and `host` too: an app is at one place";
                self.mistake("same_origin", what, "Keep `host`, and remove `same_origin`.");
                None
            }
            // The value is not a text: that mistake already says what to do.
            (false, false) if self.reader.has_mistake(&self.key("same_origin")) => None,
            (false, false) => {
                let what = "is missing, and without a host of its own the scripts of the app could do whatever the \
                            person who looks at it may do in Rolecall";
                let key = self.key("host");
                self.reader.missing(&key, what, REMEDY);
                None
            }
        }
    }

    fn host(&mut self) -> Option<Mount> {
        const REMEDY: &str = "Give a host name alone, for example \"dash.example.com\": scheme and port are those of \
                              `public_url`.";
        let text = self.text("host")?;
        let Some(host) = domain(&text) else {
            self.mistake("host", &format!("is {text:?}, which is no host name"), REMEDY);
            return None;
        };
        if self.reader.is_given(&self.key("keep_prefix")) {
            let what = "is only for apps at `/apps/…`, and this app has a `host`";
            self.mistake("keep_prefix", what, "Remove it.");
        }
        let public_url = self.network.public_url.as_ref()?;
        if public_url.host_str() == Some(host.as_str()) {
            let what = "is the host of Rolecall itself";
            self.mistake("host", what, "Give the app a host name of its own, which also points to Rolecall.");
            return None;
        }
        let is_on_this_machine = Url::parse(&format!("http://{host}")).is_ok_and(|url| is_loopback(&url));
        if public_url.scheme() == "http" && !is_on_this_machine && !self.network.allow_insecure_http {
            let what = "is a name outside this machine, and `public_url` is http: others on the network could read the traffic";
            let remedy = "Use https, or, for trials on this machine, a name that ends in \".localhost\".";
            self.mistake("host", what, remedy);
        }
        self.note("host", &host);
        Some(Mount::Host(host))
    }

    fn path(&mut self) -> Option<Mount> {
        let text = self.text("same_origin")?;
        if text != TRUSTED {
            self.mistake("same_origin", &format!("is {text:?}, which cannot be used"), SAME_ORIGIN_REMEDY);
            return None;
        }
        self.note("same_origin", &text);
        Some(Mount::Path { keeps_prefix: self.flag("keep_prefix") })
    }

    fn timeout(&mut self) -> Duration {
        let remedy = "Give a duration from 1 second to 1 hour, for example \"60s\".";
        let parse = |text: &str| humantime::parse_duration(text).ok().filter(|timeout| TIMEOUTS.contains(timeout));
        let key = self.key("timeout");
        let default = humantime::parse_duration(default_of(&key)).unwrap_or_default();
        let timeout = self.reader.parsed(&key, default, remedy, parse);
        self.note("timeout", &humantime::format_duration(timeout).to_string());
        timeout
    }

    fn flag(&mut self, name: &str) -> bool {
        let flag = self.reader.flag(&self.key(name));
        self.note(name, &flag);
        flag
    }

    /// The full key of `name`.
    fn key(&self, name: &str) -> String {
        format!("apps.{}.{name}", self.name)
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.reader.text(&self.key(name))
    }

    fn required(&mut self, name: &str, remedy: &str) -> Option<String> {
        self.reader.required_text(&self.key(name), remedy)
    }

    fn mistake(&mut self, name: &str, what: &str, remedy: &str) {
        self.reader.mistake(&self.key(name), what, remedy);
    }

    fn note(&mut self, name: &str, value: &dyn std::fmt::Debug) {
        self.reader.note(&self.key(name), value);
    }
}

/// Whether `name` can be part of a path.
fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_LENGTH).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The host name in `text`, as browsers write it; `None` for an IP address, or if `text` is more than a host name.
fn domain(text: &str) -> Option<String> {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    match Host::parse(text).ok()? {
        Host::Domain(name) if !name.ends_with('.') && name.chars().all(is_usual) => Some(name),
        _ => None,
    }
}
