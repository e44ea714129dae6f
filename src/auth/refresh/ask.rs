//! Asking the provider for new tokens, and judging what it answers.

use openidconnect::TokenResponse as _;
use openidconnect::core::{CoreIdToken, CoreTokenResponse};
use serde_json::{Map, Value};

use super::error::RefreshError;
use crate::auth::config::ProviderKind;
use crate::auth::id_token::{self, ExpectedNonce};
use crate::auth::provider::{ClientRequestError, Metadata, Provider};
use crate::auth::session::SignIn;
use crate::auth::tokens::TokenSet;
use crate::auth::{Auth, RoleFound};
use crate::identity::Role;

/// What the provider gave.
pub(super) struct Answer {
    /// The tokens: new ones, and old ones where it gave none.
    pub(super) tokens: TokenSet,
    /// The role that they give.
    pub(super) role: Option<Role>,
    /// When that was read, Unix milliseconds (UTC).
    pub(super) roles_read_at_ms: i64,
}

/// Why nothing new is known of the person, and what the provider gave all the same.
pub(super) struct Failure {
    /// Why.
    pub(super) error: RefreshError,
    /// The tokens with new ones for the next refresh, where the provider has taken the old ones back.
    pub(super) tokens: Option<TokenSet>,
}

impl<E: Into<RefreshError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { error: error.into(), tokens: None }
    }
}

/// Asks the provider: new tokens, and the role that they give. The keys to check them with are fetched before: once the
/// provider has answered, the old refresh token may be of no use.
pub(super) async fn ask(auth: &Auth, sign_in: &SignIn, tokens: &TokenSet) -> Result<Answer, Failure> {
    let now_ms = auth.clock().now_ms();
    let provider = auth.provider(&sign_in.provider).ok_or(RefreshError::NoProvider)?;
    let metadata = provider.metadata(now_ms).await?;
    provider.keys(&metadata, now_ms).await?;
    let response = exchange(provider, &metadata, tokens, now_ms).await?;
    let now_ms = auth.clock().now_ms();
    let refreshed = tokens.refreshed(&response, now_ms);
    let Some(raw) = response.id_token() else {
        // Without a new ID token nothing new is known of the person.
        return Ok(Answer { tokens: refreshed, role: sign_in.user.role, roles_read_at_ms: sign_in.roles_read_at_ms });
    };
    match read_role(auth, provider, &metadata, raw, &refreshed, &tokens.id_token).await {
        Ok(RoleFound { role, groups }) => {
            Ok(Answer { tokens: TokenSet { groups, ..refreshed }, role, roles_read_at_ms: now_ms })
        }
        Err(error) => {
            let id_token = tokens.id_token.clone();
            Err(Failure { error, tokens: Some(TokenSet { id_token, ..refreshed }) })
        }
    }
}

/// The role that the refreshed ID token `raw`, which came with `refreshed`, gives to whom `before` was about.
async fn read_role(
    auth: &Auth,
    provider: &Provider,
    metadata: &Metadata,
    raw: &CoreIdToken,
    refreshed: &TokenSet,
    before: &str,
) -> Result<RoleFound, RefreshError> {
    let now_ms = auth.clock().now_ms();
    let before = id_token::payload(before)?;
    let nonce = ExpectedNonce::Refresh(before.get("nonce").and_then(Value::as_str));
    let claims = id_token::validate(raw, provider, metadata, nonce, now_ms).await?;
    if !is_same_person(&provider.config.kind, &before, &claims.all) {
        return Err(RefreshError::AnotherPerson);
    }
    Ok(auth.role_of(&provider.config.id, &claims.all, &refreshed.access_token).await?)
}

async fn exchange(
    provider: &Provider,
    metadata: &Metadata,
    tokens: &TokenSet,
    now_ms: i64,
) -> Result<CoreTokenResponse, RefreshError> {
    let token = tokens.refresh_token.clone().ok_or(RefreshError::NoRefreshToken)?;
    provider.refresh(metadata, token, &tokens.further, now_ms).await.map_err(|error| match error {
        ClientRequestError::Refused(said) if ends_the_grant(&said.error) => RefreshError::InvalidGrant(said),
        error => RefreshError::Request(error),
    })
}

/// Whether only the person can go on from here: by signing in again.
fn ends_the_grant(error: &str) -> bool {
    matches!(
        error,
        "invalid_grant" | "interaction_required" | "login_required" | "consent_required" | "account_selection_required"
    )
}

/// Whether two ID tokens are about the same person (OpenID Connect Core 12.2).
fn is_same_person(kind: &ProviderKind, before: &Map<String, Value>, now: &Map<String, Value>) -> bool {
    let same = |claim: &str| before.get(claim).is_some() && before.get(claim) == now.get(claim);
    match kind {
        ProviderKind::Oidc { .. } => same("iss") && same("sub"),
        ProviderKind::Entra { .. } => same("iss") && same("sub") && same("oid"),
    }
}
