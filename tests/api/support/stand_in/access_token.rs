//! Access tokens for our API, as the stand-in signs them.

use serde_json::{Value, json};

use super::script::{PERSON, merged};
use super::{CLIENT_ID, Face, Signer, StandIn, TENANT};
use crate::support::{Setup, TestApp};

/// The name of our API at the stand-in.
pub const AUDIENCE: &str = "api://aa11bb22-0000-4000-8000-cc33dd44ee55";

/// A token before it is signed.
pub struct AccessToken {
    pub header: Value,
    pub claims: Value,
    /// What signs it.
    pub signer: Signer,
    /// Replaces the claims.
    pub payload: Option<String>,
}

impl AccessToken {
    /// Merges `claims` over the existing ones; `null` removes one.
    pub fn claim(&mut self, claims: Value) {
        self.claims = merged(self.claims.take(), claims.as_object().unwrap());
    }

    /// Merges `header` over the existing one; `null` removes a member.
    pub fn head(&mut self, header: Value) {
        self.header = merged(self.header.take(), header.as_object().unwrap());
    }
}

impl StandIn {
    /// Starts an application whose API accepts this provider's tokens.
    pub async fn start_api(&self) -> TestApp {
        self.setup_api().start().await
    }

    /// The same, not yet started.
    pub fn setup_api(&self) -> Setup {
        self.setup().set("ROLECALL_API__AUDIENCE", AUDIENCE)
    }

    /// A logout token with `claims` merged over its own; `null` removes one.
    pub fn logout_token(&self, claims: Value) -> String {
        let now_s = self.shared.clock.now_ms() / 1000;
        let honest = json!({
            "iss": self.issuer(), "aud": CLIENT_ID, "iat": now_s, "exp": now_s + 120, "jti": now_s.to_string(),
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        let claims = merged(honest, claims.as_object().unwrap());
        let header = json!({ "alg": "RS256", "typ": "logout+jwt", "kid": "provider-1" });
        Signer::rs256("provider-1").sign(&header.to_string(), &claims.to_string())
    }

    /// An honest access token of a person with the role Write, altered by `change`.
    pub fn access_token(&self, change: impl FnOnce(&mut AccessToken)) -> String {
        let script = self.shared.script.lock().unwrap().clone();
        let now_s = self.shared.clock.now_ms() / 1000;
        let signer = Signer::rs256("provider-1");
        let mut token = AccessToken {
            header: json!({ "alg": signer.algorithm(), "typ": "at+jwt", "kid": signer.kid() }),
            claims: json!({
                "iss": self.issuer(), "aud": AUDIENCE, "sub": "s-of-the-person", "client_id": "some-tool",
                "iat": now_s, "nbf": now_s, "exp": now_s + 3600, "scope": "openid access_as_user",
                "name": "Ada Vale", "roles": ["Rolecall.Write"],
            }),
            signer,
            payload: None,
        };
        if script.face == Face::Entra {
            token.head(json!({ "typ": "JWT" }));
            token.claim(json!({
                "iss": format!("{}/{TENANT}/v2.0", self.origin), "aud": CLIENT_ID, "tid": TENANT, "oid": PERSON,
                "ver": "2.0", "azp": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "client_id": null,
                "scope": null, "scp": "access_as_user",
            }));
        }
        change(&mut token);
        let payload = token.payload.unwrap_or_else(|| token.claims.to_string());
        token.signer.sign(&token.header.to_string(), &payload)
    }
}
