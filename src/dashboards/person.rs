//! Who looks at a dashboard or a data set.

use rolecall_model::Role;
use rolecall_sign_in::bearer::{ApiCaller, CallerKind};
use rolecall_sign_in::session::{CipherError, RecordError, SignIn};
use rolecall_sign_in::tokens::TokenSet;
use rolecall_sign_in::{Auth, RoleClaims, id_token};
use serde_json::{Map, Value};

use crate::datasets::RuleViewer;

/// Who looks at a dashboard or a data set.
#[derive(Clone, Copy, Debug)]
pub enum Person<'a> {
    /// Somebody who is signed in, with the role that is open to them now.
    SignedIn(&'a SignIn, Option<Role>),
    /// A program, or somebody's program, with an access token.
    Api(&'a ApiCaller),
}

impl Person<'_> {
    /// The highest role, also where it is only open after signing in again.
    pub(super) const fn role(self) -> Option<Role> {
        match self {
            Self::SignedIn(sign_in, _) => sign_in.user.role,
            Self::Api(caller) => caller.role,
        }
    }

    /// The highest role whose doors are open.
    pub(super) const fn open_role(self) -> Option<Role> {
        match self {
            Self::SignedIn(_, role) => role,
            Self::Api(caller) => caller.open_role,
        }
    }

    /// What row rules ask about: claims and groups only where they are needed, since that means to unseal a token. Of an
    /// application that calls for itself, nothing but the role: rules are about people.
    ///
    /// # Errors
    /// When the tokens of the sign-in cannot be read.
    pub async fn rule_viewer(self, auth: &Auth, needs_claims: bool) -> Result<RuleViewer, RecordError> {
        let role = self.open_role();
        match self {
            Self::SignedIn(sign_in, _) if needs_claims => {
                let Some(tokens) = auth.sign_ins().tokens(&sign_in.id).await? else {
                    return Ok(RuleViewer::with_role(role));
                };
                let claims = id_token::payload(&tokens.id_token).map_err(|_| CipherError::Damaged)?;
                let groups = groups_of(auth, &sign_in.provider, &claims, Some(tokens));
                Ok(RuleViewer::new(role, claims, groups))
            }
            Self::Api(caller) if needs_claims && caller.kind == CallerKind::Person => {
                let groups = groups_of(auth, &caller.provider, &caller.claims, None);
                Ok(RuleViewer::new(role, caller.claims.clone(), groups))
            }
            Self::SignedIn(..) | Self::Api(_) => Ok(RuleViewer::with_role(role)),
        }
    }
}

/// The groups of a person of `provider`: those that were read elsewhere at the sign-in because they did not fit into the token,
/// else those that token or userinfo name. Where it is said that there are more than fit, and nobody read them, there are none.
fn groups_of(auth: &Auth, provider: &str, claims: &Map<String, Value>, tokens: Option<TokenSet>) -> Vec<String> {
    let (read_elsewhere, user_info) = tokens.map_or((None, None), |tokens| (tokens.groups, tokens.user_info));
    let in_claims = || {
        let provider = &auth.provider(provider)?.config;
        let groups = RoleClaims::new(provider, user_info.as_ref().unwrap_or(claims)).groups().ok()?;
        Some(groups.into_iter().map(ToOwned::to_owned).collect())
    };
    read_elsewhere.or_else(in_claims).unwrap_or_default()
}
