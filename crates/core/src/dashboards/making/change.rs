//! The changes that the dashboard editor can make. Each is made to the document that a person saw, and can be repeated
//! on a later version.

use std::collections::BTreeSet;

use rolecall_model::Role;
use rolecall_model::spec::{DashboardFilter, DashboardSpec, PanelSpec};

/// The properties of a dashboard itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub title: String,
    pub summary: String,
    pub source: Option<String>,
    pub role: Role,
    pub zone: Option<String>,
}

/// A change of a document. Panels are named by their ids.
#[derive(Clone, Debug, PartialEq)]
pub enum DashboardChange {
    /// Changes the properties of the dashboard.
    Settings(Settings),
    /// Changes the filters.
    Filters(Vec<DashboardFilter>),
    /// Adds a panel at the end.
    Add(PanelSpec),
    /// Replaces the panel with that id.
    Replace(String, PanelSpec),
    /// Adds a copy after a panel, with an id that is not among these.
    Duplicate(String, BTreeSet<String>),
    /// Removes a panel.
    Delete(String),
    /// Moves a panel forward by one.
    Earlier(String),
    /// Moves a panel back by one.
    Later(String),
    /// Moves a panel to a position among all, counted from 0.
    Move(String, usize),
    /// Sets the width of a panel, in twelfths of the page.
    Width(String, u8),
}

/// A change to a panel that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone;

impl DashboardChange {
    /// The id of the panel that it changes, if that exists already.
    #[must_use]
    pub fn panel(&self) -> Option<&str> {
        match self {
            Self::Settings(_) | Self::Filters(_) | Self::Add(_) => None,
            Self::Replace(id, _)
            | Self::Duplicate(id, _)
            | Self::Delete(id)
            | Self::Earlier(id)
            | Self::Later(id)
            | Self::Move(id, _)
            | Self::Width(id, _) => Some(id),
        }
    }

    /// The document with the change.
    ///
    /// # Errors
    /// [`Undone`] if the panel does not exist. Replacing a panel that somebody else has deleted brings it back.
    pub fn of(&self, spec: &DashboardSpec) -> Result<DashboardSpec, Undone> {
        let mut spec = spec.clone();
        let place = |id: &str, spec: &DashboardSpec| spec.panels.iter().position(|panel| panel.id == id).ok_or(Undone);
        match self {
            Self::Settings(Settings { title, summary, source, role, zone }) => {
                title.clone_into(&mut spec.title);
                summary.clone_into(&mut spec.summary);
                (spec.source, spec.role, spec.zone) = (source.clone(), *role, zone.clone());
            }
            Self::Filters(filters) => spec.filters.clone_from(filters),
            Self::Add(panel) => spec.panels.push(panel.clone()),
            Self::Replace(id, panel) => match place(id, &spec) {
                Ok(at) => {
                    spec.panels[at] = panel.clone();
                    rename_in_filters(&mut spec, id, Some(&panel.id));
                }
                Err(Undone) => spec.panels.push(panel.clone()),
            },
            Self::Duplicate(id, taken) => {
                let at = place(id, &spec)?;
                let copy = PanelSpec { id: free_id(&spec, id, |id| taken.contains(id)), ..spec.panels[at].clone() };
                spec.panels.insert(at + 1, copy);
            }
            Self::Delete(id) => {
                let at = place(id, &spec)?;
                spec.panels.remove(at);
                rename_in_filters(&mut spec, id, None);
            }
            Self::Earlier(id) => {
                let at = place(id, &spec)?;
                spec.panels.swap(at, at.saturating_sub(1));
            }
            Self::Later(id) => {
                let at = place(id, &spec)?;
                let after = (at + 1).min(spec.panels.len() - 1);
                spec.panels.swap(at, after);
            }
            Self::Move(id, to) => {
                let panel = spec.panels.remove(place(id, &spec)?);
                spec.panels.insert((*to).min(spec.panels.len()), panel);
            }
            Self::Width(id, width) => {
                let at = place(id, &spec)?;
                spec.panels[at].width = Some(*width);
            }
        }
        Ok(spec)
    }

    /// A short description of the change, for a dashboard with the document `spec`.
    #[must_use]
    pub fn words(&self, spec: &DashboardSpec) -> String {
        let title = |id: &String| {
            let panel = spec.panels.iter().find(|panel| panel.id == *id);
            panel.map_or_else(|| id.clone(), |panel| panel.title.clone())
        };
        match self {
            Self::Settings(_) => "Changed title, role or other settings".to_owned(),
            Self::Filters(_) => "Changed the filters".to_owned(),
            Self::Add(panel) => format!("Added “{}”", panel.title),
            Self::Replace(_, panel) => format!("Changed “{}”", panel.title),
            Self::Duplicate(id, _) => format!("Duplicated “{}”", title(id)),
            Self::Delete(id) => format!("Deleted “{}”", title(id)),
            Self::Earlier(id) => format!("Moved “{}” earlier", title(id)),
            Self::Later(id) => format!("Moved “{}” later", title(id)),
            Self::Move(id, to) => {
                // It is the last one already.
                let place = to.saturating_add(1).min(spec.panels.len());
                format!("Moved “{}” to place {place}", title(id))
            }
            Self::Width(id, width) => format!("Set the width of “{}” to {width} of 12 columns", title(id)),
        }
    }
}

