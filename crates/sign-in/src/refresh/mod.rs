//! Refreshing the tokens of a sign-in before they end (OpenID Connect Core 12), and its role with them.
//!
//! Whatever the load, one refresh is under way for a sign-in: requests of this instance share it, and the record lets
//! one instance at a time begin it. Once begun it is carried through, since the provider may take back the old refresh
//! token with its answer. While the tokens still vouch for the person, nobody waits long for a slow provider.

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

/// How long a request waits for a refresh while the tokens still vouch for the person.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// How long the end of the program waits for refreshes, after it has waited for requests already: orchestrators kill what takes long
/// to stop.
const FINISH_WITHIN: Duration = Duration::from_secs(4);
/// How often another instance's refresh is looked after.
const CHECK_EVERY: Duration = Duration::from_millis(100);
/// How often, and after which time, storing new tokens is tried again: without them the next refresh would fail.
const STORE_TRIES: u32 = 20;
const STORE_AGAIN: Duration = Duration::from_millis(250);

impl Auth {
    /// Waits for the refreshes that are under way, for a while: what the provider has given must be stored.
    pub async fn finish_refreshes(&self) {
        if timeout(FINISH_WITHIN, self.refreshes().finished()).await.is_err() {
            tracing::warn!("a refresh was not finished in time");
        }
    }

    /// `sign_in` with tokens that are good for a while, its role read again where they were refreshed; `None` when that
    /// ended it. A provider that does not answer leaves it as it is.
    pub async fn refreshed(&self, sign_in: Arc<SignIn>, now_ms: i64) -> Result<Option<Arc<SignIn>>, RecordError> {
        if !sign_in.is_refresh_due(now_ms) {
            return Ok(Some(sign_in));
        }
        let refresh = self.join_refresh(&sign_in);
        if sign_in.is_vouched_for(now_ms) {
            // In vain or not: the old tokens serve for now.
            let _ = timeout(MAX_WAIT, refresh).await;
        } else {
            refresh.await;
        }
        self.sign_ins().live(&sign_in.id, self.clock().now_ms()).await
    }

    /// Begins to refresh the tokens of `sign_in` where that is due, and waits for nothing.
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
        // What is held in memory may be older than what another instance has done.
        auth.sign_ins().forget(&sign_in.id);
        match auth.sign_ins().is_refresh_claimed(&sign_in.id, now_ms).await {
            Ok(true) => tokio::time::sleep(CHECK_EVERY).await,
            Ok(false) | Err(_) => return,
        }
    }
}

/// Tells that the tokens could not even be claimed, and ends the sign-in when what is stored of it is damaged.
async fn report_unclaimed(auth: &Auth, sign_in: &SignIn, error: &RefreshError) {
    report_failure(auth, sign_in, error);
    if error.is_fatal() {
        let revoked = auth.sign_ins().revoke(&sign_in.id, EndReason::RefreshRefused, auth.clock().now_ms()).await;
        if let Err(error) = revoked {
            tracing::error!(?error, "a sign-in that is over could not be ended");
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
        // The sign-in ended meanwhile.
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
                // The claim ends by itself, and then the provider is asked again.
                tracing::error!(?error, "what came of a refresh could not be stored");
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

/// Stores new tokens, before anything is done with them. `false` when the sign-in ended meanwhile.
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
