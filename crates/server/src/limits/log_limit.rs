//! Limits how many log lines one client can cause. Lines that anyone can cause at will, such as refusals, are written a
//! few times a minute for each client, and then counted: one line tells how many were left out.
//!
//! Both what is written and what is remembered have a bound, whatever the number of clients: beyond it the others count
//! as one. People who are signed in, and callers of the API with a valid token, are always counted separately, so that
//! nobody hides what they do behind a flood.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rolecall_sign_in::Clock;
use tokio::time::MissedTickBehavior;

use crate::network::addresses::client_network;

/// How long lines are counted before the count restarts.
const WINDOW_MS: i64 = 60 * 1000;
/// How often to check whether that time is over.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How many kinds of lines of how many clients are remembered.
const MAX_REMEMBERED: usize = 10_000;
/// How many lines about one event are written in a minute, for all clients together.
const MAX_OF_EVENT: u32 = 300;
/// For how many clients the number of left-out lines is logged: those with the most.
const MAX_COUNTED: usize = 100;

/// A kind of line, and its client. Equal lines are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    event: &'static str,
    about: Cow<'static, str>,
    user_id: Option<i64>,
    /// Stands for a caller of the API.
    caller: Option<u64>,
    client: Option<IpAddr>,
}

impl Line {
    /// A line about the event with this name. `about` distinguishes kinds, and must be from a fixed set: a reason, the
    /// name of an app.
    pub fn new(event: &'static str, about: impl Into<Cow<'static, str>>, client: Option<IpAddr>) -> Self {
        Self { event, about: about.into(), user_id: None, caller: None, client: client.map(client_network) }
    }

    /// The same, for a signed-in person: each person is counted separately.
    #[must_use]
    pub fn of_person(self, user_id: Option<i64>) -> Self {
        Self { user_id, ..self }
    }

    /// The same, for a caller of the API with a valid token, whom `provider` calls `subject`, whatever their address:
    /// each caller is counted separately. No line names them.
    #[must_use]
    pub fn of_caller(self, provider: &str, subject: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (provider, subject).hash(&mut hasher);
        Self { caller: Some(hasher.finish()), client: None, ..self }
    }

    /// Whether it is known who causes it.
    const fn is_of_somebody(&self) -> bool {
        self.user_id.is_some() || self.caller.is_some()
    }

    fn of_others(&self) -> Self {
        Self { user_id: None, caller: None, client: None, ..self.clone() }
    }
}

/// Counts the lines that clients cause. Clones share it.
#[derive(Clone)]
pub struct LogLimit(Arc<Shared>);

struct Shared {
    clock: Clock,
    window: Mutex<Window>,
}

struct Window {
    begun_ms: i64,
    lines: HashMap<Line, u32>,
    /// How many were written about each event whose cause is not a known person or caller.
    of_events: HashMap<&'static str, u32>,
    left_out: HashMap<Line, u64>,
}

impl Window {
    fn begun(at_ms: i64) -> Self {
        Self { begun_ms: at_ms, lines: HashMap::new(), of_events: HashMap::new(), left_out: HashMap::new() }
    }
}

impl Window {
    fn admits(&mut self, line: Line, at_most: u32) -> bool {
        let is_of_somebody = line.is_of_somebody();
        let is_full = self.lines.len() >= MAX_REMEMBERED && !is_of_somebody;
        let line = if is_full && !self.lines.contains_key(&line) { line.of_others() } else { line };
        let of_event = self.of_events.entry(line.event).or_default();
        let written = self.lines.entry(line.clone()).or_default();
        if *written < at_most && (is_of_somebody || *of_event < MAX_OF_EVENT) {
            *written += 1;
            *of_event += u32::from(!is_of_somebody);
            return true;
        }
        *self.left_out.entry(line).or_default() += 1;
        false
    }
}

/// The counts of the clients with the most, and one sum of all others for each kind of line.
fn summed(left_out: HashMap<Line, u64>) -> HashMap<Line, u64> {
    let mut counts: Vec<_> = left_out.into_iter().collect();
    counts.sort_unstable_by_key(|(line, count)| (line.caller.is_some(), line.user_id.is_none(), Reverse(*count)));
    let mut summed = HashMap::new();
    for (at, (line, count)) in counts.into_iter().enumerate() {
        let is_told_apart = line.caller.is_none() && (at < MAX_COUNTED || line.user_id.is_some());
        let line = if is_told_apart { line } else { line.of_others() };
        *summed.entry(line).or_default() += count;
    }
    summed
}

