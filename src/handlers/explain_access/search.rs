//! Searches for administrators who type no whole address: everything whose name, path or id contains the text, ignoring
//! case.

use rolecall_apps::{Apps, Mount};
use rolecall_core::dashboards::Dashboards;
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_server::access::{RouteKind, RouteRule};
use rolecall_ui::caller::internal;

/// A search result: an address, and its label.
pub(super) type Named = (String, String);

/// Dashboards, data sets, apps and pages, in this order. A text with a slash can match a part of a path.
pub(super) async fn named(
    rules: &[RouteRule],
    dashboards: &Dashboards,
    apps: &Apps,
    text: &str,
) -> Result<Vec<Named>, AppError> {
    let text = text.to_lowercase();
    if text.is_empty() {
        return Ok(vec![]);
    }
    let mut found = Vec::new();
    let cards = dashboards.open_to(Some(Role::Admin)).await.map_err(|error| internal(&error))?;
    for of in cards {
        let path = routes::dashboard(&of.slug);
        if fits(&text, &path, [&of.title, &of.slug]) {
            found.push((path, format!("The dashboard “{}”", of.title)));
        }
    }
    let catalogue = dashboards.datasets().catalogue().await.map_err(|error| internal(&error))?;
    for of in catalogue.values() {
        let path = routes::dataset(&of.name);
        if fits(&text, &path, [&of.title, &of.name]) {
            found.push((path, format!("The data set “{}”", of.title)));
        }
    }
    for of in apps.all() {
        let path = match of.mount {
            Mount::Host(_) => routes::app_open(&of.name),
            Mount::Path { .. } => routes::app(&of.name),
        };
        if fits(&text, &path, [&of.title, &of.name]) {
            found.push((path, format!("The app “{}”", of.title)));
        }
    }
    let pages = rules.iter().filter(|rule| rule.kind == RouteKind::Page && !rule.path.contains('{'));
    let pages = pages.filter(|rule| fits(&text, rule.path, [rule.path, ""]));
    found.extend(pages.map(|rule| (rule.path.to_owned(), "The page".to_owned())));
    Ok(found)
}

/// Whether one of `names` contains `text`, in lower case; with a slash, the `path` may contain it too, because every
/// dashboard has “dashboards” in its path.
fn fits(text: &str, path: &str, names: [&str; 2]) -> bool {
    let has = |of: &str| of.to_lowercase().contains(text);
    text.contains('/') && has(path) || names.into_iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_a_slash_is_a_part_of_a_path_or_of_a_name() {
        let fits = |text: &str| fits(text, "/dashboards/weather", ["In/out", "weather"]);
        for text in ["/dashboards/weather", "dashboards/weather", "s/we", "in/out", "weath"] {
            assert!(fits(text), "{text}");
        }
        for text in ["dashboards", "/weather/", "in/out/weather"] {
            assert!(!fits(text), "{text}");
        }
    }
}
