//! The configuration of one app.

use std::time::Duration;

use rolecall_model::Role;
use rolecall_routes as routes;
use rustls_pki_types::CertificateDer;
use url::Url;

use super::framing::FrameAncestors;

/// An app behind Rolecall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamApp {
    /// Its name in configuration, paths and tokens: lower-case letters, digits and hyphens.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it is for, in a sentence.
    pub summary: Option<String>,
    /// Its address, as Rolecall reaches it: scheme, host and port.
    pub upstream: Url,
    /// The lowest role that may use it.
    pub role: Role,
    /// Where people find it.
    pub mount: Mount,
    /// How long it may take to begin an answer, once it has the whole request.
    pub timeout: Duration,
    /// The authorities to trust for its certificate, as DER, in place of the usual ones. Empty: the usual ones.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Whether requests to it have its own address in `Host`, `Origin` and `Referer`, rather than the public one.
    pub upstream_host: bool,
    /// Whether it gets the browser's `Authorization` header.
    pub pass_authorization: bool,
    /// Who may show its pages in a frame, whatever the app says. `None`: the app decides; if it says nothing, only its
    /// own origin may.
    pub frame_ancestors: Option<FrameAncestors>,
    /// The other origins whose pages may call it, as browsers write them in `Origin`.
    pub cors_origins: Vec<String>,
    /// Whether its scripts may be service workers.
    pub service_workers: bool,
}

/// Where people find an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mount {
    /// On a host of its own (in lower case), with the scheme and port of Rolecall's public address.
    Host(String),
    /// On Rolecall's own origin, below `/apps/{name}/`. Its scripts can do there whatever the person can, so this is
    /// for apps that are trusted like Rolecall itself.
    Path {
        /// Whether requests to it have the whole path, including `/apps/{name}`.
        keeps_prefix: bool,
    },
}

impl UpstreamApp {
    /// Its own host, if it has one.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match &self.mount {
            Mount::Host(host) => Some(host),
            Mount::Path { .. } => None,
        }
    }

    /// The beginning of its paths, without a slash at the end; empty on a host of its own.
    #[must_use]
    pub fn prefix(&self) -> String {
        match &self.mount {
            Mount::Host(_) => String::new(),
            Mount::Path { .. } => routes::app(&self.name).trim_end_matches('/').to_owned(),
        }
    }

    /// The address of its first page, for a Rolecall at `public_url`.
    #[must_use]
    pub fn home_url(&self, public_url: &Url) -> Url {
        let mut home_url = public_url.clone();
        if let Mount::Host(host) = &self.mount {
            // The configuration accepts only valid hosts.
            let _ = home_url.set_host(Some(host));
        }
        home_url.set_path(&format!("{}/", self.prefix()));
        home_url
    }

    /// The origin of its pages, as browsers write it in `Origin`, for a Rolecall at `public_url`.
    #[must_use]
    pub fn origin(&self, public_url: &Url) -> String {
        self.home_url(public_url).origin().ascii_serialization()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn app(mount: Mount) -> UpstreamApp {
        UpstreamApp {
            name: "sales".to_owned(),
            title: "Sales".to_owned(),
            summary: None,
            upstream: "http://127.0.0.1:8050".parse().unwrap(),
            role: Role::Read,
            mount,
            timeout: Duration::from_mins(1),
            authorities: Vec::new(),
            upstream_host: false,
            pass_authorization: false,
            frame_ancestors: None,
            cors_origins: Vec::new(),
            service_workers: false,
        }
    }

    #[test]
    fn a_host_of_its_own_has_the_scheme_and_port_of_the_public_address() {
        let app = app(Mount::Host("sales.example.com".to_owned()));
        for (public_url, home_url) in [
            ("https://rolecall.example.com", "https://sales.example.com/"),
            ("https://rolecall.example.com:8443", "https://sales.example.com:8443/"),
            ("http://127.0.0.1:3000", "http://sales.example.com:3000/"),
        ] {
            assert_eq!(app.home_url(&public_url.parse().unwrap()).as_str(), home_url);
        }
        assert_eq!(app.origin(&"https://rolecall.example.com".parse().unwrap()), "https://sales.example.com");
        assert_eq!(app.prefix(), "");
    }

    #[test]
    fn a_path_is_below_our_own_address() {
        let app = app(Mount::Path { keeps_prefix: false });
        let public_url = "https://rolecall.example.com:8443".parse().unwrap();
        assert_eq!(app.home_url(&public_url).as_str(), "https://rolecall.example.com:8443/apps/sales/");
        assert_eq!(app.prefix(), "/apps/sales");
    }
}
