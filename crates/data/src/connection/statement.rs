//! What an administrator wrote, before a database sees it.

use super::error::ConnectionError;

/// How a statement that only reads begins.
const BEGINNINGS: [&str; 4] = ["SELECT", "WITH", "VALUES", "TABLE"];

/// Says early, and in words of ours, what is no SELECT. It keeps nobody out: that databases see to, since only they know their
/// language.
///
/// # Errors
/// [`ConnectionError::NotASelect`].
pub(super) fn check(statement: &str) -> Result<(), ConnectionError> {
    let word: String = without_comments(statement).chars().take_while(char::is_ascii_alphabetic).collect();
    let is_known = BEGINNINGS.iter().any(|beginning| word.eq_ignore_ascii_case(beginning));
    if is_known { Ok(()) } else { Err(ConnectionError::NotASelect) }
}

/// What stands behind the comments, space and parentheses in front.
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
    fn a_statement_that_reads_begins_as_one() {
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
