//! The message for the person when the provider refused. Only the OAuth error decides it, never the text beside it.
//! Entra's code changes only the words.

use super::explanation::{Explanation, TRY_AGAIN};
use super::{ProviderSaid, aadsts};

/// The heading for what the provider said.
pub const PROVIDER_SAID: &str = "The provider said";

/// A refusal of a sign-in.
pub fn refused(said: &ProviderSaid) -> Explanation {
    let explanation = match said.error.as_str() {
        "access_denied" => Explanation::new(
            400,
            "The sign-in was declined at the provider.",
            &["Try again if you declined by mistake."],
        ),
        "temporarily_unavailable" | "server_error" => Explanation::unavailable(),
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            Explanation::new(400, "The provider needs you to do something before you can sign in.", &[TRY_AGAIN])
        }
        _ => Explanation::new(400, "The provider refused the sign-in.", &[TRY_AGAIN]).or_ask(),
    };
    with_provider_words(explanation, said)
}

/// A refusal of a request in our own name (RFC 6749, section 5.2).
pub fn client_request_refused(said: &ProviderSaid) -> Explanation {
    let explanation = match said.error.as_str() {
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
    };
    with_provider_words(explanation, said)
}

/// `explanation` in the words for Entra's code, with everything that the provider said.
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
        ("More from the provider", said.more.as_ref().map(ToString::to_string)),
    ];
    let rest = rest.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    [(PROVIDER_SAID, text)].into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CompleteSignInError;
    use crate::provider::ClientRequestError;

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
