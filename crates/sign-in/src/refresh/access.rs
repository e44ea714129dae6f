//! The access token of a sign-in, for calling an API: an expired one is refreshed first.

use super::carry_through;
use crate::Auth;
use crate::session::{RecordError, SignIn};
use crate::tokens::TokenSet;

/// How long before its expiry an access token is no longer used, in milliseconds: a request takes time.
const BEFORE_END_MS: i64 = 30 * 1000;

impl Auth {
    /// The tokens of `sign_in`, refreshed first if the access token has expired and can be refreshed; `None` when the
    /// sign-in has ended. [`TokenSet::serves`] tells whether the access token is valid now.
    ///
    /// # Errors
    /// When the database does not answer, or the stored tokens cannot be read.
    pub async fn tokens_for_use(&self, sign_in: &SignIn) -> Result<Option<TokenSet>, RecordError> {
        match self.sign_ins().tokens(&sign_in.id).await? {
            Some(tokens) if !tokens.serves(self.clock().now_ms()) => self.renewed(sign_in, tokens).await,
            tokens => Ok(tokens),
        }
    }

    /// The tokens of `sign_in` after an API refused the access token `refused`: newer ones from another request, or
    /// refreshed ones. The old ones if they cannot be refreshed; `None` when the sign-in has ended.
    ///
    /// # Errors
    /// As [`tokens_for_use`](Self::tokens_for_use).
    pub async fn tokens_after_refusal(&self, sign_in: &SignIn, refused: &str) -> Result<Option<TokenSet>, RecordError> {
        match self.sign_ins().tokens(&sign_in.id).await? {
            Some(tokens) if tokens.access_token == refused => self.renewed(sign_in, tokens).await,
            tokens => Ok(tokens),
        }
    }

    /// The tokens of `sign_in` in place of `old`, which are no longer valid. Concurrent callers share one refresh.
    async fn renewed(&self, sign_in: &SignIn, old: TokenSet) -> Result<Option<TokenSet>, RecordError> {
        if old.refresh_token.is_none() {
            return Ok(Some(old));
        }
        let refresh = || renew(self.clone(), sign_in.id.clone(), old.access_token.clone());
        self.refreshes().join(&sign_in.id, refresh).await;
        self.sign_ins().tokens(&sign_in.id).await
    }
}

/// Refreshes the tokens of the sign-in `id` early, unless `old` is no longer its access token.
async fn renew(auth: Auth, id: String, old: String) {
    let now_ms = auth.clock().now_ms();
    let due = async {
        let is_old = auth.sign_ins().tokens(&id).await?.is_some_and(|tokens| tokens.access_token == old);
        if is_old && auth.sign_ins().refresh_now(&id, now_ms).await? {
            auth.sign_ins().live(&id, now_ms).await
        } else {
            Ok(None)
        }
    };
    match due.await {
        Ok(Some(sign_in)) => carry_through(auth, sign_in).await,
        Ok(None) => {}
        Err(error) => tracing::warn!(?error, "tokens could not be refreshed early"),
    }
}

impl TokenSet {
    /// Whether the access token can be used at `now_ms`. Without a known expiry, the caller should try it.
    #[must_use]
    pub fn serves(&self, now_ms: i64) -> bool {
        self.expires_at_ms.is_none_or(|end| now_ms.saturating_add(BEFORE_END_MS) < end)
    }
}
