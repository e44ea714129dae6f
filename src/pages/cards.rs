//! Cards of dashboards and apps with their stars, and the search that filters them.

use leptos::prelude::*;
use rolecall_core::bookmarks::{Mark, Marks, Thing};
use rolecall_core::dashboards::{Listed, Typed};
use rolecall_model::{AppCard, AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::ReturnTo;
use rolecall_ui::caller;
use rolecall_ui::components::notices::AskFor;
use rolecall_ui::components::viewer::use_viewer;
use rolecall_ui::page::{Asked, FormAnswer, Reply};
use serde::Serialize;

/// The id of the form that every star belongs to.
const FORM: &str = "favourites";
/// Our script that hides cards while a person types.
const FIND_SCRIPT: &str = "/find.js";
/// The maximum length of a search, in bytes.
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
    /// `None` if bookmarks cannot be read: the card then has no star.
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

    /// When the person last looked at it, Unix milliseconds (UTC).
    pub(super) fn visited_at_ms(&self) -> Option<i64> {
        self.mark?.visited_at_ms
    }
}

/// A search: words that must all occur in the title or the summary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Search(String);

impl Search {
    /// Parses the search in the address.
    pub(super) fn of(asked: &Asked) -> Self {
        let text = asked.value("q").filter(|text| text.len() <= LONGEST_SEARCH).unwrap_or_default();
        Self(text.trim().to_owned())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `card` matches.
    pub(super) fn finds(&self, card: &Card) -> bool {
        if self.is_empty() {
            return true;
        }
        let text = format!("{} {}", card.title, card.summary.as_deref().unwrap_or_default()).to_lowercase();
        self.0.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// The search form on the page `action`. With JavaScript, cards are hidden while a person types.
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
            // The script writes the number of results here.
            <p class="muted" role="status" data-found=""></p>
        </form>
        <script type="module" src=FIND_SCRIPT></script>
    }
}

/// The form of all stars on a page; it returns to the page `back`.
#[component]
pub(super) fn FavouriteForm(back: String) -> impl IntoView {
    view! {
        <form id=FORM method="post" action=routes::FAVOURITES hidden>
            <input type="hidden" name="back" value=back/>
        </form>
    }
}

/// A star that makes the thing called `title` a favourite, or removes it. It belongs to the [`FavouriteForm`] of its
/// page.
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
                // Decorative, since the title says the same.
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

/// Shown instead of cards if no dashboard is open to the person: what to ask an administrator for.
#[component]
pub(super) fn NoDashboards() -> impl IntoView {
    let grant = use_viewer().ask_for.clone();
    view! {
        <p class="muted">"No dashboards are available to you yet."</p>
        {grant.map(|grant| view! { <AskFor grant=Some(grant)/> })}
    }
}

/// Makes the thing of a star a favourite of the caller, or removes it.
///
/// # Errors
/// [`AppError::NotFound`] for a thing that does not exist, or not for the caller.
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
    fn a_search_finds_words_of_title_and_summary_in_any_case_and_order() {
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
