//! The connections of browsers, and which of them to close when all are in use: the one that has been idle for longest.
//! So a client with many silent connections blocks nobody. While a request to an app is open on a connection, silence
//! does not count as idle.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// The activity on a connection. A request extension; clones belong to the same connection.
#[derive(Clone)]
pub struct Activity(Arc<Acts>);

struct Acts {
    /// Number of requests in progress.
    serving: AtomicUsize,
    /// The sequence number of the last activity, over all connections: lower is longer ago.
    latest: AtomicU64,
    turns: Arc<AtomicU64>,
    idle_timeout: IdleTimeout,
}

/// A request in progress.
pub struct Serving(Arc<Acts>);

impl Activity {
    fn new(turns: Arc<AtomicU64>) -> Self {
        let latest = AtomicU64::new(turns.fetch_add(1, Ordering::Relaxed));
        Self(Arc::new(Acts { serving: AtomicUsize::new(0), latest, turns, idle_timeout: IdleTimeout::default() }))
    }

    /// Counts a request in progress, until the returned value is dropped.
    pub fn serve(&self) -> Serving {
        self.0.serving.fetch_add(1, Ordering::Relaxed);
        Serving(Arc::clone(&self.0))
    }

    /// Notes that the client received part of an answer.
    pub fn touch(&self) {
        self.0.touch();
    }

    /// Suspends the idle timeout.
    pub fn idle_timeout(&self) -> &IdleTimeout {
        &self.0.idle_timeout
    }

    /// Whether no request is in progress, and nothing suspends the idle timeout.
    pub fn is_idle(&self) -> bool {
        self.0.serving.load(Ordering::Relaxed) == 0 && !self.0.idle_timeout.is_suspended()
    }
}

impl Acts {
    fn touch(&self) {
        self.latest.store(self.turns.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.touch();
        self.0.serving.fetch_sub(1, Ordering::Relaxed);
    }
}

/// All connections of browsers.
#[derive(Default)]
pub struct BrowserConnections {
    open: HashMap<u64, Open>,
    of_clients: HashMap<IpAddr, usize>,
    next: u64,
    turns: Arc<AtomicU64>,
}

struct Open {
    /// `None` for a proxy, which forwards requests of many clients.
    client: Option<IpAddr>,
    activity: Activity,
    permit: OwnedSemaphorePermit,
    close: oneshot::Sender<()>,
}

impl BrowserConnections {
    /// Adds a connection of `client`, which holds `permit`: returns its number, its activity, and a signal to close.
    pub fn add(
        &mut self,
        client: Option<IpAddr>,
        permit: OwnedSemaphorePermit,
    ) -> (u64, Activity, oneshot::Receiver<()>) {
        let activity = Activity::new(Arc::clone(&self.turns));
        let (close, closed) = oneshot::channel();
        let id = self.next;
        self.next += 1;
        self.open.insert(id, Open { client, activity: activity.clone(), permit, close });
        if let Some(client) = client {
            *self.of_clients.entry(client).or_default() += 1;
        }
        (id, activity, closed)
    }

    /// How many connections `client` has.
    pub fn of(&self, client: IpAddr) -> usize {
        self.of_clients.get(&client).copied().unwrap_or_default()
    }

    /// Removes the connection with the number `id`, if it still exists.
    pub fn remove(&mut self, id: u64) {
        self.take(id);
    }

    /// Closes the connection that has been idle for longest, of `client` if one is given, and returns its permit. Those
    /// of proxies are closed last. `None` when all of them are in use.
    pub fn close_longest_idle(&mut self, client: Option<IpAddr>) -> Option<OwnedSemaphorePermit> {
        let idle = self.open.iter().filter(|(_, open)| open.activity.is_idle());
        let idle = idle.filter(|(_, open)| client.is_none() || open.client == client);
        let order = |open: &Open| (open.client.is_none(), open.activity.0.latest.load(Ordering::Relaxed));
        let id = *idle.min_by_key(|(_, open)| order(open))?.0;
        let Open { permit, close, .. } = self.take(id)?;
        // It may be closing already.
        let _ = close.send(());
        Some(permit)
    }

    fn take(&mut self, id: u64) -> Option<Open> {
        let open = self.open.remove(&id)?;
        if let Some(client) = open.client
            && let Entry::Occupied(mut count) = self.of_clients.entry(client)
        {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
        Some(open)
    }
}

/// The idle timeout of a connection, suspended while something on it may be silent. A request extension; clones belong
/// to the same connection.
#[derive(Clone, Default)]
pub struct IdleTimeout(Arc<AtomicUsize>);

/// The timeout is suspended. When the last clone is dropped, it runs again.
#[derive(Clone)]
pub struct Suspension {
    _suspended: Arc<Suspended>,
}

struct Suspended(IdleTimeout);

impl IdleTimeout {
    /// Suspends the timeout until the returned value is dropped.
    pub fn suspend(&self) -> Suspension {
        self.0.fetch_add(1, Ordering::Relaxed);
        Suspension { _suspended: Arc::new(Suspended(self.clone())) }
    }

    /// Whether the timeout is suspended.
    pub fn is_suspended(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Suspended {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    fn client(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    struct World {
        browsers: BrowserConnections,
        permits: Arc<Semaphore>,
    }

    impl World {
        fn new() -> Self {
            Self { browsers: BrowserConnections::default(), permits: Arc::new(Semaphore::new(100)) }
        }

        fn add(&mut self, client: Option<IpAddr>) -> (u64, Activity, oneshot::Receiver<()>) {
            self.browsers.add(client, Arc::clone(&self.permits).try_acquire_owned().unwrap())
        }
    }

    #[test]
    fn the_longest_idle_connection_goes_and_what_is_in_use_stays() {
        let mut world = World::new();
        let mut all: Vec<_> = (0..5).map(|number| world.add(Some(client(number)))).collect();
        let serving = all[0].1.serve();
        let suspended = all[1].1.idle_timeout().suspend();
        all[2].1.touch();
        for expected in [3, 4, 2] {
            assert!(world.browsers.close_longest_idle(None).is_some());
            assert_eq!(all[expected].2.try_recv(), Ok(()), "{expected}");
        }
        assert!(world.browsers.close_longest_idle(None).is_none());
        drop((serving, suspended));
        assert!(world.browsers.close_longest_idle(None).is_some());
        assert_eq!(all[1].2.try_recv(), Ok(()), "the other one was answered later");
        world.browsers.remove(all[0].0);
        assert_eq!(world.permits.available_permits(), 100);
        assert!(world.browsers.open.is_empty() && world.browsers.of_clients.is_empty());
    }

    #[test]
    fn of_one_client_its_own_go_and_those_of_proxies_go_last() {
        let mut world = World::new();
        let mut proxy = world.add(None);
        let mut first = world.add(Some(client(1)));
        let mut second = world.add(Some(client(2)));
        assert_eq!((world.browsers.of(client(2)), world.browsers.of(client(3))), (1, 0));
        assert!(world.browsers.close_longest_idle(Some(client(2))).is_some());
        assert_eq!(second.2.try_recv(), Ok(()));
        assert!(world.browsers.close_longest_idle(Some(client(2))).is_none());
        assert!(world.browsers.close_longest_idle(None).is_some());
        assert_eq!(first.2.try_recv(), Ok(()));
        assert!(world.browsers.close_longest_idle(None).is_some());
        assert_eq!(proxy.2.try_recv(), Ok(()));
    }
}
