//! What can be wrong with a provider.

use axum::http::{HeaderName, StatusCode};
use openidconnect::reqwest::Url;
use rolecall_demo_provider::CLIENT_ID;
use serde_json::{Map, Value, json};

use super::endpoint::Endpoint;

/// An hour, in seconds: far beyond every leeway.
const HOUR_S: i64 = 3600;
/// A client that is not ours.
const OTHER_CLIENT: &str = "another-client";

/// The faults of a provider; the default has none. Set with
/// [`FaultyProvider::set_faults`](super::FaultyProvider::set_faults).
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// What is wrong with the claims of ID tokens.
    pub claims: Vec<ClaimFault>,
    /// Merged over the claims of ID tokens, last of all.
    pub extra_claims: Map<String, Value>,
    /// What is wrong with the header or the signature of ID tokens.
    pub signature: Option<SignatureFault>,
    /// A new key signs the next ID token, after the client may have fetched the old key set. Applies to one token.
    pub rotate_before_signing: bool,
    /// The published key set is empty.
    pub empty_jwks: bool,
    /// The metadata name this issuer instead of the real one.
    pub discovery_issuer: Option<Url>,
    /// The authorization response names this issuer instead of the real one (RFC 9207).
    pub callback_issuer: Option<String>,
    /// The userinfo endpoint names this subject instead of the person's.
    pub userinfo_subject: Option<String>,
    /// A refresh gives no new refresh token, and the old one stays valid (RFC 6749, section 6, allows that).
    pub keep_refresh_token: bool,
    /// The `claims` parameter that Graph requires of the sign-in before it answers.
    pub graph_challenge: Option<GraphChallenge>,
    /// Endpoints that do not answer as they should; the first entry for an endpoint counts.
    pub answers: Vec<(Endpoint, Answer)>,
}

impl Faults {
    /// One fault in the claims.
    pub fn claim(fault: ClaimFault) -> Self {
        Self { claims: vec![fault], ..Self::default() }
    }

    /// One fault in the header or the signature.
    pub fn signature(fault: SignatureFault) -> Self {
        Self { signature: Some(fault), ..Self::default() }
    }

    /// One endpoint that does not answer as it should.
    pub fn answer(endpoint: Endpoint, answer: Answer) -> Self {
        Self { answers: vec![(endpoint, answer)], ..Self::default() }
    }

    /// How `endpoint` answers, when not as it should.
    pub(super) fn answer_of(&self, endpoint: Endpoint) -> Option<&Answer> {
        self.answers.iter().find(|(at, _)| *at == endpoint).map(|(_, answer)| answer)
    }

    /// Whether requests to `endpoint` get no answer for now.
    pub(super) fn hangs(&self, endpoint: Endpoint) -> bool {
        matches!(self.answer_of(endpoint), Some(Answer::Hangs))
    }

    /// Applies the faults to honest `claims`, made at `now_s` (Unix seconds).
    pub(super) fn spoil(&self, claims: &mut Map<String, Value>, now_s: i64) {
        for fault in &self.claims {
            fault.spoil(claims, now_s);
        }
        claims.extend(self.extra_claims.clone());
    }
}

/// A claims challenge of Graph's (401 with `insufficient_claims`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphChallenge {
    /// The claims that it asks for.
    pub claims: Value,
    /// Whether a sign-in that asked for them is enough, as it should be.
    pub can_be_met: bool,
}

/// Something wrong with the claims of an ID token (OpenID Connect Core 1.0, section 3.1.3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimFault {
    /// The claim of this name is left out: `nonce`, `sub`, `iat`, …
    Missing(&'static str),
    /// `nonce` is not the one of the authorization request.
    WrongNonce,
    /// `iss` is another issuer.
    WrongIssuer,
    /// `aud` is another client.
    WrongAudience,
    /// `aud` holds a second client, and `azp` does not say whose token it is.
    ExtraAudience,
    /// `azp` is another client.
    WrongAuthorizedParty,
    /// `iat` is an hour ahead.
    IssuedInFuture,
    /// `iat` is an hour ago.
    IssuedLongAgo,
    /// `exp` is an hour ago.
    Expired,
    /// `nbf` is an hour ahead.
    NotYetValid,
    /// `roles` is an object, where an array belongs.
    RolesAsObject,
}

