//! Proof Key for Code Exchange with S256 (RFC 7636): only the client that asked for a code can redeem it.

use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use subtle::ConstantTimeEq;

/// The only method that is accepted: `plain` would reveal the verifier to anyone who sees the authorization request.
pub(super) const METHOD: &str = "S256";

/// Whether `challenge` can be a SHA-256 hash in base64url without padding (RFC 7636, section 4.2).
pub(super) fn is_challenge(challenge: &str) -> bool {
    challenge.len() == 43 && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether `verifier` is well-formed and hashes to `challenge` (RFC 7636, sections 4.1 and 4.6). Compares in constant
/// time.
pub(super) fn verifies(challenge: &str, verifier: &str) -> bool {
    // The length check also protects the hash below, which panics for other lengths.
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
        return false;
    }
    let expected = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.to_owned()));
    expected.as_str().as_bytes().ct_eq(challenge.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_verifies() {
        assert!(is_challenge(CHALLENGE));
        assert!(verifies(CHALLENGE, VERIFIER));
    }

    #[test]
    fn another_verifier_is_refused() {
        assert!(!verifies(CHALLENGE, &VERIFIER.replace('d', "e")));
        assert!(!verifies(VERIFIER, VERIFIER), "the plain method is not accepted");
    }

    #[test]
    fn a_malformed_verifier_is_refused_without_a_panic() {
        for verifier in ["", &VERIFIER[1..], &"a".repeat(129), &VERIFIER.replace('d', "!"), &"é".repeat(30)] {
            assert!(!verifies(CHALLENGE, verifier), "{verifier}");
        }
    }

    #[test]
    fn a_malformed_challenge_is_refused() {
        for challenge in ["", &CHALLENGE[1..], &CHALLENGE.replace('-', "+"), &CHALLENGE.replace('-', "=")] {
            assert!(!is_challenge(challenge), "{challenge}");
        }
    }
}
