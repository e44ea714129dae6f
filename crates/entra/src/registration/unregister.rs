//! `rolecall unregister`: deletes what `register` created, and nothing else.

use std::io::Write;

use anyhow::Context as _;
use rolecall_sign_in::Clock;
use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

use super::api;
use super::application::{id, text};
use super::directory_client::DirectoryClient;
use super::find::{find, named};
use super::local_file::LocalFile;
use super::order::Order;
use super::progress::Progress;
use super::token::{self, GraphToken};
use super::unfinished::Unfinished;

/// Deletes the application of `order` with its service principal, and its section of the local file. It is the
/// application that the file names, that an unfinished run created, or `client_id`. It is never looked up by its name.
///
/// # Errors
/// When the token cannot be used, Graph refuses, or the file cannot be written. The next run continues from there.
pub async fn unregister(
    order: &Order,
    client_id: Option<Uuid>,
    token: Option<SecretString>,
    clock: &Clock,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let mut progress = Progress::new(out, order.dry_run);
    let mut file = LocalFile::open(&order.config_dir, &order.provider)?;
    let GraphToken { secret, tenant } = token::obtain(order, token, clock.now_ms()).await?;
    let graph = DirectoryClient::new(&order.graph, &secret)?;
    let configured = file.text("tenant").map(|tenant| tenant.to_ascii_lowercase());
    let is_of_tenant = configured.is_some_and(|configured| configured == tenant || configured == order.tenant);
    let mut is_of_application = is_of_tenant && file.text("client_id").is_some();
    let mut unfinished = Unfinished::open(&file, &order.provider)?;
    let found = match client_id {
        Some(client_id) => named(&graph, order, client_id).await?,
        None => find(&graph, order, &file, &unfinished).await?,
    };
    if let Some(client_id) = client_id.map(|client_id| client_id.to_string()) {
        is_of_application &=
            file.text("client_id").is_some_and(|configured| configured.eq_ignore_ascii_case(&client_id));
    }
    if let Some(application) = found {
        delete(&graph, order, &application, &mut progress).await?;
    }
    if is_of_application {
        forget(&mut file, order, &mut progress)?;
    }
    if client_id.is_none() && !order.dry_run {
        unfinished.end()?;
    }
    if progress.changes() == 0 {
        progress.say(&format!(
            "This installation registered nothing as {:?}; nothing was changed. Use --client-id to name another \
             application.",
            order.name
        ));
    }
    Ok(())
}

/// Deletes `application`, and prints how to restore it.
async fn delete(
    graph: &DirectoryClient,
    order: &Order,
    application: &Value,
    progress: &mut Progress<'_>,
) -> anyhow::Result<()> {
    let (id, app_id) = (id(application)?, text(application, "appId")?);
    if progress.begin(&format!("delete the application {:?} ({app_id}) with its service principal", order.name)) {
        graph.delete(&format!("applications/{id}")).await.context("the application could not be deleted")?;
        progress.say(&format!(
            "Entra keeps it for 30 days. To restore it: az rest --method post --url {}/v1.0/directory/deletedItems/{id}/restore",
            order.graph.as_str().trim_end_matches('/')
        ));
    }
    Ok(())
}

/// Removes the provider and its API audience from the local file.
fn forget(file: &mut LocalFile, order: &Order, progress: &mut Progress<'_>) -> anyhow::Result<()> {
    let api_name = file.text("client_id").map(|app_id| api::name(&app_id)).filter(|name| file.has_audience(name));
    let and_api = if api_name.is_some() { " and its API" } else { "" };
    if progress.begin(&format!("remove [providers.{}]{and_api} from {}", order.provider, file.path().display())) {
        if let Some(name) = api_name {
            file.remove_audience(&name);
        }
        file.remove_section();
        file.save()?;
    }
    Ok(())
}
