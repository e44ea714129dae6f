//! What queries may take.

use std::time::Duration;

/// What queries may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many threads compute. More than the processors there are help nobody.
    pub threads: usize,
    /// How many queries run at the same time; others wait.
    pub at_once: u32,
    /// How much memory their groups and sorted rows may take together. The process needs some more, for what is read.
    pub memory_bytes: usize,
    /// How long a query may take, waiting included. It must end before the request that waits for it is given up.
    pub timeout: Duration,
    /// Up to how many different values, or rows, numbers of different values are exact. Counting exactly takes memory for each.
    pub exact_distinct: u64,
    /// How much memory the results take that are kept.
    pub cache_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(2, usize::from),
            at_once: 4,
            memory_bytes: 256 << 20,
            timeout: Duration::from_secs(20),
            exact_distinct: 1_000_000,
            cache_bytes: 64 << 20,
        }
    }
}
