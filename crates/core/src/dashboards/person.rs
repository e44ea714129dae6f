//! The person who looks at a dashboard or a data set.

use rolecall_data::query::QueryAsker;
use rolecall_model::Role;
use rolecall_sign_in::bearer::{ApiCaller, CallerKind};
use rolecall_sign_in::session::{CipherError, RecordError, SignIn};
use rolecall_sign_in::tokens::TokenSet;
use rolecall_sign_in::{Auth, RoleClaims, id_token};
use serde_json::{Map, Value};

use crate::datasets::{MadeUpBy, RuleViewer};

/// The person who looks at a dashboard or a data set.
#[derive(Clone, Copy, Debug)]
pub enum Person<'a> {
    /// A signed-in person, with the role that they may use now.
    SignedIn(&'a SignIn, Option<Role>),
    /// A made-up person for a preview by a signed-in person, with the role that the latter may use: the preview never
    /// shows more than the signed-in person may see.
    MadeUp(&'a SignIn, Option<Role>, &'a RuleViewer),
    /// A program with an access token, on its own behalf or on a person's.
    Api(&'a ApiCaller),
}

impl Person<'_> {
    /// The highest role, even if it needs a new sign-in.
    pub(super) fn role(self) -> Option<Role> {
        match self {
            Self::SignedIn(sign_in, _) => sign_in.user.role,
            Self::MadeUp(..) => self.open_role(),
            Self::Api(caller) => caller.role,
        }
    }

    /// The highest role that may be used now.
    pub(super) fn open_role(self) -> Option<Role> {
        match self {
            Self::SignedIn(_, role) => role,
            Self::MadeUp(_, role, made_up) => role.min(made_up.role),
            Self::Api(caller) => caller.open_role,
        }
    }

    /// The data for row rules. Claims and groups are read only if needed, because the token must be decrypted for that.
    /// An application on its own behalf has only its role: rules are about people.
    ///
    /// # Errors
    /// When the tokens of the sign-in cannot be read.
    pub async fn rule_viewer(self, auth: &Auth, needs_claims: bool) -> Result<RuleViewer, RecordError> {
        let role = self.open_role();
        let viewer = match self {
            Self::SignedIn(sign_in, _) => viewer_of(auth, sign_in, role, needs_claims).await?,
            Self::MadeUp(sign_in, own_role, made_up) => {
                let viewer = viewer_of(auth, sign_in, own_role, needs_claims).await?;
                let made_up_by = Some(Box::new(MadeUpBy { user: sign_in.user_id, viewer }));
                RuleViewer { role, made_up_by, ..made_up.clone() }
            }
            Self::Api(caller) if needs_claims && caller.kind == CallerKind::Person => {
                let groups = groups_of(auth, &caller.provider, &caller.claims, None);
                RuleViewer::new(role, caller.claims.clone(), groups)
            }
            Self::Api(_) => RuleViewer::with_role(role),
        };
        Ok(RuleViewer { asker: self.asker(), ..viewer })
    }

    /// The identity for fair scheduling of queries: a person is the same in all sessions, and a preview counts for its
    /// viewer.
    fn asker(self) -> QueryAsker {
        match self {
            Self::SignedIn(sign_in, _) | Self::MadeUp(sign_in, ..) => QueryAsker::Numbered(sign_in.user_id),
            Self::Api(caller) => QueryAsker::Named(format!("{} {}", caller.issuer, caller.subject).into()),
        }
    }
}

/// The data for row rules about the person behind `sign_in`, who may use `role`.
async fn viewer_of(
    auth: &Auth,
    sign_in: &SignIn,
    role: Option<Role>,
    needs_claims: bool,
) -> Result<RuleViewer, RecordError> {
    let tokens = if needs_claims { Box::pin(auth.sign_ins().tokens(&sign_in.id)).await? } else { None };
    let Some(tokens) = tokens else { return Ok(RuleViewer::with_role(role)) };
    let claims = id_token::payload(&tokens.id_token).map_err(|_| CipherError::Damaged)?;
    let groups = groups_of(auth, &sign_in.provider, &claims, Some(tokens));
    Ok(RuleViewer::new(role, claims, groups))
}

/// The groups of a person of `provider`: those that were looked up at the sign-in because they did not fit into the
/// token, otherwise those in the token or userinfo. Empty if there are more than fit, and none were looked up.
fn groups_of(auth: &Auth, provider: &str, claims: &Map<String, Value>, tokens: Option<TokenSet>) -> Vec<String> {
    let (read_elsewhere, user_info) = tokens.map_or((None, None), |tokens| (tokens.groups, tokens.user_info));
    let in_claims = || {
        let provider = &auth.provider(provider)?.config;
        let groups = RoleClaims::new(provider, user_info.as_ref().unwrap_or(claims)).groups().ok()?;
        Some(groups.into_iter().map(ToOwned::to_owned).collect())
    };
    read_elsewhere.or_else(in_claims).unwrap_or_default()
}
