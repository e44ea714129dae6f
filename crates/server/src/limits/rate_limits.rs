//! Rate limits for requests that are expensive or reach a provider. Beyond them the answer is 429 with the time to wait
//! (RFC 6585, section 4; RFC 9110, section 10.2.3).
//!
//! Whole offices share an address, so the limits are high and refill steadily: a client over the limit waits only a
//! moment. The memory is limited: of many clients, the least recently seen are dropped.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use rolecall_config::RateLimits;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::{ClientAddress, Clock, guard};

use super::log_limit::{Line, LogLimit};
use crate::headers::NO_REFERRER;
use crate::network::addresses::client_network;
use crate::problem::{self, ProblemPages, Refusal};

/// Every limited route, with its limit. Others are not limited.
const LIMITED: &[(&str, Limited)] = &[
    (routes::LOGIN, Limited::Begin),
    (routes::API_BEGIN_SIGN_IN, Limited::Begin),
    (routes::LOGIN_AUTHORIZED, Limited::Complete),
    (routes::API_COMPLETE_SIGN_IN, Limited::Complete),
    (routes::APP_OPEN, Limited::HandOver),
    (routes::APP_ENTER, Limited::HandOver),
    (routes::LOGIN_BACKCHANNEL_LOGOUT, Limited::ChannelLogout),
    (routes::LOGIN_FRONTCHANNEL_LOGOUT, Limited::ChannelLogout),
];

/// Every route whose requests are audited, where entries can never be deleted early. Each person is counted separately.
const NOTED: &[&str] = &[
    routes::PANEL_CSV,
    routes::PANEL_XLSX,
    routes::PANEL_SVG,
    routes::DASHBOARD_SEE_AS,
    routes::ADMIN_AUDIT_EXPORT,
    routes::API_VIEW_AS,
    routes::API_V1_PANEL_CSV,
    routes::API_V1_PANEL_SVG,
    routes::API_V1_AUDIT_EXPORT,
];

/// How many clients, and how many people, are remembered.
const MAX_CLIENTS: u64 = 20_000;

/// The limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Limited {
    /// Beginning a sign-in: may ask the provider.
    Begin,
    /// Completing one: asks the provider.
    Complete,
    /// Handing a sign-in over to the host of an app: stores or looks up a code.
    HandOver,
    /// A sign-out by a provider: looks up sessions.
    ChannelLogout,
    /// An invalid access token: it is checked with the provider's keys, and logged.
    ApiFailure,
    /// A request of a directory.
    Scim,
    /// Audited requests of a person: entries are kept for long.
    Noted,
}

/// How many requests a directory may send in a minute. Entra ID's provisioning service requires at least 25 a second.
const SCIM_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(5_999);
/// How many audited requests a person may send in a minute: more than anyone clicks, and far less than the audit can
/// write.
const NOTED_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(599);

type Limiter = RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Duration>>;

/// The recent requests of clients.
pub struct Rates {
    limits: RateLimits,
    clock: Ticks,
    clients: Cache<(Limited, IpAddr), Arc<Limiter>>,
    /// The audited requests of each person.
    people: Cache<String, Arc<Limiter>>,
    log_limit: LogLimit,
}

