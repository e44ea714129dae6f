//! What of a dashboard is closed to somebody who may otherwise look at its documents, or change them: panels that need a higher role,
//! by themselves or by their data set, and what else would tell of them.

use std::collections::{BTreeMap, BTreeSet};

use rolecall_model::Role;
use rolecall_model::spec::{DashboardFilter, DashboardSpec, PanelSpec};

use super::content::role_of;
use super::filters::is_about;

/// The panels of some documents of one dashboard that are closed to somebody. A panel that is closed in one of the documents is so in
/// all of them: what it was before it was closed, or is since it was opened, would tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedPanels {
    /// The lowest role that opens each, by their ids.
    needed: BTreeMap<String, Role>,
    /// The data sets that are closed, as far as filters name them.
    datasets: BTreeSet<String>,
}

impl ClosedPanels {
    /// Those of `documents` that are closed to somebody to whom the doors of `role` are open. Data sets need the role that `dataset_role`
    /// says; one that there is not needs none.
    #[must_use]
    pub fn to(role: Option<Role>, documents: &[&DashboardSpec], dataset_role: impl Fn(&str) -> Option<Role>) -> Self {
        let mut closed = Self { needed: BTreeMap::new(), datasets: BTreeSet::new() };
        for document in documents {
            for panel in &document.panels {
                let of_dataset = panel.dataset.as_deref().and_then(&dataset_role);
                let needed = of_dataset.map_or(role_of(panel, document), |of| of.max(role_of(panel, document)));
                if role < Some(needed) {
                    let known = closed.needed.entry(panel.id.clone()).or_insert(needed);
                    *known = needed.max(*known);
                }
            }
            let named = document.filters.iter().filter_map(|filter| filter.dataset.as_ref());
            closed.datasets.extend(named.filter(|name| role < dataset_role(name)).cloned());
        }
        closed
    }

    /// The lowest role that opens the panel `id`, where it is closed.
    #[must_use]
    pub fn needs(&self, id: &str) -> Option<Role> {
        self.needed.get(id).copied()
    }

    /// `document` without them, and without what would tell of them.
    #[must_use]
    pub fn left_out_of(&self, document: &DashboardSpec) -> DashboardSpec {
        let filters = document.filters.iter().filter(|filter| !self.is_closed(filter, document));
        let filters = filters.map(|filter| with_except(filter, |id| self.needs(id).is_none()));
        let panels = document.panels.iter().filter(|panel| self.needs(&panel.id).is_none());
        DashboardSpec { filters: filters.collect(), panels: panels.cloned().collect(), ..document.clone() }
    }

    /// `filters`, which somebody chose who did not see what is closed, with what `document` has of that.
    #[must_use]
    pub fn put_back(&self, document: &DashboardSpec, mut filters: Vec<DashboardFilter>) -> Vec<DashboardFilter> {
        for (at, filter) in document.filters.iter().enumerate() {
            if self.is_closed(filter, document) {
                filters.insert(at.min(filters.len()), filter.clone());
            } else if let Some(chosen) = filters.iter_mut().find(|chosen| chosen.id == filter.id) {
                let closed = filter.except.iter().filter(|id| self.needs(id).is_some());
                chosen.except.extend(closed.cloned());
            }
        }
        filters
    }

    /// The lowest role that opens everything closed in which `after` differs from `before`; nothing where all of that is the same.
    /// Others may be moved past a closed panel.
    #[must_use]
    pub fn changed_between(&self, before: &DashboardSpec, after: &DashboardSpec) -> Option<Role> {
        let other = |filter: &DashboardFilter| after.filters.iter().find(|other| other.id == filter.id);
        let is_closed_in = |id: &str| self.needs(id).is_some();
        let panels = self.needed.iter().filter(|(id, _)| panel(before, id) != panel(after, id));
        let filters = before.filters.iter().filter_map(|filter| {
            let kept = |filter: &DashboardFilter| with_except(filter, is_closed_in);
            let is_same = match other(filter) {
                other if self.is_closed(filter, before) => other.map(kept) == Some(kept(filter)),
                Some(other) => kept(other).except == kept(filter).except,
                None => true,
            };
            if is_same { None } else { self.needed.values().max().copied().or(Some(Role::Admin)) }
        });
        panels.map(|(_, needed)| *needed).chain(filters).max()
    }

    /// Whether `words` name one of them by a title that it has in one of `documents`, as [`Change`](crate::dashboards::Change) does.
    #[must_use]
    pub fn are_named_in(&self, words: &str, documents: &[&DashboardSpec]) -> bool {
        let panels = documents.iter().flat_map(|document| &document.panels);
        let mut closed = panels.filter(|panel| self.needs(&panel.id).is_some());
        closed.any(|panel| words.contains(&format!("“{}”", panel.title)))
    }

