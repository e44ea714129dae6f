//! Finds the application again: by the client id in the local file, or by the random id of an unfinished run.
//!
//! Its name and tag prove nothing: anyone who may register applications can create another one with them. So an
//! application that only has the tag is reported, but not changed.

use anyhow::bail;
use rolecall_sign_in::plain;
use serde_json::Value;
use uuid::Uuid;

use super::application::{mark, run_mark};
use super::directory_client::{DirectoryClient, encoded, literal};
use super::local_file::LocalFile;
use super::order::Order;
use super::unfinished::Unfinished;

/// What is read of an application.
const SELECT: &str = "$select=id,appId,displayName,api,appRoles,identifierUris,optionalClaims,requiredResourceAccess,tags,\
                      web,passwordCredentials,keyCredentials";

/// The application of this installation at `graph`, if there is one.
///
/// # Errors
/// When the local file names one that `register` did not create, or several have the id of the unfinished run.
pub(super) async fn find(
    graph: &DirectoryClient,
    order: &Order,
    file: &LocalFile,
    unfinished: &Unfinished,
) -> anyhow::Result<Option<Value>> {
    if let Some(app_id) = file.text("client_id") {
        return match by_client_id(graph, &app_id).await? {
            Some(application) if !is_marked(&application, order) => bail!(
                "{} names the application {app_id}, which `rolecall register --name {:?}` did not create, so it was not \
                 changed. If it is yours, run `rolecall register --adopt {app_id}`",
                file.path().display(),
                order.name
            ),
            found => Ok(found),
        };
    }
    let Some(run) = unfinished.id() else { return Ok(None) };
    match by_tag(graph, &run_mark(run)).await?.as_slice() {
        [] => Ok(None),
        [application] if is_marked(application, order) => Ok(Some(application.clone())),
        [other] => bail!(
            "an unfinished run created {} under another name: use that --name to finish it or to unregister it",
            listed(std::slice::from_ref(other))
        ),
        several => bail!(
            "several applications have the id of the unfinished run: {}. Somebody may have copied it. Delete those that \
             are not yours, or delete {} and use --adopt <client id>",
            listed(several),
            unfinished.path().display()
        ),
    }
}

/// The application with the given client id.
///
/// # Errors
/// When it does not have the tag of `order`.
pub(super) async fn named(graph: &DirectoryClient, order: &Order, app_id: Uuid) -> anyhow::Result<Option<Value>> {
    match by_client_id(graph, &app_id.to_string()).await? {
        Some(application) if !is_marked(&application, order) => {
            bail!(
                "`rolecall register --name {:?}` did not create the application {app_id}, so it was not changed",
                order.name
            )
        }
        found => Ok(found),
    }
}

/// Checks that there is no application of this name yet.
///
/// # Errors
/// When there is one. The message says how to continue.
pub(super) async fn check_name(graph: &DirectoryClient, order: &Order) -> anyhow::Result<()> {
    let found = by_tag(graph, &mark(&order.name)).await?;
    if found.is_empty() {
        return Ok(());
    }
    bail!(
        "the name {:?} is already registered, and not by this installation as far as this machine knows: {}. \
         If one of them is yours, `--adopt <client id> --dry-run` shows who owns it and what would change, and \
         `--adopt <client id>` takes it over. If not, use another --name",
        order.name,
        listed(&found)
    )
}

/// The application with this client id, regardless of its creator.
pub(super) async fn by_client_id(graph: &DirectoryClient, app_id: &str) -> anyhow::Result<Option<Value>> {
    Ok(graph.find(&format!("applications(appId={})?{SELECT}", encoded(&literal(app_id)))).await?)
}

async fn by_tag(graph: &DirectoryClient, tag: &str) -> anyhow::Result<Vec<Value>> {
    let filter = encoded(&format!("tags/any(t:t eq {})", literal(tag)));
    let found = graph.find(&format!("applications?$filter={filter}&{SELECT}")).await?;
    Ok(found.as_ref().and_then(|found| found["value"].as_array()).cloned().unwrap_or_default())
}

/// Names and client ids, for people.
fn listed(applications: &[Value]) -> String {
    let text = |one: &Value, name: &str| plain(one[name].as_str().unwrap_or_default(), 120);
    let all: Vec<_> =
        applications.iter().map(|one| format!("{:?} ({})", text(one, "displayName"), text(one, "appId"))).collect();
    all.join(", ")
}

/// Whether `application` has the tag of `order`.
pub(super) fn is_marked(application: &Value, order: &Order) -> bool {
    let mark = mark(&order.name);
    application["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| *tag == mark.as_str()))
}
