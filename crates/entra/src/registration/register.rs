//! `rolecall register`: creates or updates the application and everything around it.

use std::io::Write;

use anyhow::{Context as _, ensure};
use rolecall_sign_in::Clock;
use secrecy::SecretString;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::adopt::adopt;
use super::api;
use super::application::{self, text};
use super::credential::CredentialWriter;
use super::directory_client::DirectoryClient;
use super::find::{check_name, find};
use super::local_file::LocalFile;
use super::order::{Credential, Order, RedirectUri};
use super::progress::Progress;
use super::token::{self, GraphToken};
use super::unfinished::Unfinished;

/// The scopes of sign-ins, which the registration permits.
const SCOPES: [&str; 5] = ["openid", "profile", "email", "offline_access", "User.Read"];

/// The arguments of `register`.
pub struct Registration {
    /// The tenant, the name and so on.
    pub order: Order,
    pub redirect_uri: RedirectUri,
    pub credential: Credential,
    /// Whether only assigned people can sign in.
    pub requires_assignment: bool,
    /// Whether to overwrite a section of another provider.
    pub replace: bool,
    /// Whether to turn on the API of this Rolecall. Without it, the API stays as it is.
    pub api: bool,
    /// The client id of an application to take over that this installation did not create.
    pub adopt: Option<Uuid>,
}

/// Registers Rolecall and reports each step on `out`. `token` replaces the one of the Azure CLI.
///
/// # Errors
/// When the token cannot be used, Graph refuses, or the file cannot be written. The next run continues from there.
pub async fn register(
    registration: &Registration,
    token: Option<SecretString>,
    clock: &Clock,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let Registration { order, redirect_uri, .. } = registration;
    let mut progress = Progress::new(out, order.dry_run);
    let now_ms = clock.now_ms();
    let mut file = LocalFile::open(&order.config_dir, &order.provider)?;
    let GraphToken { secret, tenant } = token::obtain(order, token, now_ms).await?;
    check_public_url(registration, &file)?;
    check_section(registration, &mut file, &tenant)?;
    let graph = DirectoryClient::new(&order.graph, &secret)?;
    let kept = application::kept(order, redirect_uri)?;

    let mut unfinished = Unfinished::open(&file, &order.provider)?;
    let application = application(registration, &graph, &file, &mut unfinished, &kept, &mut progress).await?;
    let app_id = application.as_ref().map(|made| text(made, "appId").map(str::to_owned)).transpose()?;
    write_provider(registration, &mut file, &tenant, app_id.as_deref(), &mut progress)?;
    if !order.dry_run {
        unfinished.end()?;
    }
    match &app_id {
        Some(app_id) => {
            application::ensure_service_principal(&graph, app_id, registration.requires_assignment, &mut progress)
                .await?;
        }
        None => drop(progress.begin("create its service principal, to which people are assigned")),
    }
    api::name_it(&graph, application.as_ref(), &mut progress).await?;
    if registration.api {
        api::turn_on(&mut file, app_id.as_deref(), &mut progress)?;
    }
    ensure_credential(registration, &graph, application.as_ref(), &mut file, now_ms, &mut progress).await?;
    print_next_steps(registration, app_id.as_deref(), &tenant, &file, &mut progress);
    Ok(())
}

/// The application: found or adopted and corrected, otherwise created. `None` on a dry run that would create it.
async fn application(
    registration: &Registration,
    graph: &DirectoryClient,
    file: &LocalFile,
    unfinished: &mut Unfinished,
    kept: &Map<String, Value>,
    progress: &mut Progress<'_>,
) -> anyhow::Result<Option<Value>> {
    let order = &registration.order;
    let found = match registration.adopt {
        Some(app_id) => Some(adopt(graph, order, app_id, file, progress).await?),
        None => find(graph, order, file, unfinished).await?,
    };
    if let Some(found) = found {
        application::repair(graph, &found, kept, progress).await?;
        return Ok(Some(found));
    }
    check_not_lost(file)?;
    check_name(graph, order).await?;
    application::create(graph, order, kept, unfinished, progress).await
}

/// The redirect URI must be at `public_url`, or sign-ins fail.
fn check_public_url(registration: &Registration, file: &LocalFile) -> anyhow::Result<()> {
    let wanted = registration.redirect_uri.public_url();
    let known = file.public_url().unwrap_or(&wanted).trim_end_matches('/');
    ensure!(
        known == wanted,
        "{} has public_url {known}, but --redirect-uri is at {wanted}: make them agree",
        file.path().display()
    );
    Ok(())
}

