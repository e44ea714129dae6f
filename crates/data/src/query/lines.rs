//! A queue with one line for each asker; the lines take turns.

use std::collections::{HashMap, VecDeque};

use super::asker::QueryAsker;

/// Waiters in one line for each asker. In a round, each line has one turn (start-time fair queueing; Goyal, Vin and
/// Cheng, 1996).
pub(super) struct Lines<W> {
    by_asker: HashMap<QueryAsker, Line<W>>,
    /// The round of the last turn.
    round: u64,
    /// The number of waiters that ever joined.
    joined: u64,
}

struct Line<W> {
    /// The round of the next turn.
    round: u64,
    /// The waiters, each with a number that gives the order of arrival.
    waiting: VecDeque<(u64, W)>,
}

impl<W> Lines<W> {
    pub(super) fn new() -> Self {
        Self { by_asker: HashMap::new(), round: 0, joined: 0 }
    }

    /// Adds `waiter` at the end of the line of `asker`.
    pub(super) fn join(&mut self, asker: &QueryAsker, waiter: W) {
        self.joined += 1;
        let round = self.round;
        let line = self.by_asker.entry(asker.clone()).or_insert_with(|| Line { round, waiting: VecDeque::new() });
        if line.waiting.is_empty() {
            // Turns are not saved up while an asker does not wait.
            line.round = line.round.max(round);
        }
        line.waiting.push_back((self.joined, waiter));
    }

    /// Removes the waiters for which `waits` is false.
    pub(super) fn retain(&mut self, waits: impl Fn(&W) -> bool) {
        let round = self.round;
        self.by_asker.retain(|_, line| {
            line.waiting.retain(|(_, waiter)| waits(waiter));
            // A line that had its turn in this round is kept until the round is over.
            !line.waiting.is_empty() || line.round > round
        });
    }

    /// Removes the waiter whose turn it is if it `fits`. If it does not fit, all others wait, too: otherwise a large
    /// request would never get its turn.
    pub(super) fn next_if(&mut self, fits: impl Fn(&W) -> bool) -> Option<W> {
        let waiting = self.by_asker.values_mut().filter(|line| !line.waiting.is_empty());
        let line = waiting.min_by_key(|line| (line.round, line.waiting.front().map(|(number, _)| *number)))?;
        if line.waiting.front().is_none_or(|(_, waiter)| !fits(waiter)) {
            return None;
        }
        self.round = line.round;
        line.round += 1;
        line.waiting.pop_front().map(|(_, waiter)| waiter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(lines: &mut Lines<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| lines.next_if(|_| true)).collect()
    }

    #[test]
    fn lines_take_turns_and_a_new_line_has_no_saved_turns() {
        let (ada, bo, cy) = (QueryAsker::Numbered(1), QueryAsker::Numbered(2), QueryAsker::Named("cy".into()));
        let mut lines = Lines::new();
        for waiter in ["a1", "a2", "a3", "a4"] {
            lines.join(&ada, waiter);
        }
        lines.join(&bo, "b1");
        assert_eq!(
            [lines.next_if(|_| true), lines.next_if(|_| true), lines.next_if(|_| true)],
            [Some("a1"), Some("b1"), Some("a2")]
        );
        for waiter in ["c1", "c2", "c3"] {
            lines.join(&cy, waiter);
        }
        assert_eq!(order(&mut lines), ["c1", "a3", "c2", "a4", "c3"]);
    }

    #[test]
    fn a_waiter_that_left_costs_no_turn_and_nobody_overtakes_one_that_does_not_fit_yet() {
        let (ada, bo) = (QueryAsker::Numbered(1), QueryAsker::Nobody);
        let mut lines = Lines::new();
        for waiter in ["a1", "left", "left", "a2"] {
            lines.join(&ada, waiter);
        }
        for waiter in ["b1", "b2"] {
            lines.join(&bo, waiter);
        }
        assert_eq!(lines.next_if(|waiter| *waiter != "a1"), None);
        lines.retain(|waiter| *waiter != "left");
        assert_eq!(order(&mut lines), ["a1", "b1", "a2", "b2"]);
        lines.join(&ada, "a3");
        lines.retain(|_| false);
        assert_eq!(order(&mut lines), [""; 0]);
    }
}
