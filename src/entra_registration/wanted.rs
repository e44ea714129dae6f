//! The wanted application: `config/entra-manifest.json`, and the addresses of Rolecall.

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use super::order::{Order, RedirectUri};
use crate::routes;

/// The parts that are the same for everyone, in the format of the portal's manifest.
const MANIFEST: &str = include_str!("../../config/entra-manifest.json");

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
