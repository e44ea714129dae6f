//! Limits the number of event streams.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many streams a sign-in may have: hidden pages have none.
const MOST_STREAMS: usize = 16;

/// How many streams each sign-in has. Clones share it.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<String, usize>>>);

/// One stream of a sign-in. It counts until this is dropped.
pub struct StreamPermit {
    streams: Streams,
    sign_in: String,
}

impl Streams {
    /// A permit for one more stream of the sign-in `id`; `None` if the limit is reached.
    pub fn begin(&self, id: &str) -> Option<StreamPermit> {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = streams.entry(id.to_owned()).or_default();
        if *count >= MOST_STREAMS {
            return None;
        }
        *count += 1;
        Some(StreamPermit { streams: self.clone(), sign_in: id.to_owned() })
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut streams = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = streams.get_mut(&self.sign_in) {
            *count -= 1;
            if *count == 0 {
                streams.remove(&self.sign_in);
            }
        }
    }
}
