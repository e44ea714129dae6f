//! What a person is told of each failure. These texts stand here and in `explanation` alone, for the pages of the drop-in
//! and for those of an application.

use super::attempts::AttemptError;
use super::callback::CallbackError;
use super::explanation::{EXACT_ADDRESS, Explanation, TRY_AGAIN};
use super::id_token::IdTokenError;
use super::provider::entra::TenantError;
use super::provider::{ClientRequestError, DiscoveryError, ProviderError};
use super::role_claims::RolesError;
use super::{BeginSignInError, CompleteSignInError, GroupsError, ProviderSaid, aadsts};

const PROVIDER_SAID: &str = "The provider said";
const LEADS_ON: &str = "Try again: that leads on to the page that you wanted.";
const STARTED_ELSEWHERE: &str = "Start again from here, and finish in the same browser within ten minutes.";

impl BeginSignInError {
    /// What the person is told.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        match self {
            Self::UnknownProvider => unknown_provider(),
            Self::Provider(error) => provider(error),
            Self::Malformed(CallbackError::LongTarget) => Explanation::new(
                414,
                "The address of the page that you want is too long for a sign-in to lead back to it.",
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
    /// What the person is told.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        match self {
            Self::UnknownProvider => unknown_provider(),
            Self::Malformed(_) | Self::Missing(_) => Explanation::new(
                400,
                "The answer that came back from the provider is not one that we can read.",
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
            Self::Refused(said) => with_provider_words(refused(&said.error), said),
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
                "The provider did not ask you to sign in again, though your last time there is too long ago.",
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
            Self::Disabled { reason } => Explanation::kept_out(
                format!("An administrator has disabled your account here: {reason}"),
                &["Ask an administrator if you think that this is wrong."],
            ),
            Self::Inactive => Explanation::kept_out(
                "Your organization’s directory says that your account is not active here.",
                &["Ask the people who manage the accounts of your organization."],
            ),
            Self::NotAdmitted(refused) => Explanation::kept_out(refused.message.clone(), &[]),
            Self::Groups(GroupsError::Unavailable(_)) => Explanation::new(
                503,
                "You are in too many groups for a token, and the rest cannot be read right now.",
                &["Try again in a moment. Who is signed in already stays signed in."],
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
fn refused(error: &str) -> Explanation {
    match error {
        "access_denied" => {
            Explanation::new(400, "The sign-in was declined at the provider.", &["Try again if that was not meant."])
        }
        "temporarily_unavailable" | "server_error" => Explanation::unavailable(),
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            Explanation::new(400, "The provider needs you to do something before you can sign in.", &[TRY_AGAIN])
        }
        _ => Explanation::new(400, "The provider refused the sign-in.", &[TRY_AGAIN]).or_ask(),
    }
}

fn client_request(error: &ClientRequestError) -> Explanation {
    match error {
        ClientRequestError::Unreachable(_) => Explanation::unavailable(),
        ClientRequestError::Unreadable => unverified(),
        ClientRequestError::Unsigned(_) => Explanation::internal(),
        ClientRequestError::PushRequired | ClientRequestError::NoEndpoint(_) => Explanation::new(
            503,
            "The provider and this application are not set up for each other.",
            &["An administrator must compare the provider's metadata with `par` here; the log tells more."],
        ),
        ClientRequestError::Refused(said) => with_provider_words(client_request_refused(&said.error), said),
    }
}

/// A refusal of what we ask in our own name, judged in the same way (RFC 6749, section 5.2).
fn client_request_refused(error: &str) -> Explanation {
    match error {
        "invalid_grant" => {
            Explanation::new(400, "The provider does not accept this sign-in any more.", &["Start again from here."])
                .or_ask()
        }
        "invalid_client" | "unauthorized_client" => Explanation::new(
            503,
            "The provider does not accept this application's own credentials.",
            &[
                "An administrator must check the client id and the client secret (its value, and whether it expired) or \
                 the client key and its certificate.",
            ],
        ),
        "temporarily_unavailable" | "server_error" => Explanation::unavailable(),
        _ => Explanation::new(400, "The provider refused the request for a sign-in.", &[TRY_AGAIN]).or_ask(),
    }
}

/// `explanation` in the words that Entra's code calls for, with all that the provider said.
fn with_provider_words(explanation: Explanation, said: &ProviderSaid) -> Explanation {
    let explanation = Explanation { details: details(said), ..explanation };
    match said.code.and_then(aadsts::meaning) {
        Some(meaning) => Explanation {
            message: meaning.message.into(),
            advice: meaning.advice.to_vec(),
            ask_administrator: false,
            another_account: meaning.another_account,
            ..explanation
        },
        None => explanation,
    }
}

fn details(said: &ProviderSaid) -> Vec<(&'static str, String)> {
    let text = said.text.as_ref().map_or_else(|| said.error.clone(), |text| format!("{}: {text}", said.error));
    let rest = [
        ("Error code", said.code.map(|code| format!("AADSTS{code}"))),
        ("Trace id", said.trace_id.map(|id| id.to_string())),
        ("Correlation id", said.correlation_id.map(|id| id.to_string())),
        ("Time at the provider", said.timestamp.clone()),
        ("More of the provider", said.more.as_ref().map(ToString::to_string)),
    ];
    let rest = rest.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    [(PROVIDER_SAID, text)].into_iter().chain(rest).collect()
}

fn unverified() -> Explanation {
    let message = "What the provider said about you could not be verified, so you are not signed in.";
    Explanation::new(400, message, &[TRY_AGAIN]).or_ask()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: &str, code: Option<u32>) -> Box<ProviderSaid> {
        Box::new(ProviderSaid { error: error.to_owned(), code, ..ProviderSaid::default() })
    }

    #[test]
    fn a_code_changes_the_words_and_nothing_else() {
        let errors = ["access_denied", "server_error", "temporarily_unavailable", "login_required", "", "<x>"];
        for (error, code) in errors.into_iter().flat_map(|error| [65004, 50011, 90055, 50020].map(|code| (error, code)))
        {
            let plain = CompleteSignInError::Refused(said(error, None)).explain();
            let coded = CompleteSignInError::Refused(said(error, Some(code))).explain();
            assert_eq!(coded.status, plain.status, "{error} {code}");
            assert_eq!(coded.message, aadsts::meaning(code).unwrap().message);
        }
        for error in ["invalid_grant", "invalid_client", "invalid_request", "temporarily_unavailable"] {
            let plain = CompleteSignInError::Exchange(ClientRequestError::Refused(said(error, None))).explain();
            let coded =
                CompleteSignInError::Exchange(ClientRequestError::Refused(said(error, Some(7_000_222)))).explain();
            assert_eq!(coded.status, plain.status, "{error}");
            assert_ne!(coded.message, plain.message, "{error}");
        }
    }

    #[test]
    fn a_code_that_nobody_knows_leaves_the_words_of_the_error() {
        let unknown = CompleteSignInError::Refused(said("access_denied", Some(1))).explain();
        assert_eq!(unknown.message, "The sign-in was declined at the provider.");
        assert!(unknown.details.contains(&("Error code", "AADSTS1".to_owned())));
    }
}