/// A section of another provider is only overwritten with `--replace`.
fn check_section(registration: &Registration, file: &mut LocalFile, tenant: &str) -> anyhow::Result<()> {
    if registration.replace {
        file.remove_section();
    }
    if !file.has_section() {
        return Ok(());
    }
    let is_entra = file.text("kind").is_none_or(|kind| kind == "entra");
    let configured = file.text("tenant").unwrap_or_else(|| tenant.to_owned()).to_ascii_lowercase();
    let is_same = [tenant, registration.order.tenant.as_str()].contains(&configured.as_str());
    ensure!(
        is_entra && is_same,
        "{} already has another provider {:?}: use another id in --redirect-uri, or --replace to overwrite it",
        file.path().display(),
        registration.order.provider
    );
    Ok(())
}

/// If the application in the file does not exist, none is created without `--replace`.
fn check_not_lost(file: &LocalFile) -> anyhow::Result<()> {
    let Some(app_id) = file.text("client_id") else { return Ok(()) };
    anyhow::bail!(
        "{} names the application {app_id}, which is not in this tenant. If it was created a moment ago, try again in a \
         minute. If it was deleted, use --replace",
        file.path().display()
    )
}

/// Writes the provider's section. The next run finds the application by it, even if this one is interrupted.
fn write_provider(
    registration: &Registration,
    file: &mut LocalFile,
    tenant: &str,
    app_id: Option<&str>,
    progress: &mut Progress<'_>,
) -> anyhow::Result<()> {
    file.set("kind", "entra")?;
    file.set("tenant", tenant)?;
    if let Some(authority) = &registration.order.authority {
        file.set("authority", authority.as_str().trim_end_matches('/'))?;
    }
    if let Some(app_id) = app_id {
        file.set("client_id", app_id)?;
    }
    file.set_first("scopes", &SCOPES)?;
    file.set_public_url(&registration.redirect_uri.public_url());
    if file.is_changed() && progress.begin(&format!("write the provider into {}", file.path().display())) {
        file.save()?;
    }
    Ok(())
}

/// Creates or checks the secret or the certificate.
async fn ensure_credential(
    registration: &Registration,
    graph: &DirectoryClient,
    application: Option<&Value>,
    file: &mut LocalFile,
    now_ms: i64,
    progress: &mut Progress<'_>,
) -> anyhow::Result<()> {
    let mut writer = CredentialWriter { graph, application, file, now_ms };
    match &registration.credential {
        Credential::Secret { months, replace } => writer.secret(*months, *replace, progress).await?,
        Credential::Certificate { certificate, key } => writer.certificate(certificate, key, progress).await?,
    }
    if progress.is_dry_run() { Ok(()) } else { file.save().context("run the command again: it continues from here") }
}

/// Prints what an administrator still has to do.
fn print_next_steps(
    registration: &Registration,
    app_id: Option<&str>,
    tenant: &str,
    file: &LocalFile,
    progress: &mut Progress<'_>,
) {
    let Registration { order, redirect_uri, .. } = registration;
    if progress.changes() == 0 {
        progress.say("Everything is up to date; nothing was changed.");
    }
    let Some(app_id) = app_id else { return };
    let name = &order.name;
    let portal = order.authority.as_ref().map_or("https://login.microsoftonline.com", |url| url.as_str());
    let portal = portal.trim_end_matches('/');
    let api_name = api::name(app_id);
    let api_state = if file.has_audience(&api_name) { "on" } else { "off (`--api` turns it on)" };
    progress.say(&format!(
        "\n{name}: application {app_id} in the tenant {tenant}\n\
         Redirect URI: {}\n\
         API: {api_name}, {api_state}\n\n\
         What an administrator still has to do:\n\
         1. Grant consent for everyone, once:\n   \
            az ad app permission admin-consent --id {app_id}\n   \
            or open {portal}/{tenant}/adminconsent?client_id={app_id}\n\
         2. Assign people or groups to Read, Write or Admin:\n   \
            Entra admin centre, Enterprise applications, {name}, Users and groups, Add user/group\n\
         3. Start Rolecall with {}, and run `rolecall doctor`.",
        redirect_uri.url,
        file.path().display()
    ));
}
