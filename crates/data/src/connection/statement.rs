//! Checks a statement before it is sent to a database.

use super::error::ConnectionError;

/// The first words of statements that only read.
const BEGINNINGS: [&str; 4] = ["SELECT", "WITH", "VALUES", "TABLE"];

/// Rejects a statement that is not a SELECT, early and with a clear message. This is not a security check: that is up
/// to the database, which alone can parse its language.
///
/// # Errors
/// [`ConnectionError::NotASelect`].
pub(super) fn check(statement: &str) -> Result<(), ConnectionError> {
    let word: String = without_comments(statement).chars().take_while(char::is_ascii_alphabetic).collect();
    let is_known = BEGINNINGS.iter().any(|beginning| word.eq_ignore_ascii_case(beginning));
    if is_known { Ok(()) } else { Err(ConnectionError::NotASelect) }
}

/// `statement` from its first word on, without leading comments, white space and parentheses.
fn without_comments(statement: &str) -> &str {
    let mut rest = statement;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, behind)| behind);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
        } else {
            return rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_statements_are_recognised_by_their_first_word() {
        for reads in [
            "select 1",
            " SELECT 1",
            "-- sales\nWith a AS (SELECT 1) SELECT * FROM a",
            "/* x */ (values (1))",
            "table t",
        ] {
            assert!(check(reads).is_ok(), "{reads}");
        }
        for other in
            ["", "  ", "-- select 1", "delete from t", "attach 'x' as y", "selection", "pragma x", "; select 1"]
        {
            assert!(matches!(check(other), Err(ConnectionError::NotASelect)), "{other}");
        }
    }
}
