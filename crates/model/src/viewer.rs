//! What every page knows about the person who looks at it.

use serde::{Deserialize, Serialize};

use crate::{CurrentUser, ProviderChoice, Role};

/// What every page knows about the person who looks at it. The server sends it to the browser with the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The person, when signed in.
    pub user: Option<CurrentUser>,
    /// The providers that are configured, in the order of configuration.
    pub providers: Vec<ProviderChoice>,
    /// Whether the embedded demonstration provider is in use.
    pub demonstration: bool,
    /// The apps that the person's role opens.
    pub apps: Vec<AppCard>,
    /// What to ask an administrator for. Filled only for a signed-in person without a role.
    pub ask_for: Option<RoleGrant>,
    /// Whether an administrator gave the person their role here, and not their provider.
    pub role_given_here: bool,
    /// The lower role with which an administrator looks at Rolecall.
    pub view_as: Option<Role>,
    /// What the person can use only after signing in again.
    pub step_up: Option<SignInAgain>,
    /// The value of `signed_out` that sign-in links must contain in this browser, because somebody signed out here.
    pub signed_out: Option<String>,
}

/// A dashboard that is open to the person, as a card or link shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardCard {
    /// Its name in paths.
    pub slug: String,
    /// Its title, for display.
    pub title: String,
    /// What it shows, in a sentence.
    pub summary: String,
}

/// An app behind Rolecall that is open to the person, as a card shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppCard {
    /// Its name in configuration.
    pub name: String,
    /// Its title, for display.
    pub title: String,
    /// What it is for, in a sentence.
    pub summary: Option<String>,
    /// Where it is: a path of ours, or an address on a host of its own.
    pub href: String,
}

/// What gives the lowest role: any of the values.
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

    /// What to ask an administrator for. The values follow in the same sentence.
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

/// The person must sign in again to use everything that their role opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInAgain {
    /// The role that is not fully usable.
    pub role: Role,
    /// The id of the provider to sign in at.
    pub provider: String,
}
