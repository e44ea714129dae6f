//! The header `Forwarded` (RFC 7239, section 4), read from its end: the last element is the nearest proxy's.
//!
//! Reading from the end is what makes it safe. Anything that a client put before the proxies' elements (an unclosed
//! quote, garbage) cannot affect them.

use super::node;
use super::proxy::{Hop, Scheme};

/// How many commas a quoted string may contain. Valid values contain none.
const MAX_COMMAS: usize = 4;

/// The elements of `value`, the last first, up to the first unreadable one.
pub(super) fn from_the_end(value: &str) -> impl Iterator<Item = Hop> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut end = text.len();
        for _ in 0..=MAX_COMMAS {
            let comma = text.get(..end)?.rfind(',');
            let begin = comma.map_or(0, |comma| comma + 1);
            if let Some(hop) = text.get(begin..).and_then(element) {
                rest = comma.and_then(|comma| text.get(..comma));
                return Some(hop);
            }
            // The comma may be in a quoted string.
            end = comma?;
        }
        None
    })
    .fuse()
}

/// One element: `for=192.0.2.60;proto=http;host="a.example"`. `None` if invalid.
fn element(text: &str) -> Option<Hop> {
    let mut hop = Hop::default();
    let mut rest = text.trim_matches([' ', '\t']);
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = value(after)?;
        if !is_token(name) {
            return None;
        }
        match name.to_ascii_lowercase().as_str() {
            "for" => hop.client = node::address(&value),
            "proto" => hop.scheme = Scheme::parse(&value),
            "host" => hop.host = node::host(&value),
            _ => {}
        }
        match after.strip_prefix(';') {
            Some(more) => rest = more,
            None => return after.is_empty().then_some(hop),
        }
    }
}

/// The token or quoted string (RFC 9110, sections 5.6.2 and 5.6.4) at the start of `text`, and the rest.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (token, after) = text.split_at(text.find(';').unwrap_or(text.len()));
        return is_token(token).then(|| (token.to_owned(), after));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            _ => value.push(character),
        }
    }
    None
}

/// Whether `text` is a token. Colons are accepted too: some proxies write addresses with them unquoted.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clients(value: &str) -> Vec<Option<String>> {
        from_the_end(value).map(|hop| hop.client.map(|ip| ip.to_string())).collect()
    }

    #[test]
    fn the_examples_of_the_rfc_are_read() {
        let hops: Vec<Hop> = from_the_end(r#"for=192.0.2.43, For="[2001:db8:cafe::17]:4711";proto=HTTPS"#).collect();
        let [near, far] = hops.as_slice() else { panic!("{hops:?}") };
        assert_eq!(near.client, Some("2001:db8:cafe::17".parse().unwrap()));
        assert_eq!(near.scheme, Some(Scheme::Https));
        assert_eq!(far.client, Some("192.0.2.43".parse().unwrap()));
        let hops: Vec<Hop> = from_the_end("for=192.0.2.60;proto=http;by=203.0.113.43;host=a.example").collect();
        let [only] = hops.as_slice() else { panic!("{hops:?}") };
        assert_eq!(only.scheme, Some(Scheme::Http));
        assert_eq!(only.host, node::host("a.example"));
        assert_eq!(clients(r#"for="_gazonk""#), [None]);
        assert_eq!(clients("for=unknown, for=192.0.2.43"), [Some("192.0.2.43".to_owned()), None]);
    }

    #[test]
    fn what_a_client_put_before_cannot_hide_what_a_proxy_added() {
        for garbage in ["for=\"", "for=\"1.1.1.1", "\\\"", "=;,=", "for=1.1.1.1;host=\"a", ",,,", "\u{e9}"] {
            let first = clients(&format!("{garbage}, for=198.51.100.1")).into_iter().next();
            assert_eq!(first, Some(Some("198.51.100.1".to_owned())), "{garbage}");
        }
    }

    #[test]
    fn quoted_strings_may_hold_anything() {
        assert_eq!(clients(r#"for=192.0.2.1;ext="a, b; \" c", for=192.0.2.2;ext=",;""#).len(), 2);
        assert_eq!(clients(r#"for=1.1.1.1;ext="x, for=192.0.2.1""#), [Some("1.1.1.1".to_owned())]);
    }

    #[test]
    fn what_is_no_element_ends_it() {
        for text in ["", "for", "for=", "=x", "for=a;", "for=\"a\"b", "for = 192.0.2.1", "a b=c", "for=\"open"] {
            assert_eq!(clients(text), Vec::<Option<String>>::new(), "{text}");
        }
        assert_eq!(clients(&",".repeat(100_000)).len(), 0);
    }
}
