//! Who calls the API.

use rolecall_model::Role;
use serde_json::{Map, Value};

use super::claims::{CallerKind, Checked};
use crate::Denied;
use crate::config::StepUp;
use crate::provider::Provider;

/// Who calls, by an access token that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCaller {
    /// The issuer, which together with `subject` is the caller's key, the same as for sign-ins.
    pub issuer: String,
    /// The subject at the issuer; at Entra the object id.
    pub subject: String,
    /// The name to show.
    pub name: String,
    /// A person's first name, where the token says it.
    pub given_name: Option<String>,
    /// Whether it is a person or an application.
    pub kind: CallerKind,
    /// The id of the application that the token was given to.
    pub client: String,
    /// The id of the provider.
    pub provider: String,
    /// The highest role that the token gives.
    pub role: Option<Role>,
    /// The highest role whose doors are open: lower than `role` when a person authenticated too long ago.
    pub open_role: Option<Role>,
    /// Every claim of the token, as its issuer signed them.
    pub claims: Map<String, Value>,
}

impl ApiCaller {
    pub(super) fn new(
        checked: Checked,
        claims: Map<String, Value>,
        role: Option<Role>,
        provider: &Provider,
        step_up: &StepUp,
        now_ms: i64,
    ) -> Self {
        let open_role = match checked.kind {
            CallerKind::Person => step_up.open_role(role, checked.authenticated_at_ms, now_ms),
            // It authenticates each time that it asks for a token.
            CallerKind::Application => role,
        };
        Self {
            issuer: checked.issuer,
            subject: checked.subject,
            name: checked.name,
            given_name: checked.given_name,
            kind: checked.kind,
            client: checked.client,
            provider: provider.config.id.clone(),
            role,
            open_role,
            claims,
        }
    }

    /// Lets the caller through to what `needed` opens.
    ///
    /// # Errors
    /// [`Denied`] when its role is lower, or a person must sign in again.
    pub fn require(&self, needed: Role) -> Result<(), Denied> {
        if self.open_role >= Some(needed) {
            Ok(())
        } else if self.role >= Some(needed) {
            Err(Denied::StepUp { needed })
        } else {
            Err(Denied::Role { needed })
        }
    }
}
