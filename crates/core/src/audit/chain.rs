//! How rows are chained: the hash of a row, and the authentication code over both ends of the chain.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// The purpose of a hash or a code, so that one cannot be used as the other.
const ROW: &[u8] = b"rolecall audit row 1";
const ENDS: &[u8] = b"rolecall audit ends 1";
const KEY: &[u8] = b"rolecall audit key 1";

/// The keys of the code over the ends of the chain: the first creates it, all of them verify it.
pub struct ChainKeys(Vec<hmac::Key>);

impl ChainKeys {
    /// Keys derived from `secret_keys`, each 32 bytes as base64.
    #[must_use]
    pub fn new(secret_keys: &[SecretString]) -> Self {
        let derived = |key: &SecretString| {
            let secret = STANDARD.decode(key.expose_secret()).ok()?;
            let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), KEY);
            Some(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
        };
        Self(secret_keys.iter().filter_map(derived).collect())
    }
}

/// A row with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct ChainedRow {
    pub(super) id: i64,
    pub(super) at: i64,
    pub(super) kind: String,
    pub(super) actor_id: Option<i64>,
    pub(super) person_id: Option<i64>,
    pub(super) provider: Option<String>,
    pub(super) ip: Option<String>,
    pub(super) details: String,
    pub(super) previous_hash: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl ChainedRow {
    /// The hash of the row and of the previous hash. The encoding is unambiguous: each part is prefixed with its
    /// length, and missing parts differ from empty ones.
    pub(super) fn content_hash(&self) -> Vec<u8> {
        let number = |number: Option<i64>| number.map(|number| number.to_be_bytes().to_vec());
        let text = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        let parts = [
            Some(self.previous_hash.clone()),
            number(Some(self.id)),
            number(Some(self.at)),
            Some(self.kind.as_bytes().to_vec()),
            number(self.actor_id),
            number(self.person_id),
            text(&self.provider),
            text(&self.ip),
            Some(self.details.as_bytes().to_vec()),
        ];
        let hash = parts.iter().fold(Sha256::new_with_prefix(ROW), |hash, part| match part {
            Some(part) => hash.chain_update([1]).chain_update((part.len() as u64).to_be_bytes()).chain_update(part),
            None => hash.chain_update([0]),
        });
        hash.finalize().to_vec()
    }
}

/// The ids of the oldest and the newest row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Span {
    pub(super) oldest: Option<i64>,
    pub(super) newest: Option<i64>,
}

impl Span {
    /// The query for them; each part uses the index.
    pub(super) const SELECT: &str =
        "SELECT (SELECT min(id) FROM audit) AS oldest, (SELECT max(id) FROM audit) AS newest";
}

/// Both ends of the chain.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Ends {
    /// The last row that retention deleted; 0 if none.
    pub(super) pruned: i64,
    pub(super) pruned_hash: Vec<u8>,
    /// The newest row; 0 if none.
    pub(super) head: i64,
    pub(super) head_hash: Vec<u8>,
    pub(super) mac: Vec<u8>,
}

impl Ends {
    fn message(&self) -> Vec<u8> {
        let (pruned, head) = (self.pruned.to_be_bytes(), self.head.to_be_bytes());
        let length = (self.pruned_hash.len() as u64).to_be_bytes();
        [ENDS, &pruned, &head, &length, &self.pruned_hash, &self.head_hash].concat()
    }

    /// The same with its code.
    pub(super) fn sealed(self, keys: &ChainKeys) -> Self {
        let mac = keys.0.first().map(|key| hmac::sign(key, &self.message()).as_ref().to_vec());
        Self { mac: mac.unwrap_or_default(), ..self }
    }

    /// Whether one of the `keys` created its code, or nothing was ever written, so that there `are_rows` none.
    pub(super) fn is_genuine(&self, keys: &ChainKeys, are_rows: bool) -> bool {
        let is_untouched = self.head == 0 && self.pruned == 0 && self.mac.is_empty() && !are_rows;
        is_untouched || keys.0.iter().any(|key| hmac::verify(key, &self.message(), &self.mac).is_ok())
    }
}
