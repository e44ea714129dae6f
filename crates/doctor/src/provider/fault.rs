//! Why a provider does not answer, and the remedy.

use std::error::Error;

use rolecall_sign_in::plain;
use rolecall_sign_in::provider::HttpError;

/// What went wrong, to follow "…: " in a sentence, and the remedy.
pub(super) struct Fault {
    pub(super) what: String,
    pub(super) remedy: &'static str,
}

const NETWORK: &str =
    "Check that the provider is up, and whether a firewall or proxy is in between (HTTPS_PROXY, NO_PROXY).";

impl Fault {
    /// What `error` means.
    pub(super) fn of(error: &HttpError) -> Self {
        match error {
            HttpError::Unreachable(error) => Self::of_connection(error),
            HttpError::Status(status) if *status >= 500 => Self::new(
                format!("it answers with status {status}"),
                "The provider failed. Try again in a moment, and see its log or status page.",
            ),
            HttpError::Status(status) => Self::new(
                format!("it answers with status {status}"),
                "Check the spelling of the issuer (for Entra: tenant and authority).",
            ),
            HttpError::Unreadable(error) => {
                Self::new(format!("its answer cannot be read ({error})"), "Check the address.")
            }
            HttpError::TooLarge | HttpError::FailedRecently | HttpError::Malformed(_) => {
                Self::new(error.to_string(), NETWORK)
            }
        }
    }

    fn of_connection(error: &(dyn Error + 'static)) -> Self {
        let chain = chain(error);
        let reason = plain(chain.last().map_or("", String::as_str), 200);
        let has = |part: &str| chain.iter().any(|link| link.contains(part));
        if has("certificate") || has("TLS") || has("HandshakeFailure") {
            let remedy = "Renew the provider's certificate, or add its CA to the trusted ones of this system. Check whether a \
                          proxy is in between.";
            return Self::new(format!("TLS fails: {reason}"), remedy);
        }
        if has("dns error") || has("lookup") {
            return Self::new(format!("its name cannot be resolved: {reason}"), "Correct the name, or fix DNS.");
        }
        if has("timed out") {
            return Self::new("it does not answer in time".to_owned(), NETWORK);
        }
        Self::new(format!("it cannot be reached: {reason}"), NETWORK)
    }

    fn new(what: String, remedy: &'static str) -> Self {
        Self { what, remedy }
    }
}

/// The causes, the innermost last, without the first, which would repeat the address.
fn chain(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut chain = Vec::new();
    let mut link = error.source();
    while let Some(error) = link {
        chain.push(error.to_string());
        link = error.source();
    }
    chain
}
