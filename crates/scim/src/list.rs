//! The query of a list, and its response (RFC 7644, sections 3.4.2 and 3.9).

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::error::ScimError;
use super::filter::{self, Comparison};

/// How many resources a page has by default, and at most.
pub(super) const PAGE: (i64, i64) = (100, 200);

/// What the query of a request asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// The conditions on each resource.
    pub(super) filter: Vec<Comparison>,
    /// The position of the first resource, from 1.
    pub(super) start: i64,
    /// The most resources to return.
    pub(super) count: i64,
    /// The only attributes to return, in lower case; all if it is empty.
    only: Vec<String>,
    /// The attributes to leave out.
    without: Vec<String>,
}

impl Asked {
    /// What `query` asks for.
    ///
    /// # Errors
    /// `invalidFilter`, `invalidValue`.
    pub(super) fn of(query: Option<&str>) -> Result<Self, ScimError> {
        let mut asked = Self { filter: vec![], start: 1, count: PAGE.0, only: vec![], without: vec![] };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if value.chars().any(char::is_control) {
                let detail = "A value must not contain control characters.";
                return Err(if name == "filter" { ScimError::filter(detail) } else { ScimError::value(detail) });
            }
            match &*name {
                "filter" => asked.filter = filter::parse(&value)?,
                // Lower values count as the lowest one (RFC 7644, section 3.4.2.4).
                "startIndex" => asked.start = number(&value)?.max(1),
                "count" => asked.count = number(&value)?.clamp(0, PAGE.1),
                "attributes" => asked.only = names(&value),
                "excludedAttributes" => asked.without = names(&value),
                _ => {}
            }
        }
        Ok(asked)
    }

    /// Whether the attribute `name` is wanted. `schemas` and `id` always are (RFC 7643, section 7).
    pub(super) fn wants(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let is_always = ["schemas", "id"].contains(&name.as_str());
        is_always || ((self.only.is_empty() || self.only.contains(&name)) && !self.without.contains(&name))
    }

    /// Whether the attribute `name` is requested by its name.
    pub(super) fn names(&self, name: &str) -> bool {
        self.only.iter().any(|only| only.eq_ignore_ascii_case(name)) && self.wants(name)
    }

    /// The part of `resource` that is wanted.
    pub(super) fn shown(&self, resource: Map<String, Value>) -> Value {
        resource.into_iter().filter(|(name, _)| self.wants(name)).collect::<Map<_, _>>().into()
    }

    /// A page of `resources`, of which there are `total`.
    pub(super) fn answer(&self, resources: Vec<Value>, total: i64) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": total,
            "startIndex": self.start,
            "itemsPerPage": resources.len(),
            "Resources": resources,
        })
    }
}

fn number(text: &str) -> Result<i64, ScimError> {
    text.trim().parse().map_err(|_| ScimError::value("startIndex and count are whole numbers."))
}

/// The attributes that `text` lists. A part counts as the whole attribute.
fn names(text: &str) -> Vec<String> {
    let whole = |name: &str| {
        let name = filter::name_of(name);
        if name.starts_with("urn:") { name } else { name.split('.').next().unwrap_or_default().to_owned() }
    };
    text.split(',').map(whole).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_numbers_are_kept_within_bounds() {
        let of = |query| Asked::of(Some(query)).map(|asked| (asked.start, asked.count));
        assert_eq!(of(""), Ok((1, 100)));
        assert_eq!(of("startIndex=0&count=-1"), Ok((1, 0)));
        assert_eq!(of("startIndex=7&count=9999&aadOptscim062020"), Ok((7, 200)));
        for wrong in ["count=x", "startIndex=1.5", "attributes=a%00", "filter=id%20eq%20%22%00%22"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_what_is_wanted_is_shown() {
        let resource =
            || json!({ "id": "1", "schemas": [], "displayName": "A", "members": [] }).as_object().unwrap().clone();
        let shown = |query| Asked::of(Some(query)).unwrap().shown(resource());
        assert_eq!(shown("excludedAttributes=members"), json!({ "id": "1", "schemas": [], "displayName": "A" }));
        assert_eq!(shown("attributes=displayname,members.value").as_object().unwrap().len(), 4);
        assert_eq!(shown("attributes=userName"), json!({ "id": "1", "schemas": [] }));
        assert_eq!(shown("excludedAttributes=id")["id"], "1");
    }
}
