//! What the provider does and says.

use serde_json::{Map, Value, json};

use super::{CLIENT_ID, CLIENT_SECRET, ClientProof, Signer};

/// The tenant that people belong to.
pub const TENANT: &str = "0b7ee2c4-1111-4222-8333-444455556666";
/// Another one.
pub const OTHER_TENANT: &str = "0b7ee2c4-9999-4222-8333-444455556666";
/// The object id of the person, as Entra names it, and their subject.
pub(super) const PERSON: &str = "11d5a0d2-2222-4333-8444-555566667777";

/// Which kind of provider it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Microsoft Entra ID.
    Entra,
    /// Any other provider.
    Plain,
}

/// Everything that can be chosen.
#[derive(Clone)]
pub struct Script {
    /// Which kind of provider it looks like.
    pub face: Face,
    /// Merged over the metadata; `null` takes one away.
    pub metadata: Map<String, Value>,
    /// Merged over the claims of ID tokens; `null` takes one away.
    pub claims: Map<String, Value>,
    /// Merged over the header of ID tokens; `null` takes one away.
    pub header: Map<String, Value>,
    /// What ID tokens are signed with.
    pub signer: Signer,
    /// Put in place of the payload of ID tokens.
    pub payload: Option<String>,
    /// The published keys.
    pub keys: Vec<Value>,
    /// What `userinfo` says, beyond the subject.
    pub userinfo: Map<String, Value>,
    /// What signs the answer of `userinfo`; `None`: nothing.
    pub userinfo_signer: Option<Signer>,
    /// Whether refreshed tokens come without an ID token.
    pub refreshes_without_id_token: bool,
    /// The groups of the person according to Graph; `None` if Graph refuses to show them.
    pub member_of: Option<Vec<String>>,
    /// How the client has to prove who it is.
    pub client_proof: ClientProof,
    /// Whether only pushed requests are taken.
    pub only_pushed: bool,
    /// What the callback names as the issuer.
    pub callback_issuer: Option<String>,
    /// The error with which people come back from the authorization endpoint.
    pub comes_back_with: Option<&'static str>,
    /// Wrong answers: the name of the endpoint, the status and the body.
    pub answers: Vec<(&'static str, u16, String)>,
    /// An endpoint that redirects the client to another address.
    pub redirects: Option<&'static str>,
    /// An endpoint that never answers.
    pub hangs: Option<&'static str>,
}

impl Script {
    /// What an honest provider does.
    pub fn honest(face: Face) -> Self {
        let signer = Signer::rs256("provider-1");
        Self {
            face,
            metadata: Map::new(),
            claims: Map::new(),
            header: Map::new(),
            keys: vec![signer.public_key()],
            signer,
            payload: None,
            userinfo: Map::new(),
            userinfo_signer: None,
            refreshes_without_id_token: false,
            member_of: None,
            client_proof: ClientProof::SecretBasic(CLIENT_SECRET),
            only_pushed: false,
            callback_issuer: None,
            comes_back_with: None,
            answers: Vec::new(),
            redirects: None,
            hangs: None,
        }
    }

    /// Merges `claims` over the ones that there are.
    pub fn claim(&mut self, claims: Value) {
        self.claims.extend(claims.as_object().unwrap().clone());
    }

    /// Merges `metadata` over the ones that there are.
    pub fn announce(&mut self, metadata: Value) {
        self.metadata.extend(metadata.as_object().unwrap().clone());
    }

    /// Signs with `signer`, and publishes its key alone.
    pub fn sign_with(&mut self, signer: Signer) {
        self.keys = vec![signer.public_key()];
        self.signer = signer;
    }

    /// The ID token for a sign-in at `origin` with this nonce, made at `now_s` (Unix seconds).
    pub(super) fn id_token(&self, origin: &str, tenant: &str, nonce: &str, now_s: i64) -> String {
        let header = json!({ "alg": self.signer.algorithm(), "typ": "JWT", "kid": self.signer.kid() });
        let header = merged(header, &self.header);
        let payload = self.payload.clone().unwrap_or_else(|| self.all_claims(origin, tenant, nonce, now_s).to_string());
        self.signer.sign(&header.to_string(), &payload)
    }

    fn all_claims(&self, origin: &str, tenant: &str, nonce: &str, now_s: i64) -> Value {
        let mut claims = json!({
            "sub": "s-of-this-application", "aud": CLIENT_ID, "nonce": nonce,
            "iat": now_s, "nbf": now_s, "exp": now_s + 3600,
            "name": "Ada Vale", "email": "ada@example.com", "preferred_username": "ada@example.com",
            "roles": ["Rolecall.Write"],
        });
        // The token names the tenant by its id, whatever name the client used.
        let by_id = self.claims.get("tid").and_then(Value::as_str).unwrap_or(TENANT);
        match self.face {
            Face::Entra => {
                claims["iss"] = json!(format!("{origin}/{by_id}/v2.0"));
                claims["ver"] = json!("2.0");
                claims["tid"] = json!(by_id);
                claims["oid"] = json!(PERSON);
            }
            Face::Plain => claims["iss"] = json!(format!("{origin}/{tenant}/v2.0")),
        }
        merged(claims, &self.claims)
    }
}

/// `base` with `over` merged over it; `null` removes a member.
pub(super) fn merged(base: Value, over: &Map<String, Value>) -> Value {
    let Value::Object(mut merged) = base else { panic!("{base} is no object") };
    merged.extend(over.clone());
    merged.retain(|_, value| !value.is_null());
    Value::Object(merged)
}
