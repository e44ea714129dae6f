//! Cards of dashboards and apps, each with a star and what takes it, and the search that leaves some of them.

use leptos::prelude::*;
use rolecall_core::bookmarks::{Mark, Marks, Thing};
use rolecall_core::dashboards::{Listed, Typed};
use rolecall_model::{AppCard, AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::ReturnTo;
use serde::Serialize;

use super::page::{Asked, FormAnswer, Reply};
use crate::caller;
use crate::components::notices::AskFor;
use crate::components::viewer::use_viewer;

/// The id of the form that every star belongs to.
const FORM: &str = "favourites";
/// The script that leaves cards away while somebody types, a file of ours.
const FIND_SCRIPT: &str = "/find.js";
/// The longest search that is looked at, in bytes.
const LONGEST_SEARCH: usize = 256;

/// A dashboard or an app that is open to the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Card {
    pub(super) thing: Thing,
    pub(super) href: String,
    pub(super) title: String,
    summary: Option<String>,
    /// The path of the dashboard's preview.
    preview: Option<String>,
    /// Not there where it cannot be read: there is no star then.
    pub(super) mark: Option<Mark>,
}

impl Card {
    /// The card of a dashboard.
    pub(super) fn of_dashboard(listed: &Listed, marks: Option<&Marks>) -> Self {
        let (slug, thing) = (&listed.card.slug, Thing::dashboard(&listed.card.slug));
        Self {
            mark: marks.map(|marks| marks.of(&thing)),
            thing,
            href: routes::dashboard(slug),
            title: listed.card.title.clone(),
            summary: Some(listed.card.summary.clone()).filter(|summary| !summary.is_empty()),
            preview: listed.has_preview.then(|| routes::of_dashboard(routes::DASHBOARD_PREVIEW, slug)),
        }
    }

    /// The card of an app.
    pub(super) fn of_app(app: &AppCard, marks: Option<&Marks>) -> Self {
        let thing = Thing::app(&app.name);
        Self {
            mark: marks.map(|marks| marks.of(&thing)),
            thing,
            href: app.href.clone(),
            title: app.title.clone(),
            summary: app.summary.clone(),
            preview: None,
        }
    }

    pub(super) fn is_favourite(&self) -> bool {
        self.mark.is_some_and(|mark| mark.is_favourite)
    }

    /// When the person looked at it last, Unix milliseconds (UTC).
    pub(super) fn visited_at_ms(&self) -> Option<i64> {
        self.mark?.visited_at_ms
    }
}

/// What somebody looks for: words that all stand in a title or a summary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Search(String);

