//! The differences between two documents of one dashboard, panel by panel.

use rolecall_model::spec::DashboardSpec;
use serde::Serialize;
use serde_json::{Map, Value};

/// A difference between two documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The title of the panel; `None` for the dashboard itself.
    pub panel: Option<String>,
    /// The field; `None` if the whole panel was added, removed or moved.
    pub field: Option<String>,
    /// The value in the first document.
    pub before: String,
    /// The value in the second document.
    pub after: String,
}

/// The differences between `before` and `after`.
#[must_use]
pub fn differences(before: &DashboardSpec, after: &DashboardSpec) -> Vec<Difference> {
    let of_dashboard = |spec: &DashboardSpec| {
        let mut fields = fields(spec);
        fields.remove("panels");
        fields
    };
    let mut found = of_fields(None, &of_dashboard(before), &of_dashboard(after));
    let whole = |title: &str, before: &str, after: &str| Difference {
        panel: Some(title.to_owned()),
        field: None,
        before: before.to_owned(),
        after: after.to_owned(),
    };
    for old in &before.panels {
        match after.panels.iter().find(|panel| panel.id == old.id) {
            None => found.push(whole(&old.title, "there", "deleted")),
            Some(new) => found.extend(of_fields(Some(&old.title), &fields(old), &fields(new))),
        }
    }
    let is_new = |id: &str| before.panels.iter().all(|panel| panel.id != id);
    for new in after.panels.iter().filter(|panel| is_new(&panel.id)) {
        found.push(whole(&new.title, "not there", "added"));
    }
    let order = |spec: &DashboardSpec, other: &DashboardSpec| -> Vec<String> {
        let both = spec.panels.iter().filter(|panel| other.panels.iter().any(|of| of.id == panel.id));
        both.map(|panel| panel.id.clone()).collect()
    };
    let (old, new) = (order(before, after), order(after, before));
    if old != new {
        let field = Some("order of the panels".to_owned());
        found.push(Difference { panel: None, field, before: old.join(", "), after: new.join(", ") });
    }
    found
}

fn of_fields(panel: Option<&str>, before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Difference> {
    let shown = |value: Option<&Value>| match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let mut names: Vec<&String> =
        before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))).collect();
    names.retain(|name| before.get(*name) != after.get(*name));
    let difference = |name: &String| Difference {
        panel: panel.map(ToOwned::to_owned),
        field: Some(name.clone()),
        before: shown(before.get(name)),
        after: shown(after.get(name)),
    };
    names.into_iter().map(difference).collect()
}

fn fields(of: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(of) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use rolecall_model::Role;
    use rolecall_model::spec::{PanelKind, PanelSpec};

    use super::*;
    use crate::dashboards::making::empty;

    #[test]
    fn differences_are_listed_by_panel_and_field() {
        let panel = |id: &str, title: &str| PanelSpec::new(id, title, PanelKind::Note);
        let (mut before, mut after) = (empty("Sales", Role::Read), empty("Sales 2026", Role::Read));
        before.panels = vec![panel("a", "A"), panel("b", "B"), panel("c", "C")];
        after.panels = vec![panel("c", "C"), panel("a", "A"), panel("d", "D")];
        after.panels[1].width = Some(6);
        let described: Vec<String> = differences(&before, &after)
            .into_iter()
            .map(|Difference { panel, field, before, after }| format!("{panel:?} {field:?}: {before} → {after}"))
            .collect();
        assert_eq!(
            described,
            [
                "None Some(\"title\"): Sales → Sales 2026",
                "Some(\"A\") Some(\"width\"): nothing → 6",
                "Some(\"B\") None: there → deleted",
                "Some(\"D\") None: not there → added",
                "None Some(\"order of the panels\"): a, c → c, a",
            ]
        );
        assert!(differences(&before, &before).is_empty());
    }
}
