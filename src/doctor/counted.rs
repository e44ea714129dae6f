//! Numbers of things, in words.

use std::fmt::Display;

/// `count` with the noun for it: `1 group`, `2 groups`.
pub(super) fn counted<N: Display + PartialEq + From<u8>>(count: N, one: &str, many: &str) -> String {
    let noun = if count == N::from(1) { one } else { many };
    format!("{count} {noun}")
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_thing_is_in_the_singular() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "key", "keys")), ["0 keys", "1 key", "2 keys"]);
    }
}
