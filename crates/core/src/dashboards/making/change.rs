//! The changes that the editor of dashboards knows. Each is made to the document that somebody saw, and can be made again to a later
//! one.

use std::collections::BTreeSet;

use rolecall_model::Role;
use rolecall_model::spec::{DashboardFilter, DashboardSpec, PanelSpec};

/// What a dashboard says of itself.
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
pub enum Change {
    /// What the dashboard says of itself.
    Settings(Settings),
    /// What whoever looks can filter it by.
    Filters(Vec<DashboardFilter>),
    /// Adds a panel at the end.
    Add(PanelSpec),
    /// Puts the panel in the place of the one of that id.
    Replace(String, PanelSpec),
    /// Adds a copy behind a panel, with an id that is none of these.
    Duplicate(String, BTreeSet<String>),
    /// Takes a panel away.
    Delete(String),
    /// Puts a panel before the one before it.
    Earlier(String),
    /// Puts a panel behind the one behind it.
    Later(String),
    /// Puts a panel at a place among all, counted from 0.
    Move(String, usize),
    /// Gives a panel so many of the twelve columns.
    Width(String, u8),
}

/// A change of a panel that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone;

impl Change {
    /// The id of the panel that it is about, where that is one of those that there are.
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
    /// [`Undone`] where the panel is not there. One that somebody else deleted meanwhile comes back when it is replaced.
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

    /// What it does, in a few words, in a dashboard with the document `spec`.
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
                // Beyond the last place there is none.
                let place = to.saturating_add(1).min(spec.panels.len());
                format!("Moved “{}” to place {place}", title(id))
            }
            Self::Width(id, width) => format!("Set the width of “{}” to {width} of 12 columns", title(id)),
        }
    }
}

/// Filters that leave the panel `id` alone do so with the one called `name`, too, or with no other.
fn rename_in_filters(spec: &mut DashboardSpec, id: &str, name: Option<&str>) {
    for filter in &mut spec.filters {
        filter.except = filter
            .except
            .iter()
            .filter_map(|of| if of == id { name.map(ToOwned::to_owned) } else { Some(of.clone()) })
            .collect();
    }
}

/// `wish`, or the same with a number, so that no panel of `spec` has it and it is none that `is_taken`.
pub(super) fn free_id(spec: &DashboardSpec, wish: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let is_free = |id: &String| spec.panels.iter().all(|panel| panel.id != *id) && !is_taken(id);
    // Room for a number within the longest name.
    let wish = wish.get(..wish.len().min(56)).unwrap_or(wish);
    crate::dashboards::stored::candidates(wish).find(is_free).unwrap_or_default()
}

impl Change {
    /// The id that a new panel called `title` gets in `spec`, none that `is_taken`: a note would have what is written on one that was
    /// deleted.
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
    fn panels_are_copied_moved_and_deleted_and_the_ends_stay_ends() {
        let mut spec = empty("x", Role::Read);
        let panel = |id: &str| PanelSpec::new(id, id, PanelKind::Note);
        spec.panels = vec![panel("a"), panel("b"), panel("c")];
        let ids = |change: Change| {
            let spec = change.of(&spec)?;
            Ok::<String, Undone>(spec.panels.iter().map(|panel| panel.id.as_str()).collect::<Vec<_>>().join(" "))
        };
        for (change, expected) in [
            (Change::Earlier("b".into()), "b a c"),
            (Change::Earlier("a".into()), "a b c"),
            (Change::Later("b".into()), "a c b"),
            (Change::Later("c".into()), "a b c"),
            (Change::Move("a".into(), 1), "b a c"),
            (Change::Move("c".into(), 0), "c a b"),
            (Change::Move("a".into(), 99), "b c a"),
            (Change::Duplicate("b".into(), BTreeSet::new()), "a b b-2 c"),
            (Change::Duplicate("b".into(), BTreeSet::from(["b-2".to_owned()])), "a b b-3 c"),
            (Change::Delete("a".into()), "b c"),
            (Change::Add(panel("d")), "a b c d"),
            (Change::Replace("b".into(), panel("e")), "a e c"),
            (Change::Replace("gone".into(), panel("e")), "a b c e"),
        ] {
            assert_eq!(ids(change.clone()).as_deref(), Ok(expected), "{change:?}");
        }
        assert_eq!(Change::Move("a".into(), usize::MAX).words(&spec), "Moved “a” to place 3");
        for gone in [Change::Delete("gone".into()), Change::Move("gone".into(), 0)] {
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
        let with = Change::Filters(vec![filter]).of(&spec).unwrap();
        let except = |change: Change| change.of(&with).map(|spec| spec.filters[0].except.join(" "));
        assert_eq!(except(Change::Delete("a".into())).as_deref(), Ok("b"));
        assert_eq!(except(Change::Replace("b".into(), panel("e"))).as_deref(), Ok("a e"));
        assert_eq!(Change::new_id(&spec, "A", |id| id == "a-2"), "a-3");
    }
}
