//! Detects the delimiter and the quote of a text.

use super::super::cells::{STYLES, parse_decimal};

/// The possible delimiters, the most likely first.
const DELIMITERS: [u8; 4] = *b",;\t|";
/// The number of lines that are examined.
const LINES: usize = 1_000;
/// The maximum number of cells in an examined line.
const CELLS: usize = 20_000;

/// The delimiter and the quote that fit the start of a text best: with them, nearly all lines have the same number of
/// cells, and few cells contain another delimiter. If none fits, the text has one column, and the delimiter is a comma.
pub fn sniff(text: &[u8], delimiter: Option<u8>, quote: Option<u8>) -> (u8, u8) {
    let quote = quote.unwrap_or_else(|| if uses_apostrophes(text) { b'\'' } else { b'"' });
    if let Some(delimiter) = delimiter {
        return (delimiter, quote);
    }
    let mut best = (0.0, b',');
    for delimiter in DELIMITERS {
        let score = score(text, delimiter, quote);
        if score > best.0 + 1e-9 {
            best = (score, delimiter);
        }
    }
    (best.1, quote)
}

/// Whether cells are quoted with apostrophes, and none with double quotes.
fn uses_apostrophes(text: &[u8]) -> bool {
    let is_between = |byte: Option<&u8>| byte.is_none_or(|byte| DELIMITERS.contains(byte) || b"\r\n".contains(byte));
    let opening = memchr::memchr_iter(b'\'', text)
        .filter(|at| is_between(at.checked_sub(1).and_then(|before| text.get(before))))
        .count();
    let closing = memchr::memchr_iter(b'\'', text).filter(|at| is_between(text.get(at + 1))).count();
    opening >= 2 && closing >= 2 && memchr::memchr(b'"', text).is_none()
}

/// A score from 0 to 1: the proportion of lines with the most frequent length, times the proportion of clean cells.
#[expect(clippy::cast_precision_loss, reason = "counts of a sample")]
fn score(text: &[u8], delimiter: u8, quote: u8) -> f64 {
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).quote(quote).build();
    let mut cells = vec![0; text.len() + 1];
    let mut ends = vec![0; CELLS];
    let mut lengths = Vec::new();
    let (mut rest, mut clean, mut all) = (text, 0_usize, 0_usize);
    while lengths.len() < LINES {
        let (result, read, _, count) = reader.read_record(rest, &mut cells, &mut ends);
        rest = &rest[read..];
        // The last line may be cut.
        if !matches!(result, csv_core::ReadRecordResult::Record) || rest.is_empty() && !lengths.is_empty() {
            break;
        }
        let mut start = 0;
        for end in &ends[..count] {
            all += 1;
            clean += usize::from(is_clean(&cells[start..*end], delimiter));
            start = *end;
        }
        lengths.push(count);
    }
    let Some(usual) = most_frequent(&lengths) else { return 0.0 };
    if usual < 2 {
        return 0.0;
    }
    let regular = lengths.iter().filter(|length| **length == usual).count();
    regular as f64 / lengths.len() as f64 * (clean as f64 / all as f64)
}

/// Whether a cell contains no other delimiter, except as a mark in a number.
fn is_clean(cell: &[u8], delimiter: u8) -> bool {
    let is_other = |byte: &u8| DELIMITERS.contains(byte) && *byte != delimiter && *byte != b',';
    let has_comma = delimiter != b',' && cell.contains(&b',');
    let is_number = || STYLES.iter().any(|style| parse_decimal(cell, *style).is_some());
    !cell.iter().any(is_other) && (!has_comma || cell.contains(&b' ') || is_number())
}

fn most_frequent(lengths: &[usize]) -> Option<usize> {
    let mut sorted = lengths.to_vec();
    sorted.sort_unstable();
    sorted.chunk_by(|one, other| one == other).max_by_key(|chunk| chunk.len()).and_then(|chunk| chunk.first().copied())
}
