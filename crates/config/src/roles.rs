//! Which claim values and groups give which role.

use std::collections::BTreeMap;

use rolecall_model::Role;
use rolecall_sign_in::config::RoleRules;

use super::reader::Reader;

/// The section of the rules that count for every provider without rules of its own.
const SECTION: &str = "roles";

/// Reads the rules.
pub(super) fn read(reader: &mut Reader) -> RoleRules {
    let defaults = RoleRules::default();
    RoleRules {
        claim_values: values(reader, SECTION, defaults.claim_values),
        groups: values(reader, &format!("{SECTION}.groups"), defaults.groups),
    }
}

/// The rules in `section`, if there are any: then only these give roles.
pub(super) fn read_own(reader: &mut Reader, section: &str) -> Option<RoleRules> {
    if reader.names(section).is_empty() {
        return None;
    }
    let nothing = || Role::ALL.map(|role| (role, Vec::new()));
    Some(RoleRules {
        claim_values: values(reader, section, nothing()),
        groups: values(reader, &format!("{section}.groups"), nothing()),
    })
}

/// The values below `section` that give each role. A value under two roles is a mistake: only one of them was meant,
/// and a wrong guess would give people rights.
fn values(reader: &mut Reader, section: &str, defaults: [(Role, Vec<String>); 3]) -> [(Role, Vec<String>); 3] {
    let mut seen: BTreeMap<String, Role> = BTreeMap::new();
    defaults.map(|(role, default)| {
        let key = format!("{section}.{}", role.key());
        let values = reader.list(&key).unwrap_or(default);
        for value in &values {
            if let Some(other) = seen.insert(value.clone(), role)
                && other != role
            {
                let what = format!("has {value:?}, which `{section}.{}` has too", other.key());
                let remedy = "Keep it under the role that it should give: a role includes the ones below it.";
                reader.mistake(&key, &what, remedy);
            }
        }
        reader.note(&key, &values);
        (role, values)
    })
}
