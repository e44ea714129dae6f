//! The snapshots that are being made by this instance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, Shared};

/// A snapshot that is being made, for whoever waits for it.
pub type Refresh = Shared<BoxFuture<'static, ()>>;

/// The data sets, by id, whose snapshots are being made.
pub type Running = Arc<Mutex<HashMap<String, Refresh>>>;
