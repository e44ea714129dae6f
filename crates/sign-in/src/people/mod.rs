//! People, as this application knows them: who they are, what administrators and directories have decided of them, the roles that
//! they were given here, and the browsers that they know.
//!
//! What a provider says of somebody comes with a sign-in; whether they have one is in its [record](crate::session::SignIns), which also
//! answers what is asked here.

mod administrators;
pub(crate) mod browsers;
mod directory;
pub(crate) mod grants;
mod held;
mod list;
pub(crate) mod search;
mod standing;

pub use administrators::Administrators;
pub use browsers::{KnownBrowser, NewBrowsers};
pub use directory::DirectoryPerson;
pub use grants::{Grant, NewGrant};
pub use held::Standing;
pub(crate) use held::{NoNewBrowsers, Standings};
pub use list::{PeoplePage, PersonRow};
pub use search::{PeopleNamed, few_statement, people_named};