    /// Whether `filter` of `document` is about closed panels alone, or about a closed data set: its column would tell of that.
    fn is_closed(&self, filter: &DashboardFilter, document: &DashboardSpec) -> bool {
        let mut about = document.panels.iter().filter(|panel| is_about(filter, panel)).peekable();
        let is_about_panels = about.peek().is_some();
        let is_about_closed = filter.dataset.as_ref().is_some_and(|name| self.datasets.contains(name));
        about.all(|panel| self.needs(&panel.id).is_some()) && (is_about_panels || is_about_closed)
    }
}

fn panel<'a>(document: &'a DashboardSpec, id: &str) -> Option<&'a PanelSpec> {
    document.panels.iter().find(|panel| panel.id == id)
}

/// `filter` with those of the panels that it leaves alone that are `kept`.
fn with_except(filter: &DashboardFilter, kept: impl Fn(&str) -> bool) -> DashboardFilter {
    let except = filter.except.iter().filter(|id| kept(id)).cloned().collect();
    DashboardFilter { except, ..filter.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"
format = 1
title = "Sales"
[[filters]]
id = "day"
kind = "values"
column = "day"
except = ["words", "plan"]
[[filters]]
id = "salary"
kind = "values"
column = "salary"
dataset = "people"
[[panels]]
id = "words"
title = "Words"
kind = "text"
text = "Hello"
[[panels]]
id = "plan"
title = "The plan"
kind = "text"
role = "admin"
text = "We sell all of it."
[[panels]]
id = "pay"
title = "What people earn"
kind = "figure"
dataset = "people"
measures = [{ compute = "sum", of = "salary" }]
[[panels]]
id = "total"
title = "Total"
kind = "figure"
dataset = "sales"
measures = [{ compute = "count" }]
"#;

    fn document() -> DashboardSpec {
        toml_edit::de::from_str(DOCUMENT).unwrap()
    }

    fn closed_to(role: Role, documents: &[&DashboardSpec]) -> ClosedPanels {
        ClosedPanels::to(Some(role), documents, |name| (name == "people").then_some(Role::Admin))
    }

    fn ids(document: &DashboardSpec) -> Vec<&str> {
        document.panels.iter().map(|panel| panel.id.as_str()).collect()
    }

    #[test]
    fn panels_are_closed_by_their_role_and_by_that_of_their_data_set_with_the_filters_about_them() {
        let document = document();
        let closed = closed_to(Role::Write, &[&document]);
        let open = closed.left_out_of(&document);
        assert_eq!(ids(&open), ["words", "total"]);
        assert_eq!(open.filters.len(), 1);
        assert_eq!(open.filters[0].except, ["words"]);
        assert!(closed.are_named_in("Changed “The plan”", &[&document]));
        assert!(!closed.are_named_in("Changed “Words”", &[&document]));
        assert_eq!(closed_to(Role::Admin, &[&document]).left_out_of(&document), document);
        // What was open once is closed with what it is now.
        let mut before = document.clone();
        before.panels[1].role = None;
        assert_eq!(ids(&closed_to(Role::Write, &[&before]).left_out_of(&before)), ["words", "plan", "total"]);
        assert_eq!(ids(&closed_to(Role::Write, &[&before, &document]).left_out_of(&before)), ["words", "total"]);
    }

    #[test]
    fn filters_that_are_chosen_without_the_closed_ones_come_back_with_them() {
        let document = document();
        let closed = closed_to(Role::Write, &[&document]);
        let chosen = closed.left_out_of(&document).filters;
        let mut again = closed.put_back(&document, chosen);
        again[0].except.sort();
        assert_eq!(again[0].except, ["plan", "words"]);
        assert_eq!(again[1], document.filters[1]);
        assert_eq!(closed.put_back(&document, vec![]), [document.filters[1].clone()]);
    }

    type Change<'a> = &'a dyn Fn(&mut DashboardSpec);

    #[test]
    fn whatever_changes_of_closed_panels_is_noticed_and_nothing_else_is() {
        let document = document();
        let cases: [(Change<'_>, Option<Role>); 13] = [
            (&|_| (), None),
            (&|after| after.panels[0].text = Some("Bye".to_owned()), None),
            (&|after| after.panels.swap(0, 1), None),
            (&|after| drop(after.panels.pop()), None),
            (&|after| after.filters[0].except = vec!["plan".to_owned()], None),
            (&|after| drop(after.filters.remove(0)), None),
            (&|after| drop(after.panels.remove(1)), Some(Role::Admin)),
            (&|after| after.panels[1].role = None, Some(Role::Admin)),
            (&|after| after.panels[2].width = Some(6), Some(Role::Admin)),
            (&|after| after.panels[0].role = Some(Role::Admin), Some(Role::Admin)),
            (&|after| after.filters[0].except = vec!["words".to_owned()], Some(Role::Admin)),
            (&|after| drop(after.filters.pop()), Some(Role::Admin)),
            (&|after| after.filters[1].column = "age".to_owned(), Some(Role::Admin)),
        ];
        for (at, (change, needed)) in cases.into_iter().enumerate() {
            let mut after = document.clone();
            change(&mut after);
            let closed = closed_to(Role::Write, &[&document, &after]);
            assert_eq!(closed.changed_between(&document, &after), needed, "{at}");
        }
    }
}
