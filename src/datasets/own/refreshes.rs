//! Whose turn it is to make a snapshot.

use std::sync::Arc;
use std::time::Duration;

use strum::EnumCount as _;
use tokio::sync::Mutex;

use super::contents::OwnData;

/// How long the last snapshot of each took. Whoever makes one holds it.
#[derive(Clone, Default)]
pub struct Refreshes(Arc<[Mutex<Duration>; OwnData::COUNT]>);

impl Refreshes {
    pub(super) fn of(&self, own: OwnData) -> &Mutex<Duration> {
        &self.0[own as usize]
    }
}
