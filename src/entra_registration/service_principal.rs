//! The service principal: the application in the tenant, to which people are assigned.

use anyhow::Context as _;
use http::Method;
use serde_json::{Value, json};

use super::application::text;
use super::graph::{DirectoryClient, DirectoryError, encoded, literal};
use super::progress::Progress;

/// The tag with which the portal lists it under Enterprise applications.
const LISTED: &str = "WindowsAzureActiveDirectoryIntegratedApp";

/// Creates the service principal of `app_id` if needed, and requires assignment if asked for.
pub(super) async fn ensure(
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
