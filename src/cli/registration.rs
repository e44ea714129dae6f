//! `rolecall register` and `rolecall unregister`.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Args;
use rolecall_config::Sources;
use rolecall_entra::registration::{
    Credential, Order, RedirectUri, Registration, TOKEN_VARIABLE, register, unregister,
};
use rolecall_sign_in::loopback::is_loopback;
use rolecall_sign_in::{Clock, trial};
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

#[derive(Debug, Args)]
pub struct ApplicationArguments {
    /// The tenant: its id or a verified domain.
    #[arg(long)]
    tenant: String,
    /// The name of the application. Each installation has one of its own.
    #[arg(long, default_value = "Rolecall")]
    name: String,
    /// The address of Entra, for a national cloud.
    #[arg(long)]
    authority: Option<Url>,
    /// The address of Microsoft Graph. Default: the one that belongs to the authority.
    #[arg(long)]
    graph_url: Option<Url>,
    /// Show what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct RegisterArguments {
    #[command(flatten)]
    application: ApplicationArguments,
    /// The redirect URI: `{public_url}/login/{provider}/authorized`.
    #[arg(long)]
    redirect_uri: RedirectUri,
    /// How long a client secret lasts, in months.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=24))]
    secret_months: u32,
    /// Create a new client secret even if there is one.
    #[arg(long)]
    new_secret: bool,
    /// Use this certificate (PEM) instead of a secret.
    #[arg(long, requires = "key", conflicts_with = "new_secret")]
    certificate: Option<PathBuf>,
    /// The private key of the certificate (PEM). It stays on this machine.
    #[arg(long, requires = "certificate")]
    key: Option<PathBuf>,
    /// Let only people sign in who are assigned to the application.
    #[arg(long)]
    require_assignment: bool,
    /// Turn on the API for programs, with access tokens for this application.
    #[arg(long)]
    api: bool,
    /// Overwrite the section of another provider with the same id.
    #[arg(long)]
    replace: bool,
    /// Take over the application with this client id, which this installation did not make.
    #[arg(long)]
    adopt: Option<Uuid>,
}

#[derive(Debug, Args)]
pub struct UnregisterArguments {
    #[command(flatten)]
    application: ApplicationArguments,
    /// The id of the provider in the configuration.
    #[arg(long, default_value = "azure")]
    provider: String,
    /// The application's client id, if rolecall.local.toml does not have it.
    #[arg(long)]
    client_id: Option<Uuid>,
}

impl ApplicationArguments {
    /// The checked order for `provider`, with the configuration in the folder of `sources`.
    fn order(self, provider: String, sources: &Sources) -> anyhow::Result<Order> {
        for url in [&self.authority, &self.graph_url].into_iter().flatten() {
            ensure!(
                url.scheme() == "https" || is_loopback(url),
                "{url} is not https: the token would be sent there unencrypted"
            );
        }
        let tenant = self.tenant.trim().to_ascii_lowercase();
        let is_one = !tenant.is_empty() && tenant.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
        ensure!(is_one, "--tenant takes a tenant id or a verified domain");
        ensure!(
            !["common", "organizations", "consumers"].contains(&tenant.as_str()),
            "--tenant takes the one tenant to register in; docs/ENTRA.md explains how people of several tenants can sign in"
        );
        ensure!((1..=120).contains(&self.name.trim().chars().count()), "--name takes 1 to 120 characters");
        let world = Url::parse("https://login.microsoftonline.com")?;
        let graph = match self.graph_url {
            Some(graph) => graph,
            None => Url::parse(trial::graph_of(self.authority.as_ref().unwrap_or(&world)))?,
        };
        Ok(Order {
            tenant,
            name: self.name.trim().to_owned(),
            provider,
            graph,
            authority: self.authority,
            config_dir: sources.config_dir.clone(),
            dry_run: self.dry_run,
        })
    }
}

/// The access token in the environment, if any.
fn token(sources: &Sources) -> Option<SecretString> {
    let token = sources.environment.get(TOKEN_VARIABLE)?;
    (!token.is_empty()).then(|| SecretString::from(token.clone()))
}

impl RegisterArguments {
    /// # Errors
    /// With what went wrong, for the person at the terminal.
    pub async fn run(self) -> anyhow::Result<()> {
        let sources = Sources::from_process();
        let credential = match (self.certificate, self.key) {
            (Some(certificate), Some(key)) => Credential::Certificate { certificate, key },
            _ => Credential::Secret { months: self.secret_months, replace: self.new_secret },
        };
        let registration = Registration {
            order: self.application.order(self.redirect_uri.provider.clone(), &sources)?,
            redirect_uri: self.redirect_uri,
            credential,
            requires_assignment: self.require_assignment,
            replace: self.replace,
            api: self.api,
            adopt: self.adopt,
        };
        let done = register(&registration, token(&sources), &Clock::system(), &mut std::io::stdout()).await;
        done.context("the application could not be registered")
    }
}

impl UnregisterArguments {
    /// # Errors
    /// With what went wrong, for the person at the terminal.
    pub async fn run(self) -> anyhow::Result<()> {
        let sources = Sources::from_process();
        let order = self.application.order(self.provider, &sources)?;
        let done = unregister(&order, self.client_id, token(&sources), &Clock::system(), &mut std::io::stdout()).await;
        done.context("the application could not be unregistered")
    }
}
