//! People, as this application knows them: who they are, what administrators and directories decided about them, the
//! roles that were given here, and their known browsers.
//!
//! What a provider says about a person comes with a sign-in. Whether a person is signed in is stored in the
//! [record](crate::session::SignIns), whose type also has the methods of this module.

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
