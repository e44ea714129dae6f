//! The streams.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::stream::{self, Stream};
use rolecall_sign_in::session::{self, SignInChanges};
use rolecall_sign_in::{Denied, guard};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};
use tower_sessions::Session;

use super::places::Place;
use crate::dashboards::{DashboardsError, Stamps};
use crate::routes;
use crate::server::layers::{self, Answerer, Asked};
use crate::server::network::origins::is_not_of_others;
use crate::server::state::AppState;

/// How often a stream says something in any case, and looks at what changes by itself: data about Rolecall, and the time.
const PULSE: Duration = Duration::from_secs(10);
/// How long changes are gathered before anybody is told.
const GATHER: Duration = Duration::from_millis(250);
/// Lets nginx pass on each event as it comes.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
const NO_STORE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// The path. Who is behind a stream is asked for it as long as it is open, not once before.
pub fn routes(state: &AppState) -> Router<AppState> {
    layers::around(Router::new().route(routes::LIVE, get(live)), state, Asked::Session, Answerer::Rolecall)
}

/// What is asked for.
#[derive(Deserialize)]
struct Wanted {
    /// The dashboard that is open.
    dashboard: String,
}

/// `GET /live?dashboard=`: the event `shows` with what the dashboard shows, at the beginning and after each change; `again` when the
/// sign-in was renewed, since other claims can open other rows; until `ended` when the sign-in is over, or `closed` when the
/// dashboard is not open to the person. 401 where nobody is signed in, 403 for pages of others, 429 for too many at once.
async fn live(
    State(state): State<AppState>,
    session: Session,
    headers: HeaderMap,
    Query(Wanted { dashboard }): Query<Wanted>,
) -> Result<Response, StatusCode> {
    if !is_not_of_others(&headers) {
        return Err(StatusCode::FORBIDDEN);
    }
    let id = session::pointed_to(&session).await.map_err(|error| {
        tracing::error!(?error, "a sign-in could not be looked up");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    let id = id.ok_or(StatusCode::UNAUTHORIZED)?;
    let place = state.streams.begin(&id).ok_or(StatusCode::TOO_MANY_REQUESTS)?;
    let mut listener = Listener::new(state, dashboard, place);
    match listener.look().await {
        Seen::Shows(stamps) => listener.first = Some(stamps),
        Seen::SignedOut => return Err(StatusCode::UNAUTHORIZED),
        Seen::Closed => return Ok(told(stream::iter([Ok(said("closed"))]))),
        Seen::Unknown => return Err(StatusCode::SERVICE_UNAVAILABLE),
    }
    let events = stream::unfold(Some(listener), async |listener| {
        let (event, listener) = listener?.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    Ok(told(events))
}

fn told(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    ([UNBUFFERED, NO_STORE], Sse::new(events)).into_response()
}

/// An event without data. Browsers leave out those that have no line for it.
fn said(event: &str) -> Event {
    Event::default().event(event).data("")
}

/// What an open page would see if it looked now.
enum Seen {
    /// This.
    Shows(Stamps),
    /// Nobody is signed in.
    SignedOut,
    /// The dashboard is not open to them.
    Closed,
    /// It cannot be told now.
    Unknown,
}

/// An open page.
struct Listener {
    state: AppState,
    dashboard: String,
    place: Place,
    data: watch::Receiver<u64>,
    sign_in: SignInChanges,
    pulse: Interval,
    /// What it is told first.
    first: Option<Stamps>,
    told: Stamps,
}

impl Listener {
    /// Hears of every change from now on.
    fn new(state: AppState, dashboard: String, place: Place) -> Self {
        let (data, sign_in) = (state.dashboards.changes(), state.auth.sign_ins().changes_of(&place.sign_in));
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pulse.reset();
        Self { state, dashboard, place, data, sign_in, pulse, first: None, told: Stamps::default() }
    }

    /// The next event, and whoever waits for more.
    async fn next(mut self) -> Option<(Event, Option<Self>)> {
        if let Some(first) = self.first.take() {
            return Some(self.tell(first));
        }
        loop {
            let (mut is_pulse, mut is_renewed) = (false, false);
            tokio::select! {
                _ = self.data.changed() => sleep(GATHER).await,
                () = self.sign_in.changed() => is_renewed = true,
                _ = self.pulse.tick() => is_pulse = true,
                // Another instance, or this one when it is back, goes on.
                () = self.state.stopping.begun() => return None,
            }
            self.data.mark_unchanged();
            match self.look().await {
                Seen::Shows(_) if is_renewed => return Some((said("again"), Some(self))),
                Seen::Shows(stamps) if stamps != self.told => return Some(self.tell(stamps)),
                Seen::Shows(_) if is_pulse => return Some((Event::default().comment(""), Some(self))),
                Seen::Shows(_) => {}
                Seen::SignedOut => return Some((said("ended"), None)),
                Seen::Closed => return Some((said("closed"), None)),
                // Whoever cannot be told from anybody hears no more; the page comes back.
                Seen::Unknown => return None,
            }
        }
    }

    fn tell(mut self, stamps: Stamps) -> (Event, Option<Self>) {
        let event = Event::default().event("shows").data(stamps.as_str());
        self.told = stamps;
        (event, Some(self))
    }

    /// Looks as the page would, but is not seen: this is no activity.
    async fn look(&self) -> Seen {
        let Self { state, dashboard, place, .. } = self;
        let seen = async {
            let role = match guard::open_role_unseen(&state.auth, &place.sign_in).await? {
                Ok(role) => role,
                Err(Denied::SignedOut) => return Ok(Seen::SignedOut),
                Err(_) => return Ok(Seen::Unknown),
            };
            let Some(dashboard) = state.dashboards.find(dashboard, role).await? else { return Ok(Seen::Closed) };
            Ok(Seen::Shows(state.dashboards.stamps(&dashboard, role).await?))
        };
        seen.await.unwrap_or_else(|error: DashboardsError| {
            tracing::warn!(?error, "an open page cannot be told what is new");
            Seen::Unknown
        })
    }
}
