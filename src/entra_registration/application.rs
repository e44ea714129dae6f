//! The application: created if there is none, corrected if it has changed.

use anyhow::Context as _;
use http::Method;
use serde_json::{Map, Value};

use super::graph::DirectoryClient;
use super::merge;
use super::order::Order;
use super::progress::Progress;
use super::unfinished::Unfinished;
use super::wanted;

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

/// The object id of `application`.
pub(super) fn id(application: &Value) -> anyhow::Result<&str> {
    text(application, "id")
}

/// The string that Graph must have returned at `name`.
pub(super) fn text<'v>(thing: &'v Value, name: &str) -> anyhow::Result<&'v str> {
    thing[name].as_str().with_context(|| format!("Microsoft Graph returned no {name}"))
}
