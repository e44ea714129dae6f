//! Refreshing the tokens of a sign-in before they expire (OpenID Connect Core 12), and its role with them.
//!
//! Whatever the load, a sign-in has at most one refresh in progress: requests of this instance share it, and the record
//! lets only one instance begin it. A refresh that has begun is completed, because the provider may revoke the old
//! refresh token with its answer. While the tokens are still valid, no request waits long for a slow provider.

mod access;
mod ask;
mod check;
mod error;
mod under_way;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use self::ask::{Failure, ask};
use super::events::error_chain;
use super::session::{EndReason, RecordError, RefreshClaim, Renewed, SignIn};
use super::{Auth, Event};

pub use check::RolesCheck;
pub(crate) use error::RefreshError;
pub use under_way::Refreshes;

/// How long a request waits for a refresh while the tokens are still valid.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// How long shutdown waits for refreshes, after it has already waited for requests: orchestrators kill a program that
/// takes long to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(4);
/// How often to check for the result of another instance's refresh.
const CHECK_EVERY: Duration = Duration::from_millis(100);
/// How often, and after what delay, storing new tokens is retried: without them the next refresh would fail.
const STORE_TRIES: u32 = 20;
const STORE_AGAIN: Duration = Duration::from_millis(250);

impl Auth {
    /// Waits a while for the refreshes in progress: what the provider has issued must be stored.
    pub async fn finish_refreshes(&self) {
        if timeout(FINISH_WITHIN, self.refreshes().finished()).await.is_err() {
            tracing::warn!("a refresh was not finished in time");
        }
    }

    /// `sign_in` with tokens that are valid for a while, and with its role read again if they were refreshed; `None` if
    /// that ended it. If the provider does not answer, it is unchanged.
    pub async fn refreshed(&self, sign_in: Arc<SignIn>, now_ms: i64) -> Result<Option<Arc<SignIn>>, RecordError> {
        if !sign_in.is_refresh_due(now_ms) {
            return Ok(Some(sign_in));
        }
        let refresh = self.join_refresh(&sign_in);
        if sign_in.is_vouched_for(now_ms) {
            // Even if the refresh failed, the old tokens are valid for now.
            let _ = timeout(MAX_WAIT, refresh).await;
        } else {
            refresh.await;
        }
        self.sign_ins().live(&sign_in.id, self.clock().now_ms()).await
    }

    /// Starts refreshing the tokens of `sign_in` if that is due, without waiting.
    pub(super) fn begin_refresh(&self, sign_in: &Arc<SignIn>, now_ms: i64) {
        if sign_in.is_refresh_due(now_ms) {
            drop(self.join_refresh(sign_in));
        }
    }

    fn join_refresh(&self, sign_in: &Arc<SignIn>) -> impl Future<Output = ()> + use<> {
        self.refreshes().join(&sign_in.id, || carry_through(self.clone(), Arc::clone(sign_in)))
    }
}

/// Refreshes the tokens of `sign_in`, or waits for the instance that does.
async fn carry_through(auth: Auth, sign_in: Arc<SignIn>) {
    loop {
        let now_ms = auth.clock().now_ms();
        match auth.sign_ins().claim_refresh(&sign_in.id, now_ms).await {
            Ok(Some(claim)) => return refresh(&auth, &sign_in, &claim).await,
            Ok(None) => {}
            Err(error) => return report_unclaimed(&auth, &sign_in, &error.into()).await,
        }
        // The cached sign-in may be older than what another instance has stored.
        auth.sign_ins().forget(&sign_in.id);
        match auth.sign_ins().is_refresh_claimed(&sign_in.id, now_ms).await {
            Ok(true) => tokio::time::sleep(CHECK_EVERY).await,
            Ok(false) | Err(_) => return,
        }
    }
}

/// Reports that the tokens could not even be claimed, and ends the sign-in if its stored tokens are damaged.
async fn report_unclaimed(auth: &Auth, sign_in: &SignIn, error: &RefreshError) {
    report_failure(auth, sign_in, error);
    if error.is_fatal() {
        let revoked = auth.sign_ins().revoke(&sign_in.id, EndReason::RefreshRefused, auth.clock().now_ms()).await;
        if let Err(error) = revoked {
            tracing::error!(?error, "a sign-in with damaged tokens could not be ended");
        }
    }
}

async fn refresh(auth: &Auth, sign_in: &SignIn, claim: &RefreshClaim) {
    let refreshed = match ask(auth, &sign_in.provider, claim).await {
        Ok(answer) => {
            let role = answer.role;
            let renewed = Renewed { tokens: &answer.tokens, role, roles_read_at_ms: answer.roles_read_at_ms };
            store(auth, claim, &renewed).await.map(|stored| stored.then_some(role)).map_err(Failure::from)
        }
        Err(error) => Err(error),
    };
    match refreshed {
        Ok(Some(role)) => auth.events().emit(&Event::Refreshed {
            provider: sign_in.provider.clone(),
            user_id: sign_in.user_id,
            role_before: claim.role,
            role,
        }),
        // The sign-in has ended in the meantime.
        Ok(None) => {}
        Err(Failure { error, tokens }) => {
            report_failure(auth, sign_in, &error);
            let now_ms = auth.clock().now_ms();
            let done = if error.is_fatal() {
                auth.sign_ins().end_claimed(claim, now_ms).await
            } else {
                auth.sign_ins().postpone_refresh(claim, tokens.as_ref(), now_ms).await
            };
            if let Err(error) = done {
                // The claim expires, and then the provider is asked again.
                tracing::error!(?error, "the result of a refresh could not be stored");
            }
        }
    }
}

fn report_failure(auth: &Auth, sign_in: &SignIn, error: &RefreshError) {
    auth.events().emit(&Event::NotRefreshed {
        provider: sign_in.provider.clone(),
        user_id: sign_in.user_id,
        ended: error.is_fatal(),
        reason: error.name(),
        detail: error_chain(error),
        said: error.provider_said().cloned().map(Box::new),
    });
}

/// Stores new tokens before they are used. `false` when the sign-in has ended in the meantime.
async fn store(auth: &Auth, claim: &RefreshClaim, renewed: &Renewed<'_>) -> Result<bool, RecordError> {
    let mut tries = 0;
    loop {
        match auth.sign_ins().renew(claim, renewed, auth.clock().now_ms()).await {
            Err(RecordError::Database(error)) if tries < STORE_TRIES => {
                tracing::warn!(?error, "refreshed tokens could not be stored yet");
                tries += 1;
                tokio::time::sleep(STORE_AGAIN).await;
            }
            stored => return stored,
        }
    }
}
