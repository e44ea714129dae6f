//! A row rule as a form sends it.

use serde::{Deserialize, Serialize};

/// The fields of a form about a row rule, as a person filled them in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowRuleForm {
    /// The name of the column whose values are compared.
    pub column: String,
    /// What it is compared with: `claim`, `groups`, `email`, `role` or `values`.
    pub subject: String,
    /// The name of the claim, where it is one.
    #[serde(default)]
    pub claim: String,
    /// The values, one a line, where they are listed.
    #[serde(default)]
    pub values: String,
    /// The lowest role to which the rule does not apply; empty where it applies to everybody.
    #[serde(default)]
    pub except: String,
}
