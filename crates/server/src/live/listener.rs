//! The event stream of an open page.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::Event;
use rolecall_sign_in::session::SignInChanges;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};

use super::page_state::{PageState, Session, Shows, Watched};
use super::parts::LiveParts;
use super::stream_limit::StreamPermit;

/// How often a stream sends something in any case, and checks what changes over time: data about Rolecall, and expiry
/// times.
const PULSE: Duration = Duration::from_secs(10);
/// How long changes are collected before an event is sent.
const GATHER: Duration = Duration::from_millis(250);
/// The shortest time until the next check when the time for a change has come.
const SOON: Duration = Duration::from_millis(100);

/// An open page.
pub struct Listener {
    parts: Arc<LiveParts>,
    watched: Watched,
    data: watch::Receiver<u64>,
    sign_in: SignInChanges,
    pulse: Interval,
    /// Events that were not sent yet.
    pending: VecDeque<Event>,
    session: Option<Session>,
    /// What the page shows, according to the latest event.
    stamps: Option<Box<str>>,
    is_over: bool,
    /// Counts it among the streams of its sign-in.
    _permit: StreamPermit,
}

impl Listener {
    /// Subscribes to every change from now on.
    pub fn new(parts: Arc<LiveParts>, watched: Watched, permit: StreamPermit) -> Self {
        let (data, sign_in) = (parts.dashboards.changes(), parts.auth.sign_ins().changes_of(&watched.sign_in));
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pulse.reset();
        let (session, stamps, pending) = (None, None, VecDeque::new());
        Self { parts, watched, data, sign_in, pulse, pending, session, stamps, is_over: false, _permit: permit }
    }

    /// The initial state of an open page.
    pub async fn begin(&mut self) -> PageState {
        self.watched.check(&self.parts.auth, &self.parts.dashboards, true).await
    }

    /// The next event; `None` after the last one.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            let (mut is_pulse, mut is_renewed) = (false, false);
            let changes_in = self.changes_in();
            tokio::select! {
                _ = self.data.changed() => sleep(GATHER).await,
                () = self.sign_in.changed() => is_renewed = true,
                _ = self.pulse.tick() => is_pulse = true,
                () = sleep(changes_in), if changes_in < PULSE => {}
                // The page reconnects to another instance, or to this one after its restart.
                () = self.parts.stopping.begun() => return None,
            }
            self.data.mark_unchanged();
            // Boxed: the state is large, and rarely needed.
            let state = Box::pin(self.watched.check(&self.parts.auth, &self.parts.dashboards, is_renewed)).await;
            self.tell(state, is_renewed);
            if is_pulse && self.pending.is_empty() && !self.is_over {
                self.pending.push_back(Event::default().comment(""));
            }
        }
    }

    /// How long until something changes because of time.
    fn changes_in(&self) -> Duration {
        let at_ms = self.session.map_or(i64::MAX, Session::changes_at_ms);
        let in_ms = at_ms.saturating_sub(self.parts.auth.clock().now_ms());
        Duration::from_millis(u64::try_from(in_ms).unwrap_or(0)).max(SOON)
    }

    /// Queues events for what is new in `state`. If the sign-in `is_renewed`, new claims can open other rows.
    pub fn tell(&mut self, state: PageState, is_renewed: bool) {
        let (session, shows) = match state {
            PageState::Live(session, shows) => (session, shows),
            PageState::SignedOut => return self.end("ended"),
            // An unidentified listener gets nothing more; the page reconnects.
            PageState::Unknown => {
                self.is_over = true;
                return;
            }
        };
        if self.session != Some(session) {
            self.session = Some(session);
            let now = session.for_browser(&self.parts.auth, self.parts.auth.clock().now_ms());
            match Event::default().event("session").json_data(now) {
                Ok(event) => self.pending.push_back(event),
                Err(error) => tracing::error!(?error, "the session event for an open page could not be written"),
            }
        }
        match shows {
            Shows::Closed => self.end("closed"),
            Shows::Dashboard(_) if is_renewed => self.pending.push_back(named_event("again")),
            Shows::Dashboard(stamps) if self.stamps.as_deref() != Some(stamps.as_str()) => {
                self.pending.push_back(Event::default().event("shows").data(stamps.as_str()));
                self.stamps = Some(stamps.as_str().into());
            }
            Shows::Nothing | Shows::Dashboard(_) => {}
        }
    }

    /// Sends `event`, and nothing after it.
    fn end(&mut self, event: &str) {
        self.pending.push_back(named_event(event));
        self.is_over = true;
    }
}

/// An event without data. Browsers ignore events without a data line.
pub fn named_event(event: &str) -> Event {
    Event::default().event(event).data("")
}
