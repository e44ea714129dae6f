//! How far something is.

/// After so many milliseconds the time left can be told from how long it took so far.
const KNOWN_AFTER_MS: i64 = 1_000;

/// How much of `all` is `done`, in percent.
#[must_use]
pub fn percent(done: u64, all: u64) -> u64 {
    done.saturating_mul(100) / all.max(1)
}

/// About how long the rest takes, if it goes on as it did for `elapsed_ms`.
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
    fn the_time_left_follows_from_the_time_so_far() {
        assert_eq!(time_left(500, 10, 100), None);
        assert_eq!(time_left(5_000, 0, 100), None);
        assert_eq!(time_left(5_000, 50, 100).as_deref(), Some("about 5 seconds"));
        assert_eq!(time_left(60_000, 10, 100).as_deref(), Some("about 9 minutes"));
        assert_eq!(time_left(60_000, 100, 100).as_deref(), Some("a second"));
    }

    #[test]
    fn nothing_of_nothing_is_no_percent() {
        assert_eq!((percent(0, 0), percent(1, 3), percent(3, 3)), (0, 33, 100));
    }
}
