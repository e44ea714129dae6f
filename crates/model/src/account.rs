//! What people see of their own account. None of these types contains a token.

use serde::{Deserialize, Serialize};

use crate::CurrentUser;

/// What Rolecall knows about the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The person.
    pub user: CurrentUser,
    /// The user name at the provider, from the ID token.
    pub username: Option<String>,
    /// What gave the person their role; empty without a role, or if the rules have changed since.
    pub role_sources: Vec<RoleSource>,
    /// When the role was read, Unix milliseconds (UTC).
    pub roles_read_at_ms: i64,
    /// Whether the role can be read again without a sign-in: there is a refresh token.
    pub can_read_roles: bool,
    /// When the sign-in began, Unix milliseconds (UTC).
    pub signed_in_at_ms: i64,
    /// When the sign-in ends at the latest, Unix milliseconds (UTC).
    pub ends_at_ms: i64,
}

impl Account {
    /// User name, else e-mail address, else name.
    #[must_use]
    pub fn known_as(&self) -> &str {
        let user = &self.user;
        self.username.as_deref().or(user.email.as_deref()).unwrap_or(&user.name)
    }
}

/// Something that gives a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleSource {
    /// A value of the claim for roles.
    AppRole(ClaimValue),
    /// A group in the claim for groups.
    Group(ClaimValue),
    /// The id of a group that did not fit into the token and was read from Microsoft Graph.
    GroupInGraph(String),
    /// An administrator gave it here.
    Given {
        /// Why it was given, in the words of the administrator.
        reason: String,
        /// When it ends, Unix milliseconds (UTC).
        ends_at_ms: Option<i64>,
    },
}

/// A value of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimValue {
    /// The value that gave the role, for example the id of a group.
    pub value: String,
    /// The name of the claim, for example `roles`.
    pub claim: String,
    /// Whether the claim comes from the provider's userinfo endpoint instead of the ID token.
    pub in_user_info: bool,
}

/// The profile from Microsoft Graph, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "profile", rename_all = "snake_case")]
pub enum Profile {
    /// The person's provider has no Graph.
    NotOffered,
    /// The profile.
    Known(KnownProfile),
    /// The provider must give something first.
    Missing {
        /// What it must give.
        what: Missing,
        /// Whether Rolecall asked for it a moment ago without success.
        asked: bool,
    },
    /// Graph does not answer correctly. Trying again may help.
    Unavailable {
        /// How long Graph asks to wait, in whole seconds.
        seconds: Option<u64>,
    },
}

impl Profile {
    /// Whether the provider must give something first.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }

    /// Whether the page redirects to the provider by itself: only for a claims challenge, and only once.
    #[must_use]
    pub const fn leads_to_provider(&self) -> bool {
        matches!(self, Self::Missing { what: Missing::Claims, asked: false })
    }
}

/// The profile from Microsoft Graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownProfile {
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub mail: Option<String>,
    /// The job title.
    pub job_title: Option<String>,
    /// Whether there is a picture.
    pub has_photo: bool,
}

/// What the provider must give before Graph answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// A token with more claims: a policy requires another sign-in (a claims challenge).
    Claims,
    /// The person's or an administrator's consent.
    Consent,
    /// A new token: the current one has expired.
    Token,
}

/// The first letters of the first and the last word of `name`, to show instead of a picture.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = letters.next();
    let last = letters.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        for (name, expected) in [
            ("Ada Vale", "AV"),
            ("ada", "A"),
            ("María del Mar Ñandú", "MÑ"),
            ("(Ext) Reed \"R\" Marlow", "EM"),
            ("王小明", "王"),
            ("", ""),
            ("- !", ""),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
