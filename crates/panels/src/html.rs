//! Texts in HTML and XML.

use std::borrow::Cow;
use std::fmt::Write as _;

use html_escape::{encode_double_quoted_attribute, encode_text};

/// Shown where there are no values.
pub const NO_VALUES: &str = "There are no values to show.";
/// Shown where counts of distinct values are estimates.
pub const ESTIMATES: &str = "Numbers of different values are estimates.";

/// Appends [`ESTIMATES`] as a note.
pub fn push_estimates(html: &mut String) {
    _ = write!(html, "<p class=\"muted chart-note\">{ESTIMATES}</p>");
}

/// A missing value: a dash to see, and words for screen readers.
pub fn no_value() -> String {
    "<span aria-hidden=\"true\">\u{2013}</span><span class=\"visually-hidden\">no value</span>".to_owned()
}

/// `text` escaped for use between tags.
pub fn escaped(text: &str) -> String {
    encode_text(&allowed(text)).into_owned()
}

/// `text` escaped for use between tags, where no date and no month is broken across lines.
#[must_use]
pub fn with_whole_dates(text: &str) -> String {
    let word = |word: &str| {
        let (word, rest) = word.split_at(word.trim_end_matches([' ', ':', ',']).len());
        let word = if is_date(word) { format!("<span class=\"date\">{word}</span>") } else { escaped(word) };
        word + &escaped(rest)
    };
    text.split_inclusive(' ').map(word).collect()
}

/// Whether `word` is a date, a month or a quarter as `format` writes it: `2024-01-31`, `2024-01`, `2024-Q1`.
fn is_date(word: &str) -> bool {
    let mut parts = word.split('-');
    let is_number = |part: &str, digits: usize| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_second = |part: &str| is_number(part, 2) || part.strip_prefix('Q').is_some_and(|of| is_number(of, 1));
    parts.next().is_some_and(|year| is_number(year, 4))
        && parts.next().is_some_and(is_second)
        && parts.next().is_none_or(|day| is_number(day, 2))
        && parts.next().is_none()
}

/// `text` escaped for use between double quotes.
pub fn attribute(text: &str) -> String {
    encode_double_quoted_attribute(&allowed(text)).into_owned()
}

/// `text` cut to `most` characters, with an ellipsis as the last one if something is left out.
#[must_use]
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    if text.char_indices().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let start: String = text.chars().take(most.saturating_sub(1)).collect();
    Cow::Owned(format!("{}\u{2026}", start.trim_end()))
}

/// The same with the ellipsis in the middle: the beginning and the end of `text` stay.
pub fn shortened_within(text: &str, most: usize) -> Cow<'_, str> {
    let count = text.chars().count();
    if count <= most {
        return Cow::Borrowed(text);
    }
    let kept = most.saturating_sub(1);
    let start: String = text.chars().take(kept - kept / 2).collect();
    let end: String = text.chars().skip(count - kept / 2).collect();
    Cow::Owned(format!("{}\u{2026}{}", start.trim_end(), end.trim_start()))
}

/// `text` with U+FFFD for each character that XML does not allow even when escaped (XML 1.0, section 2.2).
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
    fn a_date_is_not_broken() {
        let date = |text: &str| format!("<span class=\"date\">{text}</span>");
        assert_eq!(with_whole_dates("New York, 2013-07-18"), format!("New York, {}", date("2013-07-18")));
        assert_eq!(
            with_whole_dates("2026-01: +1 since 2025-Q4"),
            format!("{}: +1 since {}", date("2026-01"), date("2025-Q4"))
        );
        for plain in ["555-1234", "2024-1", "20240-01", "2024-01-31-b", "well-known", ""] {
            assert_eq!(with_whole_dates(plain), plain);
        }
        assert_eq!(with_whole_dates("<b> 2024-01"), format!("&lt;b&gt; {}", date("2024-01")));
    }

    #[test]
    fn a_long_text_ends_in_an_ellipsis() {
        assert_eq!(shortened("Zürich", 6), "Zürich");
        assert_eq!(shortened("Zürich West", 8), "Zürich\u{2026}");
        assert_eq!(shortened("שלום עולם", 5), "שלום\u{2026}");
        assert_eq!(shortened_within("Zürich", 6), "Zürich");
        assert_eq!(shortened_within("Zürich West", 8), "Züri\u{2026}est");
        assert_eq!(shortened_within("abc", 0), "\u{2026}");
    }
}
