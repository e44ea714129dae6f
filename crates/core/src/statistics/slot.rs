//! The counts of one period.

use std::collections::HashMap;
use std::time::Duration;

use hdrhistogram::Histogram;

/// The longest time that is measured, in microseconds: answers have a limit of 30 seconds.
const LONGEST_US: u64 = 60_000_000;
/// How many significant digits a time has.
const DIGITS: u8 = 2;

/// How many kinds of refusals are counted. Reasons are from fixed sets, but provider names come from addresses, too.
const MOST_REFUSALS: usize = 500;

/// A kind of refusal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Refusal {
    /// The name of the event.
    pub(super) event: &'static str,
    /// Why, from a fixed set.
    pub(super) reason: &'static str,
    /// The provider's id; empty if there is none.
    pub(super) provider: String,
}

/// The counts of one period.
pub(super) struct Slot {
    /// When the period begins, Unix milliseconds (UTC).
    pub(super) begins_ms: i64,
    refusals: HashMap<Refusal, u64>,
    answers: HashMap<String, Answers>,
}

/// The answers of one route.
struct Answers {
    times: Histogram<u32>,
    /// How many have a status of 500 or above.
    failures: u64,
}

/// How long the answers of one route took in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResponseTimes {
    pub(super) route: String,
    pub(super) answers: u64,
    pub(super) failures: u64,
    /// In microseconds, like the others.
    pub(super) median_us: u64,
    pub(super) p95_us: u64,
    pub(super) longest_us: u64,
}

impl Slot {
    pub(super) fn begun(begins_ms: i64) -> Self {
        Self { begins_ms, refusals: HashMap::new(), answers: HashMap::new() }
    }

    /// Counts a refusal.
    pub(super) fn refused(&mut self, refusal: Refusal) {
        let is_told = self.refusals.len() < MOST_REFUSALS || self.refusals.contains_key(&refusal);
        let refusal = if is_told { refusal } else { Refusal { provider: String::new(), ..refusal } };
        *self.refusals.entry(refusal).or_default() += 1;
    }

    /// Every kind of refusal, with its count.
    pub(super) fn refusals(&self) -> Vec<(Refusal, u64)> {
        self.refusals.iter().map(|(refusal, count)| (refusal.clone(), *count)).collect()
    }

    /// Counts an answer of `route`. There are only as many as the router has.
    pub(super) fn answered(&mut self, route: &str, took: Duration, is_failure: bool) {
        let answers = if let Some(answers) = self.answers.get_mut(route) {
            answers
        } else {
            // It fails only for invalid bounds.
            let Ok(times) = Histogram::new_with_bounds(1, LONGEST_US, DIGITS) else { return };
            self.answers.entry(route.to_owned()).or_insert(Answers { times, failures: 0 })
        };
        answers.times.saturating_record(u64::try_from(took.as_micros()).unwrap_or(LONGEST_US));
        answers.failures += u64::from(is_failure);
    }

    /// Response times, by route.
    pub(super) fn response_times(&self) -> Vec<ResponseTimes> {
        let of_route = |(route, answers): (&String, &Answers)| ResponseTimes {
            route: route.clone(),
            answers: answers.times.len(),
            failures: answers.failures,
            median_us: answers.times.value_at_quantile(0.5),
            p95_us: answers.times.value_at_quantile(0.95),
            longest_us: answers.times.max(),
        };
        self.answers.iter().map(of_route).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_provider_names_do_not_fill_the_memory() {
        let mut slot = Slot::begun(0);
        for number in 0..10_000 {
            slot.refused(Refusal { event: "sign_in_not_begun", reason: "unknown", provider: number.to_string() });
        }
        let refusals = slot.refusals();
        assert!(refusals.len() <= MOST_REFUSALS + 1, "{}", refusals.len());
        assert_eq!(refusals.iter().map(|(_, count)| count).sum::<u64>(), 10_000);
    }

    #[test]
    fn a_route_has_its_median_95th_percentile_maximum_and_failures() {
        let mut slot = Slot::begun(0);
        for ms in 1..=100 {
            slot.answered("/", Duration::from_millis(ms), ms > 98);
        }
        slot.answered("/other", Duration::from_mins(10), false);
        let mut times = slot.response_times();
        times.sort_by(|one, other| one.route.cmp(&other.route));
        let [home, other] = &times[..] else { panic!("{times:?}") };
        assert_eq!((home.answers, home.failures), (100, 2));
        let near = |value: u64, wanted: u64| value.abs_diff(wanted) * 100 <= wanted;
        assert!(
            near(home.median_us, 50_000) && near(home.p95_us, 95_000) && near(home.longest_us, 100_000),
            "{home:?}"
        );
        assert!(near(other.longest_us, LONGEST_US), "{other:?}");
    }
}
