//! How many connections there may be, browsers' and those to apps: a process may have only so many files open, and
//! nobody may take all the room.
//!
//! What a browser has open with an app takes one of its streams or connections here, and a connection to the app beyond
//! it. The former are bounded by what is let in; the latter are counted where they are asked for, and held as long as
//! anything of them is on its way.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How much one sign-in may have open with apps: several browsers, each with pages of several apps that listen. A single
/// connection has fewer streams ([`MAX_STREAMS`](super::serve::MAX_STREAMS)), so a busy page waits before it is refused.
const OF_A_SIGN_IN: usize = 100;

/// How many connections there are, and may be. Clones share it.
#[derive(Clone)]
pub struct Room(Arc<Shared>);

struct Shared {
    connections: Arc<Semaphore>,
    /// Those of the connections that may be to apps.
    to_apps: Arc<Semaphore>,
    /// How much each sign-in has open with apps, by its id; nothing is no entry.
    of_sign_ins: Mutex<HashMap<String, usize>>,
}

/// What is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The sign-in has as much open with apps as one may.
    SignIn,
    /// All together have.
    All,
}

/// A connection to an app. When the last clone is dropped, there is room for another one.
#[derive(Clone)]
pub struct Place {
    _held: Arc<Held>,
}

struct Held {
    _of_sign_in: OfSignIn,
    _permits: [OwnedSemaphorePermit; 2],
}

/// One of those that a sign-in has.
struct OfSignIn {
    room: Room,
    sign_in: String,
}

impl Room {
    /// Room for as many `connections`, of which half may be to apps.
    pub fn new(connections: NonZeroU32) -> Self {
        let connections = connections.get() as usize;
        Self(Arc::new(Shared {
            connections: Arc::new(Semaphore::new(connections)),
            to_apps: Arc::new(Semaphore::new(connections.div_ceil(2))),
            of_sign_ins: Mutex::default(),
        }))
    }

    /// Room for the connection of a browser, if there is any.
    pub fn for_browser(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.connections).try_acquire_owned().ok()
    }

    /// Room for a connection to an app, for the sign-in of that id.
    ///
    /// # Errors
    /// What is full, when there is none.
    pub fn for_app(&self, sign_in: &str) -> Result<Place, Full> {
        let of_sign_in = self.of(sign_in).ok_or(Full::SignIn)?;
        let permit = |of: &Arc<Semaphore>| Arc::clone(of).try_acquire_owned().map_err(|_| Full::All);
        let permits = [permit(&self.0.to_apps)?, permit(&self.0.connections)?];
        Ok(Place { _held: Arc::new(Held { _of_sign_in: of_sign_in, _permits: permits }) })
    }

    fn of(&self, sign_in: &str) -> Option<OfSignIn> {
        let mut all = self.0.of_sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(sign_in.to_owned()).or_default();
        (*count < OF_A_SIGN_IN).then(|| {
            *count += 1;
            OfSignIn { room: self.clone(), sign_in: sign_in.to_owned() }
        })
    }
}

impl Drop for OfSignIn {
    fn drop(&mut self) {
        let mut all = self.room.0.of_sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = all.entry(std::mem::take(&mut self.sign_in)) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}
