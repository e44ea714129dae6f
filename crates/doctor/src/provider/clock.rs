//! Whether our clock and the provider's show the same time, since the validity of tokens depends on it.

use http::HeaderMap;
use rolecall_sign_in::LEEWAY_S;
use rolecall_sign_in::provider::date_s;

use crate::report::Section;

/// The largest difference without a warning, in seconds.
const WARN_S: i64 = 20;

/// Compares `now_ms` with the provider's time in the `headers` of a response (RFC 9110, section 6.6.1).
pub(super) fn check(section: &mut Section<'_>, headers: &HeaderMap, now_ms: i64) {
    const CHECK: &str = "provider.clock";
    const REMEDY: &str = "Synchronize this machine's clock by NTP. If it is right, the provider's is wrong.";
    let Some(date_s) = date_s(headers) else {
        section.note(CHECK, "The provider does not send its time, so the clocks cannot be compared.");
        return;
    };
    let ahead_s = now_ms.div_euclid(1000) - date_s;
    let side = if ahead_s > 0 { "ahead of" } else { "behind" };
    let told = format!("Our clock is {} s {side} the provider's", ahead_s.abs());
    match ahead_s.abs() {
        0..=2 => section.good(CHECK, "Our clock and the provider's show the same time."),
        off if off <= WARN_S => section.good(CHECK, format!("{told}, which is close enough.")),
        off if off <= LEEWAY_S => section.warning(CHECK, format!("{told}."), REMEDY),
        _ => section.bad(CHECK, format!("{told}: tokens look expired, or not yet valid."), REMEDY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, Status};

    #[test]
    fn a_difference_counts_in_either_direction() {
        let found = |headers: &[(&'static str, &str)], now_s: i64| {
            let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            let mut report = Report::default();
            check(&mut report.section("s"), &headers, now_s * 1000);
            report.findings()[0].status
        };
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let at = 784_111_777;
        for (off, status) in [
            (0, Status::Good),
            (20, Status::Good),
            (60, Status::Warning),
            (61, Status::Bad),
            (-61, Status::Bad),
            (-30, Status::Warning),
        ] {
            assert_eq!(found(&[date], at + off), status, "{off}");
        }
        assert_eq!(found(&[date, ("age", "300")], at + 300), Status::Good);
        assert_eq!(found(&[], at), Status::Note);
        assert_eq!(found(&[("date", "today")], at), Status::Note);
    }
}
