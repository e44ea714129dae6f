//! Finding the application again: by the local file, else by its mark.

use anyhow::bail;
use serde_json::Value;

use super::graph::{Graph, encoded, literal};
use super::local_file::LocalFile;
use super::order::Order;
use super::wanted::mark;

/// What is read of an application.
const SELECT: &str = "$select=id,appId,displayName,api,appRoles,identifierUris,optionalClaims,requiredResourceAccess,tags,\
                      web,passwordCredentials,keyCredentials";

/// The application of `order` at `graph`, if there is one.
///
/// # Errors
/// When the local file names one that `register` did not make, or several bear the mark.
pub(super) async fn find(graph: &Graph, order: &Order, file: &LocalFile) -> anyhow::Result<Option<Value>> {
    if let Some(app_id) = file.text("client_id") {
        let path = format!("applications(appId={})?{SELECT}", encoded(&literal(&app_id)));
        match graph.find(&path).await? {
            Some(application) if is_ours(&application, order) => return Ok(Some(application)),
            Some(_) => bail!(
                "{} names the application {app_id}, which `rolecall register --name {:?}` did not make: it is left alone",
                file.path().display(),
                order.name
            ),
            None => {}
        }
    }
    let filter = encoded(&format!("tags/any(t:t eq {})", literal(&mark(&order.name))));
    let found = graph.find(&format!("applications?$filter={filter}&{SELECT}")).await?;
    let found = found.as_ref().and_then(|found| found["value"].as_array()).cloned().unwrap_or_default();
    match found.as_slice() {
        [] => Ok(None),
        [application] => Ok(Some(application.clone())),
        several => {
            let ids: Vec<_> = several.iter().filter_map(|one| one["appId"].as_str()).collect();
            bail!("several applications were registered as {:?}: {}; delete all but one", order.name, ids.join(", "))
        }
    }
}

/// Whether `application` bears the mark of `order`.
fn is_ours(application: &Value, order: &Order) -> bool {
    let mark = mark(&order.name);
    application["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| *tag == mark.as_str()))
}
