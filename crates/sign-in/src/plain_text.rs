//! Untrusted text as one line: bounded, and without characters that change how the text around it is read.

/// `text` in one line of at most `max_chars` characters; `…` at the end means that it was cut.
///
/// Control characters and line ends become spaces. Characters that reverse or hide text (Unicode Standard Annex 9,
/// section 2) are removed.
#[must_use]
pub fn plain(text: &str, max_chars: usize) -> String {
    let mut chars = text.trim().chars().filter(|c| !is_invisible(*c)).map(|c| if ends_line(c) { ' ' } else { c });
    let mut plain: String = chars.by_ref().take(max_chars).collect();
    if chars.next().is_some() {
        plain.pop();
        plain.push('…');
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// The longest name, address or user agent that is stored, in characters.
const KEPT_MAX_CHARS: usize = 300;

/// `text` as a page can show it: without control characters, and of bounded length.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(KEPT_MAX_CHARS).collect()
}

/// The beginning of `text`, of bounded length.
pub(crate) fn shortened(text: &str) -> &str {
    text.char_indices().nth(KEPT_MAX_CHARS).map_or(text, |(end, _)| &text[..end])
}

/// Whether `c` changes the direction of text, joins or hides it, and is itself invisible.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Whether some reader treats `c` as the end of a line, or as a command.
#[must_use]
pub fn ends_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_one_line_that_reads_as_it_is_written() {
        assert_eq!(plain(" a\r\nb\0c\u{85}d\u{2028}e\x1b[31m ", 100), "a  b c d e [31m");
        assert_eq!(plain("user\u{202e}txt.exe\u{2066}\u{200f}", 100), "usertxt.exe");
        assert_eq!(plain("Zoë 日本 😀", 100), "Zoë 日本 😀");
    }

    #[test]
    fn a_long_text_says_that_there_was_more() {
        assert_eq!(plain("abcd", 4), "abcd");
        assert_eq!(plain("abcde", 4), "abc…");
        assert_eq!(plain(&"x".repeat(10_000), 500).chars().count(), 500);
    }
}
