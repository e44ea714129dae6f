//! The people of the demonstration: one for each role, and one without any.

/// Somebody who can sign in at the demonstration provider.
#[derive(Debug, PartialEq, Eq)]
pub struct DemoPerson {
    /// The name in the chooser's form, for example `ada`.
    pub key: &'static str,
    /// The full name.
    pub name: &'static str,
    /// The first name.
    pub given_name: &'static str,
    /// The last name.
    pub family_name: &'static str,
    /// The e-mail address, also the `preferred_username`.
    pub email: &'static str,
    /// The subject and object id: a UUID that never changes.
    pub subject: &'static str,
    /// The values of the `roles` claim; without any, ID tokens have no such claim.
    pub roles: &'static [&'static str],
    /// What the chooser says of the roles.
    pub role_text: &'static str,
    /// The job title, for the profile.
    pub job_title: &'static str,
    /// The groups, by object id. ID tokens do not hold them: Graph is asked.
    pub groups: &'static [&'static str],
    /// The picture as JPEG, of [`PHOTO_PIXELS`] each way, where there is one.
    pub photo: Option<&'static [u8]>,
}

/// How wide and high pictures are.
pub const PHOTO_PIXELS: u32 = 192;
/// The group of everybody.
pub const EVERYBODY: &str = "b1f6a9c2-3d5e-4f70-8a91-6c2d4e8f0a10";
/// The group of those who look after the place.
pub const PLATFORM: &str = "d4c8e2a6-7b90-4135-9e2f-1a3b5c7d9e20";

/// The tenant that everybody belongs to: the `tid` claim.
pub const TENANT_ID: &str = "5d0c1a52-7f0e-4a3b-9a55-3c1e60b1d7f4";

/// Everybody, highest role first.
static PEOPLE: [DemoPerson; 4] = [
    DemoPerson {
        key: "ada",
        name: "Ada Vale",
        given_name: "Ada",
        family_name: "Vale",
        email: "ada@example.com",
        subject: "8f14c2de-0b7a-4d55-8a0e-5b6f2c1a9d01",
        roles: &["Rolecall.Admin"],
        role_text: "Admin",
        job_title: "Head of Platform",
        groups: &[EVERYBODY, PLATFORM],
        photo: Some(include_bytes!("photos/ada.jpg")),
    },
    DemoPerson {
        key: "wren",
        name: "Wren Hollis",
        given_name: "Wren",
        family_name: "Hollis",
        email: "wren@example.com",
        subject: "c3a9e7b4-61d2-4f38-b7c5-0e9d4a8f2b02",
        roles: &["Rolecall.Write"],
        role_text: "Write",
        job_title: "Data Editor",
        groups: &[EVERYBODY],
        photo: Some(include_bytes!("photos/wren.jpg")),
    },
    DemoPerson {
        key: "reed",
        name: "Reed Marlow",
        given_name: "Reed",
        family_name: "Marlow",
        email: "reed@example.com",
        subject: "27e5d190-a8c4-4b6f-9d13-74f0b3e6ac03",
        roles: &["Rolecall.Read"],
        role_text: "Read",
        job_title: "Analyst",
        groups: &[EVERYBODY],
        photo: None,
    },
    DemoPerson {
        key: "nora",
        name: "Nora Finch",
        given_name: "Nora",
        family_name: "Finch",
        email: "nora@example.com",
        subject: "e0b6f83c-59a7-4c12-8e64-1d7ca25f9b04",
        roles: &[],
        role_text: "No role",
        job_title: "Newcomer",
        groups: &[EVERYBODY],
        photo: None,
    },
];

/// Everybody who can sign in, in the order of the chooser.
#[must_use]
pub fn people() -> &'static [DemoPerson] {
    &PEOPLE
}

/// The person whose key this is.
pub(super) fn person(key: &str) -> Option<&'static DemoPerson> {
    people().iter().find(|person| person.key == key)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_and_subjects_are_unique() {
        assert_eq!(people().iter().map(|person| person.key).collect::<HashSet<_>>().len(), people().len());
        assert_eq!(people().iter().map(|person| person.subject).collect::<HashSet<_>>().len(), people().len());
    }

    #[test]
    fn subjects_and_the_tenant_are_uuids() {
        for text in people().iter().map(|person| person.subject).chain([TENANT_ID, EVERYBODY, PLATFORM]) {
            assert!(uuid::Uuid::parse_str(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_person_is_found_by_key_only() {
        assert_eq!(person("ada").map(|person| person.name), Some("Ada Vale"));
        assert_eq!(person("Ada Vale"), None);
    }
}
