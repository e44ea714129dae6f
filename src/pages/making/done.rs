//! The last change in the editor: shown in the place where it was made, with an undo button.

use leptos::prelude::*;
use rolecall_model::AppError;
use rolecall_model::spec::DashboardSpec;
use rolecall_routes as routes;
use rolecall_ui::caller::{self, Changing};
use rolecall_ui::page::Asked;

use super::fields::hidden;

/// The field of the editor's address with the version that was just made.
const VERSION: &str = "done";
/// The field with its position among the panels.
const PLACE: &str = "at";

/// The address after a change of `before`, the document of the version before `version`, to `after`: with the position
/// of the panel `panel`, or of the first one that changed.
pub(super) fn address(
    slug: &str,
    version: i64,
    (before, after): (&DashboardSpec, &DashboardSpec),
    panel: Option<&str>,
) -> String {
    let named = panel.and_then(|id| after.panels.iter().position(|panel| panel.id == id));
    let at = named.or_else(|| {
        let same = before.panels.iter().zip(&after.panels).take_while(|(before, after)| before == after).count();
        (before.panels != after.panels).then_some(same)
    });
    let at = at.map(|at| format!("&{PLACE}={at}")).unwrap_or_default();
    format!("{}?{VERSION}={version}{at}#done", routes::of_dashboard(routes::DASHBOARD_EDIT, slug))
}

/// The last change.
pub(super) struct Done {
    words: String,
    /// Whether it was an undo or restored an earlier version: what came before is in the history.
    is_restored: bool,
    /// The panel that it is shown above; at the top if it was about no panel.
    pub(super) at: Option<usize>,
}

impl Done {
    /// The change named by the address, if nothing has changed since.
    ///
    /// # Errors
    /// If the history cannot be read.
    pub(super) async fn asked(asked: &Asked, changing: &Changing) -> Result<Option<Self>, AppError> {
        let stored = &changing.stored;
        let version = stored.edition.version;
        if asked.value(VERSION).is_none_or(|done| done != version.to_string()) {
            return Ok(None);
        }
        let latest = caller::dashboards()?.history(stored, version - 1, changing.role).await;
        let latest = latest.map_err(|error| error.for_browser(caller::internal))?;
        let at = asked.value(PLACE).and_then(|at| at.parse().ok());
        let at = at.map(|at: usize| at.min(stored.spec.panels.len()));
        let entry = latest.into_iter().find(|entry| entry.version == version);
        // People are not told about changes of panels that are closed to them.
        let done = entry.and_then(|entry| Some((entry.change?, entry.restored_from.is_some())));
        Ok(done.map(|(words, is_restored)| Self { words, is_restored, at }))
    }
}

/// Shows the change. It gets the focus, since the address points to it.
#[component]
pub(super) fn DoneNotice(slug: String, version: i64, done: Done) -> impl IntoView {
    let Done { words, is_restored, .. } = done;
    let undo = (version > 1 && !is_restored).then(|| view! { <UndoForm slug version/> });
    view! {
        <div class="notice done" id="done" role="status" tabindex="-1">
            <p>
                <bdi>{words}</bdi>
                "."
            </p>
            {undo}
        </div>
    }
}

/// The button that undoes the last change.
#[component]
pub(super) fn UndoForm(slug: String, version: i64) -> impl IntoView {
    view! {
        <form method="post" action=routes::of_dashboard(routes::DASHBOARD_EDIT, &slug)>
            {hidden("version", version)}
            <button class="button" type="submit" name="do" value="undo">
                "Undo"
            </button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use rolecall_model::Role;
    use rolecall_model::spec::{PanelKind, PanelSpec};

    use super::*;
    use rolecall_core::dashboards::empty;

    #[test]
    fn the_browser_goes_to_the_place_of_the_change() {
        let with = |ids: &[&str]| {
            let mut spec = empty("x", Role::Read);
            spec.panels = ids.iter().map(|id| PanelSpec::new(id, id, PanelKind::Note)).collect();
            spec
        };
        let before = with(&["a", "b", "c"]);
        for (after, panel, expected) in [
            (with(&["a", "c"]), Some("b"), "?done=2&at=1#done"),
            (with(&["a", "b"]), Some("c"), "?done=2&at=2#done"),
            (with(&["a", "c", "b"]), Some("b"), "?done=2&at=2#done"),
            (with(&["a", "b", "b-2", "c"]), None, "?done=2&at=2#done"),
            (with(&["a", "b", "c"]), None, "?done=2#done"),
        ] {
            assert!(address("x", 2, (&before, &after), panel).ends_with(expected), "{expected}");
        }
    }
}
