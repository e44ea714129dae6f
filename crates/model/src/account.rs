//! What a person sees of their own account: the types that cross the wire. None of them holds a token.

use serde::{Deserialize, Serialize};

use crate::CurrentUser;

/// What Rolecall itself knows of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The person.
    pub user: CurrentUser,
    /// The name that they use with the provider, as the ID token says it.
    pub username: Option<String>,
    /// What gave the person their role; empty where there is none, or where the rules have changed since.
    pub role_sources: Vec<RoleSource>,
    /// When the role was read, Unix milliseconds (UTC).
    pub roles_read_at_ms: i64,
    /// When the sign-in began, Unix milliseconds (UTC).
    pub signed_in_at_ms: i64,
    /// When the sign-in ends at the latest, Unix milliseconds (UTC).
    pub ends_at_ms: i64,
}

impl Account {
    /// What the person is called on the page that says who they are.
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
}

/// A value, and the claim that it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimValue {
    /// The value.
    pub value: String,
    /// The claim.
    pub claim: String,
    /// Whether the claim is one of the provider's userinfo endpoint, rather than of the token.
    pub in_user_info: bool,
}

/// What Microsoft Graph says of the person, or why it does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "profile", rename_all = "snake_case")]
pub enum Profile {
    /// The person's provider has no Graph: what the token says is all there is.
    NotOffered,
    /// The profile.
    Known(KnownProfile),
    /// The provider has to be asked for something first.
    Missing {
        /// For what.
        what: Missing,
        /// Whether it was asked for it a moment ago, in vain.
        asked: bool,
    },
    /// Graph does not answer as it should; trying again may help.
    Unavailable {
        /// How long Graph wants to be left alone, whole seconds.
        seconds: Option<u64>,
    },
}

impl Profile {
    /// Whether the provider has to be asked for something.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }

    /// Whether the page leads to the provider by itself: only a policy's wish to see more is met without a question, and
    /// only once.
    #[must_use]
    pub const fn leads_to_provider(&self) -> bool {
        matches!(self, Self::Missing { what: Missing::Claims, asked: false })
    }
}

/// What Microsoft Graph says of the person.
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

/// What the provider has to be asked for before Graph answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// A token that holds more: a policy wants another proof of who the person is (a claims challenge).
    Claims,
    /// The person's or an administrator's consent.
    Consent,
    /// A token that is good: the one at hand has ended.
    Token,
}

/// The first letters of the first and the last word of `name`, for where a picture would be.
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
