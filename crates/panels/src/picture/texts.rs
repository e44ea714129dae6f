//! Texts in pictures. Their width is estimated, since the font they will be drawn with is not known.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::direction::{direction_attribute, is_right_to_left};
use crate::html::escaped;

/// The approximate width of a character at 14 pixels, and the height of a line, in pixels.
pub const CHARACTER: usize = 8;
pub const LINE: usize = 20;

/// The approximate width of `text` in characters; Chinese, Japanese and Korean ones count twice (Unicode Standard Annex
/// 11).
pub fn width_of(text: &str) -> usize {
    text.width()
}

/// `text` cut to a width of `width` characters, with an ellipsis if something is left out.
pub fn fitting(text: &str, width: usize) -> Cow<'_, str> {
    if width_of(text) <= width {
        return Cow::Borrowed(text);
    }
    let start: String = taken(text.chars(), width.saturating_sub(1)).collect();
    Cow::Owned(format!("{}\u{2026}", start.trim_end()))
}

/// The same with the ellipsis in the middle: the beginning and the end of `text` stay.
pub fn fitting_within(text: &str, width: usize) -> Cow<'_, str> {
    if width_of(text) <= width {
        return Cow::Borrowed(text);
    }
    let kept = width.saturating_sub(1);
    let mut end: Vec<char> = taken(text.chars().rev(), kept / 2).collect();
    end.reverse();
    let (start, end): (String, String) = (taken(text.chars(), kept - kept / 2).collect(), end.into_iter().collect());
    Cow::Owned(format!("{}\u{2026}{}", start.trim_end(), end.trim_start()))
}

/// The first third of this width from the beginning of `text`, and the rest of it from the character `at` on, for texts
/// that have the same beginning and the same end as others.
pub fn fitting_from(text: &str, at: usize, width: usize) -> Cow<'_, str> {
    if width_of(text) <= width {
        return Cow::Borrowed(text);
    }
    let kept = width.saturating_sub(1);
    let before: String = text.chars().take(at).collect();
    if width_of(&before) <= kept / 3 {
        // The ellipsis would replace nothing.
        return fitting(text, width);
    }
    let start: String = taken(before.chars(), kept / 3).collect();
    let rest: String = text.chars().skip(at).collect();
    let rest = fitting(&rest, kept - kept / 3).into_owned();
    Cow::Owned(format!("{}\u{2026}{}", start.trim_end(), rest.trim_start()))
}

/// The first of `chars` that together are `width` characters wide.
fn taken(chars: impl Iterator<Item = char>, width: usize) -> impl Iterator<Item = char> {
    let mut used = 0;
    chars.take_while(move |c| {
        used += c.width().unwrap_or(0);
        used <= width
    })
}

/// `text` in lines of `width` characters, broken between words. A longer word is cut.
pub fn lines_of(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_of(line) + 1 + width_of(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fitting(word, width).into_owned()),
        }
    }
    lines
}

/// The same, in at most `most` lines. The last one ends in an ellipsis if some of `text` is left out.
pub fn few_lines_of(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines = lines_of(text, width);
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(fitting(&rest, width).into_owned());
    }
    lines
}

/// Appends `lines` from `y` on, each of this height. Returns where they end.
pub fn push_lines(
    svg: &mut String,
    class: &str,
    room: (usize, usize),
    (mut y, height): (usize, usize),
    lines: &[String],
) -> usize {
    for line in lines {
        y += height;
        push_text(svg, class, room, y - height / 4, line);
    }
    y
}

/// Appends `text` on the line at `y`, between `left` and `right`. A right-to-left text begins at `right`.
pub fn push_text(svg: &mut String, class: &str, (left, right): (usize, usize), y: usize, text: &str) {
    let (x, direction) = (if is_right_to_left(text) { right } else { left }, direction_attribute(text));
    _ = write!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{direction}>{}</text>", escaped(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_to_its_width() {
        assert_eq!(fitting("Zürich West", 11), "Zürich West");
        assert_eq!(fitting("Zürich West", 8), "Zürich\u{2026}");
        assert_eq!(fitting("東京都千代田区", 14), "東京都千代田区");
        assert_eq!(fitting("東京都千代田区", 8), "東京都\u{2026}");
        assert_eq!(fitting("abc", 0), "\u{2026}");
        assert_eq!(fitting_within("Product line A", 14), "Product line A");
        assert_eq!(fitting_within("Product line A", 9), "Prod\u{2026}ne A");
        assert_eq!(fitting_within("東京都千代田区", 10), "東京\u{2026}田区");
        assert_eq!(fitting_within("abc", 0), "\u{2026}");
        let name = "Department of Sales, North, first half";
        assert_eq!(fitting_from(name, 21, 40), name);
        assert_eq!(fitting_from(name, 21, 17), "Depar\u{2026}North, fir\u{2026}");
        assert_eq!(fitting_from(name, 33, 17), "Depar\u{2026}half");
        assert_eq!(fitting_from("Dept Northern offices", 5, 20), "Dept Northern offic\u{2026}");
        assert_eq!(fitting_from("東京都千代田区丸の内", 5, 13), "東京\u{2026}田区丸\u{2026}");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(lines_of("+2.5 °C (+25.0%) since 2015-11", 16), ["+2.5 °C (+25.0%)", "since 2015-11"]);
        assert_eq!(lines_of("a Donaudampfschiff", 6), ["a", "Donau\u{2026}"]);
        assert!(lines_of("", 6).is_empty());
        assert_eq!(few_lines_of("one two three four", 9, 2), ["one two", "three fo\u{2026}"]);
        assert_eq!(few_lines_of("one two three", 9, 2), ["one two", "three"]);
    }
}
