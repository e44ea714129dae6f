//! What is new in a dashboard since a person last looked at it.

use rolecall_core::bookmarks::Mark;
use rolecall_core::dashboards::Listed;
use serde::Serialize;

/// How long a dashboard is new to people who never looked at it, in milliseconds.
const NEW_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// A change of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct News {
    /// Its name in addresses.
    pub(super) slug: String,
    pub(super) title: String,
    /// The change, in a few words.
    pub(super) what: &'static str,
    /// When it happened, Unix milliseconds (UTC).
    pub(super) at_ms: i64,
}

/// What is new in `listed` for the person `user` with this `mark`, if anything: another person's dashboard that they
/// never looked at, or a document or data newer than their last look. Dashboards that come with Rolecall are never new.
pub(super) fn news_of(listed: &Listed, mark: Mark, user: i64, now_ms: i64) -> Option<News> {
    let (what, at_ms) = match mark.visited_at_ms {
        None => {
            let made_at_ms = listed.made_at_ms.filter(|made| now_ms - made < NEW_MS && listed.owner != Some(user))?;
            ("New dashboard", made_at_ms)
        }
        Some(visited) => {
            let since = |at_ms: Option<i64>| at_ms.filter(|at_ms| *at_ms > visited);
            let (changed, data) = (since(listed.changed_at_ms), since(listed.data_at_ms));
            let what = if data > changed { "New data" } else { "Changed" };
            (what, changed.max(data)?)
        }
    };
    Some(News { slug: listed.card.slug.clone(), title: listed.card.title.clone(), what, at_ms })
}

#[cfg(test)]
mod tests {
    use rolecall_model::DashboardCard;

    use super::*;

    #[test]
    fn changes_since_the_last_look_are_new_and_so_are_recent_dashboards_of_others() {
        let card = DashboardCard { slug: "s".into(), title: "S".into(), summary: String::new() };
        let listed = Listed {
            card,
            has_preview: false,
            owner: Some(1),
            made_at_ms: Some(100),
            changed_at_ms: Some(200),
            data_at_ms: Some(300),
        };
        let news = |visited_at_ms: Option<i64>, user: i64, now_ms: i64| {
            let mark = Mark { is_favourite: false, visited_at_ms };
            news_of(&listed, mark, user, now_ms).map(|news| (news.what, news.at_ms))
        };
        assert_eq!(news(None, 2, 400), Some(("New dashboard", 100)));
        assert_eq!(news(None, 1, 400), None, "it is their own");
        assert_eq!(news(None, 2, 100 + NEW_MS), None);
        assert_eq!(news(Some(150), 2, 400), Some(("New data", 300)));
        assert_eq!(news(Some(300), 2, 400), None);
        let without_data = Listed { data_at_ms: None, ..listed.clone() };
        let mark = Mark { is_favourite: false, visited_at_ms: Some(150) };
        assert_eq!(news_of(&without_data, mark, 2, 400).map(|news| news.what), Some("Changed"));
    }
}
