//! Which providers have a Graph, and the lookup of people's groups in it.

use std::sync::Arc;

use async_trait::async_trait;
use http::Method;
use rolecall_sign_in::{GroupSource, GroupsError};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use thiserror::Error;
use uuid::Uuid;

use super::error::GraphError;
use super::http::GraphHttp;

/// How many groups one request may ask about.
const MAX_GROUPS: usize = 20;
/// Returns those of some groups that the person of the token is in, nested groups included. Unlike a list of all groups
/// it needs no more than `User.Read`, and contains only groups that count here.
const CHECK_MEMBER_GROUPS: &str = "/v1.0/me/checkMemberGroups";

/// The Graph of each provider that has one, by the provider's id. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Graphs(Arc<[(String, GraphHttp)]>);

impl Graphs {
    /// The Graphs of these providers.
    pub fn new(graphs: impl IntoIterator<Item = (String, GraphHttp)>) -> Self {
        Self(graphs.into_iter().collect())
    }

    /// The Graph of `provider`.
    #[must_use]
    pub fn of(&self, provider: &str) -> Option<&GraphHttp> {
        self.0.iter().find(|(id, _)| id == provider).map(|(_, graph)| graph)
    }
}

/// A group that Graph cannot look up.
#[derive(Debug, Error)]
#[error("`roles.groups` holds {0:?}, which is not the object id of a group")]
struct NotAnObjectId(String);

/// There is no Graph to ask.
#[derive(Debug, Error)]
#[error("the provider has no Graph")]
struct NoGraph;

#[derive(Deserialize)]
struct Memberships {
    value: Vec<String>,
}

#[async_trait]
impl GroupSource for Graphs {
    fn serves(&self, provider: &str) -> bool {
        self.of(provider).is_some()
    }

    async fn memberships(
        &self,
        provider: &str,
        access_token: &SecretString,
        groups: &[String],
    ) -> Result<Vec<String>, GroupsError> {
        let graph = self.of(provider).ok_or_else(|| GroupsError::Refused(Box::new(NoGraph)))?;
        if let Some(group) = groups.iter().find(|group| Uuid::try_parse(group).is_err()) {
            return Err(GroupsError::Refused(Box::new(NotAnObjectId(group.clone()))));
        }
        let mut found = Vec::new();
        for some in groups.chunks(MAX_GROUPS) {
            let body = json!({ "groupIds": some });
            let answer: Memberships =
                graph.send(access_token, Method::POST, CHECK_MEMBER_GROUPS, &body).await.map_err(unreadable)?;
            found.extend(answer.value);
        }
        Ok(found)
    }
}

fn unreadable(error: GraphError) -> GroupsError {
    if error.is_passing() { GroupsError::Unavailable(Box::new(error)) } else { GroupsError::Refused(Box::new(error)) }
}
