//! Times as the API reads and writes them.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat};

use super::problem::ApiProblem;

/// A time as the API writes it (RFC 3339, UTC).
pub(super) fn written(at_ms: i64) -> String {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The time in `text`, Unix milliseconds (UTC): a moment with its offset (RFC 3339), or midnight (UTC) at the beginning
/// of a day.
pub(super) fn moment(text: &str) -> Result<i64, ApiProblem> {
    const WRONG: &str = "Write times as 2026-11-21T08:00:00Z (RFC 3339), or days as 2026-11-21.";
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis());
    }
    let moment = DateTime::parse_from_rfc3339(text).map_err(|_| ApiProblem::bad_request(WRONG))?;
    Ok(moment.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_is_written_and_a_day_begins_at_midnight() {
        let at_ms = 1_795_248_330_123;
        assert_eq!(moment(&written(at_ms)).unwrap(), at_ms);
        assert_eq!(moment("1970-01-02T02:00:00+02:00").unwrap(), 86_400_000);
        assert_eq!(moment("1970-01-02").unwrap(), 86_400_000);
        for wrong in ["", "2026-02-30", "1970-01-02T00:00:00", "21.11.2026", "now"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }
}
