//! The name of a dashboard in addresses, derived from its title.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// The longest name derived from a title; a number may follow.
const LONGEST: usize = 48;
/// The name if a title has no ASCII letter or digit.
const NAMELESS: &str = "dashboard";
/// Paths that belong to other pages.
const RESERVED: [&str; 2] = ["new", "import"];

/// Whether a dashboard cannot be called `slug`, because another page has that path.
#[must_use]
pub fn is_reserved(slug: &str) -> bool {
    RESERVED.contains(&slug)
}

/// The preferred name in addresses for `title`: lower-case letters, digits and hyphens. Accents are removed.
#[must_use]
pub fn wish(title: &str) -> String {
    let mut slug = String::new();
    for c in DecomposingNormalizerBorrowed::new_nfkd().normalize(title).chars() {
        if slug.len() == LONGEST {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if (c.is_whitespace() || c.is_ascii_punctuation()) && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { NAMELESS.to_owned() } else { slug.to_owned() }
}

/// `wish`, and then the same with numbers appended, without end.
pub fn candidates(wish: &str) -> impl Iterator<Item = String> {
    std::iter::once(wish.to_owned()).chain((2_u32..).map(move |number| format!("{wish}-{number}")))
}

#[cfg(test)]
mod tests {
    use rolecall_model::is_name;

    use super::*;

    #[test]
    fn any_title_becomes_a_valid_name() {
        let long = "x".repeat(200);
        for (title, expected) in [
            ("Sales 2026", "sales-2026"),
            ("  Übersicht: Zürich / Genève ", "ubersicht-zurich-geneve"),
            ("<script>alert(1)</script>", "script-alert-1-script"),
            ("מכירות", NAMELESS),
            ("", NAMELESS),
            (&long, &long[..LONGEST]),
        ] {
            assert_eq!(wish(title), expected, "{title}");
            assert!(candidates(&wish(title)).take(12).all(|name| is_name(&name)));
        }
    }
}
