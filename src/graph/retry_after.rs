//! The header `Retry-After` of an answer.

use std::time::Duration;

use chrono::DateTime;
use http::{HeaderMap, header};

/// How long Graph wants to be left alone: seconds or a date (RFC 9110, section 10.2.3), seen at `now_ms`.
pub(super) fn retry_after(headers: &HeaderMap, now_ms: i64) -> Option<Duration> {
    let said = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = said.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at_ms = DateTime::parse_from_rfc2822(said).ok()?.timestamp_millis();
    Some(Duration::from_millis(u64::try_from(at_ms.saturating_sub(now_ms)).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn seconds_and_dates_are_read() {
        let of = |said: &'static str, now_ms| {
            let headers = [(header::RETRY_AFTER, HeaderValue::from_static(said))];
            retry_after(&headers.into_iter().collect(), now_ms)
        };
        assert_eq!(of("7", 0), Some(Duration::from_secs(7)));
        assert_eq!(of("Wed, 21 Oct 2015 07:28:00 GMT", 1_445_412_475_000), Some(Duration::from_secs(5)));
        assert_eq!(of("Wed, 21 Oct 2015 07:28:00 GMT", 1_445_412_485_000), Some(Duration::ZERO));
        for nonsense in ["", "-1", "soon", "1e3"] {
            assert_eq!(of(nonsense, 0), None, "{nonsense}");
        }
    }
}