impl ClaimFault {
    /// Applies this fault to `claims`.
    fn spoil(self, claims: &mut Map<String, Value>, now_s: i64) {
        let (name, value) = match self {
            Self::Missing(name) => {
                claims.remove(name);
                return;
            }
            Self::WrongNonce => ("nonce", json!("not-the-nonce-that-was-sent")),
            Self::WrongIssuer => ("iss", json!("https://issuer.example.com")),
            Self::WrongAudience => ("aud", json!(OTHER_CLIENT)),
            Self::ExtraAudience => ("aud", json!([CLIENT_ID, OTHER_CLIENT])),
            Self::WrongAuthorizedParty => ("azp", json!(OTHER_CLIENT)),
            Self::IssuedInFuture => ("iat", json!(now_s + HOUR_S)),
            Self::IssuedLongAgo => ("iat", json!(now_s - HOUR_S)),
            Self::Expired => ("exp", json!(now_s - HOUR_S)),
            Self::NotYetValid => ("nbf", json!(now_s + HOUR_S)),
            Self::RolesAsObject => ("roles", json!({ "Rolecall.Admin": true })),
        };
        claims.insert(name.to_owned(), value);
    }
}

/// Something wrong with the header or the signature of an ID token (RFC 7515, RFC 8725).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// `alg` is `none`, without a signature.
    AlgNone,
    /// `alg` is `HS256`, keyed with these bytes: the client id, a client secret, or a public key.
    Hs256(Vec<u8>),
    /// One bit of the signature is flipped.
    Broken,
    /// Signed by a key that is not published; `kid` names it.
    UnknownKey,
    /// No `kid`, and one key is published: this is allowed.
    NoKid,
    /// No `kid`, and two keys are published, the right one second.
    NoKidSeveralKeys,
    /// The header has an unknown critical extension (RFC 7515, section 4.1.11).
    Critical,
    /// `typ` is this, for example `at+jwt`.
    Typ(&'static str),
    /// There is no `typ`: this is allowed.
    NoTyp,
}

/// A wrong answer of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// With this status and no body.
    Status(StatusCode),
    /// With this status and body as JSON, for example an error of RFC 6749, section 5.2.
    Json(StatusCode, Value),
    /// The same with headers, for example `Retry-After`.
    Headed(StatusCode, Vec<(HeaderName, String)>, Value),
    /// With 200 and something that is no JSON.
    InvalidJson,
    /// With 200 and a gigabyte that never becomes JSON, sent for as long as the client reads.
    HugeBody,
    /// No answer until other faults are set; then the proper one.
    Hangs,
    /// No answer: the handler panics with this message.
    Panics(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Map<String, Value> {
        let claims =
            json!({ "iss": "http://127.0.0.1/demo", "sub": "1", "aud": CLIENT_ID, "iat": 1_000, "exp": 4_600 });
        claims.as_object().cloned().unwrap()
    }

    #[test]
    fn no_faults_change_nothing() {
        let mut spoiled = claims();
        Faults::default().spoil(&mut spoiled, 1_000);
        assert_eq!(spoiled, claims());
    }

    #[test]
    fn a_claim_fault_changes_one_claim() {
        let mut spoiled = claims();
        Faults::claim(ClaimFault::Expired).spoil(&mut spoiled, 10_000);
        assert_eq!(spoiled.remove("exp"), Some(json!(6_400)));
        let mut rest = claims();
        rest.remove("exp");
        assert_eq!(spoiled, rest);
    }

    #[test]
    fn extra_claims_have_the_last_word() {
        let mut faults = Faults::claim(ClaimFault::Missing("sub"));
        faults.extra_claims.insert("sub".to_owned(), json!(["not", "text"]));
        let mut spoiled = claims();
        faults.spoil(&mut spoiled, 1_000);
        assert_eq!(spoiled["sub"], json!(["not", "text"]));
    }

    #[test]
    fn only_the_named_endpoint_hangs() {
        let faults = Faults::answer(Endpoint::Token, Answer::Hangs);
        assert!(faults.hangs(Endpoint::Token));
        assert!(!faults.hangs(Endpoint::Jwks));
    }
}
