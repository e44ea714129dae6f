//! Stopping, so that nobody notices.
//!
//! Who asks by SIGTERM is an orchestrator or a service manager, and load balancers learn of it a moment later than we do.
//! So first readiness is taken back, while everything is answered still; then the port closes, and what has begun may end.
//! A person at a terminal (SIGINT) waits for nothing, and a second order ends everything at once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

/// Which part of the time that stopping may take goes to load balancers.
const NOTICE_PART: u32 = 5;
/// The longest that they get.
const NOTICE_MAX: Duration = Duration::from_secs(5);

/// An order to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopOrder {
    /// SIGTERM: others lead requests here, and have to notice.
    Terminate,
    /// SIGINT, as by Ctrl+C.
    Interrupt,
}

/// How far stopping has come.
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

    /// Whether nothing is to be waited for any more.
    #[must_use]
    pub fn is_at_once(&self) -> bool {
        *self.0.borrow() == Phase::AtOnce
    }

    /// Waits until an order to stop comes.
    pub async fn begun(&self) {
        // The sender is our own, so it cannot be gone.
        _ = self.0.subscribe().wait_for(|phase| *phase != Phase::Serving).await;
    }

    /// Waits for `orders`, and stops the server behind `handle` within so much time. No more orders to come, without any
    /// that came, is an order as well.
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

/// Done when one more order comes.
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
