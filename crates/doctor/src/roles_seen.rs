//! Which roles and groups the providers' tokens have. Values are counted; people are not named.

use std::collections::BTreeMap;

use rolecall_model::Role;
use rolecall_sign_in::config::{AuthConfig, ClaimsFrom, ProviderConfig, ProviderKind, RoleRules};
use rolecall_sign_in::{RoleClaims, plain};
use serde_json::{Map, Value};

use super::report::{Section, counted};

/// How many unknown values are shown.
const UNKNOWN_SHOWN: usize = 10;
/// The longest value that is shown, in characters.
const VALUE_MAX_CHARS: usize = 60;

/// The roles and groups of some ID tokens.
#[derive(Debug, Default)]
pub(super) struct RolesSeen {
    tokens: usize,
    without: usize,
    overage: usize,
    with_auth_time: usize,
    with_sid: usize,
    roles: BTreeMap<String, usize>,
    groups: BTreeMap<String, usize>,
}

impl RolesSeen {
    /// Counts the roles and groups in the ID token `claims`, or in `said` if they were read from the userinfo endpoint
    /// of `provider`.
    pub(super) fn count(
        &mut self,
        provider: &ProviderConfig,
        claims: &Map<String, Value>,
        said: Option<&Map<String, Value>>,
    ) {
        self.tokens += 1;
        let of_roles = RoleClaims::new(provider, said.unwrap_or(claims));
        let (roles, groups) = (of_roles.roles().unwrap_or_default(), of_roles.groups().unwrap_or_default());
        let is_overage = of_roles.groups_do_not_fit();
        self.without += usize::from(roles.is_empty() && groups.is_empty() && !is_overage);
        self.overage += usize::from(is_overage);
        self.with_auth_time += usize::from(claims.contains_key("auth_time"));
        self.with_sid += usize::from(claims.get("sid").is_some_and(Value::is_string));
        for (seen, values) in [(&mut self.roles, roles), (&mut self.groups, groups)] {
            for value in values {
                *seen.entry(value.to_owned()).or_default() += 1;
            }
        }
    }

    /// Reports the tokens of `provider`, by the rules of `config`.
    pub(super) fn report(&self, section: &mut Section<'_>, provider: &ProviderConfig, config: &AuthConfig) {
        let may_be_in_user_info =
            matches!(provider.kind, ProviderKind::Oidc { .. }) && provider.roles.claims_from == ClaimsFrom::IdToken;
        let (rules, provider) = (config.rules_for(provider), provider.id.as_str());
        if self.tokens == 0 {
            section
                .note("sign-ins.roles", format!("{provider}: nobody is signed in, so there are no tokens to check."));
            return;
        }
        self.report_known(section, provider, rules);
        if may_be_in_user_info && self.without == self.tokens {
            section.note(
                "sign-ins.userinfo",
                format!("{provider}: no ID token has a role or group. If only the provider's userinfo endpoint has them, set \
                         claims_from = \"userinfo\". If the claims have other names, set roles_claim or groups_claim."),
            );
        }
        self.report_unknown(section, provider, rules);
        self.report_overage(section, provider, rules);
        let wants_time = config.step_up.write.is_some() || config.step_up.admin.is_some();
        if wants_time && self.with_auth_time == 0 {
            section.warning(
                "sign-ins.auth-time",
                format!("{provider}: no token has auth_time, which `step_up` needs."),
                "In Entra, add the optional claim auth_time to the ID token (docs/ENTRA.md).",
            );
        }
    }

    /// Warns if the tokens of a provider with front-channel sign-out have no session id.
    pub(super) fn report_session_ids(&self, section: &mut Section<'_>, provider: &str) {
        if self.tokens > 0 && self.with_sid == 0 {
            section.warning(
                "sign-ins.sid",
                format!("{provider}: no ID token has the provider's session id (sid), so front-channel sign-outs have no effect."),
                "In Entra, add the optional claim sid to the ID token (docs/ENTRA.md). At other providers, have sid sent.",
            );
        }
    }

    fn report_known(&self, section: &mut Section<'_>, provider: &str, rules: &RoleRules) {
        let known = matching(&self.roles, |value| is_known(&rules.claim_values, value));
        let groups = matching(&self.groups, |value| is_known(&rules.groups, value));
        let mut values: Vec<_> = known.iter().map(|(value, count)| format!("{} {count}", shown(value))).collect();
        values.extend(groups.iter().map(|(value, count)| format!("group {} {count}", shown(value))));
        if values.is_empty() {
            section.warning(
                "sign-ins.roles",
                match self.tokens {
                    1 => format!("{provider}: the one token has no role that is configured here."),
                    all => format!("{provider}: none of {all} tokens has a role that is configured here."),
                },
                "Assign people or groups to the app roles at the provider, or change [roles] to what it sends.",
            );
        } else {
            let without = if self.without > 0 { format!("; none at all in {}", self.without) } else { String::new() };
            section.good(
                "sign-ins.roles",
                format!("{provider}: in {}: {}{without}.", counted(self.tokens, "token", "tokens"), values.join(", ")),
            );
        }
    }

