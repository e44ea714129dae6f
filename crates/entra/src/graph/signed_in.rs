//! Graph as the signed-in person may see it: with the access token of their sign-in, refreshed if necessary.

use rolecall_sign_in::Auth;
use rolecall_sign_in::session::{RecordError, SignIn};
use rolecall_sign_in::tokens::TokenSet;
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::time::timeout;

use super::error::GraphError;
use super::graphs::Graphs;
use super::http::{GraphAnswer, GraphHttp, WHOLE};

/// Asks Graph for people who are signed in. Clones share everything.
#[derive(Clone)]
pub struct Graph {
    auth: Auth,
    graphs: Graphs,
}

/// Why Graph could not be asked for a person, or why it gave no usable answer.
#[derive(Debug, Error)]
pub enum CallError {
    /// The person's provider has no Graph.
    #[error("the provider has no Graph")]
    NoGraph,
    /// The sign-in is over.
    #[error("the sign-in is over")]
    SignedOut,
    /// The access token has expired, and cannot be replaced without the person.
    #[error("the access token has ended")]
    Ended,
    /// The tokens cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Graph's failure.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

impl Graph {
    /// Asks `graphs` with the tokens of `auth`.
    #[must_use]
    pub const fn new(auth: Auth, graphs: Graphs) -> Self {
        Self { auth, graphs }
    }

    /// The JSON at `path`, as the person behind `sign_in` may see it.
    ///
    /// # Errors
    /// As [`fetch_bytes`](Self::fetch_bytes).
    pub async fn fetch<T: DeserializeOwned>(&self, sign_in: &SignIn, path: &str) -> Result<T, CallError> {
        let answer = self.fetch_bytes(sign_in, path).await?;
        Ok(serde_json::from_slice(&answer.body).map_err(GraphError::Unreadable)?)
    }

    /// The content at `path`, as the person behind `sign_in` may see it, within ten seconds. An expired access token is
    /// refreshed first. If Graph does not accept a token, it is refreshed once, and the request is sent once more.
    ///
    /// # Errors
    /// A variant of [`CallError`] for each way in which it can fail.
    pub async fn fetch_bytes(&self, sign_in: &SignIn, path: &str) -> Result<GraphAnswer, CallError> {
        let graph = self.graphs.of(&sign_in.provider).ok_or(CallError::NoGraph)?;
        timeout(WHOLE, self.call(graph, sign_in, path)).await.unwrap_or(Err(GraphError::TimedOut.into()))
    }

    async fn call(&self, graph: &GraphHttp, sign_in: &SignIn, path: &str) -> Result<GraphAnswer, CallError> {
        let tokens = self.auth.tokens_for_use(sign_in).await?.ok_or(CallError::SignedOut)?;
        if !tokens.serves(self.auth.clock().now_ms()) {
            return Err(CallError::Ended);
        }
        let refused = match graph.fetch_bytes(&secret(&tokens), path).await {
            Err(error @ GraphError::Unauthorized { challenge: None }) => error,
            answer => return Ok(answer?),
        };
        let renewed = self.auth.tokens_after_refusal(sign_in, &tokens.access_token).await?;
        let renewed = renewed.ok_or(CallError::SignedOut)?;
        if renewed.access_token == tokens.access_token {
            return Err(refused.into());
        }
        Ok(graph.fetch_bytes(&secret(&renewed), path).await?)
    }
}

fn secret(tokens: &TokenSet) -> secrecy::SecretString {
    tokens.access_token.clone().into()
}
