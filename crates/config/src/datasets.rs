//! How large the files may be that become data sets, how many a person can own, and how many versions are kept.

use std::ops::RangeInclusive;

use rolecall_data::import::Limits;

use super::reader::{Reader, default_of};
use super::settings::DataSetSettings;

/// In bytes: a file has at least one, and nobody uploads more than 100 GB in a browser.
const BYTES: RangeInclusive<u64> = 1..=100_000_000_000;
const ROWS: RangeInclusive<u64> = 1..=1_000_000_000;
/// Each column needs memory of its own while a file is read.
const COLUMNS: RangeInclusive<u64> = 1..=10_000;
/// The current version is always kept.
const VERSIONS: RangeInclusive<u64> = 1..=1000;

/// As many as the list of data sets is made for.
const OWNED: RangeInclusive<u64> = 1..=10_000;

/// Reads the settings of data sets.
pub(super) fn read(reader: &mut Reader) -> DataSetSettings {
    let limits = Limits {
        file_bytes: count(reader, "datasets.max_bytes", &BYTES),
        rows: count(reader, "datasets.max_rows", &ROWS),
        columns: usize::try_from(count(reader, "datasets.max_columns", &COLUMNS)).unwrap_or(usize::MAX),
        ..Limits::default()
    };
    let keep_versions = u32::try_from(count(reader, "datasets.keep_versions", &VERSIONS)).unwrap_or(u32::MAX);
    let max_per_owner = u32::try_from(count(reader, "datasets.max_per_owner", &OWNED)).unwrap_or(u32::MAX);
    DataSetSettings { limits, keep_versions, max_per_owner, import_program: None }
}

/// The whole number at `key`, or its default.
pub(super) fn count(reader: &mut Reader, key: &str, range: &RangeInclusive<u64>) -> u64 {
    let given = reader.count(key);
    let usable = given.filter(|given| range.contains(given));
    if let (Some(given), None) = (given, usable) {
        let remedy = format!("Give a whole number from {} to {}.", range.start(), range.end());
        reader.mistake(key, &format!("is {given}, which cannot be used"), &remedy);
    }
    let count = usable.unwrap_or_else(|| default_of(key).parse().unwrap_or(*range.start()));
    reader.note(key, &count);
    count
}
