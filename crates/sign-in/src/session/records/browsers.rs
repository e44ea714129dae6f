//! Whether somebody signs in with a browser that they had not used before, and who has seen that.
//!
//! What a browser says of itself (`User-Agent`) is compared with what it said at the earlier sign-ins of the person that are kept,
//! which the list of their sessions shows anyway. Numbers are left out, so that an update makes no new browser. Nothing else is
//! looked at, and no cookie is set for it: whoever looks like a browser of the person passes for it.

use super::list::read;
use super::{RecordError, SignInRow, SignIns};
use crate::db::{on_both, reading_on_both};

/// How many of the latest sign-ins of a person are compared at most.
pub(super) const COMPARED: i64 = 200;
/// How many sign-ins are told at once.
const AT_ONCE: i64 = 5;

/// In the column `new_browser`: the person has not seen it.
pub(super) const NEW: i64 = 1;

/// Whether a browser that says `user_agent` of itself is none of those of `earlier` sign-ins. At the first one nothing is known.
pub(super) fn is_new(user_agent: Option<&str>, earlier: &[Option<String>]) -> bool {
    let browser = without_numbers(user_agent);
    !earlier.is_empty() && !earlier.iter().any(|other| without_numbers(other.as_deref()) == browser)
}

/// What is the same for all versions of a browser.
fn without_numbers(user_agent: Option<&str>) -> String {
    user_agent.unwrap_or_default().chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '.' | '_')).collect()
}

impl SignIns {
    /// The latest sign-ins of the person `user_id` with browsers that were new and of which they have not said that they know it. That
    /// there are none is remembered for a minute, since hardly anybody has some: one at another instance is told that much later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn new_browsers_of(&self, user_id: i64) -> Result<Vec<SignInRow>, RecordError> {
        const UNSEEN: &str = "SELECT id, user_id, provider, role, created_at, last_seen_at, ip, user_agent, revoked_at, \
                              revoked_reason, new_browser FROM sign_ins WHERE user_id = $1 AND new_browser = 1 \
                              AND (revoked_reason IS NULL OR revoked_reason <> 'not_completed') \
                              ORDER BY created_at DESC, id DESC LIMIT $2";
        if self.without_new_browsers.contains_key(&user_id) {
            return Ok(Vec::new());
        }
        let rows: Vec<SignInRow> = reading_on_both!(&self.db, |pool| {
            let rows = sqlx::query(UNSEEN).bind(user_id).bind(AT_ONCE).fetch_all(pool).await?;
            rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?
        });
        if rows.is_empty() {
            self.without_new_browsers.insert(user_id, ());
        }
        Ok(rows)
    }

    /// Notes that the person `user_id` knows the browser of their sign-in `id`; `false` where there is nothing to be known of it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn know_browser(&self, user_id: i64, id: &str) -> Result<bool, RecordError> {
        const KNOWN: &str =
            "UPDATE sign_ins SET new_browser = 2 WHERE id = $1 AND user_id = $2 AND new_browser = 1 RETURNING id";
        let known =
            on_both!(&self.db, |pool| sqlx::query(KNOWN).bind(id).bind(user_id).fetch_optional(pool).await?.is_some());
        Ok(known)
    }
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
