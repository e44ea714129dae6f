//! The dashboard that a page or a form is about, for the caller.

use std::sync::Arc;
use std::time::Duration;

use rolecall_core::bookmarks::{Marks, Thing};
use rolecall_core::dashboards::{Dashboard, Editor, Stored, role_to_change};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::people::PersonRow;
use rolecall_sign_in::plain;
use rolecall_sign_in::session::SignIn;
use tokio::time::Instant;

use super::request::{UNASKED, auth, bookmarks, dashboards, header, internal, open_role, require};

/// How long a page waits at most that is fetched again and again: as long as a query may take.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// The longest name of an owner that is shown, in characters.
const NAME_MAX_CHARS: usize = 100;

/// A dashboard that the caller may change, as it is at this moment.
pub struct Changing {
    pub stored: Stored,
    pub sign_in: Arc<SignIn>,
    /// The role whose doors are open to them: Write at least.
    pub role: Option<Role>,
}

impl Changing {
    /// The caller, as who changes something.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] below Write.
    pub fn editor(&self) -> Result<Editor<'_>, AppError> {
        Editor::of(&self.sign_in, self.role).ok_or(AppError::Forbidden { needed: Role::Write })
    }
}

/// The dashboard `slug`, where the caller's role opens it. To others it does not exist.
///
/// # Errors
/// [`AppError::SignedOut`], [`AppError::Forbidden`] or [`AppError::StepUp`]; [`AppError::NotFound`].
pub async fn dashboard(slug: &str) -> Result<(Arc<Dashboard>, Arc<SignIn>), AppError> {
    let sign_in = require(Role::Read)?;
    let found = dashboards()?.find(slug, sign_in.user.role).await.map_err(|error| internal(&error))?;
    let found = found.ok_or(AppError::NotFound)?;
    require(found.spec.role)?;
    Ok((found, sign_in))
}

/// Remembers that the caller looks at `dashboard` now, unless a script only keeps its page up to date.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub async fn looked_at(dashboard: &Dashboard, sign_in: &SignIn) -> Result<(), AppError> {
    if !is_unasked() {
        bookmarks()?.visited(sign_in.user_id, Thing::dashboard(&dashboard.slug)).await;
    }
    Ok(())
}

/// Until when a page waits for its filters and panels. A script that fetches it for what was late says how often it
/// has, and each time the page waits twice as long: so it is there in the end, also where its rows change all the time.
///
/// # Errors
/// [`AppError::Internal`] outside of a request.
pub fn page_deadline() -> Result<Instant, AppError> {
    let wait = dashboards()?.limits().page_wait;
    let times = header(UNASKED).and_then(|times| times.parse().ok()).unwrap_or(0);
    let longer = wait.saturating_mul(2_u32.saturating_pow(times)).min(LONGEST_WAIT);
    Ok(Instant::now() + longer.max(wait))
}

fn is_unasked() -> bool {
    header(UNASKED).is_some()
}

/// What the caller marked, for a page that has no more of it than stars; nothing where it cannot be read, for which no
/// page fails.
pub async fn stars(sign_in: &SignIn) -> Option<Arc<Marks>> {
    without_failing(bookmarks().ok()?.stars_of(sign_in.user_id).await)
}

/// What the caller marked and looked at, for the page on which they start; nothing where it cannot be read.
pub async fn marks(sign_in: &SignIn) -> Option<Arc<Marks>> {
    without_failing(bookmarks().ok()?.of(sign_in.user_id).await)
}

fn without_failing(read: Result<Arc<Marks>, sqlx::Error>) -> Option<Arc<Marks>> {
    read.inspect_err(|error| tracing::warn!(?error, "what somebody marked cannot be read, so a page has no stars")).ok()
}

/// The stored dashboard `slug` as it is at this moment, where the caller may change it: its owner with the role Write,
/// or an administrator.
///
/// # Errors
/// As [`dashboard`] and [`require_owner`]; [`AppError::Invalid`] for one in a file.
pub async fn dashboard_to_change(slug: &str) -> Result<Changing, AppError> {
    let sign_in = require(Role::Read)?;
    let stored = dashboards()?.stored(slug).await.map_err(|error| error.for_browser(internal))?;
    let Some(stored) = stored else {
        dashboard(slug).await?;
        let message = "This dashboard is a file, so it cannot be changed here. Duplicate it, and change the copy.";
        return Err(AppError::Invalid { message: message.to_owned() });
    };
    if sign_in.user.role < Some(stored.spec.role) {
        return Err(AppError::NotFound);
    }
    require(stored.spec.role)?;
    require_owner(slug, stored.edition.owner, stored.spec.role).await?;
    Ok(Changing { stored, sign_in, role: open_role() })
}

/// Sees that the caller, who may see the dashboard `slug`, which needs the role `opens`, is its `owner` with the role
/// Write, or an administrator. Where somebody else owns it, only they can help, so the caller is told whom to ask: by
/// name from Write on, as on the pages of data sets.
///
/// # Errors
/// [`AppError::NotOwner`]; [`AppError::Forbidden`] for an owner below Write; [`AppError::StepUp`].
pub async fn require_owner(slug: &str, owner: Option<i64>, opens: Role) -> Result<(), AppError> {
    let own_id = require(Role::Read)?.user_id;
    match require(role_to_change(owner, own_id, opens)) {
        Err(AppError::Forbidden { .. }) if owner.is_some_and(|owner| owner != own_id) => {}
        judged => return judged.map(drop),
    }
    let owner = match owner.filter(|_| open_role() >= Some(Role::Write)) {
        Some(owner) => name_of(owner).await?,
        None => None,
    };
    Err(AppError::NotOwner { page: routes::dashboard(slug), owner })
}

/// The name of the person `user_id`, unless they are kept out: they could change nothing.
async fn name_of(user_id: i64) -> Result<Option<String>, AppError> {
    let auth = auth()?;
    let person = auth.sign_ins().person(user_id, auth.clock().now_ms()).await.map_err(|error| internal(&error))?;
    let is_in = |person: &PersonRow| person.disabled.is_none() && person.inactive_since_ms.is_none();
    Ok(person.filter(is_in).map(|person| plain(&person.name, NAME_MAX_CHARS)))
}