impl Search {
    /// What the address says.
    pub(super) fn of(asked: &Asked) -> Self {
        let text = asked.value("q").filter(|text| text.len() <= LONGEST_SEARCH).unwrap_or_default();
        Self(text.trim().to_owned())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `card` is looked for.
    pub(super) fn finds(&self, card: &Card) -> bool {
        if self.is_empty() {
            return true;
        }
        let text = format!("{} {}", card.title, card.summary.as_deref().unwrap_or_default()).to_lowercase();
        self.0.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// The form of the search on the page `action`. Where scripts run, cards are left away while somebody types.
#[component]
pub(super) fn SearchForm(action: &'static str, label: &'static str, search: Search) -> impl IntoView {
    view! {
        <form class="fields-row" role="search" action=action>
            <div>
                <label for="q">{label}</label>
                <input type="search" id="q" name="q" value=search.0 dir="auto" autocomplete="off" data-find=""/>
            </div>
            <button class="button" type="submit">
                "Search"
            </button>
            // For the script.
            <p class="muted" role="status" data-found=""></p>
        </form>
        <script type="module" src=FIND_SCRIPT></script>
    }
}

/// The form that the stars of a page belong to, which comes back to the page `back`.
#[component]
pub(super) fn FavouriteForm(back: String) -> impl IntoView {
    view! {
        <form id=FORM method="post" action=routes::FAVOURITES hidden>
            <input type="hidden" name="back" value=back/>
        </form>
    }
}

/// Marks something called `title` as a favourite, or takes the mark away. It belongs to the [`FavouriteForm`] of its page.
#[component]
pub(super) fn Star(thing: Thing, title: String, is_favourite: bool) -> impl IntoView {
    let (name, sign, label) = if is_favourite {
        ("remove", "★", format!("Remove {title} from your favourites"))
    } else {
        ("add", "☆", format!("Add {title} to your favourites"))
    };
    view! {
        <button class="star" form=FORM name=name value=thing.as_str().to_owned() aria-label=label>
            {sign}
        </button>
    }
}

/// Cards in rows.
#[component]
pub(super) fn Cards(cards: Vec<Card>) -> impl IntoView {
    let card = |Card { thing, href, title, summary, preview, mark }: Card| {
        view! {
            <li class="card card-link">
                // It says what the title says, to the eyes.
                {preview.map(|src| view! { <img class="card-preview" src=src alt="" loading="lazy" width="320" height="96"/> })}
                <a class="card-title" href=href>
                    <bdi>{title.clone()}</bdi>
                </a>
                {summary
                    .map(|summary| {
                        view! {
                            <p class="muted" dir="auto">
                                {summary}
                            </p>
                        }
                    })}
                {mark.map(|mark| view! { <Star thing title is_favourite=mark.is_favourite/> })}
            </li>
        }
    };
    view! { <ul class="cards">{cards.into_iter().map(card).collect_view()}</ul> }
}

/// What stands in the place of cards where no dashboard is open to the person: what to ask an administrator for.
#[component]
pub(super) fn NoDashboards() -> impl IntoView {
    let grant = use_viewer().ask_for.clone();
    view! {
        <p class="muted">"No dashboards are available to you yet."</p>
        {grant.map(|grant| view! { <AskFor grant=Some(grant)/> })}
    }
}

/// Makes what a star belongs to a favourite of the caller, or ends that.
///
/// # Errors
/// [`AppError::NotFound`] for what there is not, or not for the caller.
pub async fn favour(asked: Asked, typed: Typed) -> FormAnswer {
    let sign_in = caller::require(Role::Read)?;
    let (named, is_favourite) = match (typed.get("add"), typed.get("remove")) {
        ("", "") => return Err(AppError::NotFound),
        ("", removed) => (removed, false),
        (added, _) => (added, true),
    };
    let thing = Thing::from(named.to_owned());
    // A bookmark can be removed even if its target is gone, and nobody learns whether the target exists.
    let is_there = if !is_favourite {
        true
    } else if let Some(slug) = thing.as_dashboard() {
        let found = caller::dashboards()?.find(slug, sign_in.user.role).await;
        found.map_err(|error| caller::internal(&error))?.is_some()
    } else {
        thing.as_app().is_some_and(|name| asked.viewer.apps.iter().any(|app| app.name == name))
    };
    if !is_there {
        return Err(AppError::NotFound);
    }
    let marked = caller::bookmarks()?.set_favourite(sign_in.user_id, &thing, is_favourite).await;
    marked.map_err(|error| caller::internal(&error))?;
    Ok(Reply::GoOn(ReturnTo::parse_or_home(Some(typed.get("back"))).as_str().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_words_of_title_and_summary_whatever_their_case_and_order() {
        let card = Card {
            thing: Thing::dashboard("sales"),
            href: String::new(),
            title: "Übersicht Zürich".to_owned(),
            summary: Some("What we sold.".to_owned()),
            preview: None,
            mark: None,
        };
        for (search, found) in
            [("", true), ("zürich", true), ("SOLD über", true), ("zürich tea", false), ("<b>", false)]
        {
            assert_eq!(Search(search.to_owned()).finds(&card), found, "{search}");
        }
    }
}
