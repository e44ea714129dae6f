//! Filters (RFC 7644, section 3.4.2.2), as far as directories need them for provisioning: comparisons by `eq`, joined
//! by `and`.

use serde_json::Value;

use super::error::ScimError;

/// The beginnings of full attribute names in the schemas that are known here.
const KNOWN_SCHEMAS: [&str; 2] =
    ["urn:ietf:params:scim:schemas:core:2.0:user:", "urn:ietf:params:scim:schemas:core:2.0:group:"];
/// The most comparisons in one filter.
const MOST: usize = 10;

/// An attribute, and the value that it must have.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison {
    /// The attribute, as [`name_of`] names it.
    pub(super) attribute: String,
    pub(super) value: Value,
}

/// The comparisons of `text`, all of which must hold.
///
/// # Errors
/// `invalidFilter`.
pub(super) fn parse(text: &str) -> Result<Vec<Comparison>, ScimError> {
    let mut comparisons = Vec::new();
    let mut rest = text.trim();
    loop {
        let (comparison, after) = comparison(rest)?;
        comparisons.push(comparison);
        let after = after.trim_start();
        if after.is_empty() {
            return Ok(comparisons);
        }
        let (word, after) = word(after);
        if !word.eq_ignore_ascii_case("and") || comparisons.len() == MOST {
            return Err(not_known());
        }
        rest = after;
    }
}

/// The comparison that `text` begins with, and what follows it.
fn comparison(text: &str) -> Result<(Comparison, &str), ScimError> {
    let (attribute, rest) = word(text.trim_start());
    let (operator, rest) = word(rest);
    let attribute = name_of(attribute);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"$_-.:".contains(&byte);
    if !attribute.bytes().all(is_name) || !operator.eq_ignore_ascii_case("eq") {
        return Err(not_known());
    }
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    let value = values.next().and_then(Result::ok).filter(|value| !value.is_array() && !value.is_object());
    let value =
        value.ok_or_else(|| ScimError::filter("A value to compare with is missing. Put texts in quotes: \"…\"."))?;
    if value.as_str().is_some_and(|text| text.chars().any(char::is_control)) {
        return Err(ScimError::filter("A value must not contain control characters."));
    }
    let after = rest.get(values.byte_offset()..).unwrap_or_default();
    Ok((Comparison { attribute, value }, after))
}

/// The attribute that `text` names, in lower case, because names ignore case. Attributes of foreign schemas keep their
/// schema.
pub(super) fn name_of(text: &str) -> String {
    let name = text.trim().to_ascii_lowercase();
    let known = KNOWN_SCHEMAS.iter().find_map(|schema| name.strip_prefix(schema)).map(str::to_owned);
    known.unwrap_or(name)
}

/// The word that `text` begins with, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

fn not_known() -> ScimError {
    ScimError::filter("Only comparisons with eq, joined by and, are supported: userName eq \"ada@example.com\".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(String, Value)> {
        parse(text).unwrap().into_iter().map(|found| (found.attribute, found.value)).collect()
    }

    #[test]
    fn comparisons_are_read_however_they_are_written() {
        let name = |value: &str| ("username".to_owned(), Value::from(value));
        assert_eq!(of("userName eq \"ada\""), [name("ada")]);
        assert_eq!(of("  USERNAME   EQ  \"a\\\"b and c\" "), [name("a\"b and c")]);
        assert_eq!(of("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ada\""), [name("ada")]);
        let both = of("id eq \"7\" and active eq true");
        assert_eq!(both, [("id".to_owned(), "7".into()), ("active".to_owned(), true.into())]);
        assert_eq!(of("emails.type eq \"work\"")[0].0, "emails.type");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let long = ["id eq \"1\""; MOST + 1].join(" and ");
        for text in [
            "",
            "userName",
            "userName eq",
            "userName eq ada",
            "userName co \"a\"",
            "userName eq \"a\" or id eq \"b\"",
            "userName eq \"a\" and",
            "emails[type eq \"work\"].value eq \"a\"",
            "not (userName eq \"a\")",
            "userName eq {}",
            "userName eq \"a\\u0000\"",
            &long,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
