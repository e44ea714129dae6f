//! The reading direction of texts.

use std::borrow::Cow;

use unicode_bidi::{BidiClass, Direction, bidi_class, get_base_direction};

/// Whether `text` as a whole is read from right to left.
pub fn is_right_to_left(text: &str) -> bool {
    get_base_direction(text) == Direction::Rtl
}

/// The attribute of an SVG text that is read from right to left; empty for others.
pub fn direction_attribute(text: &str) -> &'static str {
    if is_right_to_left(text) { " direction=\"rtl\"" } else { "" }
}

/// `text` for insertion into another text. If it is read from right to left, it is wrapped in U+2068 and U+2069, so
/// that numbers and names next to it keep their places.
#[must_use]
pub fn isolated(text: &str) -> Cow<'_, str> {
    let is_right_to_left = |c: char| matches!(bidi_class(c), BidiClass::R | BidiClass::AL);
    if text.chars().any(is_right_to_left) { Cow::Owned(format!("\u{2068}{text}\u{2069}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_to_left_texts_are_recognised() {
        for (text, expected) in
            [("שלום", true), ("سلام 2026", true), ("2026 שלום", true), ("Oslo שלום", false), ("2026", false)]
        {
            assert_eq!(is_right_to_left(text), expected, "{text}");
        }
        assert_eq!(isolated("Oslo, 2026"), "Oslo, 2026");
        assert_eq!(isolated("Oslo שלום"), "\u{2068}Oslo שלום\u{2069}");
        assert!(!is_right_to_left(&format!("{}, 2026", isolated("שלום"))), "a list that has it as a part is not");
    }
}
