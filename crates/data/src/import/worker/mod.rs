//! Files of people are read in a process of its own.
//!
//! A file that is made to do harm can make a reader panic, or ask for more memory than there is. In a process with limits of
//! memory and time, that ends the process and nothing else. [`Worker`] starts it and relays what it says; [`run`] is what
//! runs in it. They speak in lines of JSON.

mod child;
mod parent;
mod wire;

pub use child::run;
pub use parent::Worker;
