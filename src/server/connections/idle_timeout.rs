//! Connections that may be silent: while an app has something open on one, that nothing is sent is no sign that nobody is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The idle timeout of a connection, suspended while something on it may be silent. A request extension; clones are of the
/// same connection.
#[derive(Clone, Default)]
pub struct IdleTimeout(Arc<AtomicUsize>);

/// The timeout is suspended. When the last clone is dropped, it runs again.
#[derive(Clone)]
pub struct Suspension {
    _suspended: Arc<Suspended>,
}

struct Suspended(IdleTimeout);

impl IdleTimeout {
    /// Lets the connection be silent until what is returned is dropped.
    pub fn suspend(&self) -> Suspension {
        self.0.fetch_add(1, Ordering::Relaxed);
        Suspension { _suspended: Arc::new(Suspended(self.clone())) }
    }

    /// Whether the connection may be silent.
    pub fn is_suspended(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Suspended {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
