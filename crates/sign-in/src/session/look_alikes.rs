//! Cookies whose names look like ours. Another host of the same domain can set a cookie for the whole domain, except
//! under a name with the prefix `__Host-` (RFC 6265bis, section 4.1.3.2). But a server that decodes names, or trims
//! Unicode spaces, reads `__Host%2Drolecall` as ours: such cookies are removed before any code reads them.

use std::collections::HashMap;

use http::{HeaderMap, HeaderValue, header};
use memchr::memchr;
use percent_encoding::percent_decode;

use super::cookie::pairs_in;
use super::cookie_names::CookieNames;

/// The prefixes of our cookies' names, in lower case: also with a prefix that browsers treat specially.
const OURS: [&str; 3] = ["rolecall", "__host-rolecall", "__secure-rolecall"];

/// Whether some server could read `name` as that of one of our cookies.
#[must_use]
pub fn could_be_ours(name: &[u8]) -> bool {
    let read = percent_decode(name).decode_utf8_lossy().trim().to_ascii_lowercase();
    OURS.iter().any(|ours| read.starts_with(ours))
}

/// Removes cookies that could be read as ours but have another name, and our own cookies if they occur more than once.
/// Others stay unchanged; what is not ASCII is moved to its own header line, so that the rest can be read.
pub fn remove_look_alikes(headers: &mut HeaderMap) {
    if !are_harmless(headers) {
        rewrite(headers);
    }
}

/// Whether nothing needs to be removed, by a quick look at each name: that is the usual case.
fn are_harmless(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::COOKIE).iter();
    let Some(line) = lines.next().map(HeaderValue::as_bytes) else { return true };
    let mut ours: [&[u8]; 4] = [&[]; 4];
    let mut count = 0;
    for name in pairs_in(line).map(name_of) {
        if !name.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'%') {
            return false;
        }
        if !is_called_like_ours(name) {
            continue;
        }
        if !CookieNames::is_ours(name) || count == ours.len() || ours[..count].contains(&name) {
            return false;
        }
        ours[count] = name;
        count += 1;
    }
    line.is_ascii() && lines.next().is_none()
}

/// Whether `name`, which needs no decoding or trimming, begins like one of ours.
fn is_called_like_ours(name: &[u8]) -> bool {
    let begins_like =
        |ours: &str| name.get(..ours.len()).is_some_and(|part| part.eq_ignore_ascii_case(ours.as_bytes()));
    OURS.into_iter().any(begins_like)
}

/// Rewrites the cookies without those to remove.
fn rewrite(headers: &mut HeaderMap) {
    let lines: Vec<HeaderValue> = headers.get_all(header::COOKIE).iter().cloned().collect();
    let pairs: Vec<&[u8]> = lines.iter().flat_map(|line| pairs_in(line.as_bytes())).collect();
    // Counted in one pass: a header can hold thousands of pairs, and anyone can send it.
    let mut ours: HashMap<&[u8], usize> = HashMap::new();
    for name in pairs.iter().map(|pair| name_of(pair)).filter(|name| could_be_ours(name)) {
        *ours.entry(name).or_default() += 1;
    }
    let is_kept = |pair: &&[u8]| {
        let count = ours.get(name_of(pair));
        !pair.trim_ascii().is_empty() && count.is_none_or(|count| *count == 1 && CookieNames::is_ours(name_of(pair)))
    };
    let (readable, unreadable): (Vec<&[u8]>, Vec<&[u8]>) =
        pairs.iter().copied().filter(is_kept).map(<[u8]>::trim_ascii).partition(|pair| pair.is_ascii());
    headers.remove(header::COOKIE);
    for line in [readable, unreadable] {
        if let Some(line) = HeaderValue::from_bytes(&line.join(&b"; "[..])).ok().filter(|line| !line.is_empty()) {
            headers.append(header::COOKIE, line);
        }
    }
}

fn name_of(pair: &[u8]) -> &[u8] {
    pair[..memchr(b'=', pair).unwrap_or(pair.len())].trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_of(lines: &[&str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        remove_look_alikes(&mut headers);
        let text = |line: &HeaderValue| String::from_utf8(line.as_bytes().to_vec()).unwrap();
        headers.get_all(header::COOKIE).iter().map(text).collect()
    }

    #[test]
    fn thousands_of_doubled_ones_are_taken_away_in_one_go() {
        assert_eq!(left_of(&[&"rolecall;".repeat(7_000), "theme=dark"]), ["theme=dark"]);
    }

    // Case: cookie/look-alike
    #[test]
    fn what_is_only_almost_called_like_ours_is_taken_away() {
        let real = "__Host-rolecall=real";
        for look_alike in [
            "__Host%2Drolecall=planted",
            "__Host%2drolecall=planted",
            "%5f_Host-rolecall=planted",
            "__Host-rolecal%6c=planted",
            "%20__Host-rolecall=planted",
            "\u{2003}__Host-rolecall=planted",
            "__host-rolecall=planted",
            "__Host-rolecall-other=planted",
            "__Host%2Drolecall%2Dapp=planted",
            "%72olecall=planted",
        ] {
            for lines in
                [vec![format!("{real}; {look_alike}; a=1")], vec![look_alike.to_owned(), format!("{real};a=1")]]
            {
                let lines: Vec<_> = lines.iter().map(String::as_str).collect();
                assert_eq!(left_of(&lines), [format!("{real}; a=1")], "{lines:?}");
            }
        }
    }

    // Case: cookie/look-alike
    #[test]
    fn cookies_of_attempts_and_kept_addresses_count_under_exactly_their_names() {
        let id = "A-_z4567890123456789Bc";
        for name in [
            format!("rolecall-attempt-{id}"),
            format!("__Host-rolecall-attempt-{id}"),
            format!("rolecall-app-attempt-{id}"),
            format!("__Host-rolecall-app-attempt-{id}"),
            format!("rolecall-page-{id}-0"),
            format!("__Secure-rolecall-app-page-{id}-2"),
        ] {
            assert_eq!(left_of(&[&format!("{name}=x")]), [format!("{name}=x")]);
            assert_eq!(left_of(&[&format!("{name}=x; a=1; {name}=x")]), ["a=1"]);
            for look_alike in [
                name.replace('-', "%2D"),
                name.to_uppercase(),
                format!("{name}x"),
                format!("%20{name}"),
                name.replace('z', ""),
            ] {
                assert_eq!(left_of(&[&format!("{look_alike}=planted; a=1")]), ["a=1"], "{look_alike}");
            }
        }
        for planted in
            ["rolecall-attempt=x", &format!("__Secure-rolecall-attempt-{id}=x"), &format!("rolecall-page-{id}-3=x")]
        {
            assert_eq!(left_of(&[planted]), [""; 0], "{planted}");
        }
    }

    #[test]
    fn nobody_can_tell_which_of_two_is_ours() {
        assert_eq!(left_of(&["rolecall=a; b=1; rolecall=c"]), ["b=1"]);
        assert_eq!(left_of(&["rolecall=a", "rolecall=a"]), [""; 0]);
        assert_eq!(left_of(&["rolecall=a; rolecall-app=b; b=1; b=2"]), ["rolecall=a; rolecall-app=b; b=1; b=2"]);
    }

    #[test]
    fn what_cannot_be_read_does_not_keep_the_rest_from_being_read() {
        assert_eq!(left_of(&["é=1; rolecall=a;;c=2 "]), ["rolecall=a; c=2", "é=1"]);
        assert_eq!(left_of(&[]), [""; 0]);
    }
}