impl Rates {
    /// No requests yet.
    pub fn new(limits: RateLimits, clock: Clock, log_limit: LogLimit) -> Self {
        let clients = Cache::builder().max_capacity(MAX_CLIENTS).eviction_policy(EvictionPolicy::lru()).build();
        let people = Cache::builder().max_capacity(MAX_CLIENTS).eviction_policy(EvictionPolicy::lru()).build();
        Self { limits, clock: Ticks::new(clock), clients, people, log_limit }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    fn count(&self, what: Limited, client: IpAddr) -> Result<(), Duration> {
        let key = (what, client_network(client));
        let limiter = self.clients.get_with(key, || Arc::new(self.limiter(what)));
        limiter.check().map_err(|not_until| not_until.wait_time_from(self.clock.now()))
    }

    /// Counts an invalid access token of `client`.
    ///
    /// # Errors
    /// How many seconds to wait, when there were too many.
    pub fn count_api_failure(&self, client: IpAddr) -> Result<(), u64> {
        self.count(Limited::ApiFailure, client).map_err(|wait| self.log_refusal(Limited::ApiFailure, client, wait))
    }

    /// Counts a request of a directory.
    ///
    /// # Errors
    /// How many seconds to wait, when there were too many.
    pub fn count_scim(&self, client: IpAddr) -> Result<(), u64> {
        self.count(Limited::Scim, client).map_err(|wait| self.log_refusal(Limited::Scim, client, wait))
    }

    /// Counts an audited request of `person`, from the address `client`.
    ///
    /// # Errors
    /// How many seconds to wait, when there were too many.
    pub fn count_noted(&self, person: String, client: IpAddr) -> Result<(), u64> {
        let limiter = self.people.get_with(person, || Arc::new(self.limiter(Limited::Noted)));
        limiter.check().map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            self.log_refusal(Limited::Noted, client, wait)
        })
    }

    /// Logs that `client` exceeded the limit `what`, and returns how many whole seconds to `wait`.
    fn log_refusal(&self, what: Limited, client: IpAddr, wait: Duration) -> u64 {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        if self.log_limit.admits(Line::new("rate_limited", format!("{what:?}"), Some(client)), 1) {
            tracing::warn!(event = "rate_limited", ?what, seconds, "too many requests");
        }
        seconds
    }

    fn limiter(&self, what: Limited) -> Limiter {
        let per_minute = match what {
            Limited::Begin | Limited::Complete | Limited::HandOver => self.limits.sign_ins_per_minute,
            Limited::ChannelLogout => self.limits.channel_logouts_per_minute,
            Limited::ApiFailure => self.limits.api_failures_per_minute,
            Limited::Scim => SCIM_PER_MINUTE,
            Limited::Noted => NOTED_PER_MINUTE,
        };
        RateLimiter::direct_with_clock(Quota::per_minute(per_minute), self.clock.clone())
    }
}

/// Refuses requests over the limit.
///
/// # Errors
/// A 429 with the time to wait.
pub fn limit_rates(rates: &Rates, problem_pages: &ProblemPages, request: &Request) -> Result<(), Refusal> {
    let route = request.extensions().get::<MatchedPath>();
    let Some(what) = route.and_then(|route| limited(route.as_str())) else { return Ok(()) };
    let Some(ClientAddress(client)) = request.extensions().get().copied() else { return Ok(()) };
    let Err(wait) = rates.count(what, client) else { return Ok(()) };
    let seconds = rates.log_refusal(what, client, wait);
    // No page may be shown at an address with a valid code: a script of the app could read it there.
    if request.uri().path() == routes::APP_ENTER && request.uri().query().is_some() {
        return Err(Box::new((NO_REFERRER, Redirect::to(routes::APP_ENTER)).into_response()));
    }
    Err(Box::new(refusal(problem_pages, request, &AppError::TooManyRequests { seconds }, seconds)))
}

/// Refuses audited requests of a person over the limit. The person must be identified before.
///
/// # Errors
/// A 429 with the time to wait.
pub fn limit_noted(rates: &Rates, problem_pages: &ProblemPages, request: &Request) -> Result<(), Refusal> {
    let route = request.extensions().get::<MatchedPath>();
    if !route.is_some_and(|route| is_noted(route.as_str())) {
        return Ok(());
    }
    let Ok(sign_in) = guard::signed_in(request.extensions()) else { return Ok(()) };
    let Some(ClientAddress(client)) = request.extensions().get().copied() else { return Ok(()) };
    let counted = rates.count_noted(sign_in.user_id.to_string(), client);
    counted.map_err(|seconds| Box::new(refusal(problem_pages, request, &AppError::TooOften { seconds }, seconds)))
}

/// Whether requests of `route` are audited, and limited for each person.
#[must_use]
pub fn is_noted(route: &str) -> bool {
    NOTED.contains(&route)
}

