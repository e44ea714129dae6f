//! The parts of a dashboard that are closed to a person who may otherwise view or change its documents: panels that
//! need a higher role, by themselves or by their data set, and other parts that would reveal them.

use std::collections::{BTreeMap, BTreeSet};

use rolecall_model::Role;
use rolecall_model::data::DataColumn;
use rolecall_model::spec::{DashboardFilter, DashboardSpec, PanelSpec};

use super::content::role_of;
use super::filters::{fits, is_about};

/// What is closed to a person in several documents of one dashboard. A panel that is closed in one of them is closed in
/// all of them: its earlier or later content would reveal it. The same holds for filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedPanels {
    /// The lowest role for each closed panel, by id.
    needed: BTreeMap<String, Role>,
    /// The ids of the filters that would reveal them.
    filters: BTreeSet<String>,
}

impl ClosedPanels {
    /// The parts of `documents` that are closed to a person who may use `role`. `outline` returns the role and columns
    /// of a data set; a missing data set needs no role.
    #[must_use]
    pub fn to<'a>(
        role: Option<Role>,
        documents: &[&DashboardSpec],
        outline: impl Fn(&str) -> Option<(Role, &'a [DataColumn])>,
    ) -> Self {
        let mut closed = Self { needed: BTreeMap::new(), filters: BTreeSet::new() };
        let role_of_dataset = |name: &str| outline(name).map(|(role, _)| role);
        for document in documents {
            for panel in &document.panels {
                let of_dataset = panel.dataset.as_deref().and_then(role_of_dataset);
                let needed = of_dataset.map_or(role_of(panel, document), |of| of.max(role_of(panel, document)));
                if role < Some(needed) {
                    let known = closed.needed.entry(panel.id.clone()).or_insert(needed);
                    *known = needed.max(*known);
                }
            }
        }
        // A filter that applies only to closed panels, or names a closed data set: its column would reveal something.
        let has_column = |dataset: &str, filter: &DashboardFilter| {
            let is_it = |of: &DataColumn| of.name == filter.column && fits(filter.kind, of.column_type);
            outline(dataset).map(|(_, columns)| columns.iter().any(is_it))
        };
        for document in documents {
            let is_closed = |filter: &&DashboardFilter| {
                // Many panels can use one data set.
                let mut known = BTreeMap::new();
                let about = document.panels.iter().filter(|panel| is_about(filter, panel)).filter_map(|panel| {
                    let (dataset, is_closed) = (panel.dataset.as_deref()?, closed.needs(&panel.id).is_some());
                    let has_column = *known.entry(dataset).or_insert_with(|| has_column(dataset, filter));
                    has_column.unwrap_or(is_closed).then_some(is_closed)
                });
                let about: Vec<bool> = about.collect();
                let names_closed = filter.dataset.as_deref().is_some_and(|name| role < role_of_dataset(name));
                about.iter().all(|is_closed| *is_closed) && (!about.is_empty() || names_closed)
            };
            let ids: Vec<String> = document.filters.iter().filter(is_closed).map(|filter| filter.id.clone()).collect();
            closed.filters.extend(ids);
        }
        closed
    }

    /// The lowest role for the panel `id`, if it is closed.
    #[must_use]
    pub fn needs(&self, id: &str) -> Option<Role> {
        self.needed.get(id).copied()
    }

    /// Whether the filter `id` is closed too.
    #[must_use]
    pub fn has_filter(&self, id: &str) -> bool {
        self.filters.contains(id)
    }

    /// `document` without the closed parts, and without parts that would reveal them.
    #[must_use]
    pub fn left_out_of(&self, document: &DashboardSpec) -> DashboardSpec {
        let filters = document.filters.iter().filter(|filter| !self.has_filter(&filter.id));
        let filters = filters.map(|filter| with_except(filter, |id| self.needs(id).is_none()));
        let panels = document.panels.iter().filter(|panel| self.needs(&panel.id).is_none());
        DashboardSpec { filters: filters.collect(), panels: panels.cloned().collect(), ..document.clone() }
    }

    /// `filters`, from a person who did not see the closed parts, with the closed filters of `document` added.
    #[must_use]
    pub fn put_back(&self, document: &DashboardSpec, mut filters: Vec<DashboardFilter>) -> Vec<DashboardFilter> {
        for filter in document.filters.iter().filter(|filter| !self.has_filter(&filter.id)) {
            let kept = with_except(filter, |id| self.needs(id).is_some()).except;
            if let Some(at) = place_of(filter, &document.filters, &filters) {
                filters[at].except.extend(kept);
            }
        }
        for (at, filter) in document.filters.iter().enumerate().filter(|(_, filter)| self.has_filter(&filter.id)) {
            filters.insert(at.min(filters.len()), filter.clone());
        }
        filters
    }

