//! Where a person goes after the sign-in: always one of our own pages.

use std::borrow::Cow;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Position, Url};

use crate::routes;

/// A path with query and fragment on our own origin, safe to put into a `Location` header: it starts with exactly one
/// `/` and holds printable ASCII only.
///
/// The fragment is never part of a request: only a script in the browser can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// The longest target, in bytes.
    pub const MAX_BYTES: usize = 8 * 1024;

    /// Whether `raw` is too long for a target.
    #[must_use]
    pub const fn is_too_long(raw: &str) -> bool {
        raw.len() > Self::MAX_BYTES
    }

    /// The front page.
    #[must_use]
    pub fn home() -> Self {
        Self(routes::HOME.to_owned())
    }

    /// The target in `raw`, if it is one of our pages; `None` for anything else.
    ///
    /// `raw` must be an absolute path. In the path, backslashes, control characters and dot segments are rejected, also
    /// when they are percent-encoded once or twice, since a browser or proxy further on may decode them. The rest is
    /// kept byte for byte, as the browser requested it; only a backslash in the query or fragment becomes `%5C`, which
    /// means the same.
    ///
    /// ```
    /// use rolecall_sign_in::ReturnTo;
    ///
    /// let kept = ReturnTo::parse("/dashboards/weather?page=3");
    /// assert_eq!(kept.map(|kept| kept.to_string()).as_deref(), Some("/dashboards/weather?page=3"));
    /// assert_eq!(ReturnTo::parse("/reports?y=1#panel-7").map(|kept| kept.path().to_owned()).as_deref(), Some("/reports"));
    /// assert!(ReturnTo::parse("//evil.test").is_none());
    /// assert!(ReturnTo::parse("/%5cevil.test").is_none());
    /// ```
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        Self::parse_elsewhere(raw).filter(|target| !is_sign_in(target.path()))
    }

    /// The target in `raw` on another host than our own, where our paths have no meaning: checked as strictly.
    #[must_use]
    pub fn parse_elsewhere(raw: &str) -> Option<Self> {
        let end_of_path = raw.find(['?', '#']).unwrap_or(raw.len());
        let (path, rest) = raw.split_at(end_of_path);
        let is_clean = |text: &str| text.chars().all(|c| !c.is_control() && !c.is_whitespace());
        if Self::is_too_long(raw) || !is_clean(raw) || !stays_a_path(path) {
            return None;
        }
        let mut decoded = Cow::Borrowed(path);
        for _ in 0..2 {
            decoded = Cow::Owned(percent_encoding::percent_decode_str(&decoded).decode_utf8_lossy().into_owned());
            if !stays_a_path(&decoded) {
                return None;
            }
        }
        // The origin is a placeholder: only the part after it is kept, and only if the origin did not change.
        let base = Url::parse("https://rolecall.invalid").ok()?;
        let target = base.join(&[path, &rest.replace('\\', "%5C")].concat()).ok()?;
        if target.origin() != base.origin() || !target.username().is_empty() || target.password().is_some() {
            return None;
        }
        let kept = &target[Position::BeforePath..];
        (stays_a_path(target.path()) && !Self::is_too_long(kept)).then(|| Self(kept.to_owned()))
    }

    /// The path, without query and fragment.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.split(['?', '#']).next().unwrap_or_default()
    }

    /// [`parse`](Self::parse), or the front page.
    #[must_use]
    pub fn parse_or_home(raw: Option<&str>) -> Self {
        raw.and_then(Self::parse).unwrap_or_else(Self::home)
    }

    /// The path, query and fragment.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// As text.
impl Serialize for ReturnTo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// From text that was validated before, on any host.
impl<'de> Deserialize<'de> for ReturnTo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_elsewhere(&text).ok_or_else(|| D::Error::custom("no path of a page"))
    }
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether every reader interprets the path `text` as one on the same origin.
fn stays_a_path(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next() == Some('/')
        && !matches!(chars.next(), Some('/' | '\\'))
        && !text.contains("/../")
        && !text.contains("/./")
        && text.chars().all(|c| !c.is_control() && c != '\\' && c != '〱')
}

