//! What an open page would see if it looked now.

use rolecall_core::admin::answers_to;
use rolecall_core::dashboards::{DashboardsError, Stamps};
use rolecall_model::Role;
use rolecall_sign_in::guard::{self, WatchedSignIn};
use rolecall_sign_in::session::SignInEnds;
use rolecall_sign_in::{Auth, Denied};
use serde::Serialize;

use crate::server::state::AppState;

/// How long before the end of a session its pages warn, in milliseconds: long enough to find the tab and to read.
const WARN_MS: i64 = 2 * 60 * 1000;

/// What is looked at: a sign-in and, where the page is one, a dashboard.
pub struct Watched {
    /// The id of the sign-in.
    pub sign_in: String,
    /// The name of the dashboard.
    pub dashboard: Option<String>,
    /// How many requests of the person were answered when that was last counted.
    pub answers: i64,
}

/// What an open page would show.
pub enum PageState {
    /// The sign-in is live.
    Live(Session, Shows),
    /// Nobody is signed in.
    SignedOut,
    /// The database cannot say now.
    Unknown,
}

/// What the page shows beside the session.
pub enum Shows {
    /// Nothing that is kept up to date.
    Nothing,
    /// A dashboard with these versions.
    Dashboard(Stamps),
    /// A dashboard that is not open to the person.
    Closed,
}

/// A session, as its pages need to know it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Session {
    person: i64,
    role: Option<Role>,
    ends: SignInEnds,
    /// When a role of the person that was given here ends, Unix milliseconds (UTC).
    role_changes_at_ms: Option<i64>,
    /// How many of the person's requests were answered.
    answers: i64,
}

/// The same for the browser, whose clock may be wrong: how long from now.
#[derive(Serialize)]
pub struct SessionNow {
    person: i64,
    role: Option<&'static str>,
    ends_in_ms: i64,
    ends_by: EndsBy,
    warn_ms: i64,
    answers: i64,
}

/// What ends a session by time.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum EndsBy {
    /// That nothing was done: activity puts it off.
    Idle,
    /// That it is as old as it may get.
    Age,
}

impl Session {
    /// The session as the browser gets it at `now_ms`.
    pub fn for_browser(self, auth: &Auth, now_ms: i64) -> SessionNow {
        let SignInEnds { idle_ms, absolute_ms } = self.ends;
        // Where sessions are short, not all of one is a warning; none is shorter than two minutes, so that a minute is left.
        let warn_ms = WARN_MS.min(auth.config().session.idle_ms() / 2);
        let ends_by = if idle_ms < absolute_ms { EndsBy::Idle } else { EndsBy::Age };
        let ends_in_ms = self.ends.first_ms().saturating_sub(now_ms);
        let (person, role, answers) = (self.person, self.role.map(Role::key), self.answers);
        SessionNow { person, role, ends_in_ms, ends_by, warn_ms, answers }
    }

    /// When it changes by time alone, Unix milliseconds (UTC).
    pub fn changes_at_ms(self) -> i64 {
        self.role_changes_at_ms.unwrap_or(i64::MAX).min(self.ends.first_ms())
    }
}

impl Watched {
    /// What the page would show now. This is no activity. Answers to requests are counted only where something was
    /// decided of the person since, or may have been: many look every few seconds.
    pub async fn check(&mut self, state: &AppState, may_be_decided: bool) -> PageState {
        self.read(state, may_be_decided).await.unwrap_or_else(|error| {
            tracing::warn!(?error, "an open page cannot be told what is new");
            PageState::Unknown
        })
    }

    async fn read(&mut self, state: &AppState, may_be_decided: bool) -> Result<PageState, DashboardsError> {
        let WatchedSignIn { sign_in, open_role, ends } = match guard::watch_unseen(&state.auth, &self.sign_in).await? {
            Ok(watched) => watched,
            Err(Denied::SignedOut) => return Ok(PageState::SignedOut),
            Err(_) => return Ok(PageState::Unknown),
        };
        let shows = match &self.dashboard {
            None => Shows::Nothing,
            Some(name) => match state.dashboards.find(name, open_role).await? {
                Some(dashboard) => Shows::Dashboard(state.dashboards.stamps(&dashboard, open_role).await?),
                None => Shows::Closed,
            },
        };
        let (person, role) = (sign_in.user_id, sign_in.user.role);
        let role_changes_at_ms = sign_in.role_changes_at_ms;
        if may_be_decided {
            self.answers = answers_to(state.auth.db(), person).await?;
        }
        let answers = self.answers;
        Ok(PageState::Live(Session { person, role, ends, role_changes_at_ms, answers }, shows))
    }
}
