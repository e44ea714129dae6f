//! Whether a person signs in with a new browser, and whether they have confirmed it.
//!
//! The browser's `User-Agent` is compared with those of the person's earlier sign-ins that are stored, which the list
//! of their sessions shows anyway. Numbers are ignored, so an update does not make a browser new. Nothing else is
//! compared, and no cookie is set for it: a browser with a similar `User-Agent` counts as known.
//!
//! A new browser cannot confirm any browser, itself or another: otherwise an attacker could hide the notice by signing
//! in once more. So unconfirmed browsers do not count as earlier ones, and only a known browser can confirm another.

use crate::db::{on_both, reading_on_both};
use crate::session::{RecordError, SignInRow, SignIns};

/// How many of the latest sign-ins of a person are compared at most.
pub(crate) const COMPARED: i64 = 200;
/// How many new browsers are shown on one page.
const AT_ONCE: usize = 5;

/// The column `new_browser`: the person has not confirmed it.
pub(crate) const NEW: i64 = 1;

/// Whether a browser with this `user_agent` differs from those of all `earlier` sign-ins. At the first sign-in no
/// browser is known.
pub(crate) fn is_new(user_agent: Option<&str>, earlier: &[Option<String>]) -> bool {
    let browser = without_numbers(user_agent);
    !earlier.is_empty() && !earlier.iter().any(|other| without_numbers(other.as_deref()) == browser)
}

/// A person's latest sign-ins with new browsers that they have not confirmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewBrowsers {
    /// The sign-ins, the newest first: one of each browser.
    pub rows: Vec<SignInRow>,
    /// Whether the browser of this request is among them; then it cannot confirm another.
    pub is_own_new: bool,
}

/// The result of confirming a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBrowser {
    /// It is known from now on.
    Known,
    /// There was nothing to confirm.
    Nothing,
    /// The request itself comes from a new browser.
    SaidByNew,
}

/// The part of a user agent that is the same for all versions of a browser.
fn without_numbers(user_agent: Option<&str>) -> String {
    user_agent.unwrap_or_default().chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '.' | '_')).collect()
}

impl SignIns {
    /// The new browsers of the person `user_id`, for the page in the browser of their sign-in `own`. Other sign-ins
    /// from that browser are left out.
    pub async fn new_browsers_of(&self, user_id: i64, own: &str) -> Result<NewBrowsers, RecordError> {
        let mut unseen = self.unseen(user_id).await?;
        let own = unseen.iter().find(|row| row.id == own).map(|row| (row.id.clone(), browser_of(row)));
        let mut told = Vec::new();
        unseen.retain(|row| {
            let browser = browser_of(row);
            let is_told = match &own {
                Some((id, own)) if *own == browser => *id == row.id,
                _ => !told.contains(&browser),
            };
            told.push(browser);
            is_told
        });
        unseen.truncate(AT_ONCE);
        Ok(NewBrowsers { rows: unseen, is_own_new: own.is_some() })
    }

    /// Marks the browser of the sign-in `id` as known to the person `user_id`, and so every sign-in with the same
    /// browser. The request comes from the browser of their sign-in `own`.
    pub async fn know_browser(&self, user_id: i64, id: &str, own: &str) -> Result<KnownBrowser, RecordError> {
        const KNOWN: &str = "UPDATE sign_ins SET new_browser = 2 WHERE id = $1 AND user_id = $2 AND new_browser = 1";
        const OWN: &str = "SELECT COUNT(*) FROM sign_ins WHERE id = $1 AND user_id = $2 AND new_browser <> 1";
        let is_own_known: i64 =
            on_both!(&self.db, |pool| sqlx::query_scalar(OWN).bind(own).bind(user_id).fetch_one(pool).await?);
        if is_own_known == 0 {
            return Ok(KnownBrowser::SaidByNew);
        }
        let unseen = self.unseen(user_id).await?;
        let Some(known) = unseen.iter().find(|row| row.id == id).map(browser_of) else {
            return Ok(KnownBrowser::Nothing);
        };
        for row in unseen.iter().filter(|row| browser_of(row) == known) {
            on_both!(&self.db, |pool| sqlx::query(KNOWN).bind(&row.id).bind(user_id).execute(pool).await.map(drop))?;
        }
        Ok(KnownBrowser::Known)
    }

    /// The latest sign-ins of the person `user_id` with new browsers. Few people have any, so "none" is cached for a
    /// minute: a sign-in at another instance shows up to a minute late.
    async fn unseen(&self, user_id: i64) -> Result<Vec<SignInRow>, RecordError> {
        const UNSEEN: &str = "SELECT id, user_id, provider, role, created_at, last_seen_at, ip, user_agent, revoked_at, \
                              revoked_reason, new_browser FROM sign_ins WHERE user_id = $1 AND new_browser = 1 \
                              AND (revoked_reason IS NULL OR revoked_reason <> 'not_completed') \
                              ORDER BY created_at DESC, id DESC LIMIT $2";
        if self.no_new_browsers.is_known_of(user_id) {
            return Ok(Vec::new());
        }
        let ticket = self.no_new_browsers.ticket();
        let rows: Vec<SignInRow> = reading_on_both!(&self.db, |pool| {
            let rows = sqlx::query(UNSEEN).bind(user_id).bind(COMPARED).fetch_all(pool).await?;
            rows.iter().map(SignInRow::read).collect::<Result<_, sqlx::Error>>()?
        });
        if rows.is_empty() {
            self.no_new_browsers.insert(user_id, &ticket);
        }
        Ok(rows)
    }
}

fn browser_of(row: &SignInRow) -> String {
    without_numbers(row.user_agent.as_deref())
}

#[cfg(test)]
mod tests {
    use super::is_new;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

    // Case: account/new-browser
    #[test]
    fn an_update_makes_no_new_browser_and_another_kind_or_system_does() {
        let used = |user_agent: &str| [Some(user_agent.to_owned()), None];
        assert!(!is_new(Some(FIREFOX), &[]), "of somebody's first browser nobody is told");
        assert!(!is_new(Some(&FIREFOX.replace("143", "144.1")), &used(FIREFOX)));
        assert!(!is_new(None, &used(FIREFOX)));
        assert!(is_new(Some(&FIREFOX.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64")), &used(FIREFOX)));
        assert!(is_new(Some("curl/8.5.0"), &used(FIREFOX)[..1]));
        assert!(is_new(None, &used(FIREFOX)[..1]));
    }
}