    /// The lowest role for all closed parts in which `after` differs from `before`; `None` if they are all the same.
    /// Other panels may be moved past a closed one.
    #[must_use]
    pub fn changed_between(&self, before: &DashboardSpec, after: &DashboardSpec) -> Option<Role> {
        let panels = self.needed.iter().filter(|(id, _)| panel(before, id) != panel(after, id));
        let kept = |filter: &DashboardFilter| with_except(filter, |id| self.needs(id).is_some());
        let named = |document: &DashboardSpec, id: &str| document.filters.iter().find(|of| of.id == id).map(kept);
        let is_changed = self.filters.iter().any(|id| named(before, id) != named(after, id));
        // Other filters may be changed and removed, but must still exclude the closed panels that they excluded.
        let has_lost = |filter: &DashboardFilter| {
            let now = place_of(filter, &before.filters, &after.filters).map(|at| kept(&after.filters[at]).except);
            now.is_some_and(|except| except != kept(filter).except)
        };
        let is_changed = is_changed || before.filters.iter().any(has_lost);
        let filters = is_changed.then(|| self.needed.values().max().copied().unwrap_or(Role::Admin));
        panels.map(|(_, needed)| *needed).chain(filters).max()
    }

    /// Whether `words` contain a closed panel's title from one of `documents`, as
    /// [`DashboardChange`](crate::dashboards::DashboardChange) writes it.
    #[must_use]
    pub fn are_named_in(&self, words: &str, documents: &[&DashboardSpec]) -> bool {
        let panels = documents.iter().flat_map(|document| &document.panels);
        let mut closed = panels.filter(|panel| self.needs(&panel.id).is_some());
        closed.any(|panel| words.contains(&format!("“{}”", panel.title)))
    }
}

/// The position in `after` of `filter`, one of those `before`: it has the same id or, with a new id, the same column.
fn place_of(filter: &DashboardFilter, before: &[DashboardFilter], after: &[DashboardFilter]) -> Option<usize> {
    let is_new = |other: &DashboardFilter| before.iter().all(|known| known.id != other.id);
    let is_renamed =
        |other: &DashboardFilter| is_new(other) && (&other.column, &other.dataset) == (&filter.column, &filter.dataset);
    after.iter().position(|other| other.id == filter.id).or_else(|| after.iter().position(is_renamed))
}

fn panel<'a>(document: &'a DashboardSpec, id: &str) -> Option<&'a PanelSpec> {
    document.panels.iter().find(|panel| panel.id == id)
}

/// `filter`, with only those excluded panels that are `kept`.
fn with_except(filter: &DashboardFilter, kept: impl Fn(&str) -> bool) -> DashboardFilter {
    let except = filter.except.iter().filter(|id| kept(id)).cloned().collect();
    DashboardFilter { except, ..filter.clone() }
}

#[cfg(test)]
mod tests {
    use rolecall_model::data::ColumnType;

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
[[filters]]
id = "tax"
kind = "values"
column = "tax"
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
        let column = |name: &str| DataColumn { name: name.to_owned(), column_type: ColumnType::Text };
        let people = [column("salary"), column("age"), column("tax"), column("day")];
        let sales = [column("day"), column("state")];
        ClosedPanels::to(Some(role), documents, |name| match name {
            "people" => Some((Role::Admin, people.as_slice())),
            "sales" => Some((Role::Read, sales.as_slice())),
            _ => None,
        })
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
        // A panel that was once open is closed if it is closed now.
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
        assert_eq!(again[1..], document.filters[1..]);
        assert_eq!(closed.put_back(&document, vec![]), document.filters[1..]);
        // A renamed filter still excludes the same panels.
        let renamed = DashboardFilter { id: "date".to_owned(), except: vec![], ..document.filters[0].clone() };
        assert_eq!(closed.put_back(&document, vec![renamed])[0].except, ["plan"]);
    }

    type Change<'a> = &'a dyn Fn(&mut DashboardSpec);

    #[test]
    fn whatever_changes_of_closed_panels_is_noticed_and_nothing_else_is() {
        let document = document();
        let cases: [(Change<'_>, Option<Role>); 17] = [
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
            (&|after| after.filters[0].column = "state".to_owned(), None),
            (&|after| after.filters[0].id = "date".to_owned(), None),
            (&|after| rename_and_forget(&mut after.filters[0]), Some(Role::Admin)),
            (&|after| drop(after.filters.pop()), Some(Role::Admin)),
            (&|after| drop(after.filters.remove(1)), Some(Role::Admin)),
            (&|after| after.filters[1].column = "age".to_owned(), Some(Role::Admin)),
        ];
        for (at, (change, needed)) in cases.into_iter().enumerate() {
            let mut after = document.clone();
            change(&mut after);
            let closed = closed_to(Role::Write, &[&document, &after]);
            assert_eq!(closed.changed_between(&document, &after), needed, "{at}");
            // Changing it back is a change too.
            assert_eq!(closed.changed_between(&after, &document), needed, "{at}, back");
        }
    }

    fn rename_and_forget(filter: &mut DashboardFilter) {
        filter.id = "date".to_owned();
        filter.except.clear();
    }
}
