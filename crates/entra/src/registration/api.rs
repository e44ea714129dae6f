//! The application as an API: its Application ID URI, and whether this Rolecall accepts tokens for it.
//!
//! The URI contains the application's id, so it can be set only after the application was created.
//!
//! Source: Microsoft Graph REST API v1.0, application, `identifierUris`.

use anyhow::Context as _;
use http::Method;
use serde_json::{Value, json};

use super::application::{id, text};
use super::directory_client::DirectoryClient;
use super::local_file::LocalFile;
use super::progress::Progress;

/// The Application ID URI of `app_id`: the one that Entra suggests, and accepts in every tenant.
pub(super) fn name(app_id: &str) -> String {
    format!("api://{app_id}")
}

/// Adds the Application ID URI to `application`, and keeps those that others added. On a dry run `application` is
/// `None` if it does not exist yet.
pub(super) async fn name_it(
    graph: &DirectoryClient,
    application: Option<&Value>,
    progress: &mut Progress<'_>,
) -> anyhow::Result<()> {
    let Some(application) = application else {
        progress.begin("name its API api://, followed by its id");
        return Ok(());
    };
    let wanted = name(text(application, "appId")?);
    let mut all = application["identifierUris"].as_array().cloned().unwrap_or_default();
    if all.iter().any(|there| *there == wanted.as_str()) || !progress.begin(&format!("name its API {wanted}")) {
        return Ok(());
    }
    all.push(json!(wanted));
    let path = format!("applications/{}", id(application)?);
    graph
        .change(Method::PATCH, &path, Some(&json!({ "identifierUris": all })))
        .await
        .context("the API could not be named")?;
    Ok(())
}

/// Turns on the API of this Rolecall, with tokens for the application `app_id`.
pub(super) fn turn_on(file: &mut LocalFile, app_id: Option<&str>, progress: &mut Progress<'_>) -> anyhow::Result<()> {
    let is_on = app_id.is_some_and(|app_id| file.has_audience(&name(app_id)));
    if is_on || !progress.begin(&format!("turn the API on in {}", file.path().display())) {
        return Ok(());
    }
    file.add_audience(&name(app_id.context("there is no application")?))?;
    file.save()
}
