//! When a certificate or a secret expires.

use chrono::DateTime;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::report::{Section, counted};

/// How many days before its expiry something gets a warning.
const WARN_DAYS: i64 = 21;
const DAY_S: i64 = 24 * 3600;

/// What expires.
pub(super) struct Subject<'a> {
    /// The check's name.
    pub(super) check: &'static str,
    /// What it is, at the beginning of a sentence.
    pub(super) name: &'a str,
    /// How it is renewed.
    pub(super) renew: &'a str,
}

/// Looks at the validity (RFC 5280, section 4.1.2.5) of the certificate in `der` at `at_ms`.
pub(super) fn check(section: &mut Section<'_>, subject: &Subject<'_>, der: &[u8], at_ms: i64) {
    let Subject { check, name, .. } = subject;
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        section.note(check, format!("{name} cannot be read, so its expiry date is unknown."));
        return;
    };
    let now_s = at_ms.div_euclid(1000);
    let (begins_s, ends_s) =
        (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
    if now_s < begins_s {
        section.bad(
            check,
            format!("{name} is valid only from {} on.", day(begins_s)),
            "Set the clock, or use another certificate.",
        );
    } else {
        check_end(section, subject, ends_s, now_s);
    }
}

/// Looks at an end, at `now_s`; both are Unix seconds.
pub(super) fn check_end(section: &mut Section<'_>, subject: &Subject<'_>, ends_s: i64, now_s: i64) {
    let Subject { check, name, renew } = subject;
    if now_s > ends_s {
        section.bad(check, format!("{name} expired on {}.", day(ends_s)), *renew);
    } else if ends_s - now_s < WARN_DAYS * DAY_S {
        let days = counted((ends_s - now_s) / DAY_S, "day", "days");
        section.warning(check, format!("{name} expires on {}, in {days}.", day(ends_s)), *renew);
    } else {
        section.good(check, format!("{name} is valid until {}.", day(ends_s)));
    }
}

/// The day of a time in Unix seconds.
fn day(at_s: i64) -> String {
    DateTime::from_timestamp(at_s, 0).map_or_else(|| at_s.to_string(), |at| at.format("%-d %b %Y").to_string())
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};
    use time::OffsetDateTime;

    use super::super::report::{Report, Status};
    use super::*;

    #[test]
    fn an_end_is_told_before_it_comes() {
        let mut params = CertificateParams::new(vec!["rolecall.test".to_owned()]).unwrap();
        params.not_before = OffsetDateTime::from_unix_timestamp(0).unwrap();
        params.not_after = OffsetDateTime::from_unix_timestamp(100 * DAY_S).unwrap();
        let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec();
        let found = |day: i64| {
            let mut report = Report::default();
            let subject = Subject { check: "c", name: "It", renew: "Renew it." };
            check(&mut report.section("s"), &subject, &der, day * DAY_S * 1000);
            report.findings()[0].clone()
        };
        assert_eq!(found(-1).status, Status::Bad);
        assert_eq!(found(10).status, Status::Good);
        assert_eq!(found(90).what, "It expires on 11 Apr 1970, in 10 days.");
        assert_eq!(found(90).status, Status::Warning);
        assert_eq!(found(99).what, "It expires on 11 Apr 1970, in 1 day.");
        assert_eq!(found(101).status, Status::Bad);
    }

    #[test]
    fn the_end_of_a_secret_is_told_as_that_of_a_certificate() {
        let found = |day: i64| {
            let mut report = Report::default();
            let subject = Subject { check: "c", name: "The client secret", renew: "Make a new one." };
            check_end(&mut report.section("s"), &subject, 100 * DAY_S, day * DAY_S);
            report.findings()[0].clone()
        };
        assert_eq!(found(10).what, "The client secret is valid until 11 Apr 1970.");
        assert_eq!((found(90).status, found(101).status), (Status::Warning, Status::Bad));
        assert_eq!(found(101).what, "The client secret expired on 11 Apr 1970.");
    }
}
