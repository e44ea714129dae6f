//! The mapping of places in documents to form fields and element ids.

/// The id of the element for the field `name`.
pub(super) fn id_of(name: &str) -> String {
    let id: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("field-{}", id.replace("--", "-"))
}

/// The form field for a mistake at the place `at` of a document.
pub(super) fn field_of(at: &str) -> String {
    let is_row = |group: &str| {
        at.strip_prefix(group).is_some_and(|rest| rest.starts_with('[') && rest.find(']') == Some(rest.len() - 1))
    };
    match at {
        "by" | "split" => return format!("{at}.column"),
        "sort" => return "sort.by".to_owned(),
        _ if is_row("measures") => return format!("{at}.compute"),
        _ if is_row("columns") || is_row("order") => return format!("{at}.column"),
        _ => {}
    }
    if let Some((row, field)) = at.strip_prefix("filters[").and_then(|rest| rest.split_once(']')) {
        let field = match field {
            ".column" | ".how" => field,
            _ => ".value",
        };
        return format!("filters[{row}]{field}");
    }
    match at.rsplit_once('[') {
        Some((list, index)) if index.ends_with(']') => list.to_owned(),
        _ => at.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_a_document_is_shown_at_its_form_field() {
        for (at, field) in [
            ("title", "title"),
            ("by", "by.column"),
            ("by.step", "by.step"),
            ("sort", "sort.by"),
            ("sort.values[2]", "sort.values"),
            ("measures[1]", "measures[1].compute"),
            ("measures[1].of", "measures[1].of"),
            ("measures[0].show[3]", "measures[0].show"),
            ("filters[0].at_least", "filters[0].value"),
            ("filters[2].is[1]", "filters[2].value"),
            ("filters[2]", "filters[2].value"),
            ("filters[0].column", "filters[0].column"),
            ("columns[4].column", "columns[4].column"),
        ] {
            assert_eq!(field_of(at), field, "{at}");
        }
        assert_eq!(id_of("measures[0].of"), "field-measures-0-of");
    }
}
