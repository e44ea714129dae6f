//! The message for the person about each failure. Such texts are only here, in `refusals` and in `explanation`, for the
//! pages of the drop-in and of an application.

use super::attempts::AttemptError;
use super::callback::CallbackError;
use super::explanation::{EXACT_ADDRESS, Explanation, TRY_AGAIN};
use super::id_token::IdTokenError;
use super::provider::entra::TenantError;
use super::provider::{ClientRequestError, DiscoveryError, ProviderError};
use super::refusals::{PROVIDER_SAID, client_request_refused, refused};
use super::role_claims::RolesError;
use super::{BeginSignInError, CompleteSignInError, GroupsError};

const LEADS_ON: &str = "Try again: you then come to the page that you wanted.";
const STARTED_ELSEWHERE: &str = "Start again from here, and finish in the same browser within ten minutes.";

impl BeginSignInError {
    /// The message for the person.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        match self {
            Self::UnknownProvider => unknown_provider(),
            Self::Provider(error) => provider(error),
            Self::Malformed(CallbackError::LongTarget) => Explanation::new(
                414,
                "The address of the page that you want is too long: signing in cannot bring you back to it.",
                &["Sign in first, and then open the page once more."],
            ),
            Self::Malformed(_) => Explanation::new(
                400,
                "The link that brought you here cannot be read.",
                &["Start the sign-in again from here."],
            )
            .or_ask(),
            Self::OtherIssuer => Explanation::new(
                400,
                "The link that brought you here names another provider than the one of this address.",
                &["Start the sign-in from here.", "The person who made the link must use the provider's exact issuer."],
            ),
            Self::Push(error) => client_request(error),
            Self::Seal(_) => Explanation::internal(),
        }
    }
}

impl CompleteSignInError {
    /// The message for the person.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        match self {
            Self::UnknownProvider => unknown_provider(),
            Self::Malformed(_) | Self::Missing(_) => Explanation::new(
                400,
                "The provider's response cannot be read.",
                &["Start the sign-in again from here."],
            )
            .or_ask(),
            Self::NoAttemptCookie => Explanation::new(
                400,
                "Your browser did not send the cookie that belongs to this sign-in.",
                &["Allow cookies for this address.", EXACT_ADDRESS, STARTED_ELSEWHERE],
            ),
            Self::Attempt(error) => attempt(error),
            Self::OtherIssuer => Explanation::new(
                400,
                "The answer came from another provider than the one that was asked.",
                &["Start the sign-in again from here."],
            )
            .or_ask(),
            Self::Refused(said) => refused(said),
            Self::Provider(error) | Self::IdToken(IdTokenError::Provider(error)) => provider(error),
            Self::UserInfo(error) if error.is_temporary() => Explanation::unavailable(),
            Self::NoObjectId => Explanation::new(
                400,
                "The provider did not say who you are.",
                &["An administrator must add `profile` to the scopes of this provider."],
            ),
            Self::Exchange(error) => client_request(error),
            Self::IdToken(IdTokenError::Tenant(TenantError::NotAllowed { .. })) => Explanation {
                another_account: true,
                ..Explanation::new(
                    403,
                    "Your account belongs to an organization that may not sign in here.",
                    &["Use an account of an organization that may.", "Ask an administrator which ones may."],
                )
            },
            Self::IdToken(IdTokenError::Tenant(TenantError::Version1)) => Explanation::new(
                400,
                "The provider sent a token of version 1.0.",
                &["An administrator must set requestedAccessTokenVersion to 2 in the application's manifest."],
            ),
            Self::IdToken(IdTokenError::AuthTime) => Explanation::new(
                400,
                "The provider did not ask you to sign in again, although your last sign-in there was too long ago.",
                &["Sign out at the provider, then start again from here."],
            )
            .or_ask(),
            Self::NoIdToken | Self::IdToken(_) | Self::UserInfo(_) => unverified(),
            Self::Roles(RolesError::NotAnArrayOfStrings { claim }) => Explanation {
                details: vec![(PROVIDER_SAID, format!("`{claim}` that is not a list of texts"))],
                ..Explanation::new(
                    400,
                    "The provider sent your roles in a form that cannot be trusted, so you are not signed in.",
                    &["An administrator must make the provider send roles and groups as lists of texts."],
                )
            },
            Self::SignedOutAtProvider => Explanation::new(
                400,
                "Your provider ended this session while you were signing in.",
                &["Start the sign-in again from here."],
            ),
            Self::Roles(RolesError::RolesElsewhere { .. } | RolesError::GroupsElsewhere { .. }) => Explanation::new(
                403,
                "You are in too many groups for the provider to list in a token, so your role is unknown.",
                &[
                    "Ask an administrator to assign you an app role instead of a group.",
                    "An administrator can also have the provider send only the groups assigned to this application.",
                ],
            ),
            Self::Disabled { reason, .. } => Explanation::kept_out(
                format!("An administrator has disabled your account here: {reason}"),
                &["Ask an administrator if you think that this is wrong."],
            ),
            Self::Inactive { .. } => Explanation::kept_out(
                "Your organization’s directory says that your account is not active here.",
                &["Ask the people who manage the accounts of your organization."],
            ),
            Self::NotAdmitted(refused) => Explanation::kept_out(refused.message.clone(), &[]),
            Self::Groups(GroupsError::Unavailable(_)) => Explanation::new(
                503,
                "You are in too many groups for a token, and the rest cannot be read right now.",
                &["Try again in a moment. People who are already signed in stay signed in."],
            )
            .or_ask(),
            Self::Groups(GroupsError::Refused(_)) => Explanation::new(
                403,
                "You are in too many groups for a token, and the provider does not let us read the rest.",
                &[
                    "An administrator must consent to the permission User.Read for this application, and ask for it in the \
                     `scopes` here.",
                    "Ask an administrator to assign you an app role instead of a group.",
                ],
            ),
            Self::Record(_) | Self::Session(_) => Explanation::own_failure(self),
        }
    }
}

