//! How many dashboards a person can own, how many versions of each are kept, and how long their pages wait for data.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::datasets::count;
use super::limits::time;
use super::reader::Reader;
use super::settings::DashboardSettings;

/// The current version is always kept, and an undo needs the one before.
const VERSIONS: RangeInclusive<u64> = 2..=100_000;
/// As many as the list of dashboards is made for.
const OWNED: RangeInclusive<u64> = 1..=10_000;
/// How long pages may wait. Data that takes no longer than the shortest wait is not worth a second request.
const WAITS: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_mins(10);

/// Reads the settings of dashboards.
pub(super) fn read(reader: &mut Reader) -> DashboardSettings {
    let number = |reader: &mut Reader, key, range| u32::try_from(count(reader, key, range)).unwrap_or(u32::MAX);
    DashboardSettings {
        keep_versions: number(reader, "dashboards.keep_versions", &VERSIONS),
        max_per_owner: number(reader, "dashboards.max_per_owner", &OWNED),
        page_wait: time(reader, "dashboards.page_wait", &WAITS),
    }
}
