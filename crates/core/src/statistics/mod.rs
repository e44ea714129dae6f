//! Statistics about Rolecall itself: refusals, and response times. They are counted in memory, in periods of ten
//! minutes, and stored every minute.

mod recorder;
mod slot;
mod store;

pub use recorder::Statistics;
