//! What Rolecall counts about itself: refusals, and how long answers take. In memory, in slots of ten minutes, and every minute
//! in the database.

mod recorder;
mod slot;
mod store;

pub use recorder::Statistics;
