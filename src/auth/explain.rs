//! What a person is told when a sign-in does not end well: what happened, and what to do next.

use openidconnect::UserInfoError;
use openidconnect::core::CoreErrorResponseType;

use super::attempts::AttemptError;
use super::id_token::IdTokenError;
use super::provider::entra::TenantError;
use super::provider::{ClientRequestError, DiscoveryError, ProviderError};
use super::roles::RolesError;
use super::{BeginSignInError, CompleteSignInError};

/// A failure, for people. Holds nothing that helps an attacker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The HTTP status that goes with it.
    pub status: u16,
    /// What happened, in a sentence.
    pub message: &'static str,
    /// What to do next, in order.
    pub advice: Vec<&'static str>,
    /// What the provider itself said, for whoever is asked for help.
    pub provider_said: Option<String>,
}

const TRY_AGAIN: &str = "Try again.";
const ASK: &str = "If it happens again, tell an administrator the request id below.";
const STARTED_ELSEWHERE: &str = "Start again from here, and finish in the same browser within ten minutes.";
/// The longest text of a provider that is shown.
const SAID_MAX_CHARS: usize = 500;

impl Explanation {
    fn new(status: u16, message: &'static str, advice: &[&'static str]) -> Self {
        Self { status, message, advice: advice.to_vec(), provider_said: None }
    }

    fn internal() -> Self {
        Self::new(500, "Something went wrong on our side, and you are not signed in.", &[TRY_AGAIN, ASK])
    }

    fn unavailable() -> Self {
        let message = "The provider that you sign in with does not answer right now.";
        Self::new(503, message, &["Try again in a moment. Who is signed in already stays signed in.", ASK])
    }
}

impl BeginSignInError {
    /// What the person is told.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        match self {
            Self::UnknownProvider => unknown_provider(),
            Self::Provider(error) => provider(error),
            Self::Malformed(_) => Explanation::new(
                400,
                "The link that brought you here cannot be read.",
                &["Start the sign-in again from here.", ASK],
            ),
            Self::OtherIssuer => Explanation::new(
                400,
                "The link that brought you here names another provider than the one of this address.",
                &["Start the sign-in from here.", "Whoever made the link must use the provider's exact issuer."],
            ),
            Self::Push(error) => client_request(error),
            Self::Attempt(_) => Explanation::internal(),
        }
    }
}

impl CompleteSignInError {
    /// What the person is told.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        match self {
            Self::UnknownProvider => unknown_provider(),
            Self::Malformed(_) | Self::Missing(_) => Explanation::new(
                400,
                "The answer that came back from the provider is not one that we can read.",
                &["Start the sign-in again from here.", ASK],
            ),
            Self::NoAttemptCookie => Explanation::new(
                400,
                "Your browser did not send the cookie that belongs to this sign-in.",
                &[
                    "Allow cookies for this address.",
                    "Open this address exactly as your administrator gave it to you: a cookie belongs to one host name.",
                    STARTED_ELSEWHERE,
                ],
            ),
            Self::Attempt(AttemptError::Unknown) => Explanation::new(
                400,
                "This sign-in was used already, or it took longer than ten minutes.",
                &[STARTED_ELSEWHERE],
            ),
            Self::Attempt(AttemptError::OtherBrowser) => {
                Explanation::new(400, "This sign-in was begun in another browser.", &[STARTED_ELSEWHERE])
            }
            Self::OtherIssuer => Explanation::new(
                400,
                "The answer came from another provider than the one that was asked.",
                &["Start the sign-in again from here.", ASK],
            ),
            Self::Refused { error, description } => refused(error, description.as_deref()),
            Self::Provider(error) | Self::IdToken(IdTokenError::Provider(error)) => provider(error),
            Self::UserInfo(error) if matches!(**error, UserInfoError::Request(_)) => Explanation::unavailable(),
            Self::NoObjectId => Explanation::new(
                400,
                "The provider did not say who you are.",
                &["An administrator must add `profile` to the scopes of this provider."],
            ),
            Self::Exchange(error) => client_request(error),
            Self::IdToken(IdTokenError::Tenant(TenantError::NotAllowed { .. })) => Explanation::new(
                403,
                "Your account belongs to an organization that may not sign in here.",
                &["Use an account of an organization that may.", "Ask an administrator which ones may."],
            ),
            Self::IdToken(IdTokenError::Tenant(TenantError::Version1)) => Explanation::new(
                400,
                "The provider sent a token of version 1.0.",
                &["An administrator must set requestedAccessTokenVersion to 2 in the application's manifest."],
            ),
            Self::IdToken(IdTokenError::AuthTime) => Explanation::new(
                400,
                "The provider did not ask you to sign in again, though your last time there is too long ago.",
                &["Sign out at the provider, then start again from here.", ASK],
            ),
            Self::NoIdToken | Self::IdToken(_) | Self::UserInfo(_) => unverified(),
            Self::Roles(RolesError::NotAnArrayOfStrings { claim }) => Explanation {
                provider_said: Some(format!("`{claim}` that is not a list of texts")),
                ..Explanation::new(
                    400,
                    "The provider sent your roles in a form that cannot be trusted, so you are not signed in.",
                    &["An administrator must make the provider send `roles` and `groups` as lists of texts."],
                )
            },
            Self::SignedOutAtProvider => Explanation::new(
                400,
                "Your provider ended this session while you were signing in.",
                &["Start the sign-in again from here."],
            ),
            Self::Roles(RolesError::Elsewhere { .. }) => Explanation::new(
                403,
                "You are in more groups than the provider can name in a token, so your role cannot be told.",
                &[
                    "Ask an administrator to assign you an app role instead of a group.",
                    "An administrator can also have the provider send only the groups assigned to this application.",
                ],
            ),
            Self::Attempt(_) | Self::Record(_) | Self::Session(_) => Explanation::internal(),
        }
    }
}

