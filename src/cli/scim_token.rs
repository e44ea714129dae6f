//! `rolecall scim-token`: the tokens with which directories provision people.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::DateTime;
use clap::Subcommand;
use rolecall_config::{Config, Sources};
use rolecall_core::audit::{Entry, EntryKind};
use rolecall_routes as routes;
use rolecall_scim::tokens::{self, NewToken};
use rolecall_server::open::Opened;
use rolecall_sign_in::Auth;
use rolecall_sign_in::config::ProviderKind;
use rolecall_sign_in::provider::{Provider, entra};

use super::open_for_command;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What to do with the tokens. The server can be running.
#[derive(Debug, Subcommand)]
pub(super) enum ScimTokenCommand {
    /// Make a token and print it. It is not shown again. Several tokens can be valid at the same time: make the new one
    /// before you revoke the old one.
    Create {
        /// Its name, which the audit shows: letters, digits, - _ and .
        name: String,
        /// The provider whose directory it is for: its id in the configuration. Needed if there are several.
        #[arg(long)]
        provider: Option<String>,
        /// The tenant (GUID) that it is for, if people of several tenants of Entra ID may sign in.
        #[arg(long)]
        tenant: Option<String>,
        /// How many days it is valid.
        #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
    },
    /// List the tokens that were not revoked, and when each was used last.
    List,
    /// Revoke a token. Rolecall refuses it from the next request on.
    Revoke {
        /// The name of the token.
        name: String,
    },
}

impl ScimTokenCommand {
    /// Runs the command.
    ///
    /// # Errors
    /// When the configuration, the secret key or the database cannot be used, the provider does not answer, or the
    /// result cannot be printed.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let (mut config, _) = Config::load(&Sources::from_process())?;
        let opened = open_for_command(&mut config).await?;
        let done = match self {
            Self::Create { name, provider, tenant, days } => {
                create(&opened, name, provider.as_deref(), tenant.as_deref(), days).await
            }
            Self::List => list(&opened).await,
            Self::Revoke { name } => revoke(&opened, &name).await,
        };
        opened.db.close().await;
        std::io::stdout().write_all(done?.as_bytes()).context("the result could not be printed")?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn create(
    opened: &Opened,
    name: String,
    provider: Option<&str>,
    tenant: Option<&str>,
    days: u16,
) -> anyhow::Result<String> {
    let now_ms = opened.auth.clock().now_ms();
    let provider = provider_called(&opened.auth, provider)?;
    let issuer = issuer_of(provider, tenant, now_ms).await?;
    let ends_at_ms = now_ms.saturating_add(i64::from(days) * DAY_MS);
    let new = NewToken { name, provider: provider.config.id.clone(), issuer, ends_at_ms };
    let mut transaction = opened.db.begin().await?;
    let (token, actor_id) = tokens::create_in(&mut transaction, &new, now_ms).await?;
    let entry = Entry::new(EntryKind::ScimTokenMade, now_ms).about(actor_id).at_provider(&new.provider);
    let entry = entry.with("by", "operator").with("name", new.name.as_str()).with("issuer", new.issuer.as_str());
    opened.audit.append(&mut transaction, &[entry.with("ends_at", ends_at_ms)]).await?;
    transaction.commit().await?;
    let address = opened.auth.config().public_url.join(routes::SCIM_V2)?;
    Ok(format!(
        "Tenant URL     {address}\nSecret token   {token}\n\nThe token is shown only once. It is for people of {}, and ends on {}.\n",
        new.issuer,
        day(ends_at_ms)
    ))
}

async fn list(opened: &Opened) -> anyhow::Result<String> {
    let now_ms = opened.auth.clock().now_ms();
    let tokens = tokens::list(&opened.db).await?;
    if tokens.is_empty() {
        return Ok("There is no token, so no directory can provision by SCIM.\n".to_owned());
    }
    let mut text = String::new();
    for token in tokens {
        let end = if token.ends_at > now_ms { "ends" } else { "ended" };
        let used = token.used_at.map_or_else(|| "never used".to_owned(), |at_ms| format!("last used {}", day(at_ms)));
        let (made, end_day) = (day(token.created_at), day(token.ends_at));
        _ = writeln!(
            text,
            "{}\n  {} ({})\n  made {made}, {end} {end_day}, {used}",
            token.name, token.provider, token.issuer
        );
    }
    Ok(text)
}

async fn revoke(opened: &Opened, name: &str) -> anyhow::Result<String> {
    let now_ms = opened.auth.clock().now_ms();
    let mut transaction = opened.db.begin().await?;
    let revoked = tokens::revoke_in(&mut transaction, name, now_ms).await?;
    let actor_id = revoked.with_context(|| format!("there is no token called {name}"))?;
    let entry =
        Entry::new(EntryKind::ScimTokenRevoked, now_ms).about(actor_id).with("by", "operator").with("name", name);
    opened.audit.append(&mut transaction, &[entry]).await?;
    transaction.commit().await?;
    Ok(format!("The token {name} is revoked.\n"))
}

/// The provider `id`. Without an id, the provider if there is only one.
fn provider_called<'a>(auth: &'a Auth, id: Option<&str>) -> anyhow::Result<&'a Provider> {
    let known: Vec<&str> = auth.providers().iter().map(|provider| provider.config.id.as_str()).collect();
    let known = known.join(", ");
    match (id, auth.providers()) {
        (None, [only]) => Ok(only),
        (None, _) => anyhow::bail!("choose the provider with --provider: {known}"),
        (Some(id), _) => auth.provider(id).with_context(|| format!("there is no provider {id}: there is {known}")),
    }
}

/// The issuer of the ID tokens of `provider`. If it has several tenants, the issuer of `tenant`.
async fn issuer_of(provider: &Provider, tenant: Option<&str>, now_ms: i64) -> anyhow::Result<String> {
    let metadata = provider.metadata(now_ms).await;
    let metadata = metadata.context("the provider does not answer, so its issuer is not known")?;
    let issuer = metadata.issuer().to_string();
    match (&provider.config.kind, tenant) {
        (ProviderKind::Entra { allowed_tenants, .. }, Some(tenant)) if entra::is_template(&issuer) => {
            let filled = entra::issuer_of_tenant(&issuer, allowed_tenants, tenant);
            filled.with_context(|| format!("people of the tenant {tenant} may not sign in: see allowed_tenants"))
        }
        (_, None) if entra::is_template(&issuer) => {
            anyhow::bail!(
                "people of several tenants may sign in: choose the tenant of the directory with --tenant (GUID)"
            )
        }
        (_, None) => Ok(issuer),
        (_, Some(_)) => anyhow::bail!("--tenant is only for Entra ID providers with several tenants"),
    }
}

fn day(at_ms: i64) -> String {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default().format("%Y-%m-%d").to_string()
}
