//! Which rows of a data set a person may see.

use rolecall_data::query::{QueryAsker, RowFilter, check_rule_values};
use rolecall_model::Role;
use rolecall_model::data::{DataColumn, RowRuleForm, Scalar};
use rolecall_sign_in::verified_email;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strum::{EnumString, IntoStaticStr};

/// The maximum number of rules of a data set.
const MAX_RULES: usize = 20;
/// The maximum number of values of a rule.
const MAX_VALUES: usize = 1000;
/// The maximum length of a value, and of the name of a claim, in bytes.
const MAX_BYTES: usize = 500;

/// A rule: the person sees rows whose `column` has one of the values of `is`. If a person has no such value, they see
/// none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowRule {
    /// The column. Rows without a value in it are hidden from everyone to whom the rule applies.
    pub column: String,
    /// The source of the values.
    pub is: RuleSubject,
    /// The lowest role to which the rule does not apply; without it, it applies to everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<Role>,
}

impl RowRule {
    /// Parses the rule in `form`.
    ///
    /// # Errors
    /// What cannot be read, in a sentence.
    pub fn from_form(form: RowRuleForm) -> Result<Self, String> {
        let RowRuleForm { column, subject, claim, values, except } = form;
        let is =
            match subject.parse::<RuleSubject>().map_err(|_| "Choose what the column is compared with.".to_owned())? {
                RuleSubject::Claim(_) => RuleSubject::Claim(claim.trim().to_owned()),
                RuleSubject::Values(_) => RuleSubject::Values(lines(&values)),
                subject => subject,
            };
        let except = match except.as_str() {
            "" => None,
            role => Some(role.parse().map_err(|_| "Choose a role, or none.".to_owned())?),
        };
        Ok(Self { column, is, except })
    }
}

impl RuleSubject {
    /// Its name in forms.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.into()
    }
}

/// The lines of `text` that are not empty.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

/// The source of the values that a rule compares a column with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RuleSubject {
    /// The values of a claim of the person's ID token.
    Claim(String),
    /// The person's groups, by id.
    Groups,
    /// The person's e-mail address, if the provider has verified it.
    Email,
    /// The person's role: `read`, `write` or `admin`.
    Role,
    /// These values, for everyone.
    Values(Vec<String>),
}

/// The data about a person that rules use.
#[derive(Clone, Debug, Default)]
pub struct RuleViewer {
    /// The role that the person may use.
    pub role: Option<Role>,
    /// The e-mail address, if it is verified.
    pub email: Option<String>,
    /// The claims of the token.
    pub claims: Map<String, Value>,
    /// The ids of the groups.
    pub groups: Vec<String>,
    /// The viewer, if this is a made-up person of a preview.
    pub made_up_by: Option<Box<MadeUpBy>>,
    /// The identity for fair scheduling of their queries. No rule uses it.
    pub asker: QueryAsker,
}

/// The viewer of a preview.
#[derive(Clone, Debug)]
pub struct MadeUpBy {
    /// Our number of the person.
    pub user: i64,
    /// The data about them that rules use.
    pub viewer: RuleViewer,
}

impl RuleViewer {
    /// A person with `role`, `groups` and the `claims` of their token.
    #[must_use]
    pub fn new(role: Option<Role>, claims: Map<String, Value>, groups: Vec<String>) -> Self {
        let email = verified_email(&claims).map(ToOwned::to_owned);
        Self { role, email, claims, groups, ..Self::default() }
    }

    /// A person with `role` and nothing else.
    #[must_use]
    pub fn with_role(role: Option<Role>) -> Self {
        Self { role, ..Self::default() }
    }

