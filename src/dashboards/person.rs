//! Who looks at a dashboard.

use rolecall_model::Role;
use rolecall_sign_in::bearer::ApiCaller;
use rolecall_sign_in::session::{CipherError, RecordError, SignIn};
use rolecall_sign_in::{Auth, id_token};

use crate::datasets::RuleViewer;

/// Who looks at a dashboard.
#[derive(Clone, Copy, Debug)]
pub enum Person<'a> {
    /// Somebody who is signed in, with the role that is open to them now.
    SignedIn(&'a SignIn, Option<Role>),
    /// A program, or somebody's program, with an access token. Row rules know its role alone.
    Api(&'a ApiCaller),
}

impl Person<'_> {
    /// The highest role whose doors are open.
    pub(super) const fn open_role(self) -> Option<Role> {
        match self {
            Self::SignedIn(_, role) => role,
            Self::Api(caller) => caller.open_role,
        }
    }

    /// What row rules ask about: claims and groups only where they are needed, since that means to unseal a token.
    pub(super) async fn rule_viewer(self, auth: &Auth, needs_claims: bool) -> Result<RuleViewer, RecordError> {
        let mut viewer = RuleViewer { role: self.open_role(), ..RuleViewer::default() };
        let Self::SignedIn(sign_in, _) = self else { return Ok(viewer) };
        viewer.email = sign_in.user.email.clone();
        if needs_claims && let Some(tokens) = auth.sign_ins().tokens(&sign_in.id).await? {
            viewer.claims = id_token::payload(&tokens.id_token).map_err(|_| CipherError::Damaged)?;
            viewer.groups = tokens.groups.unwrap_or_default();
        }
        Ok(viewer)
    }
}