fn provider(error: &ProviderError) -> Explanation {
    match error {
        ProviderError::Discovery(DiscoveryError::OtherIssuer { .. }) => Explanation::new(
            503,
            "The provider gives itself another name than the one that is configured here.",
            &["An administrator must set the issuer exactly as the provider writes it; the log tells both."],
        ),
        _ => Explanation::unavailable(),
    }
}

fn unknown_provider() -> Explanation {
    Explanation::new(404, "There is no provider of that name here.", &["Begin at the front page."])
}

/// The provider's own refusal: judged by the OAuth error alone, never by the text beside it.
fn refused(error: &str, description: Option<&str>) -> Explanation {
    let mut explanation = match error {
        "access_denied" => {
            Explanation::new(400, "The sign-in was declined at the provider.", &["Try again if that was not meant."])
        }
        "temporarily_unavailable" | "server_error" => Explanation::unavailable(),
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            Explanation::new(400, "The provider needs you to do something before you can sign in.", &[TRY_AGAIN])
        }
        _ => Explanation::new(400, "The provider refused the sign-in.", &[TRY_AGAIN, ASK]),
    };
    let said = description.map_or_else(|| error.to_owned(), |description| format!("{error}: {description}"));
    explanation.provider_said = Some(said.chars().filter(|c| !c.is_control()).take(SAID_MAX_CHARS).collect());
    explanation
}

fn client_request(error: &ClientRequestError) -> Explanation {
    match error {
        ClientRequestError::Unreachable(_) => Explanation::unavailable(),
        ClientRequestError::Unreadable => unverified(),
        ClientRequestError::Refused { error: CoreErrorResponseType::InvalidGrant, .. } => Explanation::new(
            400,
            "The provider does not accept this sign-in any more.",
            &["Start again from here.", ASK],
        ),
        ClientRequestError::Refused {
            error: CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient,
            ..
        } => Explanation::new(
            503,
            "The provider does not accept this application's own credentials.",
            &[
                "An administrator must check the client id and the client secret (its value, and whether it expired) or \
                 the client key and its certificate.",
            ],
        ),
        ClientRequestError::PushRequired | ClientRequestError::NoEndpoint(_) => Explanation::new(
            503,
            "The provider and this application are not set up for each other.",
            &["An administrator must compare the provider's metadata with `par` here; the log tells more."],
        ),
        ClientRequestError::Unsigned(_) => Explanation::internal(),
        ClientRequestError::Refused { .. } => {
            Explanation::new(400, "The provider refused the request for a sign-in.", &[TRY_AGAIN, ASK])
        }
    }
}

fn unverified() -> Explanation {
    let message = "What the provider said about you could not be verified, so you are not signed in.";
    Explanation::new(400, message, &[TRY_AGAIN, ASK])
}
