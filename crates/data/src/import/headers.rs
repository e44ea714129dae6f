//! The names of columns.

use std::collections::{HashMap, HashSet};

use icu_normalizer::ComposingNormalizerBorrowed;
use rolecall_model::data::DataColumn;

use super::limits::counted;
use super::reading::ColumnReading;
use super::report::{ImportReport, Mistake, shown};

/// The maximum length in characters of a column name that does not come from a file.
const LONGEST_NAME: usize = 200;

/// The key under which names count as equal: without surrounding space, and ignoring case and Unicode form (NFKC).
#[must_use]
pub fn folded(name: &str) -> String {
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    // To upper case and back, because several small letters share a capital: ß and ss, σ and ς.
    let folded = normalizer.normalize(name.trim()).to_uppercase().to_lowercase().replace('ς', "σ");
    normalizer.normalize(&folded).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The letters of a column as in spreadsheets: A, B, … Z, AA.
pub(super) fn letters(position: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = position + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % 26]));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// A name for each column: its header, or its letters if that is empty.
pub(super) fn names(headers: &[String]) -> Vec<String> {
    let mut taken: HashSet<String> = headers.iter().map(|header| folded(header)).collect();
    let name = |(position, header): (usize, &String)| {
        let header = header.trim();
        if !header.is_empty() {
            return header.to_owned();
        }
        let mut name = letters(position);
        while !taken.insert(folded(&name)) {
            name.push('_');
        }
        name
    };
    headers.iter().enumerate().map(name).collect()
}

/// Reports names in the data set that are empty or used twice.
pub(super) fn check_names<'a>(columns: impl Iterator<Item = &'a ColumnReading>, line: u64, report: &mut ImportReport) {
    let mut first: HashMap<String, &str> = HashMap::new();
    for column in columns {
        let value = Some(shown(column.name.as_bytes()));
        let mistake = |reason| Mistake { line, column: Some(letters(column.position)), value: value.clone(), reason };
        let name = folded(&column.name);
        if name.is_empty() {
            report.add(mistake("the column has no name".to_owned()));
        } else if let Some(other) = first.insert(name, &column.name) {
            report.add(mistake(format!("another column has the same name: {}", shown(other.as_bytes()))));
        }
    }
}

/// Checks that a data set can have `columns`: at least one, at most `most`, each with a unique name.
///
/// # Errors
/// What is wrong, as a sentence.
pub fn check_columns(columns: &[DataColumn], most: usize) -> Result<(), String> {
    if columns.is_empty() {
        return Err("A data set has at least one column.".to_owned());
    }
    if columns.len() > most {
        return Err(format!("A data set has at most {}.", counted(most as u64, "column")));
    }
    let mut known = HashSet::new();
    for column in columns {
        let (name, told) = (column.name.trim(), shown(column.name.as_bytes()));
        if name.is_empty() || name.len() != column.name.len() || name.chars().any(char::is_control) {
            return Err(format!("“{told}” cannot be the name of a column: give a text without space around it."));
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(format!("The name of a column has at most {LONGEST_NAME} characters: “{told}”."));
        }
        if !known.insert(folded(name)) {
            return Err(format!(
                "Two columns are called “{told}”: upper and lower case and spaces make no difference."
            ));
        }
    }
    Ok(())
}
