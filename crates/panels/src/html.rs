//! Text within HTML and XML.

use std::borrow::Cow;

use html_escape::{encode_double_quoted_attribute, encode_text};

/// Says that numbers of different values were not counted exactly.
pub const ESTIMATES: &str = "<p class=\"muted chart-note\">Numbers of different values are estimates.</p>";

/// A dash for the eyes and words for the ears, where there is no value.
pub fn no_value() -> String {
    "<span aria-hidden=\"true\">\u{2013}</span><span class=\"visually-hidden\">no value</span>".to_owned()
}

/// `text` between tags.
pub fn escaped(text: &str) -> String {
    encode_text(&allowed(text)).into_owned()
}

/// `text` between double quotes.
pub fn attribute(text: &str) -> String {
    encode_double_quoted_attribute(&allowed(text)).into_owned()
}

/// At most `most` characters of `text`, the last of them an ellipsis where some are left out.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().count() <= most {
        return Cow::Borrowed(text);
    }
    let start: String = text.chars().take(most.saturating_sub(1)).collect();
    Cow::Owned(format!("{}\u{2026}", start.trim_end()))
}

/// `text` with U+FFFD for each character that XML does not allow (XML 1.0, section 2.2), not even escaped.
fn allowed(text: &str) -> Cow<'_, str> {
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}');
    if text.chars().all(is_allowed) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_allowed(c) { c } else { '\u{fffd}' }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_quotes_are_text() {
        assert_eq!(escaped("<b>&\"'"), "&lt;b&gt;&amp;\"'");
        assert_eq!(attribute("\"><script>"), "&quot;&gt;&lt;script&gt;");
        assert_eq!(escaped("a\u{0}b\u{1b}c\u{ffff}\td"), "a\u{fffd}b\u{fffd}c\u{fffd}\td");
    }

    #[test]
    fn a_long_text_ends_in_an_ellipsis() {
        assert_eq!(shortened("Zürich", 6), "Zürich");
        assert_eq!(shortened("Zürich West", 8), "Zürich\u{2026}");
        assert_eq!(shortened("שלום עולם", 5), "שלום\u{2026}");
    }
}
