//! Who calls the API.

use rolecall_model::Role;

use super::claims::Checked;
use crate::DeniedBecause;
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
    /// The highest role whose doors are open: lower than `role` when a person proved too long ago who they are.
    pub open_role: Option<Role>,
}

/// Who an access token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerKind {
    /// A person, for whom an application calls.
    Person,
    /// An application, for itself (client credentials: RFC 6749, section 4.4).
    Application,
}

impl CallerKind {
    /// Its name in logs and answers.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Application => "application",
        }
    }
}

/// Why a caller is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiDenied {
    /// The role is not enough.
    Role {
        /// The lowest role that would do.
        needed: Role,
    },
    /// The role would do, but the person must prove anew who they are (RFC 9470).
    StepUp {
        /// The lowest role that would do.
        needed: Role,
    },
}

impl From<ApiDenied> for DeniedBecause {
    fn from(denied: ApiDenied) -> Self {
        match denied {
            ApiDenied::Role { needed } => Self::Role { needed },
            ApiDenied::StepUp { needed } => Self::StepUp { needed },
        }
    }
}

impl ApiCaller {
    pub(super) fn new(
        checked: Checked,
        role: Option<Role>,
        provider: &Provider,
        step_up: &StepUp,
        now_ms: i64,
    ) -> Self {
        let open_role = match checked.kind {
            CallerKind::Person => step_up.open_role(role, checked.authenticated_at_ms, now_ms),
            // It proves who it is each time that it asks for a token.
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
        }
    }

    /// Lets the caller through to what `needed` opens.
    ///
    /// # Errors
    /// [`ApiDenied`] when its role is lower, or a person must prove anew who they are.
    pub fn require(&self, needed: Role) -> Result<(), ApiDenied> {
        if self.open_role >= Some(needed) {
            Ok(())
        } else if self.role >= Some(needed) {
            Err(ApiDenied::StepUp { needed })
        } else {
            Err(ApiDenied::Role { needed })
        }
    }
}
