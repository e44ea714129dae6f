//! Titles and descriptions of data sets, and their length limits.

use super::error::DatasetError;

/// The longest title of a data set, in characters.
pub const MAX_TITLE_CHARS: usize = 200;
/// The longest description of a data set, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 500;

/// `text` as the title of a data set: one line.
///
/// # Errors
/// [`DatasetError::Unusable`] if it is empty or too long.
pub fn checked_title(text: &str) -> Result<String, DatasetError> {
    let title = one_line(text);
    if title.is_empty() || title.chars().count() > MAX_TITLE_CHARS {
        let wish = format!("Give the data set a title of 1 to {MAX_TITLE_CHARS} characters.");
        return Err(DatasetError::Unusable(wish));
    }
    Ok(title)
}

/// `text` as the description of a data set: one line, which may be empty.
///
/// # Errors
/// [`DatasetError::Unusable`] if it is too long.
pub fn checked_description(text: &str) -> Result<String, DatasetError> {
    let description = one_line(text);
    if description.chars().count() > MAX_DESCRIPTION_CHARS {
        let wish = format!("A description has at most {MAX_DESCRIPTION_CHARS} characters.");
        return Err(DatasetError::Unusable(wish));
    }
    Ok(description)
}

/// `text` as one line, without control characters.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.retain(|c| !c.is_control());
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_a_line_of_1_to_200_characters() {
        assert_eq!(checked_title(" Sales \r\n 2026\u{7}").unwrap(), "Sales 2026");
        assert!(checked_title(&"é".repeat(MAX_TITLE_CHARS)).is_ok());
        for title in ["", " \n", &"é".repeat(MAX_TITLE_CHARS + 1)] {
            assert!(checked_title(title).is_err(), "{title}");
        }
        assert_eq!(checked_description("\n").unwrap(), "");
        assert!(checked_description(&"é".repeat(MAX_DESCRIPTION_CHARS + 1)).is_err());
    }
}
