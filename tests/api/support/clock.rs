//! A clock that a test controls.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rolecall_sign_in::Clock;

/// A clock that moves only when a test moves it. Clones show the same time.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// A clock that starts at the real time: cookie sessions use the system's clock, so the two must agree at the
    /// start.
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

    /// The clock in the form that the application uses.
    pub fn clock(&self) -> Clock {
        let time = self.clone();
        Clock::new(move || time.now_ms())
    }
}
