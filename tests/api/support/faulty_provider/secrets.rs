//! What the layer remembers of the codes and tokens that passed through it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Codes and tokens, each by itself.
#[derive(Default)]
pub(super) struct Secrets {
    /// The `claims` that were asked for with what they stand for (OpenID Connect Core 1.0, section 5.5).
    claims: BTreeMap<String, Value>,
    /// Refresh tokens that stay good, each with the one that the provider knows in its place.
    kept: BTreeMap<String, String>,
    /// Access tokens that are good, and those that were taken back.
    access: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl Secrets {
    /// Remembers with what `claims` the authorization request came that `code` was given out for.
    pub(super) fn asked(&mut self, code: String, claims: Value) {
        self.claims.insert(code, claims);
    }

    /// Remembers the tokens of `answer`, which `from`, a code or a refresh token, was redeemed for.
    pub(super) fn redeemed(&mut self, from: &str, answer: &Value) {
        let tokens = ["access_token", "refresh_token"].map(|name| answer[name].as_str());
        if let Some(claims) = self.claims.get(from).cloned() {
            self.claims.extend(tokens.into_iter().flatten().map(|token| (token.to_owned(), claims.clone())));
        }
        self.access.extend(tokens[0].map(str::to_owned));
    }

    /// The claims that were asked for with what `token` stands for.
    pub(super) fn claims(&self, token: &str) -> Option<&Value> {
        self.claims.get(token)
    }

    /// Lets `old` stay good: it stands for `new` from now on.
    pub(super) fn keep(&mut self, old: String, new: String) {
        self.kept.insert(old, new);
    }

    /// The refresh token that the provider knows in place of `token`, if that was kept. It is kept for this time alone.
    pub(super) fn take_kept(&mut self, token: &str) -> Option<String> {
        self.kept.remove(token)
    }

    /// Takes back every access token that there is.
    pub(super) fn end_access_tokens(&mut self) {
        self.ended.append(&mut self.access);
    }

    /// Whether the access token `token` was taken back.
    pub(super) fn has_ended(&self, token: &str) -> bool {
        self.ended.contains(token)
    }
}
