//! `--adopt`: takes over an application that this installation did not create, after reporting who owns it.

use anyhow::{Context as _, ensure};
use rolecall_sign_in::plain;
use serde_json::Value;
use uuid::Uuid;

use super::application::id;
use super::directory_client::DirectoryClient;
use super::find::{by_client_id, is_marked};
use super::local_file::LocalFile;
use super::order::Order;
use super::progress::Progress;

/// The longest text from outside that is shown, in characters.
const SHOWN_CHARS: usize = 120;

/// The application `app_id`. Reports its owners and contents unless it was adopted before.
///
/// # Errors
/// When `file` names another application, or it does not exist.
pub(super) async fn adopt(
    graph: &DirectoryClient,
    order: &Order,
    app_id: Uuid,
    file: &LocalFile,
    progress: &mut Progress<'_>,
) -> anyhow::Result<Value> {
    let app_id = app_id.to_string();
    let configured = file.text("client_id");
    let is_configured = configured.as_ref().is_some_and(|configured| configured.eq_ignore_ascii_case(&app_id));
    ensure!(
        configured.is_none() || is_configured,
        "{} already names another application: use --replace to replace it with {app_id}",
        file.path().display()
    );
    let found = by_client_id(graph, &app_id).await?;
    let application = found.with_context(|| format!("the application {app_id} is not in this tenant"))?;
    if !is_configured || !is_marked(&application, order) {
        report(&application, &app_id, &owners(graph, &application).await?, progress);
    }
    Ok(application)
}

async fn owners(graph: &DirectoryClient, application: &Value) -> anyhow::Result<Vec<String>> {
    let found = graph.find(&format!("applications/{}/owners", id(application)?)).await;
    let found = found.context("the owners of the application could not be read")?.unwrap_or_default();
    let all = found["value"].as_array().context("Microsoft Graph returned no owners")?;
    Ok(all.iter().map(display_name).collect())
}

/// An owner by name and user name, or by id: without permission to read people, Graph returns only the id.
fn display_name(owner: &Value) -> String {
    let text = |name: &str| owner[name].as_str().map(|text| plain(text, SHOWN_CHARS));
    let id = text("userPrincipalName").or_else(|| text("id")).unwrap_or_default();
    text("displayName").map_or_else(|| id.clone(), |name| format!("{name:?} ({id})"))
}

fn report(application: &Value, app_id: &str, owners: &[String], progress: &mut Progress<'_>) {
    let count = |name: &str| application[name].as_array().map_or(0, Vec::len);
    let counted = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let name = plain(application["displayName"].as_str().unwrap_or_default(), SHOWN_CHARS);
    let uris = application["web"]["redirectUris"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let uris: Vec<_> = uris.map(|uri| plain(uri, SHOWN_CHARS)).collect();
    let or_none = |list: &[String]| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    progress.say(&format!(
        "The application {name:?} ({app_id}) exists already.\n  \
           Owners: {}\n  \
           Each of them can create a secret for it and act as Rolecall: remove owners that you do not trust.\n  \
           What stays: {}, {}; redirect URIs: {}",
        or_none(owners),
        counted(count("passwordCredentials"), "secret"),
        counted(count("keyCredentials"), "certificate"),
        or_none(&uris),
    ));
}