/// The answer that tells of `error`, and in how many `seconds` to come again.
fn refusal(problem_pages: &ProblemPages, request: &Request, error: &AppError, seconds: u64) -> Response {
    let mut response = problem::refuse(problem_pages, request, error);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn limited(route: &str) -> Option<Limited> {
    LIMITED.iter().find(|(known, _)| *known == route).map(|(_, what)| *what)
}

/// The sign-in's clock, for the limiter: if that is put back, this one continues. Otherwise nobody could sign in until
/// the old time is reached again.
#[derive(Clone)]
struct Ticks {
    clock: Clock,
    reading: Arc<Mutex<ClockReading>>,
}

/// The last time of the clock, and the total time that has passed, in milliseconds.
struct ClockReading {
    shown_ms: i64,
    passed_ms: u64,
}

impl Ticks {
    fn new(clock: Clock) -> Self {
        let reading = ClockReading { shown_ms: clock.now_ms(), passed_ms: 0 };
        Self { clock, reading: Arc::new(Mutex::new(reading)) }
    }
}

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = self.clock.now_ms();
        reading.passed_ms += u64::try_from(now_ms - reading.shown_ms).unwrap_or_default();
        reading.shown_ms = now_ms;
        Duration::from_millis(reading.passed_ms)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    fn rates(sign_ins: u32) -> (Rates, Arc<AtomicI64>) {
        let time = Arc::new(AtomicI64::new(1_700_000_000_000));
        let shown = Arc::clone(&time);
        let limits = RateLimits {
            sign_ins_per_minute: NonZeroU32::new(sign_ins).unwrap(),
            channel_logouts_per_minute: NonZeroU32::MIN,
            api_failures_per_minute: NonZeroU32::MIN,
        };
        let clock = Clock::new(move || shown.load(Ordering::SeqCst));
        (Rates::new(limits, clock.clone(), LogLimit::new(clock)), time)
    }

    fn passes(rates: &Rates, client: &str) -> bool {
        rates.count(Limited::Begin, client.parse().unwrap()).is_ok()
    }

    #[test]
    fn a_full_minute_may_come_at_once_and_then_refills_steadily() {
        let (rates, time) = rates(3);
        assert!((0..3).all(|_| passes(&rates, "192.0.2.1")));
        let wait = rates.count(Limited::Begin, "192.0.2.1".parse().unwrap()).unwrap_err();
        assert_eq!(wait, Duration::from_secs(20));
        time.fetch_add(19_999, Ordering::SeqCst);
        assert!(!passes(&rates, "192.0.2.1"));
        time.fetch_add(1, Ordering::SeqCst);
        assert!(passes(&rates, "192.0.2.1") && !passes(&rates, "192.0.2.1"));
    }

    #[test]
    fn a_clock_that_is_put_back_keeps_nobody_out() {
        let (rates, time) = rates(3);
        assert!(passes(&rates, "192.0.2.1"));
        time.fetch_sub(3_600_000, Ordering::SeqCst);
        assert!(passes(&rates, "192.0.2.1") && passes(&rates, "192.0.2.1"));
        assert!(!passes(&rates, "192.0.2.1"));
        time.fetch_add(20_000, Ordering::SeqCst);
        assert!(passes(&rates, "192.0.2.1"));
    }

    #[test]
    fn each_client_and_each_kind_of_request_counts_for_itself() {
        let (rates, _) = rates(1);
        assert!(passes(&rates, "192.0.2.1") && !passes(&rates, "192.0.2.1"));
        assert!(passes(&rates, "192.0.2.2"));
        assert!(rates.count(Limited::Complete, "192.0.2.1".parse().unwrap()).is_ok());
    }

    #[test]
    fn what_the_audit_notes_of_a_person_has_a_limit_wherever_they_are() {
        let (rates, time) = rates(1);
        let counted = |person: &str, client: &str| rates.count_noted(person.to_owned(), client.parse().unwrap());
        assert!((0..600).all(|at| counted("7", if at % 2 == 0 { "192.0.2.1" } else { "192.0.2.2" }).is_ok()));
        assert_eq!(counted("7", "192.0.2.3"), Err(1));
        assert_eq!(counted("8", "192.0.2.1"), Ok(()));
        time.fetch_add(100, Ordering::SeqCst);
        assert_eq!(counted("7", "192.0.2.3"), Ok(()));
    }

    #[test]
    fn one_ipv6_network_is_one_client() {
        let (rates, _) = rates(1);
        assert!(passes(&rates, "2001:db8:1:2::1") && !passes(&rates, "2001:db8:1:2:ffff::9"));
        assert!(passes(&rates, "2001:db8:1:3::1"));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let (rates, _) = rates(1);
        for client in 0..30_000_u32 {
            assert!(rates.count(Limited::Begin, IpAddr::V4(client.into())).is_ok());
        }
        rates.clients.run_pending_tasks();
        assert!(rates.clients.entry_count() <= MAX_CLIENTS);
    }

    #[test]
    fn every_way_into_and_out_of_a_sign_in_from_outside_is_limited() {
        for route in [
            routes::LOGIN,
            routes::LOGIN_AUTHORIZED,
            routes::LOGIN_BACKCHANNEL_LOGOUT,
            routes::LOGIN_FRONTCHANNEL_LOGOUT,
            routes::API_BEGIN_SIGN_IN,
            routes::API_COMPLETE_SIGN_IN,
            routes::APP_OPEN,
            routes::APP_ENTER,
        ] {
            assert!(limited(route).is_some(), "{route}");
        }
        assert_eq!(limited(routes::HOME), None);
        assert_eq!(limited(&routes::login("azure")), None, "routes are meant, not paths");
    }
}
