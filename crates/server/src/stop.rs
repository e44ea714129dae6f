//! Stopping without failed requests.
//!
//! SIGTERM comes from an orchestrator or a service manager, and load balancers learn of it a moment later than
//! Rolecall. So readiness is withdrawn first, while all requests are still answered; then the port closes, and requests
//! in progress are completed. SIGINT comes from a person at a terminal and skips the wait for load balancers. A second
//! order ends everything immediately.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

/// The share of the stop time for load balancers.
const NOTICE_PART: u32 = 5;
/// The longest time for them.
const NOTICE_MAX: Duration = Duration::from_secs(5);

/// An order to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopOrder {
    /// SIGTERM: load balancers have to notice.
    Terminate,
    /// SIGINT, as by Ctrl+C.
    Interrupt,
}

/// The phase of stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    Stopping,
    AtOnce,
}

/// Whether the process is about to stop. Clones share it.
#[derive(Clone)]
pub struct Stopping(Arc<watch::Sender<Phase>>);

impl Default for Stopping {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Phase::Serving)))
    }
}

impl Stopping {
    /// Whether an order to stop has come.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        *self.0.borrow() != Phase::Serving
    }

    /// Whether nothing may be waited for any more.
    #[must_use]
    pub fn is_at_once(&self) -> bool {
        *self.0.borrow() == Phase::AtOnce
    }

    /// Waits until an order to stop comes.
    pub async fn begun(&self) {
        // The sender is our own, so it still exists.
        _ = self.0.subscribe().wait_for(|phase| *phase != Phase::Serving).await;
    }

    /// Waits for `orders`, and stops the server behind `handle` within the given time. The end of `orders` without any
    /// order counts as one.
    pub(super) async fn follow(
        self,
        mut orders: mpsc::Receiver<StopOrder>,
        handle: Handle<SocketAddr>,
        within: Duration,
    ) {
        let order = orders.recv().await.unwrap_or(StopOrder::Interrupt);
        self.0.send_replace(Phase::Stopping);
        let notice = match order {
            StopOrder::Terminate => NOTICE_MAX.min(within / NOTICE_PART),
            StopOrder::Interrupt => Duration::ZERO,
        };
        tracing::info!(?order, ?notice, ?within, "stopping");
        tokio::select! {
            () = again(&mut orders) => {}
            () = sleep(notice) => {
                handle.graceful_shutdown(Some(within.saturating_sub(notice)));
                again(&mut orders).await;
            }
        }
        self.0.send_replace(Phase::AtOnce);
        handle.shutdown();
    }
}

/// Completes when another order comes.
async fn again(orders: &mut mpsc::Receiver<StopOrder>) {
    if orders.recv().await.is_none() {
        std::future::pending::<()>().await;
    }
}

/// The orders that the process gets from now on.
///
/// # Errors
/// When it cannot listen to signals.
pub fn orders_by_signal() -> std::io::Result<mpsc::Receiver<StopOrder>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let (sender, orders) = mpsc::channel(2);
    tokio::spawn(async move {
        loop {
            let order = tokio::select! {
                _ = terminate.recv() => StopOrder::Terminate,
                _ = interrupt.recv() => StopOrder::Interrupt,
            };
            if sender.send(order).await.is_err() {
                return;
            }
        }
    });
    Ok(orders)
}
