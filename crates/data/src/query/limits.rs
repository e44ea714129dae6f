//! The limits of queries.

use std::time::Duration;

/// The limits of queries.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The number of threads that compute. More threads than processors do not help.
    pub threads: usize,
    /// The number of queries that run at the same time; others wait.
    pub at_once: u32,
    /// The memory for the groups and sorted rows of all queries together. The process needs more on top, for the data
    /// that it reads.
    pub memory_bytes: usize,
    /// The time limit of a query, including waiting. It must be shorter than the timeout of the request that waits for
    /// it.
    pub timeout: Duration,
    /// The number of distinct values, or rows, up to which distinct values are counted exactly. Exact counting takes
    /// memory for each.
    pub exact_distinct: u64,
    /// The memory for cached results.
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
