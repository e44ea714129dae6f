//! Numbers as text, and progress.

/// A number with a comma between its thousands: `2,922`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of rows: `1 row`, `2,922 rows`.
#[must_use]
pub fn rows_of(number: u64) -> String {
    if number == 1 { "1 row".to_owned() } else { format!("{} rows", grouped(number)) }
}

/// A size in bytes with a unit of thousands: `812 bytes`, `14.2 kB`, `3.0 MB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match UNITS.into_iter().find(|(unit, _)| bytes >= *unit) {
        None => format!("{bytes} bytes"),
        Some((unit, name)) => {
            let tenths = bytes / (unit / 10);
            format!("{}.{} {name}", grouped(tenths / 10), tenths % 10)
        }
    }
}

/// The time after which the remaining time can be estimated, in milliseconds.
const KNOWN_AFTER_MS: i64 = 1_000;

/// The percentage of `all` that is `done`.
#[must_use]
pub fn percent(done: u64, all: u64) -> u64 {
    done.saturating_mul(100) / all.max(1)
}

/// The estimated remaining time, at the speed of the first `elapsed_ms`.
#[must_use]
pub fn time_left(elapsed_ms: i64, done: u64, all: u64) -> Option<String> {
    if elapsed_ms < KNOWN_AFTER_MS || done == 0 {
        return None;
    }
    let left_ms = u128::from(elapsed_ms.unsigned_abs()) * u128::from(all.saturating_sub(done)) / u128::from(done);
    let seconds = left_ms.div_ceil(1000);
    Some(match seconds {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("about {seconds} seconds"),
        _ => format!("about {} minutes", seconds.div_ceil(60)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(2_922), "2,922");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn sizes_have_a_suitable_unit() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_000), "1.0 kB");
        assert_eq!(size(14_299), "14.2 kB");
        assert_eq!(size(999_999), "999.9 kB");
        assert_eq!(size(3_000_000), "3.0 MB");
        assert_eq!(size(1_234_567_890_123), "1,234.5 GB");
    }

    #[test]
    fn the_remaining_time_is_estimated_from_the_time_so_far() {
        assert_eq!(time_left(500, 10, 100), None);
        assert_eq!(time_left(5_000, 0, 100), None);
        assert_eq!(time_left(5_000, 50, 100).as_deref(), Some("about 5 seconds"));
        assert_eq!(time_left(60_000, 10, 100).as_deref(), Some("about 9 minutes"));
        assert_eq!(time_left(60_000, 100, 100).as_deref(), Some("a second"));
    }

    #[test]
    fn no_percentage_without_a_total() {
        assert_eq!((percent(0, 0), percent(1, 3), percent(3, 3)), (0, 33, 100));
    }
}
