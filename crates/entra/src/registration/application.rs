//! The application: what is wanted (`config/entra-manifest.json`, and the addresses of Rolecall), created if there is
//! none, corrected if it has changed; and its service principal, the application in the tenant, to which people are
//! assigned.

use anyhow::Context as _;
use http::Method;
use rolecall_routes as routes;
use serde_json::{Map, Value, json};

use super::directory_client::{DirectoryClient, DirectoryError, encoded, literal};
use super::merge;
use super::order::{Order, RedirectUri};
use super::progress::Progress;
use super::unfinished::Unfinished;

/// The parts that are the same for everyone, in the format of the portal's manifest.
const MANIFEST: &str = include_str!("../../../../config/entra-manifest.json");

/// The tag of applications that `register` created as `name`. Anyone can set it, so it proves nothing.
pub(super) fn mark(name: &str) -> String {
    format!("rolecall:{name}")
}

/// The tag of the application that the run `id` created. Nobody can guess it.
pub(super) fn run_mark(id: &str) -> String {
    format!("rolecall-run:{id}")
}

/// What every run keeps up to date.
pub(super) fn kept(order: &Order, redirect_uri: &RedirectUri) -> anyhow::Result<Map<String, Value>> {
    let mut kept: Map<String, Value> = serde_json::from_str(MANIFEST).context("the manifest cannot be read")?;
    // After signing out, Entra redirects only to registered URIs.
    let signed_out = redirect_uri.url.join(routes::SIGNED_OUT)?;
    let mut web = json!({ "redirectUris": [redirect_uri.url.as_str(), signed_out.as_str()] });
    // Entra accepts only https.
    if redirect_uri.url.scheme() == "https" {
        let path = routes::LOGIN_FRONTCHANNEL_LOGOUT.replace("{provider}", &redirect_uri.provider);
        web["logoutUrl"] = json!(redirect_uri.url.join(&path)?.as_str());
    }
    kept.insert("web".to_owned(), web);
    kept.insert("tags".to_owned(), json!([mark(&order.name)]));
    Ok(kept)
}

/// What a new application has in addition, with the id of the run. Its owners may change it later.
pub(super) fn first(order: &Order, kept: &Map<String, Value>, id: &str) -> Value {
    let mut first = kept.clone();
    first.insert("tags".to_owned(), json!([mark(&order.name), run_mark(id)]));
    first.insert("displayName".to_owned(), json!(order.name));
    first.insert("signInAudience".to_owned(), json!("AzureADMyOrg"));
    Value::Object(first)
}

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
    let made = graph.change(Method::POST, "applications", Some(&first(order, kept, &run))).await;
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
