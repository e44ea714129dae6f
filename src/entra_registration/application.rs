//! The application: created if there is none, corrected if it has changed; and its service principal, the application in
//! the tenant, to which people are assigned.

use anyhow::Context as _;
use http::Method;
use serde_json::{Map, Value, json};

use super::graph::{DirectoryClient, DirectoryError, encoded, literal};
use super::merge;
use super::order::Order;
use super::progress::Progress;
use super::unfinished::Unfinished;
use super::wanted;

/// The tag with which the portal lists it under Enterprise applications.
const LISTED: &str = "WindowsAzureActiveDirectoryIntegratedApp";

/// Creates the application of `order`, with the id of this run; `None` on a dry run.
pub(super) async fn create(
    graph: &DirectoryClient,
    order: &Order,
    kept: &Map<String, Value>,
    unfinished: &mut Unfinished,
    progress: &mut Progress<'_>,
) -> anyhow::Result<Option<Value>> {
    if !progress.begin(&format!("create the application {:?}, with its app roles, claims and permissions", order.name))
    {
        return Ok(None);
    }
    let run = unfinished.begin()?;
    let made = graph.change(Method::POST, "applications", Some(&wanted::first(order, kept, &run))).await;
    made.context("the application could not be created").map(Some)
}

/// Corrects the parts of `application` that differ from `kept`.
pub(super) async fn repair(
    graph: &DirectoryClient,
    application: &Value,
    kept: &Map<String, Value>,
    progress: &mut Progress<'_>,
) -> anyhow::Result<()> {
    let changes = merge::patch(application, kept);
    let names: Vec<_> = changes.keys().map(String::as_str).collect();
    if names.is_empty() || !progress.begin(&format!("bring the application up to date: {}", names.join(", "))) {
        return Ok(());
    }
    let path = format!("applications/{}", id(application)?);
    graph
        .change(Method::PATCH, &path, Some(&Value::Object(changes)))
        .await
        .context("the application could not be changed")?;
    Ok(())
}

/// Creates the service principal of `app_id` if needed, and requires assignment if asked for.
pub(super) async fn ensure_service_principal(
    graph: &DirectoryClient,
    app_id: &str,
    requires_assignment: bool,
    progress: &mut Progress<'_>,
) -> anyhow::Result<()> {
    const FAILED: &str = "the service principal could not be created";
    let path = format!("servicePrincipals(appId={})?$select=id,appRoleAssignmentRequired", encoded(&literal(app_id)));
    let mut found = graph.find(&path).await?;
    if found.is_none() {
        if !progress.begin("create its service principal, to which people are assigned") {
            return Ok(());
        }
        let wanted = json!({ "appId": app_id, "tags": [LISTED], "appRoleAssignmentRequired": requires_assignment });
        match graph.change(Method::POST, "servicePrincipals", Some(&wanted)).await {
            // Somebody else created it, or an earlier run whose response was lost.
            Err(DirectoryError::Refused { status: 409, .. }) => found = graph.find(&path).await?,
            made => return made.map(drop).context(FAILED),
        }
    }
    let there: Value = found.context(FAILED)?;
    let is_required = there["appRoleAssignmentRequired"] == true;
    if requires_assignment
        && !is_required
        && progress.begin("require assignment, so that only assigned people can sign in")
    {
        let path = format!("servicePrincipals/{}", text(&there, "id")?);
        let wanted = json!({ "appRoleAssignmentRequired": true });
        graph
            .change(Method::PATCH, &path, Some(&wanted))
            .await
            .context("the service principal could not be changed")?;
    }
    Ok(())
}

/// The object id of `application`.
pub(super) fn id(application: &Value) -> anyhow::Result<&str> {
    text(application, "id")
}

/// The string that Graph must have returned at `name`.
pub(super) fn text<'v>(thing: &'v Value, name: &str) -> anyhow::Result<&'v str> {
    thing[name].as_str().with_context(|| format!("Microsoft Graph returned no {name}"))
}
