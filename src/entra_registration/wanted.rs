//! What the application should be like: what `config/entra-manifest.json` says, and where Rolecall is.

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use super::order::{Order, RedirectUri};
use crate::routes;

/// The parts that are the same for everybody, as the portal's manifest has them.
const MANIFEST: &str = include_str!("../../config/entra-manifest.json");

/// The mark of an application that `register` made for the registration `name`. Anybody can set it: it is no proof.
pub(super) fn mark(name: &str) -> String {
    format!("rolecall:{name}")
}

/// The mark of the application that the run `id` made: nobody can guess it.
pub(super) fn run_mark(id: &str) -> String {
    format!("rolecall-run:{id}")
}

/// What every application of ours has, kept in order from run to run.
pub(super) fn kept(order: &Order, redirect_uri: &RedirectUri) -> anyhow::Result<Map<String, Value>> {
    let mut kept: Map<String, Value> = serde_json::from_str(MANIFEST).context("the manifest cannot be read")?;
    // Entra sends people back from signing out to registered redirect URIs alone.
    let signed_out = redirect_uri.url.join(routes::SIGNED_OUT)?;
    let mut web = json!({ "redirectUris": [redirect_uri.url.as_str(), signed_out.as_str()] });
    // Entra takes https alone.
    if redirect_uri.url.scheme() == "https" {
        let path = routes::LOGIN_FRONTCHANNEL_LOGOUT.replace("{provider}", &redirect_uri.provider);
        web["logoutUrl"] = json!(redirect_uri.url.join(&path)?.as_str());
    }
    kept.insert("web".to_owned(), web);
    kept.insert("tags".to_owned(), json!([mark(&order.name)]));
    Ok(kept)
}

/// What a new application has beyond that, made by the run `id`. Later its owners may change it.
pub(super) fn first(order: &Order, kept: &Map<String, Value>, id: &str) -> Value {
    let mut first = kept.clone();
    first.insert("tags".to_owned(), json!([mark(&order.name), run_mark(id)]));
    first.insert("displayName".to_owned(), json!(order.name));
    first.insert("signInAudience".to_owned(), json!("AzureADMyOrg"));
    Value::Object(first)
}
