//! The access token for Microsoft Graph: from the environment, or from the Azure CLI.
//!
//! Its claims are read only to report early that it cannot be used. Graph checks whether it is genuine.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

use anyhow::{Context as _, anyhow, bail, ensure};
use rolecall_sign_in::{id_token, plain};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::order::Order;

/// The environment variable with an access token for Microsoft Graph.
pub const TOKEN_VARIABLE: &str = "ROLECALL_GRAPH_TOKEN";
/// Any of these permissions is enough to register applications.
const RIGHTS: [&str; 4] = [
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
/// The application ids of Graph as an audience.
const GRAPH_AUDIENCES: [&str; 2] = ["00000003-0000-0000-c000-000000000000", "00000002-0000-0000-c000-000000000000"];

/// A usable token and its tenant.
pub(super) struct GraphToken {
    pub(super) secret: SecretString,
    /// The tenant's id, or the name in the order if the token does not have it.
    pub(super) tenant: String,
}

/// What `az account get-access-token` prints.
#[derive(Deserialize)]
struct AzureCliToken {
    #[serde(rename = "accessToken")]
    access_token: String,
}

/// The token in `given`, otherwise the one of the Azure CLI.
///
/// # Errors
/// When there is none, or it cannot be used for `order`.
pub(super) async fn obtain(order: &Order, given: Option<SecretString>, now_ms: i64) -> anyhow::Result<GraphToken> {
    let (secret, from) = match given {
        Some(token) => (token, TOKEN_VARIABLE),
        None => (from_azure_cli(order).await?, "the Azure CLI"),
    };
    let tenant = check(secret.expose_secret(), order, now_ms)
        .with_context(|| format!("the token from {from} cannot be used"))?;
    Ok(GraphToken { secret, tenant })
}

/// Asks the Azure CLI, started without a shell.
async fn from_azure_cli(order: &Order) -> anyhow::Result<SecretString> {
    let mut command = Command::new("az");
    command.args(["account", "get-access-token", "--tenant", &order.tenant, "--output", "json", "--resource"]);
    command.arg(order.graph.as_str().trim_end_matches('/')).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await?.map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow!(
            "there is no token for Microsoft Graph: install the Azure CLI and run `az login --tenant {}`, or set \
             {TOKEN_VARIABLE}",
            order.tenant
        ),
        _ => anyhow!("the Azure CLI could not be started: {error}"),
    })?;
    if !output.status.success() {
        let said = plain(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default(), 300);
        bail!("the Azure CLI has no token: run `az login --tenant {}`, or set {TOKEN_VARIABLE} ({said})", order.tenant);
    }
    // Without the output, which may contain a token.
    let token: Result<AzureCliToken, _> = serde_json::from_slice(&output.stdout);
    token.map(|token| token.access_token.into()).ok().context("the output of the Azure CLI cannot be read")
}

/// Checks `token` and returns its tenant. A token that is not a JSON Web Token cannot be checked.
fn check(token: &str, order: &Order, now_ms: i64) -> anyhow::Result<String> {
    ensure!(!token.trim().is_empty() && token.chars().all(|c| c.is_ascii_graphic()), "it is not an access token");
    let Ok(claims) = id_token::payload(token) else { return Ok(order.tenant.clone()) };
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if let Some(expires_s) = claims.get("exp").and_then(Value::as_i64) {
        ensure!(now_ms.div_euclid(1000) < expires_s, "it has expired: get a new one, for example with `az login`");
    }
    let graph = order.graph.as_str().trim_end_matches('/');
    if let Some(audience) = text("aud") {
        let is_graph = GRAPH_AUDIENCES.contains(&audience) || audience.trim_end_matches('/') == graph;
        ensure!(is_graph, "it is for {}, not for Microsoft Graph at {graph}", plain(audience, 100));
    }
    let tid = text("tid").and_then(|tid| Uuid::try_parse(tid).ok());
    if let (Some(tid), Ok(wanted)) = (tid, Uuid::try_parse(&order.tenant)) {
        ensure!(tid == wanted, "it is for the tenant {tid}, not for {wanted}: run `az login --tenant {wanted}`");
    }
    let delegated = text("scp").unwrap_or_default().split(' ').filter(|right| !right.is_empty());
    let own = claims.get("roles").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let rights: Vec<_> = delegated.chain(own).collect();
    ensure!(
        rights.is_empty() || rights.iter().any(|right| RIGHTS.contains(right)),
        "it lacks the permission to register applications: Application.ReadWrite.All or Application.ReadWrite.OwnedBy"
    );
    Ok(tid.map_or_else(|| order.tenant.clone(), |tid| tid.to_string()))
}
