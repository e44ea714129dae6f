//! Paths of attributes (RFC 7644, sections 3.5.2 and 3.10): `emails[type eq "work"].value`. Case does not matter in
//! names.

use super::error::ScimError;
use super::filter::{self, Comparison};

/// An attribute, in lower case, or a part of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct AttributePath {
    /// Its name; with its schema, unless that is one of ours.
    pub(super) name: String,
    /// Which of several values are selected; all if it is empty.
    pub(super) of: Vec<Comparison>,
    /// The selected part, if any.
    pub(super) part: Option<String>,
}

impl AttributePath {
    /// The path that `text` writes.
    ///
    /// # Errors
    /// `invalidPath`, and `invalidFilter` for what stands in brackets.
    pub(super) fn parse(text: &str) -> Result<Self, ScimError> {
        let (name, brackets, rest) = match text.trim().split_once('[') {
            Some((name, rest)) => {
                let (inside, rest) = rest.rsplit_once(']').ok_or_else(wrong)?;
                (name, Some(inside), rest)
            }
            None => (text.trim(), None, ""),
        };
        let name = filter::name_of(name);
        // The name of a schema contains dots itself.
        let (name, part) = match name.as_str() {
            of_another if of_another.starts_with("urn:") => (of_another, None),
            own => own.split_once('.').map_or((own, None), |(name, part)| (name, Some(part))),
        };
        let part_behind = rest.strip_prefix('.');
        if (!rest.is_empty() && part_behind.is_none()) || (part.is_some() && brackets.is_some()) || name.is_empty() {
            return Err(wrong());
        }
        let part = part.or(part_behind).map(str::to_ascii_lowercase);
        if part.as_deref().is_some_and(|part| !is_name(part)) || !name.bytes().all(is_of_name_or_schema) {
            return Err(wrong());
        }
        let of = brackets.map(filter::parse).transpose()?.unwrap_or_default();
        Ok(Self { name: name.to_owned(), of, part })
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"$_-".contains(&byte))
}

fn is_of_name_or_schema(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"$_-:.".contains(&byte)
}

fn wrong() -> ScimError {
    ScimError::path("A path is written as userName, name.givenName or emails[type eq \"work\"].value.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_with_their_parts() {
        for (text, name, part, comparisons) in [
            ("userName", "username", None, 0),
            ("name.givenName", "name", Some("givenname"), 0),
            ("emails[type eq \"work\"].value", "emails", Some("value"), 1),
            ("members[value eq \"a]b\"]", "members", None, 1),
            ("urn:ietf:params:scim:schemas:core:2.0:User:name.familyName", "name", Some("familyname"), 0),
            (
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:department",
                None,
                0,
            ),
        ] {
            let path = AttributePath::parse(text).unwrap();
            assert_eq!((path.name.as_str(), path.part.as_deref(), path.of.len()), (name, part, comparisons), "{text}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "",
            "[type eq \"work\"]",
            "emails[",
            "emails[type eq \"work\"",
            "emails[type eq \"a\"]x",
            "a b",
            "name.",
            "a.b.c",
            "emails.x[type eq \"a\"].y",
        ] {
            assert!(AttributePath::parse(text).is_err(), "{text}");
        }
    }
}
