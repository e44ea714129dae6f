//! An ID token, as its page shows it.

use rolecall_model::{ClaimChange, IdTokenView, TokenRefresh};
use rolecall_sign_in::session::{CipherError, RecordError, SignIn};
use rolecall_sign_in::tokens::{LatestRefresh, TokenSet};
use rolecall_sign_in::{Auth, RoleClaims, id_token, plain};
use serde_json::{Map, Value};

use super::explain::{explain, readable};
use super::summary::{Facts, summary};

/// The longest name of an algorithm or a key that is shown, in characters.
const NAME_MAX_CHARS: usize = 200;

/// The claims of the ID token of `sign_in`; `None` when the sign-in has ended.
///
/// # Errors
/// When the record cannot be read.
pub async fn id_token_view(auth: &Auth, sign_in: &SignIn) -> Result<Option<IdTokenView>, RecordError> {
    let Some(tokens) = auth.sign_ins().tokens(&sign_in.id).await? else { return Ok(None) };
    let claims = id_token::payload(&tokens.id_token).map_err(|_| CipherError::Damaged)?;
    // A token without a readable header did not come from a sign-in that we know, but is shown anyway.
    let header = id_token::header(&tokens.id_token).unwrap_or_default();
    let named = |name: &str| header.get(name).and_then(Value::as_str).map(|text| plain(text, NAME_MAX_CHARS));
    let looked_at_ms = auth.clock().now_ms();
    let mut view = IdTokenView {
        claims: explain(&claims),
        read_at_ms: sign_in.roles_read_at_ms,
        looked_at_ms,
        valid_ms: valid_ms(&claims),
        algorithm: named("alg"),
        key_id: named("kid"),
        refreshes: tokens.refresh_token.is_some(),
        latest_refresh: tokens.latest_refresh.as_ref().map(token_refresh),
        summary: String::new(),
    };
    view.summary = summary(&view, &facts(auth, sign_in, &tokens, &claims));
    Ok(Some(view))
}

/// From when to when the token is valid, Unix milliseconds (UTC).
fn valid_ms(claims: &Map<String, Value>) -> Option<(i64, i64)> {
    let time_ms = |name: &str| claims.get(name).and_then(Value::as_i64).and_then(|seconds| seconds.checked_mul(1000));
    Some((time_ms("iat")?, time_ms("exp")?)).filter(|(from, until)| from < until)
}

/// What a page shows of `refresh`.
fn token_refresh(refresh: &LatestRefresh) -> TokenRefresh {
    let changes = refresh.changed.as_ref().map(|changed| {
        let of_claim = |name: &str, value: &Option<Value>| value.as_ref().map(|value| readable(name, value));
        let change = changed.iter().map(|claim| ClaimChange {
            name: claim.name.clone(),
            before: of_claim(&claim.name, &claim.before),
            after: of_claim(&claim.name, &claim.after),
        });
        change.collect()
    });
    TokenRefresh { at_ms: refresh.at_ms, changes }
}

fn facts<'a>(auth: &'a Auth, sign_in: &'a SignIn, tokens: &'a TokenSet, claims: &'a Map<String, Value>) -> Facts<'a> {
    let said = tokens.user_info.as_ref().unwrap_or(claims);
    let said = auth.provider(&sign_in.provider).map(|provider| RoleClaims::new(&provider.config, said));
    let groups_in_token = said.as_ref().and_then(|said| said.groups().ok()).map_or(0, |groups| groups.len());
    Facts {
        provider: &sign_in.provider,
        issuer: claims.get("iss").and_then(Value::as_str),
        role: sign_in.user.role,
        provider_role: sign_in.provider_role,
        roles: said.and_then(|said| said.roles().ok()).unwrap_or_default(),
        groups: tokens.groups.as_ref().map_or(groups_in_token, Vec::len),
        claims: claims.keys().map(String::as_str).collect(),
        session_ms: (sign_in.created_at_ms, auth.absolute_end_ms(sign_in)),
    }
}
