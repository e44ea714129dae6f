//! The addresses of requests: always below one address, whatever a path or a link contains.

use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Url;

/// The address that every request stays below, for example `https://graph.microsoft.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(Url);

/// Why a path or link is not followed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PathError {
    /// It does not begin with exactly one slash, or contains something that no path of Graph contains.
    #[error("the path is not one below the configured address")]
    NotAPath,
    /// The link leads elsewhere.
    #[error("the link leads away from the configured address")]
    Elsewhere,
}

impl Base {
    /// `url` as a base; a slash at its end makes no difference.
    #[must_use]
    pub fn new(mut url: Url) -> Self {
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Self(url)
    }

    /// The address itself.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The address of `path`, which begins with a slash and may have a query.
    ///
    /// # Errors
    /// When it is no such path: another host, `..`, a backslash, a fragment, or any of these encoded.
    pub fn resolve(&self, path: &str) -> Result<Url, PathError> {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#');
        if !path.starts_with('/') || !is_plain(path) || !query.is_none_or(is_plain) {
            return Err(PathError::NotAPath);
        }
        if !path[1..].split('/').all(is_name) {
            return Err(PathError::NotAPath);
        }
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.path()));
        url.set_query(query);
        self.holds(&url).then_some(url).ok_or(PathError::NotAPath)
    }

    /// The address of `link`, a complete URL in an answer (`@odata.nextLink`).
    ///
    /// # Errors
    /// When it leads elsewhere.
    pub fn follow(&self, link: &str) -> Result<Url, PathError> {
        let url = Url::parse(link).map_err(|_| PathError::Elsewhere)?;
        let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let has_names = url.path_segments().is_some_and(|mut segments| segments.all(is_name));
        (is_bare && has_names && self.holds(&url)).then_some(url).ok_or(PathError::Elsewhere)
    }

    fn holds(&self, url: &Url) -> bool {
        let below = url.path().strip_prefix(self.path());
        url.origin() == self.0.origin() && below.is_some_and(|below| below.starts_with('/'))
    }

    fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }
}

/// Whether a segment of a path is a name: not empty, not a step up, and not several segments in encoded form.
fn is_name(segment: &str) -> bool {
    let Ok(decoded) = percent_decode_str(segment).decode_utf8() else { return false };
    !["", ".", ".."].contains(&&*decoded) && !decoded.contains(['/', '\\', '%']) && !decoded.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(url: &str) -> Base {
        Base::new(url.parse().unwrap())
    }

    #[test]
    fn a_path_stands_below_the_base() {
        for (of, path, address) in [
            ("https://graph.test", "/v1.0/me", "https://graph.test/v1.0/me"),
            ("https://graph.test/", "/v1.0/me/photo/$value", "https://graph.test/v1.0/me/photo/$value"),
            ("http://127.0.0.1:1/demo", "/v1.0/me?$select=a,b", "http://127.0.0.1:1/demo/v1.0/me?$select=a,b"),
            ("http://127.0.0.1:1/demo/", "/v1.0/users/a%20b", "http://127.0.0.1:1/demo/v1.0/users/a%20b"),
        ] {
            assert_eq!(base(of).resolve(path).unwrap().as_str(), address);
        }
    }

    #[test]
    fn nothing_leads_away_from_the_base() {
        for path in [
            "",
            "v1.0/me",
            "//evil.test/",
            "/\\evil.test",
            "https://evil.test/",
            "/v1.0/../../x",
            "/..",
            "/.",
            "/a/./b",
            "/%2e%2e/x",
            "/.%2E/x",
            "/a%2f..%2fb",
            "/%5cevil",
            "/a//b",
            "/a\tb",
            "/a b",
            "/a#b",
            "/a%00",
            "/%252e%252e/x",
            "/a?b#c",
            "/a?b c",
            "@evil.test/",
            ":80@evil.test",
            "/ä",
        ] {
            assert_eq!(base("http://127.0.0.1:1/demo").resolve(path), Err(PathError::NotAPath), "{path}");
        }
    }

    #[test]
    fn a_link_is_followed_below_the_base_only() {
        let demo = base("http://127.0.0.1:1/demo");
        let next = "http://127.0.0.1:1/demo/v1.0/groups?$skiptoken=x";
        assert_eq!(demo.follow(next).unwrap().as_str(), next);
        for link in [
            "http://127.0.0.1:2/demo/v1.0",
            "https://127.0.0.1:1/demo/v1.0",
            "http://evil.test/demo/v1.0",
            "http://a@127.0.0.1:1/demo/v1.0",
            "http://127.0.0.1:1/demon/v1.0",
            "http://127.0.0.1:1/demo",
            "http://127.0.0.1:1/demo/../x",
            "http://127.0.0.1:1/demo/%2e%2e/x",
            "/v1.0/me",
            "",
            "http://127.0.0.1:1/demo/a%2f..%2f..%2fx",
        ] {
            assert_eq!(demo.follow(link), Err(PathError::Elsewhere), "{link}");
        }
    }
}
