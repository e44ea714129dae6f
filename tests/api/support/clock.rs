//! A clock that tests move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rolecall_sign_in::Clock;

/// Stands still unless it is moved. Clones tell the same time.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// A clock that shows the time at which it was made: cookie sessions end by the system's clock, so the two begin
    /// together.
    pub fn starting_now() -> Self {
        Self(Arc::new(AtomicI64::new(Clock::system().now_ms())))
    }

    /// The time, Unix milliseconds (UTC).
    pub fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Moves the clock back, as a correction of the system's time may.
    pub fn rewind(&self, by: Duration) {
        self.0.fetch_sub(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// The clock, as the application takes it.
    pub fn clock(&self) -> Clock {
        let time = self.clone();
        Clock::new(move || time.now_ms())
    }
}
