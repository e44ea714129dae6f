//! Limits for connections, from browsers and to apps: a process can open only so many files, and no client may use all
//! of them. Each client has a share. When all are in use, the connection that has been idle for longest is closed for
//! the next one.
//!
//! A request to an app uses a stream or connection here, and a connection to the app as well. The former are limited on
//! accept; the latter are counted when they are needed, and held until both directions are complete.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use strum::IntoStaticStr;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::browsers::{Activity, BrowserConnections};
use crate::network::addresses::client_network;

/// How many requests to apps one sign-in may have open: several browsers, each with pages of several apps that listen.
/// A single connection allows fewer streams ([`MAX_STREAMS`](crate::serve::MAX_STREAMS)), so a busy page waits
/// before it is refused.
const OF_A_SIGN_IN: usize = 100;

/// The limits and the current counts. Clones share them.
#[derive(Clone)]
pub struct ConnectionLimits(Arc<Shared>);

struct Shared {
    connections: Arc<Semaphore>,
    /// The share for connections to apps.
    to_apps: Arc<Semaphore>,
    browsers: Mutex<BrowserConnections>,
    /// The limit for each client.
    of_a_client: usize,
    /// The open connections to apps of each sign-in, by its id; absent for none.
    of_sign_ins: Mutex<HashMap<String, usize>>,
}

/// The limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppLimitReached {
    /// That of the sign-in.
    SignIn,
    /// That of all together.
    All,
}

/// Why a connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Refused {
    /// Its client has as many as allowed, and uses all of them.
    Client,
    /// The total limit is reached, and all are in use.
    All,
}

impl Refused {
    /// The reason's name in logs.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The connection of a browser, counted until it is dropped.
pub struct AdmittedConnection {
    limits: ConnectionLimits,
    id: u64,
    /// The activity on it.
    pub activity: Activity,
    /// Completes when it must be closed for another one.
    pub closed: Option<oneshot::Receiver<()>>,
}

/// A connection to an app, counted until the last clone is dropped.
#[derive(Clone)]
pub struct AppConnection {
    _held: Arc<AppPermits>,
}

struct AppPermits {
    _of_sign_in: OfSignIn,
    _permits: [OwnedSemaphorePermit; 2],
}

/// A connection that counts for a sign-in.
struct OfSignIn {
    limits: ConnectionLimits,
    sign_in: String,
}

impl ConnectionLimits {
    /// Allows this many `connections`, half of which may be to apps, and `of_a_client` for each client.
    pub fn new(connections: NonZeroU32, of_a_client: NonZeroU32) -> Self {
        let connections = connections.get() as usize;
        Self(Arc::new(Shared {
            connections: Arc::new(Semaphore::new(connections)),
            to_apps: Arc::new(Semaphore::new(connections.div_ceil(2))),
            browsers: Mutex::default(),
            of_a_client: of_a_client.get() as usize,
            of_sign_ins: Mutex::default(),
        }))
    }

    /// Accepts a connection from `address`; `is_proxy` if many people come from there.
    ///
    /// # Errors
    /// The reason for a refusal.
    pub fn for_browser(&self, address: IpAddr, is_proxy: bool) -> Result<AdmittedConnection, Refused> {
        let client = (!is_proxy).then(|| client_network(address));
        let mut browsers = self.browsers();
        let has_its_share = client.is_some_and(|client| browsers.of(client) >= self.0.of_a_client);
        let permit = if has_its_share {
            browsers.close_longest_idle(client).ok_or(Refused::Client)?
        } else {
            self.connection(&mut browsers).ok_or(Refused::All)?
        };
        let (id, activity, closed) = browsers.add(client, permit);
        Ok(AdmittedConnection { limits: self.clone(), id, activity, closed: Some(closed) })
    }

    /// A permit for a connection, taken from an idle one if necessary.
    fn connection(&self, browsers: &mut BrowserConnections) -> Option<OwnedSemaphorePermit> {
        let free = Arc::clone(&self.0.connections).try_acquire_owned().ok();
        free.or_else(|| browsers.close_longest_idle(None))
    }

    fn browsers(&self) -> MutexGuard<'_, BrowserConnections> {
        self.0.browsers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Allows a connection to an app, for the sign-in with that id.
    ///
    /// # Errors
    /// The limit that was reached.
    pub fn for_app(&self, sign_in: &str) -> Result<AppConnection, AppLimitReached> {
        let of_sign_in = self.of(sign_in).ok_or(AppLimitReached::SignIn)?;
        let to_app = Arc::clone(&self.0.to_apps).try_acquire_owned().map_err(|_| AppLimitReached::All)?;
        let permits = [to_app, self.connection(&mut self.browsers()).ok_or(AppLimitReached::All)?];
        Ok(AppConnection { _held: Arc::new(AppPermits { _of_sign_in: of_sign_in, _permits: permits }) })
    }

    fn of(&self, sign_in: &str) -> Option<OfSignIn> {
        let mut all = self.0.of_sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(sign_in.to_owned()).or_default();
        (*count < OF_A_SIGN_IN).then(|| {
            *count += 1;
            OfSignIn { limits: self.clone(), sign_in: sign_in.to_owned() }
        })
    }
}

impl Drop for AdmittedConnection {
    fn drop(&mut self) {
        self.limits.browsers().remove(self.id);
    }
}

impl Drop for OfSignIn {
    fn drop(&mut self) {
        let mut all = self.limits.0.of_sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = all.entry(std::mem::take(&mut self.sign_in)) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}
