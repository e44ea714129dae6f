//! The names of dashboards, panels and data sets.

/// The longest name, in characters.
const MAX_CHARS: usize = 64;

/// Whether `name` is a valid name of a dashboard, a panel or a data set: 1 to 64 small letters, digits and hyphens.
/// Such a name is the same in paths, file names and form fields, and needs no escaping anywhere.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.len() <= MAX_CHARS && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_small_letters_digits_and_hyphens() {
        for name in ["a", "sales-2026", "7", "-", &"a".repeat(MAX_CHARS)] {
            assert!(is_name(name), "{name}");
        }
        for other in ["", "Sales", "a b", "../x", "é", "a_b", &"a".repeat(MAX_CHARS + 1)] {
            assert!(!is_name(other), "{other}");
        }
    }
}