    /// The values of a claim: all of a list, or a single text, number or boolean.
    fn claim(&self, name: &str) -> Vec<String> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        match self.claims.get(name) {
            Some(Value::Array(values)) => values.iter().filter_map(text).collect(),
            Some(value) => text(value).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// Whether `rules` are valid for a data set with `columns` that has the rules `before`. Existing rules may stay: if the
/// columns of several are gone, each can be corrected or removed separately.
///
/// # Errors
/// A sentence about the first invalid rule.
pub(super) fn check(rules: &[RowRule], before: &[RowRule], columns: &[DataColumn]) -> Result<(), String> {
    if rules.len() > MAX_RULES {
        return Err(format!("A data set has at most {MAX_RULES} row rules."));
    }
    for rule in rules.iter().filter(|rule| !before.contains(rule)) {
        let Some(column) = columns.iter().find(|column| column.name == rule.column) else {
            return Err(format!("There is no column “{}”.", rule.column));
        };
        match &rule.is {
            RuleSubject::Claim(name) if name.trim().is_empty() || name.len() > MAX_BYTES => {
                return Err("Give the name of the claim, such as department.".to_owned());
            }
            RuleSubject::Values(values) if values.is_empty() || values.len() > MAX_VALUES => {
                return Err(format!("Give 1 to {MAX_VALUES} values, one a line."));
            }
            RuleSubject::Values(values) if values.iter().any(|value| value.len() > MAX_BYTES) => {
                return Err(format!("A value has at most {MAX_BYTES} bytes."));
            }
            RuleSubject::Values(values) => check_rule_values(column, values)?,
            RuleSubject::Claim(_) | RuleSubject::Groups | RuleSubject::Email | RuleSubject::Role => {}
        }
    }
    Ok(())
}

/// Whether `rules` use more than the role.
pub(super) fn need_claims(rules: &[RowRule]) -> bool {
    rules.iter().any(|rule| !matches!(rule.is, RuleSubject::Role | RuleSubject::Values(_)))
}

/// The rows of a data set with `rules` that `viewer` may see, as conditions that all must be met.
pub(super) fn filters(rules: &[RowRule], viewer: &RuleViewer) -> Vec<RowFilter> {
    let applies = |rule: &&RowRule| rule.except.is_none_or(|except| viewer.role < Some(except));
    let filter = |rule: &RowRule| {
        let values = match &rule.is {
            RuleSubject::Claim(name) => viewer.claim(name),
            RuleSubject::Groups => viewer.groups.clone(),
            RuleSubject::Email => viewer.email.clone().into_iter().collect(),
            RuleSubject::Role => viewer.role.map(|role| role.key().to_owned()).into_iter().collect(),
            RuleSubject::Values(values) => values.clone(),
        };
        RowFilter { column: rule.column.clone(), values: values.into_iter().map(Scalar::Text).collect() }
    };
    rules.iter().filter(applies).map(filter).collect()
}

#[cfg(test)]
mod tests {
    use rolecall_model::data::ColumnType;
    use serde_json::json;

    use super::*;

    /// The values of a column that a rule allows, for a person with these claims and the role Write.
    fn values(is: RuleSubject, claims: Value) -> Vec<Scalar> {
        let viewer = RuleViewer {
            role: Some(Role::Write),
            email: Some("wren@example.com".to_owned()),
            claims: claims.as_object().cloned().unwrap_or_default(),
            groups: vec!["g1".to_owned()],
            ..RuleViewer::default()
        };
        let rule = RowRule { column: "region".to_owned(), is, except: Some(Role::Admin) };
        filters(&[rule], &viewer).into_iter().flat_map(|filter| filter.values).collect()
    }

    fn texts(values: &[&str]) -> Vec<Scalar> {
        values.iter().map(|value| Scalar::Text((*value).to_owned())).collect()
    }

    // Case: row-rules/claim
    #[test]
    fn a_claim_yields_its_text_or_the_texts_of_its_list_and_nothing_else() {
        let claim = |value: Value| values(RuleSubject::Claim("department".to_owned()), json!({ "department": value }));
        assert_eq!(claim(json!("Sales")), texts(&["Sales"]));
        assert_eq!(claim(json!(["Sales", 7, true])), texts(&["Sales", "7", "true"]));
        assert_eq!(claim(json!({ "is": "Sales" })), texts(&[]));
        assert_eq!(claim(json!([["Sales"], null])), texts(&[]));
        assert_eq!(values(RuleSubject::Claim("department".to_owned()), json!({})), texts(&[]));
    }

    // Case: row-rules/stale
    #[test]
    fn rules_whose_columns_are_gone_can_be_corrected_or_removed_one_by_one() {
        let rule = |column: &str| RowRule { column: column.to_owned(), is: RuleSubject::Email, except: None };
        let columns = [DataColumn { name: "region".to_owned(), column_type: ColumnType::Text }];
        let stale = [rule("gone"), rule("lost")];
        assert!(check(&stale, &[], &columns).is_err(), "no rule can be made about a column that is not there");
        for changed in [vec![rule("lost")], vec![rule("region"), rule("lost")]] {
            assert_eq!(check(&changed, &stale, &columns), Ok(()));
        }
        assert!(check(&[rule("gone"), rule("other")], &stale, &columns).is_err());
    }

    // Case: row-rules/values
    #[test]
    fn values_that_the_column_cannot_contain_are_refused_unless_the_rule_was_there() {
        let columns = [DataColumn { name: "it".to_owned(), column_type: ColumnType::Text }];
        let rule = |values: &[&str]| {
            let is = RuleSubject::Values(values.iter().map(|value| (*value).to_owned()).collect());
            [RowRule { column: "it".to_owned(), is, except: None }]
        };
        assert_eq!(check(&rule(&["abc", "7"]), &[], &columns), Ok(()));
        for (column_type, fits, wrong) in [
            (ColumnType::Integer, &["7", "-12"][..], "4.5"),
            (ColumnType::Decimal, &["7", "4.50"], "4,5"),
            (ColumnType::Boolean, &["true", "false"], "yes"),
            (ColumnType::Date, &["2024-02-29"], "2023-02-29"),
            (ColumnType::Timestamp, &["2024-01-31", "2024-01-31T08:00:00Z"], "08:00"),
        ] {
            let columns = [DataColumn { name: "it".to_owned(), column_type }];
            assert_eq!(check(&rule(fits), &[], &columns), Ok(()), "{column_type:?}");
            let both = rule(&[fits[0], wrong]);
            let refused = check(&both, &[], &columns).unwrap_err();
            assert!(refused.starts_with(&format!("“{wrong}” is n")), "{refused}");
            assert_eq!(check(&both, &both, &columns), Ok(()), "{column_type:?}");
        }
    }

    #[test]
    fn other_subjects_yield_their_values() {
        assert_eq!(values(RuleSubject::Email, json!({})), texts(&["wren@example.com"]));
        assert_eq!(values(RuleSubject::Groups, json!({})), texts(&["g1"]));
        assert_eq!(values(RuleSubject::Role, json!({})), texts(&["write"]));
        assert_eq!(values(RuleSubject::Values(vec!["a".to_owned()]), json!({})), texts(&["a"]));
    }

    #[test]
    fn a_rule_does_not_apply_from_its_excepted_role_on() {
        let rule = RowRule { column: "region".to_owned(), is: RuleSubject::Email, except: Some(Role::Write) };
        let applies =
            |role| !filters(std::slice::from_ref(&rule), &RuleViewer { role, ..RuleViewer::default() }).is_empty();
        assert_eq!(
            [None, Some(Role::Read), Some(Role::Write), Some(Role::Admin)].map(applies),
            [true, true, false, false]
        );
    }
}
