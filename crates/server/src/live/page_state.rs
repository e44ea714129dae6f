//! The current state of an open page.

use rolecall_core::admin::answers_to;
use rolecall_core::dashboards::{Dashboards, DashboardsError, Stamps};
use rolecall_model::Role;
use rolecall_sign_in::guard::{self, WatchedSignIn};
use rolecall_sign_in::session::SignInEnds;
use rolecall_sign_in::{Auth, Denied};
use serde::Serialize;

/// How long before the end of a session its pages warn, in milliseconds: long enough to find the tab and to read.
const WARN_MS: i64 = 2 * 60 * 1000;

/// The subject of a stream: a sign-in and, on a dashboard page, a dashboard.
pub struct Watched {
    /// The id of the sign-in.
    pub sign_in: String,
    /// The name of the dashboard.
    pub dashboard: Option<String>,
    /// How many requests of the person were answered at the last count.
    pub answers: i64,
}

/// The state of an open page.
pub enum PageState {
    /// The sign-in is live.
    Live(Session, Shows),
    /// Nobody is signed in.
    SignedOut,
    /// The database does not answer now.
    Unknown,
}

/// The content of the page beside the session.
pub enum Shows {
    /// Nothing that is updated.
    Nothing,
    /// A dashboard with these versions.
    Dashboard(Stamps),
    /// A dashboard that is not open to the person.
    Closed,
}

/// A session, as its pages see it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Session {
    person: i64,
    role: Option<Role>,
    ends: SignInEnds,
    /// When a role that was given here expires, Unix milliseconds (UTC).
    role_changes_at_ms: Option<i64>,
    /// How many of the person's requests were answered.
    answers: i64,
}

/// The same as a duration from now, for a browser whose clock may be wrong.
#[derive(Serialize)]
pub struct SessionNow {
    person: i64,
    role: Option<&'static str>,
    ends_in_ms: i64,
    ends_by: EndsBy,
    warn_ms: i64,
    answers: i64,
}

/// Why a session will expire.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum EndsBy {
    /// It is idle: activity postpones this.
    Idle,
    /// It reaches its maximum age.
    Age,
}

impl Session {
    /// The session for the browser at `now_ms`.
    pub fn for_browser(self, auth: &Auth, now_ms: i64) -> SessionNow {
        let SignInEnds { idle_ms, absolute_ms } = self.ends;
        // In short sessions the warning must not last for the whole session; none is shorter than two minutes, so a
        // minute is left.
        let warn_ms = WARN_MS.min(auth.config().session.idle_ms() / 2);
        let ends_by = if idle_ms < absolute_ms { EndsBy::Idle } else { EndsBy::Age };
        let ends_in_ms = self.ends.first_ms().saturating_sub(now_ms);
        let (person, role, answers) = (self.person, self.role.map(Role::key), self.answers);
        SessionNow { person, role, ends_in_ms, ends_by, warn_ms, answers }
    }

    /// When it changes because of time, Unix milliseconds (UTC).
    pub fn changes_at_ms(self) -> i64 {
        self.role_changes_at_ms.unwrap_or(i64::MAX).min(self.ends.first_ms())
    }
}

impl Watched {
    /// The current state. This is not activity. Answered requests are counted only if something was, or may have been,
    /// decided about the person since: many pages check every few seconds.
    pub async fn check(&mut self, auth: &Auth, dashboards: &Dashboards, may_be_decided: bool) -> PageState {
        self.read(auth, dashboards, may_be_decided).await.unwrap_or_else(|error| {
            tracing::warn!(?error, "the state of an open page cannot be read");
            PageState::Unknown
        })
    }

    async fn read(
        &mut self,
        auth: &Auth,
        dashboards: &Dashboards,
        may_be_decided: bool,
    ) -> Result<PageState, DashboardsError> {
        let WatchedSignIn { sign_in, open_role, ends } = match guard::watch_unseen(auth, &self.sign_in).await? {
            Ok(watched) => watched,
            Err(Denied::SignedOut) => return Ok(PageState::SignedOut),
            Err(_) => return Ok(PageState::Unknown),
        };
        let shows = match &self.dashboard {
            None => Shows::Nothing,
            Some(name) => match dashboards.find(name, open_role).await? {
                Some(dashboard) => Shows::Dashboard(dashboards.stamps(&dashboard, open_role).await?),
                None => Shows::Closed,
            },
        };
        let (person, role) = (sign_in.user_id, sign_in.user.role);
        let role_changes_at_ms = sign_in.role_changes_at_ms;
        if may_be_decided {
            self.answers = answers_to(auth.db(), person).await?;
        }
        let answers = self.answers;
        Ok(PageState::Live(Session { person, role, ends, role_changes_at_ms, answers }, shows))
    }
}
