//! Limits on connections and requests.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::reader::{Reader, default_of};
use super::settings::{Limits, RateLimits};

/// The range of a rate, and of the number of connections.
const COUNTS: RangeInclusive<u32> = 1..=1_000_000;
/// The range of the times for headers and for stopping.
const TIMES: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_mins(10);

/// Reads the limits.
pub(super) fn read(reader: &mut Reader) -> Limits {
    let rates = RateLimits {
        sign_ins_per_minute: count(reader, "limits.sign_ins_per_minute"),
        channel_logouts_per_minute: count(reader, "limits.channel_logouts_per_minute"),
        api_failures_per_minute: count(reader, "limits.api_failures_per_minute"),
    };
    let connections = count(reader, "limits.connections");
    let connections_per_client = count_or(reader, "limits.connections_per_client", Limits::share_of(connections));
    Limits {
        rates,
        connections,
        connections_per_client,
        header_timeout: time(reader, "limits.header_timeout", &TIMES),
        shutdown_timeout: time(reader, "limits.shutdown_timeout", &TIMES),
    }
}

/// The whole number at `key`, or its default.
fn count(reader: &mut Reader, key: &str) -> NonZeroU32 {
    count_or(reader, key, default_of(key).parse().unwrap_or(NonZeroU32::MIN))
}

/// The whole number at `key`, or `default`.
fn count_or(reader: &mut Reader, key: &str, default: NonZeroU32) -> NonZeroU32 {
    let given = reader.count(key);
    let usable = given.and_then(|given| u32::try_from(given).ok()).filter(|given| COUNTS.contains(given));
    if let (Some(given), None) = (given, usable) {
        let remedy = format!("Give a whole number from {} to {}.", COUNTS.start(), COUNTS.end());
        reader.mistake(key, &format!("is {given}, which cannot be used"), &remedy);
    }
    let count = usable.and_then(NonZeroU32::new).unwrap_or(default);
    reader.note(key, &count);
    count
}

/// The duration at `key`, which must be in `range`, or its default.
pub(super) fn time(reader: &mut Reader, key: &str, range: &RangeInclusive<Duration>) -> Duration {
    let default = humantime::parse_duration(default_of(key)).unwrap_or_default();
    let [from, to, example] = [*range.start(), *range.end(), default].map(humantime::format_duration);
    let remedy = format!("Give a duration from {from} to {to}, for example \"{example}\".");
    let parse = |text: &str| humantime::parse_duration(text).ok().filter(|duration| range.contains(duration));
    let time = reader.parsed(key, default, &remedy, parse);
    reader.note(key, &humantime::format_duration(time).to_string());
    time
}
