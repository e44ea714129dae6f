//! Decisions of administrators, for the server functions that make them.

use chrono::NaiveDate;
use rolecall_core::admin::{Administrator, DecisionError};
use rolecall_model::{AppError, Role};

use super::request::{audit, auth, client_address, internal, require, require_recent};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The caller, who is an administrator.
///
/// # Errors
/// As [`require`].
pub fn administrator() -> Result<Administrator, AppError> {
    let sign_in = require(Role::Admin)?;
    Ok(Administrator::new(auth()?, audit()?, &sign_in, client_address()))
}

/// The same, who proved a moment ago who they are.
///
/// # Errors
/// As [`require_recent`].
pub fn recent_administrator() -> Result<Administrator, AppError> {
    let sign_in = require_recent(Role::Admin)?;
    Ok(Administrator::new(auth()?, audit()?, &sign_in, client_address()))
}

/// The outcome of a decision, for the browser.
///
/// # Errors
/// The error, as the browser may see it.
pub fn decided<T>(decided: Result<T, DecisionError>) -> Result<(), AppError> {
    decided.map(|_| ()).map_err(|error| error.for_browser(internal))
}

/// When the day `text` of the field `field`, `2026-11-21`, is over, Unix milliseconds (UTC); nothing where it is empty.
///
/// # Errors
/// [`AppError::InvalidField`].
pub fn end_of_day(field: &str, text: &str) -> Result<Option<i64>, AppError> {
    begin_of_day(field, text).map(|begin_ms| begin_ms.map(|begin_ms| begin_ms.saturating_add(DAY_MS)))
}

/// When that day begins.
///
/// # Errors
/// [`AppError::InvalidField`].
pub fn begin_of_day(field: &str, text: &str) -> Result<Option<i64>, AppError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let message = "Write days as 2026-11-21: year, month and day.";
    let invalid = |_| AppError::InvalidField { field: field.to_owned(), message: message.to_owned() };
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(invalid)?;
    Ok(day.and_hms_opt(0, 0, 0).map(|begin| begin.and_utc().timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_and_what_is_none_is_refused() {
        assert_eq!(begin_of_day("from", "1970-01-02").unwrap(), Some(DAY_MS));
        assert_eq!(end_of_day("until", " 1970-01-02 ").unwrap(), Some(2 * DAY_MS));
        assert_eq!(end_of_day("until", "").unwrap(), None);
        for wrong in ["2026-02-30", "21.11.2026", "x", "99999999-01-01"] {
            assert!(begin_of_day("from", wrong).is_err(), "{wrong}");
        }
    }
}
