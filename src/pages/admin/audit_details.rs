//! The details of an audit row in words. The export keeps the stored names and values.

use rolecall_model::Role;
use rolecall_ui::components::time::end_text;
use serde_json::{Map, Value};

/// The maximum length of the short form, in characters.
const SHORT: usize = 120;
/// Ids for programs, left out of the short form.
const IDS: [&str; 4] = ["grant", "request", "request_id", "scim_id"];

/// The `details` of a row, a JSON object, with readable names and values, in the stored order.
pub(super) fn in_words(details: &str) -> Vec<(String, String)> {
    read(details).iter().map(|(name, value)| (name_in_words(name), value_in_words(name, value))).collect()
}

/// The same on one line, without lists and ids.
pub(super) fn short(details: &str) -> String {
    let details = read(details);
    let parts = details.iter().filter(|(name, value)| !value.is_array() && !IDS.contains(&name.as_str()));
    let parts = parts.map(|(name, value)| (name_in_words(name), value_in_words(name, value)));
    let said = parts.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}: {value}"));
    rolecall_sign_in::plain(&said.collect::<Vec<_>>().join(" · "), SHORT)
}

fn read(details: &str) -> Map<String, Value> {
    serde_json::from_str(details).unwrap_or_default()
}

/// A readable name. Unknown names get spaces and a capital letter.
fn name_in_words(name: &str) -> String {
    let words = match name {
        "active" => "Active in the directory",
        "as" => "Seen as",
        "client" => "Program",
        "dataset" => "Data set",
        "ended" => "Sessions ended",
        "ends_at" => "Until",
        "grant" => "Id of the grant",
        "in_a_row" => "Refusals in a row",
        "lost" => "Events lost",
        "needed" => "Role needed",
        "provider_error" => "Error of the provider",
        "request" => "Id of the request for access",
        "request_id" => "Request id in the log",
        "scim_id" => "SCIM id",
        name => return capitalized(&name.replace('_', " ")),
    };
    words.to_owned()
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn value_in_words(name: &str, value: &Value) -> String {
    match (name, value) {
        ("ends_at", Value::Null) => "no end".to_owned(),
        ("ends_at", value) => value.as_i64().map_or_else(|| value.to_string(), end_text),
        ("role" | "role_before" | "needed", Value::String(key)) => {
            Role::from_key(key).map_or_else(|| key.clone(), |role| role.name().to_owned())
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Null) => "none".to_owned(),
        (_, Value::Bool(is)) => if *is { "yes" } else { "no" }.to_owned(),
        (name, Value::Array(items)) => {
            items.iter().map(|item| value_in_words(name, item)).collect::<Vec<_>>().join("\n")
        }
        (_, other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_details_are_shown_as_words_and_dates() {
        let given = r#"{"role":"write","reason":"Helps","grant":"0af3","request_id":"7c","ends_at":1803772800000}"#;
        assert_eq!(short(given), "Until: the end of 27 Feb 2027 · Reason: Helps · Role: Write");
        assert!(in_words(given).contains(&("Id of the grant".to_owned(), "0af3".to_owned())));
        assert!(in_words(given).contains(&("Request id in the log".to_owned(), "7c".to_owned())));
        assert_eq!(
            short(r#"{"ends_at":null,"answer":"","active":false}"#),
            "Active in the directory: no · Until: no end"
        );
    }

    #[test]
    fn unknown_details_are_shown_as_stored() {
        assert_eq!(
            short(r#"{"some_thing":{"a":1},"role":"owner","ends_at":"soon"}"#),
            r#"Until: "soon" · Role: owner · Some thing: {"a":1}"#
        );
        assert_eq!(in_words(r#"{"settings":["a = 1","b = 2"]}"#), [("Settings".to_owned(), "a = 1\nb = 2".to_owned())]);
    }
}
