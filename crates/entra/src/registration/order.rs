//! The checked arguments of the commands.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context as _, ensure};
use rolecall_routes as routes;
use rolecall_sign_in::loopback::is_loopback;
use url::Url;

/// The arguments that `register` and `unregister` have in common.
#[derive(Clone, Debug)]
pub struct Order {
    /// The tenant: its id or a verified domain.
    pub tenant: String,
    /// The name of the registration, unique in the tenant.
    pub name: String,
    /// The id of the provider in the configuration.
    pub provider: String,
    /// Where Microsoft Graph is.
    pub graph: Url,
    /// Where Entra is; `None` for the worldwide cloud.
    pub authority: Option<Url>,
    /// The folder of the configuration.
    pub config_dir: PathBuf,
    /// Whether to only show what would be done.
    pub dry_run: bool,
}

/// The kind of client credentials.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A client secret.
    Secret {
        /// How long it lasts.
        months: u32,
        /// Whether to create one even if there is one.
        replace: bool,
    },
    /// A certificate and its key, as PEM files.
    Certificate {
        certificate: PathBuf,
        /// Its private key, which stays on this machine.
        key: PathBuf,
    },
}

/// A redirect URI of Rolecall. It contains the public address and the id of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    /// The whole URI, as it is registered.
    pub url: Url,
    /// The id of the provider in its path.
    pub provider: String,
}

impl RedirectUri {
    /// The address that people type.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.url.origin().ascii_serialization()
    }
}

impl FromStr for RedirectUri {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).context("is not a URL")?;
        ensure!(
            url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)),
            "must be https, or http on this machine: Entra accepts nothing else"
        );
        ensure!(url.query().is_none() && url.fragment().is_none(), "must not have a query or fragment");
        let provider = url.path().split('/').nth(2).unwrap_or_default().to_owned();
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!(
            !provider.is_empty() && provider.chars().all(is_id) && url.path() == routes::login_authorized(&provider),
            "must be {{public_url}}/login/{{provider}}/authorized, for example \
             https://rolecall.example.com/login/azure/authorized"
        );
        Ok(Self { url, provider })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_is_one_of_ours() {
        let uri: RedirectUri = "https://rolecall.example.com/login/my-idp/authorized".parse().unwrap();
        assert_eq!((uri.provider.as_str(), uri.public_url().as_str()), ("my-idp", "https://rolecall.example.com"));
        assert!("http://localhost:3000/login/azure/authorized".parse::<RedirectUri>().is_ok());
        for wrong in [
            "x",
            "http://rolecall.example.com/login/azure/authorized",
            "https://a.test/login/azure/authorized?x",
            "https://a.test/",
            "https://a.test/login/azure",
            "https://a.test/login/Azure/authorized",
            "https://a.test/login//authorized",
            "https://a.test/x/azure/authorized",
        ] {
            assert!(wrong.parse::<RedirectUri>().is_err(), "{wrong}");
        }
    }
}