/// Filters that do not apply to the panel `id` are made not to apply to `name` either, or to no other.
fn rename_in_filters(spec: &mut DashboardSpec, id: &str, name: Option<&str>) {
    for filter in &mut spec.filters {
        filter.except = filter
            .except
            .iter()
            .filter_map(|of| if of == id { name.map(ToOwned::to_owned) } else { Some(of.clone()) })
            .collect();
    }
}

/// `wish`, with a number if needed, so that no panel of `spec` has it and it is not `is_taken`.
pub(super) fn free_id(spec: &DashboardSpec, wish: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let is_free = |id: &String| spec.panels.iter().all(|panel| panel.id != *id) && !is_taken(id);
    // Leaves room for a number within the longest name.
    let wish = wish.get(..wish.len().min(56)).unwrap_or(wish);
    crate::dashboards::stored::candidates(wish).find(is_free).unwrap_or_default()
}

impl DashboardChange {
    /// The id of a new panel called `title` in `spec`, not one that `is_taken`: a new note would show the text of a
    /// deleted one.
    #[must_use]
    pub fn new_id(spec: &DashboardSpec, title: &str, is_taken: impl Fn(&str) -> bool) -> String {
        free_id(spec, &crate::dashboards::stored::wish(title), is_taken)
    }
}

#[cfg(test)]
mod tests {
    use rolecall_model::spec::{FilterKind, LastDay, PanelKind};

    use super::*;
    use crate::dashboards::making::empty;

    #[test]
    fn panels_are_copied_moved_and_deleted_and_never_move_beyond_the_ends() {
        let mut spec = empty("x", Role::Read);
        let panel = |id: &str| PanelSpec::new(id, id, PanelKind::Note);
        spec.panels = vec![panel("a"), panel("b"), panel("c")];
        let ids = |change: DashboardChange| {
            let spec = change.of(&spec)?;
            Ok::<String, Undone>(spec.panels.iter().map(|panel| panel.id.as_str()).collect::<Vec<_>>().join(" "))
        };
        for (change, expected) in [
            (DashboardChange::Earlier("b".into()), "b a c"),
            (DashboardChange::Earlier("a".into()), "a b c"),
            (DashboardChange::Later("b".into()), "a c b"),
            (DashboardChange::Later("c".into()), "a b c"),
            (DashboardChange::Move("a".into(), 1), "b a c"),
            (DashboardChange::Move("c".into(), 0), "c a b"),
            (DashboardChange::Move("a".into(), 99), "b c a"),
            (DashboardChange::Duplicate("b".into(), BTreeSet::new()), "a b b-2 c"),
            (DashboardChange::Duplicate("b".into(), BTreeSet::from(["b-2".to_owned()])), "a b b-3 c"),
            (DashboardChange::Delete("a".into()), "b c"),
            (DashboardChange::Add(panel("d")), "a b c d"),
            (DashboardChange::Replace("b".into(), panel("e")), "a e c"),
            (DashboardChange::Replace("gone".into(), panel("e")), "a b c e"),
        ] {
            assert_eq!(ids(change.clone()).as_deref(), Ok(expected), "{change:?}");
        }
        assert_eq!(DashboardChange::Move("a".into(), usize::MAX).words(&spec), "Moved “a” to place 3");
        for gone in [DashboardChange::Delete("gone".into()), DashboardChange::Move("gone".into(), 0)] {
            assert_eq!(ids(gone), Err(Undone));
        }
        let filter = DashboardFilter {
            id: "x".into(),
            title: None,
            kind: FilterKind::Values,
            column: "c".into(),
            dataset: None,
            default: None,
            last_day: LastDay::Today,
            except: vec!["a".into(), "b".into()],
        };
        let with = DashboardChange::Filters(vec![filter]).of(&spec).unwrap();
        let except = |change: DashboardChange| change.of(&with).map(|spec| spec.filters[0].except.join(" "));
        assert_eq!(except(DashboardChange::Delete("a".into())).as_deref(), Ok("b"));
        assert_eq!(except(DashboardChange::Replace("b".into(), panel("e"))).as_deref(), Ok("a e"));
        assert_eq!(DashboardChange::new_id(&spec, "A", |id| id == "a-2"), "a-3");
    }
}
