//! The person's profile in Microsoft Graph, and what to ask the provider for if Graph does not provide it.

use rolecall_entra::graph::{CallError, ClaimsChallenge, Graph, GraphError};
use rolecall_model::CurrentUser;
use rolecall_model::account::{Account, KnownProfile, Missing, Profile, RoleSource};
use rolecall_routes as routes;
use rolecall_sign_in::session::{CipherError, HeldAttempts, RecordError, SignIn};
use rolecall_sign_in::tokens::TokenSet;
use rolecall_sign_in::{Auth, BeginRequest, Further, LoginHint, ReturnTo, id_token, plain};
use serde::Deserialize;
use serde_json::Value;

use crate::role_sources::role_sources;

/// The profile, as far as the page shows it.
const ME: &str = "/v1.0/me?$select=displayName,mail,userPrincipalName,jobTitle";
/// The picture's metadata: a small answer, and 404 if there is none.
const PHOTO: &str = "/v1.0/me/photo";
/// The picture itself.
pub const PHOTO_VALUE: &str = "/v1.0/me/photo/$value";
/// The only scope that Rolecall asks for beyond the configured ones.
const PROFILE_SCOPE: &str = "User.Read";
/// How long after a sign-in Rolecall does not automatically ask for the same again, in milliseconds.
const JUST_NOW_MS: i64 = 5 * 60 * 1000;
/// The longest name that is shown, in characters.
const TEXT_MAX_CHARS: usize = 300;

/// The properties that are asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Me {
    display_name: Option<String>,
    mail: Option<String>,
    user_principal_name: Option<String>,
    job_title: Option<String>,
}

/// The account of the person behind `sign_in`; `None` if the sign-in has ended.
///
/// # Errors
/// When the record cannot be read.
pub async fn account(auth: &Auth, sign_in: &SignIn) -> Result<Option<Account>, RecordError> {
    let Some(tokens) = auth.sign_ins().tokens(&sign_in.id).await? else { return Ok(None) };
    let claims = id_token::payload(&tokens.id_token).map_err(|_| CipherError::Damaged)?;
    let user = CurrentUser { role: sign_in.own_role(), ..sign_in.user.clone() };
    let grants = auth.sign_ins().grants_of(sign_in.user_id, auth.clock().now_ms()).await?;
    let counting = grants.into_iter().filter(|grant| Some(grant.role) >= user.role);
    let given = counting.map(|grant| RoleSource::Given { reason: grant.reason, ends_at_ms: grant.ends_at_ms });
    let of_provider = sign_in.provider_role.filter(|role| Some(*role) == user.role);
    let said = tokens.user_info.as_ref().unwrap_or(&claims);
    let role_sources = auth
        .provider(&sign_in.provider)
        .map(|provider| role_sources(auth.config(), &provider.config, said, tokens.groups.as_deref(), of_provider));
    Ok(Some(Account {
        username: claims.get("preferred_username").and_then(Value::as_str).and_then(shown),
        role_sources: role_sources.into_iter().flatten().chain(given).collect(),
        roles_read_at_ms: sign_in.roles_read_at_ms,
        can_read_roles: sign_in.refresh_at_ms.is_some(),
        signed_in_at_ms: sign_in.created_at_ms,
        ends_at_ms: auth.absolute_end_ms(sign_in),
        user,
    }))
}

/// The profile from Graph or why there is none, and what to ask the provider for.
pub struct FoundProfile {
    /// For the page.
    pub profile: Profile,
    /// For the provider.
    pub further: Further,
}

/// Asks `graph` for the profile of the person behind `sign_in`.
///
/// # Errors
/// [`CallError::SignedOut`] and [`CallError::Record`]. Other failures are part of the result.
pub async fn find(auth: &Auth, graph: &Graph, sign_in: &SignIn) -> Result<FoundProfile, CallError> {
    let seen = |profile| Ok(FoundProfile { profile, further: Further::default() });
    let (me, photo) = tokio::join!(graph.fetch::<Me>(sign_in, ME), graph.fetch::<Value>(sign_in, PHOTO));
    let (what, further) = match me {
        Ok(me) => return seen(Profile::Known(me.known(photo.is_ok()))),
        Err(CallError::NoGraph) => return seen(Profile::NotOffered),
        Err(error @ (CallError::SignedOut | CallError::Record(_))) => return Err(error),
        Err(CallError::Graph(GraphError::Unauthorized { challenge: Some(ClaimsChallenge(claims)) })) => {
            (Missing::Claims, Further { claims, ..Further::default() })
        }
        Err(CallError::Graph(GraphError::ConsentMissing { .. })) => {
            (Missing::Consent, Further { scopes: vec![PROFILE_SCOPE.to_owned()], ..Further::default() })
        }
        Err(CallError::Ended | CallError::Graph(GraphError::Unauthorized { challenge: None })) => {
            (Missing::Token, Further::default())
        }
        Err(CallError::Graph(error)) => {
            tracing::warn!(?error, "Graph does not show a profile");
            return seen(Profile::Unavailable { seconds: error.retry_after().map(|time| time.as_secs()) });
        }
    };
    let tokens = auth.sign_ins().tokens(&sign_in.id).await?.ok_or(CallError::SignedOut)?;
    let is_recent = auth.clock().now_ms() - sign_in.created_at_ms < JUST_NOW_MS;
    let asked = is_recent && was_asked(what, &tokens);
    tracing::info!(?what, asked, "Graph needs another permission from the provider");
    Ok(FoundProfile { profile: Profile::Missing { what, asked }, further })
}

/// Whether the sign-in with `tokens` already asked for `what`. Claims are not compared, because two challenges may
/// differ only in a time.
fn was_asked(what: Missing, tokens: &TokenSet) -> bool {
    match what {
        Missing::Claims => !tokens.further.claims.is_empty(),
        Missing::Consent => tokens.further.scopes.iter().any(|scope| scope == PROFILE_SCOPE),
        Missing::Token => true,
    }
}

/// The request for a sign-in that asks the provider of `sign_in` for `further` and returns to the account page. `held`
/// are the browser's attempts.
///
/// # Errors
/// When the record cannot be read.
pub async fn begin_request(
    auth: &Auth,
    sign_in: &SignIn,
    further: Further,
    held: HeldAttempts,
) -> Result<BeginRequest, RecordError> {
    let username = account(auth, sign_in).await?.and_then(|account| account.username);
    let login_hint = username.as_deref().and_then(LoginHint::parse);
    let return_to = ReturnTo::parse_or_home(Some(routes::ACCOUNT));
    Ok(BeginRequest { login_hint, further, ..BeginRequest::new(return_to, held) })
}

impl Me {
    fn known(self, has_photo: bool) -> KnownProfile {
        let text = |text: Option<String>| text.as_deref().and_then(shown);
        KnownProfile {
            name: text(self.display_name),
            mail: text(self.mail).or_else(|| text(self.user_principal_name)),
            job_title: text(self.job_title),
            has_photo,
        }
    }
}

fn shown(text: &str) -> Option<String> {
    Some(plain(text, TEXT_MAX_CHARS)).filter(|text| !text.is_empty())
}
