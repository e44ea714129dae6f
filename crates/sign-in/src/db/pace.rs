//! Changing very many rows in small batches, with pauses, so that no other query waits long.

use std::time::Duration;

/// How many rows the first statement changes at most.
const FIRST: i64 = 50;
/// The fewest and the most rows of a statement.
const ROWS: (i64, i64) = (10, 1_000);
/// How long a statement should take.
const STEP: Duration = Duration::from_millis(15);
/// The shortest pause between statements, for other queries.
const REST: Duration = Duration::from_millis(10);

/// The size of the next batch.
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

    /// Pauses for longer than the last statement `took`, and adapts the size of the next batch to that time.
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

/// Repeats one query on the dialect of `$db` until no rows are left. Its last placeholder is the limit of rows for a
/// batch. However many rows there are, other queries wait only for one small batch.
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