    fn report_unknown(&self, section: &mut Section<'_>, provider: &str, rules: &RoleRules) {
        let unknown = matching(&self.roles, |value| !is_known(&rules.claim_values, value));
        if !unknown.is_empty() {
            let values: Vec<_> =
                unknown.iter().take(UNKNOWN_SHOWN).map(|(v, count)| format!("{:?} {count}", shown(v))).collect();
            let more = if unknown.len() > UNKNOWN_SHOWN { ", …" } else { "" };
            section.warning(
                "sign-ins.unknown-roles",
                format!("{provider}: tokens have roles that are not configured: {}{more}.", values.join(", ")),
                "Nothing, if they belong to another application. Otherwise add them to [roles], spelled exactly so.",
            );
        }
        let groups = matching(&self.groups, |value| !is_known(&rules.groups, value)).len();
        if groups > 0 {
            let groups = counted(groups, "group", "groups");
            let what = format!("{provider}: tokens have {groups} missing from [roles.groups].");
            section.note("sign-ins.unknown-groups", what);
        }
    }

    fn report_overage(&self, section: &mut Section<'_>, provider: &str, rules: &RoleRules) {
        const CHECK: &str = "sign-ins.group-overage";
        if self.overage == 0 {
            return;
        }
        let tokens = counted(self.overage, "token says", "tokens say");
        let what = format!("{provider}: {tokens} that the person is in more groups than fit.");
        if rules.groups.iter().any(|(_, ids)| !ids.is_empty()) {
            let remedy = "Assign app roles instead of groups, or have Entra send only the groups that are assigned to the application.";
            section.warning(CHECK, what, remedy);
        } else {
            section.note(CHECK, what + " Groups are not used here.");
        }
    }
}

fn matching(seen: &BTreeMap<String, usize>, is_meant: impl Fn(&str) -> bool) -> Vec<(&String, &usize)> {
    seen.iter().filter(|(value, _)| is_meant(value)).collect()
}

fn is_known(rules: &[(Role, Vec<String>)], value: &str) -> bool {
    rules.iter().any(|(_, values)| values.iter().any(|known| known == value))
}

fn shown(value: &str) -> String {
    plain(value, VALUE_MAX_CHARS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::report::{Report, Status};
    use super::*;

    fn told(tokens: &[Value], rules: RoleRules) -> Vec<(&'static str, Status, String)> {
        let mut seen = RolesSeen::default();
        for claims in tokens {
            seen.count(&ProviderConfig::entra("contoso.com", "client"), claims.as_object().unwrap(), None);
        }
        let mut report = Report::default();
        let mut section = report.section("s");
        seen.report_known(&mut section, "azure", &rules);
        seen.report_unknown(&mut section, "azure", &rules);
        seen.report_overage(&mut section, "azure", &rules);
        report.findings().iter().map(|found| (found.check, found.status, found.what.clone())).collect()
    }

    #[test]
    fn values_are_counted_and_people_are_not_named() {
        let tokens = [
            json!({"name": "Ada", "roles": ["Rolecall.Read", "Rolecall.Admin"], "groups": ["g-1", "g-2"]}),
            json!({"name": "Reed", "roles": ["Rolecall.Read", "Staff"]}),
            json!({"name": "Nora", "_claim_names": {"groups": "src1"}}),
            json!({"name": "Wren"}),
        ];
        let mut rules = RoleRules::default();
        rules.groups[0].1.push("g-1".to_owned());
        let told = told(&tokens, rules);
        let known = "azure: in 4 tokens: Rolecall.Admin 1, Rolecall.Read 2, group g-1 1; none at all in 1.";
        assert_eq!(told[0], ("sign-ins.roles", Status::Good, known.to_owned()));
        assert!(told[1].2.contains("\"Staff\" 1") && told[1].1 == Status::Warning, "{told:?}");
        assert!(told[2].2.contains("have 1 group missing") && told[2].1 == Status::Note, "{told:?}");
        assert!(
            told[3].2.contains("1 token says that the person is in more groups than fit")
                && told[3].1 == Status::Warning,
            "{told:?}"
        );
        assert!(["Ada", "Reed", "Nora", "Wren"].iter().all(|name| !format!("{told:?}").contains(name)));
    }

    #[test]
    fn tokens_without_any_known_role_are_warned_of() {
        let told = told(&[json!({"roles": "Rolecall.Admin"})], RoleRules::default());
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].1, Status::Warning);
    }
}
