//! What one sign-in requests from the provider beyond its configuration: scopes that a page turned out to need, and
//! claims that an API requires in its token.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::config::ProviderKind;

/// What is requested beyond the configuration. It comes from our own code and from an API's answer, never from the
/// query of a link. It is stored, encrypted, with the attempt and with the tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Further {
    /// Scopes beside the configured ones.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The claims that an API requires (the `claims` parameter, OpenID Connect Core 5.5); empty for none.
    #[serde(default)]
    pub claims: Map<String, Value>,
}

impl Further {
    /// Whether nothing is requested.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.scopes.is_empty() && self.claims.is_empty()
    }
}

/// The `claims` parameter (OpenID Connect Core 5.5) of a request to a provider of this kind, with `further` in it;
/// `None` without any.
///
/// It tells Entra that we understand claims challenges (`cp1`). Only then do its APIs send them; otherwise they accept
/// outdated tokens.
pub fn claims_parameter(kind: &ProviderKind, further: &Map<String, Value>) -> Option<String> {
    let own = match kind {
        ProviderKind::Entra { .. } => json!({ "access_token": { "xms_cc": { "values": ["cp1"] } } }),
        ProviderKind::Oidc { .. } => json!({}),
    };
    let mut claims = own.as_object().cloned().unwrap_or_default();
    merge(&mut claims, further);
    (!claims.is_empty()).then(|| Value::Object(claims).to_string())
}

/// Merges `over` into `base`, object by object.
fn merge(base: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (name, value) in over {
        match (base.get_mut(name), value) {
            (Some(Value::Object(base)), Value::Object(over)) => merge(base, over),
            _ => {
                base.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entra() -> ProviderKind {
        let authority = "https://login.microsoftonline.com".parse().unwrap();
        ProviderKind::Entra { tenant: "organizations".to_owned(), allowed_tenants: Vec::new(), authority }
    }

    fn parameter(kind: &ProviderKind, further: Value) -> Value {
        claims_parameter(kind, further.as_object().unwrap()).map_or(Value::Null, |text| text.parse().unwrap())
    }

    // Case: entra/claims-challenge
    #[test]
    fn what_an_api_asks_for_stands_beside_what_we_always_say() {
        let cp1 = json!({"values": ["cp1"]});
        assert_eq!(parameter(&entra(), json!({})), json!({"access_token": {"xms_cc": cp1}}));
        let nbf = json!({"essential": true, "value": "1604106651"});
        let asked = json!({"access_token": {"nbf": nbf}, "id_token": {"acrs": {"value": "c1"}}});
        let both = json!({"access_token": {"nbf": nbf, "xms_cc": cp1}, "id_token": {"acrs": {"value": "c1"}}});
        assert_eq!(parameter(&entra(), asked.clone()), both);
        let oidc = ProviderKind::Oidc { issuer: "https://id.example.com".to_owned() };
        assert_eq!(parameter(&oidc, json!({})), Value::Null);
        assert_eq!(parameter(&oidc, asked.clone()), asked);
    }
}
