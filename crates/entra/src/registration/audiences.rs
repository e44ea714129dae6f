//! `[api] audience` of the local file: the audiences of access tokens that this Rolecall accepts.

use anyhow::Context as _;
use toml_edit::{Array, DocumentMut, Item, TableLike, Value, table};

const SECTION: &str = "api";
const KEY: &str = "audience";

pub(super) fn has(document: &DocumentMut, name: &str) -> bool {
    let list = document.get(SECTION).and_then(|section| section.get(KEY)).and_then(Item::as_array);
    list.is_some_and(|list| list.iter().any(|one| one.as_str() == Some(name)))
}

/// Adds `name` to the audiences in `document`.
///
/// # Errors
/// When it is not a list.
pub(super) fn add(document: &mut DocumentMut, name: &str) -> anyhow::Result<()> {
    let section =
        document.entry(SECTION).or_insert_with(table).as_table_like_mut().context("`api` is not a section")?;
    let list = section.entry(KEY).or_insert_with(|| Item::Value(Value::Array(Array::new())));
    list.as_array_mut().context("`api.audience` is not a list")?.push(name);
    Ok(())
}

/// Removes `name` from the audiences in `document`, and the section if it is then empty.
pub(super) fn remove(document: &mut DocumentMut, name: &str) {
    let Some(section) = document.get_mut(SECTION).and_then(Item::as_table_like_mut) else { return };
    let Some(list) = section.get_mut(KEY).and_then(Item::as_array_mut) else { return };
    list.retain(|one| one.as_str() != Some(name));
    if list.is_empty() {
        section.remove(KEY);
    }
    if TableLike::is_empty(section) {
        document.remove(SECTION);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_stays() {
        let mut document: DocumentMut = "[api]\n# theirs\nscope = \"x\"\naudience = [\"a\"]\n".parse().unwrap();
        let before = document.to_string();
        add(&mut document, "api://b").unwrap();
        assert!(has(&document, "api://b") && has(&document, "a") && !has(&document, "b"));
        remove(&mut document, "api://b");
        assert_eq!(document.to_string(), before);
        remove(&mut document, "a");
        assert_eq!(document.to_string(), "[api]\n# theirs\nscope = \"x\"\n");
    }

    #[test]
    fn what_was_added_alone_goes_with_its_section() {
        let mut document: DocumentMut = "log = \"json\"\n".parse().unwrap();
        add(&mut document, "api://b").unwrap();
        assert_eq!(document.to_string(), "log = \"json\"\n\n[api]\naudience = [\"api://b\"]\n");
        remove(&mut document, "api://b");
        assert_eq!(document.to_string(), "log = \"json\"\n");
        let mut wrong: DocumentMut = "[api]\naudience = \"a\"\n".parse().unwrap();
        assert!(add(&mut wrong, "api://b").is_err());
    }
}
