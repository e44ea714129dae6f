//! Requesting new tokens from the provider, and checking its answer.

use openidconnect::TokenResponse as _;
use openidconnect::core::{CoreIdToken, CoreTokenResponse};
use rolecall_model::Role;
use serde_json::{Map, Value};

use super::error::RefreshError;
use crate::config::{ClaimsFrom, ProviderKind};
use crate::id_token::{self, ExpectedNonce};
use crate::provider::{ClientRequestError, Dated, Metadata, Provider};
use crate::session::RefreshClaim;
use crate::tokens::{TokenSet, still_counts};
use crate::user_info::user_info;
use crate::{Auth, ProviderIssue, RoleFound};

/// The result from the provider.
pub(super) struct Answer {
    /// The tokens: new ones, and old ones that were not replaced.
    pub(super) tokens: TokenSet,
    /// The role that they give.
    pub(super) role: Option<Role>,
    /// When that role was read, Unix milliseconds (UTC).
    pub(super) roles_read_at_ms: i64,
}

/// Why the person's data could not be renewed, and the tokens that the provider returned anyway.
pub(super) struct Failure {
    pub(super) error: RefreshError,
    /// The tokens with the new refresh token, if the provider has replaced the old one.
    pub(super) tokens: Option<TokenSet>,
}

impl<E: Into<RefreshError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { error: error.into(), tokens: None }
    }
}

/// Requests new tokens, and reads the role that they give. The keys to check them are fetched first: once the provider
/// has answered, the old refresh token may be invalid.
pub(super) async fn ask(auth: &Auth, provider_id: &str, claim: &RefreshClaim) -> Result<Answer, Failure> {
    let now_ms = auth.clock().now_ms();
    let provider = auth.provider(provider_id).ok_or(RefreshError::NoProvider)?;
    let metadata = provider.metadata(now_ms).await?;
    provider.keys(&metadata, now_ms).await?;
    let Dated { answer: response, date_s } = exchange(provider, &metadata, &claim.tokens, now_ms).await?;
    let now_ms = auth.clock().now_ms();
    let refreshed = claim.tokens.refreshed(&response, now_ms);
    let fresh = Fresh { id_token: response.id_token(), access_token: &refreshed.access_token, date_s };
    if fresh.id_token.is_none() && provider.config.roles.claims_from == ClaimsFrom::IdToken {
        // Nothing new about the person: the tokens are newer, the role is not.
        auth.provider_issues().note(provider_id, ProviderIssue::RefreshWithoutIdToken, now_ms).await;
        return if still_counts(claim.roles_read_at_ms, now_ms) {
            Ok(Answer { tokens: refreshed, role: claim.role, roles_read_at_ms: claim.roles_read_at_ms })
        } else {
            Err(RefreshError::RoleNotKnown.into())
        };
    }
    match read_role(auth, provider, &metadata, &fresh, &claim.tokens.id_token).await {
        Ok(RoleFound { role, groups, user_info }) => {
            Ok(Answer { tokens: TokenSet { groups, user_info, ..refreshed }, role, roles_read_at_ms: now_ms })
        }
        Err(error) => {
            let (id_token, latest_refresh) = (claim.tokens.id_token.clone(), claim.tokens.latest_refresh.clone());
            Err(Failure { error, tokens: Some(TokenSet { id_token, latest_refresh, ..refreshed }) })
        }
    }
}

/// The answer to a refresh, to read a role from.
struct Fresh<'a> {
    id_token: Option<&'a CoreIdToken>,
    access_token: &'a str,
    /// The time at the provider, Unix seconds (UTC), if the answer contains it.
    date_s: Option<i64>,
}

/// The role that `fresh` tokens give to the person of the ID token `before`.
async fn read_role(
    auth: &Auth,
    provider: &Provider,
    metadata: &Metadata,
    fresh: &Fresh<'_>,
    before: &str,
) -> Result<RoleFound, RefreshError> {
    let now_ms = auth.clock().now_ms();
    let mut claims = id_token::payload(before)?;
    if let Some(raw) = fresh.id_token {
        let nonce = claims.get("nonce").and_then(Value::as_str).map(ToOwned::to_owned);
        let nonce = ExpectedNonce::Refresh(nonce.as_deref());
        let now = match id_token::validate(raw, provider, metadata, nonce, now_ms).await {
            Err(error) if error.is_about_time() => {
                let differ = by_their_clock(raw, provider, metadata, nonce, fresh.date_s, now_ms).await;
                let Some(differ) = differ else { return Err(error.into()) };
                auth.provider_issues().note(&provider.config.id, ProviderIssue::ClocksDiffer, now_ms).await;
                return Err(differ);
            }
            validated => validated?.all,
        };
        if !is_same_person(&provider.config.kind, &claims, &now) {
            return Err(RefreshError::AnotherPerson);
        }
        claims = now;
    }
    let info = match provider.config.roles.claims_from {
        ClaimsFrom::IdToken => None,
        ClaimsFrom::UserInfo => {
            let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
            Some(user_info(provider, metadata, fresh.access_token, subject, now_ms).await?)
        }
    };
    Ok(auth.role_of(provider, &claims, info.as_ref(), fresh.access_token).await?)
}

/// An error about differing clocks, if an ID token that is too old or too new by our clock is valid by the provider's,
/// which sent `date_s` with its answer. A token that the provider kept for long is invalid by both.
async fn by_their_clock(
    raw: &CoreIdToken,
    provider: &Provider,
    metadata: &Metadata,
    nonce: ExpectedNonce<'_>,
    date_s: Option<i64>,
    now_ms: i64,
) -> Option<RefreshError> {
    let date_s = date_s?;
    let ahead_s = now_ms.div_euclid(1000).saturating_sub(date_s);
    let at_ms = date_s.saturating_mul(1000);
    let validated = id_token::validate_as_of(at_ms, raw, provider, metadata, nonce, now_ms).await;
    validated.is_ok().then_some(RefreshError::ClocksDiffer { ahead_s })
}

async fn exchange(
    provider: &Provider,
    metadata: &Metadata,
    tokens: &TokenSet,
    now_ms: i64,
) -> Result<Dated<CoreTokenResponse>, RefreshError> {
    let token = tokens.refresh_token.clone().ok_or(RefreshError::NoRefreshToken)?;
    provider.refresh(metadata, token, &tokens.further, now_ms).await.map_err(|error| match error {
        ClientRequestError::Refused(said) if ends_the_grant(&said.error) => RefreshError::InvalidGrant(said),
        error => RefreshError::Request(error),
    })
}

/// Whether only the person can fix it, by signing in again.
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