impl LogLimit {
    /// No lines yet.
    pub fn new(clock: Clock) -> Self {
        let window = Mutex::new(Window::begun(clock.now_ms()));
        Self(Arc::new(Shared { clock, window }))
    }

    /// Whether to write `line`, of which `at_most` are written in a minute. Others are counted.
    #[must_use]
    pub fn admits(&self, line: Line, at_most: u32) -> bool {
        let mut window = self.0.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.admits(line, at_most)
    }

    /// Regularly logs how many lines were left out, for ever.
    pub async fn keep_up(&self) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.end_window_when_over();
        }
    }

    fn end_window_when_over(&self) {
        let begun_ms = self.0.window.lock().unwrap_or_else(PoisonError::into_inner).begun_ms;
        // Also when the clock was put back.
        if !(0..WINDOW_MS).contains(&(self.0.clock.now_ms() - begun_ms)) {
            self.end_window();
        }
    }

    /// Logs how many lines were left out since the last time, and restarts the counts.
    pub fn end_window(&self) {
        for (Line { event, about, user_id, client, .. }, count) in summed(self.ended()) {
            let ip = client.map(tracing::field::display);
            tracing::warn!(event = "lines_left_out", of = event, %about, user_id, ip, count);
        }
    }

    fn ended(&self) -> HashMap<Line, u64> {
        let next = Window::begun(self.0.clock.now_ms());
        let mut window = self.0.window.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *window, next).left_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(client: u32) -> Line {
        Line::new("access_denied", "signed_out", Some(IpAddr::V4(client.into())))
    }

    fn limit() -> LogLimit {
        LogLimit::new(Clock::new(|| 1_700_000_000_000))
    }

    #[test]
    fn each_client_kind_and_person_counts_for_itself() {
        let limit = limit();
        let lines = [
            line(1),
            line(2),
            line(1).of_person(Some(7)),
            line(1).of_person(Some(8)),
            line(1).of_caller("demo", "7"),
            line(1).of_caller("demo", "8"),
            line(1).of_caller("other", "8"),
            Line::new("access_denied", "foreign_origin", line(1).client),
            Line::new("rate_limited", "signed_out", line(1).client),
        ];
        for line in &lines {
            assert!((0..3).all(|_| limit.admits(line.clone(), 3)), "{line:?}");
            assert!((0..5).all(|_| !limit.admits(line.clone(), 3)), "{line:?}");
        }
        assert_eq!(limit.ended(), lines.clone().map(|line| (line, 5)).into());
        assert!(lines.into_iter().all(|line| limit.admits(line, 1)));
        assert_eq!(limit.ended(), HashMap::new());
    }

    #[test]
    fn what_is_remembered_and_what_is_written_have_a_bound_whatever_the_number_of_clients() {
        let limit = limit();
        let clients = 30_000;
        let written = (0..clients).map(|client| (0..2).filter(|_| limit.admits(line(client), 30)).count());
        assert_eq!(written.sum::<usize>(), 300);
        assert_eq!(limit.0.window.lock().unwrap().lines.len(), MAX_REMEMBERED + 1);
        assert!(limit.admits(line(0).of_person(Some(7)), 1), "a person is told apart from the crowd");
        assert!(limit.admits(Line::new("rate_limited", "", line(0).client), 1), "another event has lines of its own");
        let counted = summed(limit.ended());
        assert_eq!(counted.len(), MAX_COUNTED, "those that were not remembered are one of them");
        assert_eq!(counted.values().sum::<u64>(), 2 * u64::from(clients) - 300);
    }

    #[test]
    fn a_caller_counts_for_themselves_wherever_they_are_and_is_not_named() {
        let limit = limit();
        let of = |client: u32, subject: &str| line(client).of_caller("demo", subject);
        let written = (0..400).filter(|client| limit.admits(of(*client, "ada"), 30)).count();
        assert_eq!(written, 30);
        assert!((0..400).all(|number| limit.admits(of(1, &format!("caller {number}")), 1)), "however many there are");
        assert!(!limit.admits(of(1, "caller 7"), 1));
        assert_eq!(summed(limit.ended()), [(line(1).of_others(), 371)].into());
    }
}
