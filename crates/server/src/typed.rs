//! Form input, which is not lost when a form is refused.

use rolecall_routes as routes;
use url::form_urlencoded;

/// The longest text that is returned, in characters: more than any field accepts.
const FIELD_MAX_CHARS: usize = 20_000;

/// The fields that people fill in, by the form's target, each with its label on the page.
const FORMS: &[(&str, &[(&str, &str)])] = &[
    (routes::API_SAVE_NOTE, &[("body", "Your text")]),
    (routes::API_REQUEST_ACCESS, &[("role", "Role"), ("reason", "What you need it for")]),
    (routes::API_APPROVE_REQUEST, &[("until", "Last day"), ("answer", "Message to the person")]),
    (routes::API_REQUEST_ASSIGNED, &[("answer", "Message to the person")]),
    (routes::API_DECLINE_REQUEST, &[("answer", "Why")]),
    (routes::API_GRANT_ROLE, &[("role", "Role"), ("reason", "Why"), ("until", "Last day")]),
    (routes::API_DISABLE_PERSON, &[("reason", "Why")]),
    (
        routes::API_DESCRIBE_DATASET,
        &[("title", "Title"), ("description", "What is in it"), ("role", "The lowest role that sees it")],
    ),
    (
        routes::API_SAVE_ROW_RULE,
        &[
            ("rule[column]", "Column"),
            ("rule[subject]", "must be"),
            ("rule[claim]", "Name of the claim"),
            ("rule[values]", "Values"),
            ("rule[except]", "Does not apply to"),
        ],
    ),
    (routes::NEW_QUERY, QUERY),
    (routes::DATASET_QUERY, QUERY),
];

const QUERY: &[(&str, &str)] = &[
    ("connection", "Connection"),
    ("statement", "SELECT"),
    ("keep", "Keep an answer for"),
    ("title", "Title"),
    ("name", "Name in dashboards"),
    ("role", "Who sees it"),
];

/// The input in the `body` of a form that was sent to `route`: the label of each field, and the text.
pub fn typed(route: &str, body: &[u8]) -> Vec<(String, String)> {
    if route.starts_with(routes::DASHBOARDS) {
        return typed_of_dashboard(body).map(|text| ("Your text".to_owned(), text)).into_iter().collect();
    }
    let fields = FORMS.iter().find(|(of, _)| *of == route).map(|(_, fields)| *fields).unwrap_or_default();
    let found = |(name, label): &(&str, &str)| Some(((*label).to_owned(), bounded(&field(body, name)?)));
    fields.iter().filter_map(found).collect()
}

/// Every field of a form of a dashboard: its panels have too many for a list.
fn typed_of_dashboard(body: &[u8]) -> Option<String> {
    let fields = form_urlencoded::parse(body);
    let typed = fields.filter(|(name, value)| !value.trim().is_empty() && !matches!(&**name, "do" | "version"));
    let lines: Vec<String> = typed.map(|(name, value)| format!("{name}: {value}")).collect();
    Some(lines.join("\n")).filter(|text| !text.is_empty())
}

fn bounded(text: &str) -> String {
    text.chars().take(FIELD_MAX_CHARS).collect()
}

/// The field `name` of a form, unless it is blank.
pub fn field(body: &[u8], name: &str) -> Option<String> {
    let mut fields = form_urlencoded::parse(body);
    fields
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
        .filter(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_form_come_back_but_for_blank_and_hidden_ones() {
        let long = "x".repeat(FIELD_MAX_CHARS + 1);
        let body = format!("id=7&answer=Come+in%21&until=+&answer=twice&long={long}");
        let given = typed(routes::API_APPROVE_REQUEST, body.as_bytes());
        assert_eq!(given, [("Message to the person".to_owned(), "Come in!".to_owned())]);
        assert_eq!(typed(routes::API_SIGN_OUT, body.as_bytes()), []);
        let body = format!("body={long}");
        assert_eq!(typed(routes::API_SAVE_NOTE, body.as_bytes())[0].1.len(), FIELD_MAX_CHARS);
    }
}
