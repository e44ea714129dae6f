//! Who somebody is and what they may do: the small types that cross the wire. None of them holds a secret.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a person may do. Each role includes the ones below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks at dashboards.
    Read,
    /// Edits them too.
    Write,
    /// Sees who signs in, too.
    Admin,
}

impl Role {
    /// Every role, lowest first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// The name that people read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Admin => "Admin",
        }
    }

    /// The name in configuration, databases and style sheets.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// The role whose [`key`](Self::key) this is.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The person who is signed in, as pages may show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentUser {
    /// The name to show: `name`, else `preferred_username`, else the e-mail address, else the subject.
    pub name: String,
    /// The e-mail address, for display only: never a key.
    pub email: Option<String>,
    /// The highest role that the configuration gives; `None` opens nothing.
    pub role: Option<Role>,
    /// The provider's name, for display.
    pub provider: String,
}

impl CurrentUser {
    /// Whether the person holds `needed` or a role above it.
    #[must_use]
    pub fn has(&self, needed: Role) -> bool {
        self.role.is_some_and(|role| role >= needed)
    }
}

/// A provider that a person can choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderChoice {
    /// The configured id, part of the sign-in path.
    pub id: String,
    /// The name on the button.
    pub name: String,
}

/// A dashboard that is open to the person, as a card or link shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardCard {
    /// Its name in paths.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it shows, in a sentence.
    pub summary: String,
}

/// An app behind Rolecall that is open to the person, as a card shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppCard {
    /// Its name in configuration.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is for, in a sentence.
    pub summary: Option<String>,
    /// Where it is: a path of ours, or an address on a host of its own.
    pub href: String,
}

/// What every page knows of the one who looks at it. Rendered by the server and handed to the browser with the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The person, when signed in.
    pub user: Option<CurrentUser>,
    /// The providers that are configured, in the order of configuration.
    pub providers: Vec<ProviderChoice>,
    /// Whether the embedded demonstration provider is in use.
    pub demonstration: bool,
    /// The dashboards open to the person: empty for who has no role.
    pub dashboards: Vec<DashboardCard>,
    /// The apps open to the person: empty for who has no role.
    pub apps: Vec<AppCard>,
    /// What to ask an administrator for. Filled only for a signed-in person without a role.
    pub ask_for: Option<RoleGrant>,
    /// What is closed until the person proves anew who they are.
    pub step_up: Option<StepUp>,
    /// What a link that begins a sign-in must carry in this browser, because somebody signed out here.
    pub signed_out: Option<String>,
}

/// What would give a person the lowest role that there is: any of the values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoleGrant {
    /// App roles: values of the claim for roles.
    AppRoles(Vec<String>),
    /// Groups: values of the claim for groups.
    Groups(Vec<String>),
}

impl RoleGrant {
    /// The values.
    #[must_use]
    pub fn values(&self) -> &[String] {
        let (Self::AppRoles(values) | Self::Groups(values)) = self;
        values
    }

    /// What an administrator is to do, up to the values: the sentence goes on with them.
    #[must_use]
    pub fn request(&self) -> &'static str {
        match (self, self.values().len()) {
            (Self::AppRoles(_), 1) => "assign you the app role ",
            (Self::AppRoles(_), _) => "assign you one of these app roles: ",
            (Self::Groups(_), 1) => "add you to the group ",
            (Self::Groups(_), _) => "add you to one of these groups: ",
        }
    }
}

/// That a person must prove anew who they are before all that their role opens is open again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepUp {
    /// The role of which not all is open.
    pub role: Role,
    /// The id of the provider to prove it to.
    pub provider: String,
}

/// One claim of a token, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its name in the token.
    pub name: String,
    /// What it means, in a sentence; empty where the claim is not a known one.
    pub meaning: String,
    /// Its value for reading: times as UTC dates, lists joined, text as it is.
    pub value: String,
    /// Its value as JSON where that differs from `value`.
    pub json: Option<String>,
    /// Whether the claim serves the protocol rather than saying something about the person.
    pub protocol: bool,
}

/// What the ID token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTokenView {
    /// Every claim: about the person first, then the protocol's.
    pub claims: Vec<Claim>,
    /// When the token was read, Unix milliseconds (UTC).
    pub read_at_ms: i64,
}
