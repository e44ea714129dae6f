//! Changing very many rows without keeping anybody waiting: a few at a time, as many as take a moment, and a rest between.

use std::time::Duration;

/// How many rows the first statement changes at most.
const FIRST: i64 = 50;
/// The fewest and the most rows of a statement.
const ROWS: (i64, i64) = (10, 1_000);
/// How long a statement should take.
const STEP: Duration = Duration::from_millis(15);
/// How long others have the database to themselves at least.
const REST: Duration = Duration::from_millis(10);

/// How many rows to change at once.
#[derive(Debug)]
pub struct Pace {
    rows: i64,
}

impl Pace {
    /// Before anything was changed.
    #[must_use]
    pub const fn begin() -> Self {
        Self { rows: FIRST }
    }

    /// How many rows the next statement changes at most.
    #[must_use]
    pub const fn rows(&self) -> i64 {
        self.rows
    }

    /// Lets others have the database for longer than the last statement `took`, by which the next one is measured.
    pub async fn rest(&mut self, took: Duration) {
        self.note(took);
        tokio::time::sleep(REST.max(took * 2)).await;
    }

    fn note(&mut self, took: Duration) {
        let (least, most) = ROWS;
        if took > STEP * 2 {
            self.rows = (self.rows / 2).max(least);
        } else if took < STEP {
            self.rows = (self.rows * 2).min(most);
        }
    }
}

/// Runs one query on whichever dialect `$db` is, telling it in its last placeholder how many rows to change at most,
/// until none are left. However many there are, nobody else waits for longer than a few of them take.
#[macro_export]
macro_rules! in_batches {
    ($db:expr, $query:expr) => {{
        let mut pace = $crate::db::Pace::begin();
        loop {
            let (rows, begun) = (pace.rows(), tokio::time::Instant::now());
            let query_changed =
                $crate::db::on_both!($db, |pool| $query.bind(rows).execute(pool).await?.rows_affected());
            if query_changed < rows.unsigned_abs() {
                break;
            }
            pace.rest(begun.elapsed()).await;
        }
    }};
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_becomes_less_and_what_is_quick_becomes_more() {
        let mut pace = Pace::begin();
        for _ in 0..20 {
            pace.note(STEP * 3);
        }
        assert_eq!(pace.rows(), ROWS.0);
        pace.note(STEP);
        assert_eq!(pace.rows(), ROWS.0, "just right");
        for _ in 0..20 {
            pace.note(Duration::from_millis(1));
        }
        assert_eq!(pace.rows(), ROWS.1);
    }
}
