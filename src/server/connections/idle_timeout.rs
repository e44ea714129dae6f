//! Connections that may be silent: while an app has something open on one, its silence is no sign that nobody is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How much is open on a connection that may be silent. A request extension; clones are of the same connection.
#[derive(Clone, Default)]
pub struct Patience(Arc<AtomicUsize>);

/// One thing that may be silent. When the last clone is dropped, silence counts again.
#[derive(Clone)]
pub struct Patient {
    _held: Arc<Held>,
}

struct Held(Patience);

impl Patience {
    /// Lets the connection be silent from now on.
    pub fn hold(&self) -> Patient {
        self.0.fetch_add(1, Ordering::Relaxed);
        Patient { _held: Arc::new(Held(self.clone())) }
    }

    /// Whether something on the connection is patient.
    pub fn is_held(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
