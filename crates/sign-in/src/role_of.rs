//! The role of a person, from where the provider keeps it: the token, the `UserInfo` endpoint, or a service that looks
//! up groups.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::config::{ClaimsFrom, RoleRules};
use super::provider::Provider;
use super::role_claims::{RoleClaims, RolesError};
use super::{Auth, RoleError, RoleFound};

impl Auth {
    /// The role of a person of `provider`, from `claims` of their ID token or, if roles are read there, from `info`,
    /// the answer of the `UserInfo` endpoint. Groups that did not fit are looked up with `access_token`, which came
    /// with the ID token, and never at an address that the token contains.
    ///
    /// # Errors
    /// When it cannot be determined. A failed lookup never means "no groups".
    pub(super) async fn role_of(
        &self,
        provider: &Provider,
        claims: &Map<String, Value>,
        info: Option<&Map<String, Value>>,
        access_token: &str,
    ) -> Result<RoleFound, RoleError> {
        let (config, provider) = (self.config(), &provider.config);
        let said = match (provider.roles.claims_from, info) {
            (ClaimsFrom::IdToken, _) => claims,
            (ClaimsFrom::UserInfo, Some(info)) => info,
            (ClaimsFrom::UserInfo, None) => return Ok(RoleFound::default()),
        };
        let user_info = info.filter(|_| provider.roles.claims_from == ClaimsFrom::UserInfo);
        let user_info = user_info.map(|info| RoleClaims::new(provider, info).alone());
        let elsewhere = match config.role_given(provider, said, None) {
            Err(error @ RolesError::GroupsElsewhere { .. }) => error,
            role => return Ok(RoleFound { role: role?, groups: None, user_info }),
        };
        let source = self.hooks().groups.as_ref().filter(|source| source.serves(&provider.id));
        let Some(source) = source else { return Err(elsewhere.into()) };
        let counting = counting(config.rules_for(provider));
        let groups = source.memberships(&provider.id, &SecretString::from(access_token), &counting).await?;
        let groups: Vec<String> = counting.into_iter().filter(|group| groups.contains(group)).collect();
        let role = config.role_given(provider, said, Some(&groups))?;
        Ok(RoleFound { role, groups: Some(groups), user_info })
    }
}

/// Every group that gives a role.
fn counting(rules: &RoleRules) -> Vec<String> {
    rules.groups.iter().flat_map(|(_, ids)| ids.iter().cloned()).collect()
}
