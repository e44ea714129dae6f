//! Cookies: ours are not sent to an app, and an app's own are limited to its host or path.

use axum::http::{HeaderMap, HeaderValue, header};

use rolecall_sign_in::session::could_be_ours;

/// Removes our cookies from a request. The app's own stay as they are, in one line.
pub(super) fn remove_ours(headers: &mut HeaderMap) {
    let mut kept: Vec<u8> = Vec::new();
    for line in headers.get_all(header::COOKIE) {
        for pair in line.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii) {
            if pair.is_empty() || could_be_ours(name_of(pair)) {
                continue;
            }
            if !kept.is_empty() {
                kept.extend_from_slice(b"; ");
            }
            kept.extend_from_slice(pair);
        }
    }
    headers.remove(header::COOKIE);
    if let Some(kept) = HeaderValue::from_bytes(&kept).ok().filter(|kept| !kept.is_empty()) {
        headers.insert(header::COOKIE, kept);
    }
}

/// Limits the cookies that an app sets: no `Domain`, only paths below `prefix` if there is one, and `Secure` if
/// `is_https`. Cookies that could be mistaken for ours are dropped. So are cookies without a name, because a browser
/// sends `=rolecall=x` back as `rolecall=x`.
pub(super) fn keep_in_place(headers: &mut HeaderMap, prefix: &str, is_https: bool) {
    let set: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in set {
        let kept = kept(cookie.as_bytes(), prefix, is_https);
        if let Some(kept) = kept.and_then(|kept| HeaderValue::from_bytes(&kept).ok()) {
            headers.append(header::SET_COOKIE, kept);
        }
    }
}

fn kept(cookie: &[u8], prefix: &str, is_https: bool) -> Option<Vec<u8>> {
    let mut parts = cookie.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let pair = parts.next()?;
    let name = name_of(pair);
    if name.is_empty() || name.len() == pair.len() || could_be_ours(name) {
        return None;
    }
    let mut kept = pair.to_vec();
    let mut is_secure = false;
    for attribute in parts.filter(|part| !part.is_empty()) {
        let name = name_of(attribute);
        if name.eq_ignore_ascii_case(b"domain") {
            continue;
        }
        is_secure |= name.eq_ignore_ascii_case(b"secure");
        kept.extend_from_slice(b"; ");
        if name.eq_ignore_ascii_case(b"path") && !prefix.is_empty() {
            kept.extend_from_slice(b"Path=");
            kept.extend(path_below(prefix, value_of(attribute)));
        } else {
            kept.extend_from_slice(attribute);
        }
    }
    if is_https && !is_secure {
        kept.extend_from_slice(b"; Secure");
    }
    Some(kept)
}

/// `path`, moved below `prefix`. A value that is not a path stands for the path of the request, which is below `prefix`
/// anyway: it becomes `prefix` as a whole.
fn path_below(prefix: &str, path: &[u8]) -> Vec<u8> {
    let is_within = path.strip_prefix(prefix.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'/'));
    let path = if path.first() == Some(&b'/') { path } else { b"/" };
    if is_within { path.to_vec() } else { [prefix.as_bytes(), path].concat() }
}

fn name_of(pair: &[u8]) -> &[u8] {
    let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
    pair.get(..end).unwrap_or_default().trim_ascii()
}

fn value_of(pair: &[u8]) -> &[u8] {
    let begin = pair.iter().position(|byte| *byte == b'=').map_or(pair.len(), |at| at + 1);
    pair.get(begin..).unwrap_or_default().trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent_on(lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, line.parse().unwrap());
        }
        remove_ours(&mut headers);
        assert!(headers.get_all(header::COOKIE).iter().count() <= 1);
        headers.get(header::COOKIE).map(|line| line.to_str().unwrap().to_owned())
    }

    #[test]
    fn our_cookies_end_here_and_the_apps_own_go_on() {
        for (lines, expected) in [
            (vec!["a=1; rolecall=secret; b=\"x y\""], Some("a=1; b=\"x y\"")),
            (vec!["__Host-rolecall=s", "__Host-rolecall-attempt=s; c=2", "d=3"], Some("c=2; d=3")),
            (vec!["ROLECALL=s;rolecall-tries=2 ;  Rolecall_app=1;__Secure-rolecall=1"], None),
            (vec![" rolecall =s; notrolecall=1; a=rolecall"], Some("notrolecall=1; a=rolecall")),
            (vec!["a=1;;b=2;"], Some("a=1; b=2")),
            (vec![], None),
        ] {
            assert_eq!(sent_on(&lines).as_deref(), expected, "{lines:?}");
        }
    }

    fn set(cookie: &str, prefix: &str, is_https: bool) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, cookie.parse().unwrap());
        keep_in_place(&mut headers, prefix, is_https);
        headers.get(header::SET_COOKIE).map(|cookie| cookie.to_str().unwrap().to_owned())
    }

    #[test]
    fn what_an_app_sets_stays_within_its_place() {
        for (cookie, expected) in [
            ("s=1; Path=/; HttpOnly", "s=1; Path=/apps/x/; HttpOnly"),
            ("s=1; path=/deep", "s=1; Path=/apps/x/deep"),
            ("s=1; Path=/apps/x/deep", "s=1; Path=/apps/x/deep"),
            ("s=1; Path=/apps/xy", "s=1; Path=/apps/x/apps/xy"),
            ("s=1; Path=nothing", "s=1; Path=/apps/x/"),
            ("s=1; Domain=example.com; SameSite=Lax", "s=1; SameSite=Lax"),
            ("s=1", "s=1"),
        ] {
            assert_eq!(set(cookie, "/apps/x", false).as_deref(), Some(expected), "{cookie}");
        }
        assert_eq!(set("s=1; Path=/; DOMAIN=a", "", true).as_deref(), Some("s=1; Path=/; Secure"));
        assert_eq!(set("s=1; secure", "", true).as_deref(), Some("s=1; secure"));
    }

    #[test]
    fn what_would_be_taken_for_ours_is_dropped() {
        for cookie in [
            "rolecall=x",
            "__Host-rolecall=x; Path=/",
            "RoleCall-attempt=x",
            " rolecall =x",
            "=rolecall=x",
            "rolecall",
            "__Host%2Drolecall-app=x",
            "",
        ] {
            assert_eq!(set(cookie, "", false), None, "{cookie}");
        }
    }
}