fn attempt(error: &AttemptError) -> Explanation {
    let (message, advice) = match error {
        AttemptError::Unknown => {
            ("This sign-in was used already, or it was begun in another browser.", STARTED_ELSEWHERE)
        }
        AttemptError::Expired { .. } => ("This sign-in took longer than ten minutes.", LEADS_ON),
        AttemptError::Used { .. } => ("This sign-in was used already. It works only once.", LEADS_ON),
        AttemptError::Unreadable(_) => ("The cookie that belongs to this sign-in cannot be read.", STARTED_ELSEWHERE),
        AttemptError::Database(_) => return Explanation::own_failure(error),
    };
    Explanation::new(400, message, &[advice])
}

fn provider(error: &ProviderError) -> Explanation {
    match error {
        ProviderError::Discovery(DiscoveryError::OtherIssuer { .. }) => Explanation::new(
            503,
            "The provider's issuer is not the one that is configured here.",
            &["An administrator must set the issuer exactly as the provider writes it. The log shows both."],
        ),
        _ => Explanation::unavailable(),
    }
}

fn unknown_provider() -> Explanation {
    Explanation::new(404, "There is no provider with that name here.", &["Begin at the front page."])
}

fn client_request(error: &ClientRequestError) -> Explanation {
    match error {
        ClientRequestError::Unreachable(_) => Explanation::unavailable(),
        ClientRequestError::Unreadable => unverified(),
        ClientRequestError::Unsigned(_) => Explanation::internal(),
        ClientRequestError::PushRequired | ClientRequestError::NoEndpoint(_) => Explanation::new(
            503,
            "The provider and this application are not set up for each other.",
            &["An administrator must compare the provider's metadata with the setting `par` here. The log says more."],
        ),
        ClientRequestError::Refused(said) => client_request_refused(said),
    }
}

fn unverified() -> Explanation {
    let message = "What the provider said about you could not be verified, so you are not signed in.";
    Explanation::new(400, message, &[TRY_AGAIN]).or_ask()
}
