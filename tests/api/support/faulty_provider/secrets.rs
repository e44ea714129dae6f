//! What the layer remembers of the codes and tokens that passed through it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What is known about each code and token.
#[derive(Default)]
pub(super) struct Secrets {
    /// The requested `claims` of each code and token (OpenID Connect Core 1.0, section 5.5).
    claims: BTreeMap<String, Value>,
    /// Refresh tokens that stay valid, each with the one that the provider knows in its place.
    kept: BTreeMap<String, String>,
    /// Valid access tokens, and revoked ones.
    access: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl Secrets {
    /// Remembers the `claims` of the authorization request for which `code` was issued.
    pub(super) fn asked(&mut self, code: String, claims: Value) {
        self.claims.insert(code, claims);
    }

    /// Remembers the tokens of `answer`, which were issued for `from`, a code or a refresh token.
    pub(super) fn redeemed(&mut self, from: &str, answer: &Value) {
        let tokens = ["access_token", "refresh_token"].map(|name| answer[name].as_str());
        if let Some(claims) = self.claims.get(from).cloned() {
            self.claims.extend(tokens.into_iter().flatten().map(|token| (token.to_owned(), claims.clone())));
        }
        self.access.extend(tokens[0].map(str::to_owned));
    }

    /// The claims that were requested for `token`.
    pub(super) fn claims(&self, token: &str) -> Option<&Value> {
        self.claims.get(token)
    }

    /// Keeps `old` valid: it stands for `new` from now on.
    pub(super) fn keep(&mut self, old: String, new: String) {
        self.kept.insert(old, new);
    }

    /// The refresh token that the provider knows in place of `token`, if that is still valid. The entry is removed.
    pub(super) fn take_kept(&mut self, token: &str) -> Option<String> {
        self.kept.remove(token)
    }

    /// Revokes every access token so far.
    pub(super) fn end_access_tokens(&mut self) {
        self.ended.append(&mut self.access);
    }

    /// Whether the access token `token` is revoked.
    pub(super) fn has_ended(&self, token: &str) -> bool {
        self.ended.contains(token)
    }
}