/// Whether the path would begin another sign-in, which would be a loop.
fn is_sign_in(path: &str) -> bool {
    path == routes::SIGN_IN
        || path == routes::SIGNED_OUT
        || path.starts_with(routes::LOGIN_PREFIX)
        || path.starts_with("/api/")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case: return/own-page
    #[test]
    fn our_own_pages_are_kept_as_they_are() {
        for path in [
            "/",
            "/dashboards/weather?page=3",
            "/a-b?x=%2F%20",
            "/dashboards/weather?q=a+b&r=1",
            "/apps/sales/my%20report%2B1.html",
            "/apps/sales/100%25?like=100%25&quoted=%22a+b%22",
            "/apps/sales/%C3%A9%E4%B8%AD?q=%F0%9F%8D%AA",
            "/apps/sales/caf%E9",
            "/apps/sales/?file=/a/../b/./c&next=//x&url=https://a.test/",
            "/apps/sales/?",
            "/a?{b}=[c]|^`&d='e'".replace('\'', "%27").as_str(),
        ] {
            assert_eq!(ReturnTo::parse(path).map(|kept| kept.to_string()).as_deref(), Some(path));
        }
    }

    #[test]
    fn a_fragment_is_kept_and_is_no_part_of_the_path() {
        for (raw, kept) in [
            ("/dashboards#data", "/dashboards#data"),
            ("/x?y#panel-7", "/x?y#panel-7"),
            ("/x#/route?tab=2", "/x#/route?tab=2"),
            ("/x#é\"<\\", "/x#%C3%A9%22%3C%5C"),
            ("/x?re=\\d", "/x?re=%5Cd"),
        ] {
            assert_eq!(ReturnTo::parse(raw).unwrap().as_str(), kept);
        }
        assert_eq!(ReturnTo::parse("/dashboards#data?x").unwrap().path(), "/dashboards");
        for refused in ["/sign-in#x", "/login/azure#x", "/x#a b", "/x#a\tb", "/x?a\nb", "#x", "/\\evil.test#x"] {
            assert_eq!(ReturnTo::parse(refused), None, "{refused:?}");
        }
    }

    // Case: return/slashes, return/backslash, return/encoded-tab, return/encoded-backslash
    // Case: return/scheme-without-slashes, return/tab, return/dot-backslash, return/dots-backslash, return/javascript
    // Case: return/space, return/vertical-ideograph, return/user-at-host, return/odd-addresses
    #[test]
    fn nothing_leads_elsewhere_raw_or_decoded_once_or_twice() {
        let attacks = [
            "",
            "evil.test",
            "//evil.test",
            "///evil.test",
            "/\\evil.test",
            "\\/evil.test",
            "/\t/evil.test",
            "/\n/evil.test",
            "/./\\evil.test",
            "/../../\\evil.test",
            "/.//evil.test",
            "/..//evil.test",
            "javascript:alert(1)",
            "https:evil.test",
            "https://evil.test",
            "http:/evil.test",
            "/ /evil.test",
            "〱evil.test",
            "/〱evil.test",
            "@evil.test",
            "user@evil.test",
            "//user@evil.test",
            "//0x7f.1",
            "//[::1]",
            "/\u{0}",
            "/a\r\nLocation: https://evil.test",
            "\u{a0}//evil.test",
            "?x",
            "#x",
        ];
        for attack in attacks {
            let once: String = url::form_urlencoded::byte_serialize(attack.as_bytes()).collect();
            let once = once.replace('+', "%20");
            let twice = once.replace('%', "%25");
            for form in [attack.to_owned(), format!("/{}", &once), format!("/{}", &twice)] {
                if let Some(kept) = ReturnTo::parse(&form) {
                    let landed = Url::parse("https://ours.test").unwrap().join(kept.as_str()).unwrap();
                    assert_eq!(landed.host_str(), Some("ours.test"), "{form:?} became {kept}");
                    assert!(!kept.as_str().starts_with("//") && !kept.as_str().contains('\\'), "{form:?}");
                }
            }
            assert_eq!(ReturnTo::parse(attack), None, "{attack:?}");
        }
        for encoded in ["/%5cevil.test", "/%255cevil.test", "/%09/evil.test", "/%2fevil.test", "/%252fevil.test"] {
            assert_eq!(ReturnTo::parse(encoded), None, "{encoded}");
        }
    }

    #[test]
    fn what_would_begin_again_or_is_too_long_is_refused() {
        for path in ["/login/azure", "/sign-in", "/signed-out", "/api/sign_out"] {
            assert_eq!(ReturnTo::parse(path), None, "{path}");
        }
        assert_eq!(ReturnTo::parse(&format!("/{}", "a".repeat(ReturnTo::MAX_BYTES))), None);
        assert!(ReturnTo::parse(&format!("/{}", "a".repeat(ReturnTo::MAX_BYTES - 1))).is_some());
    }
}
