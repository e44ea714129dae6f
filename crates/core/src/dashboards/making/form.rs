//! Converts a panel's document to the fields of a form. [`read_panel`](super::read_panel) is the inverse.

use rolecall_model::data::{Filter, GroupOrder, Measure, Order, Scalar};
use rolecall_model::spec::{PanelSpec, TableColumn};

use super::kind::FormKind;
use super::typed::Typed;

/// The fields of `panel`.
#[must_use]
pub fn typed_panel(panel: &PanelSpec) -> Typed {
    let mut typed = Typed::default();
    let mut push = |name: &str, value: String| typed.push(name, value);
    push("kind", FormKind::of(panel).to_string());
    push("id", panel.id.clone());
    push("title", panel.title.clone());
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    push("role", panel.role.map(|role| role.key().to_owned()).unwrap_or_default());
    push("width", number(panel.width.map(u32::from)));
    push("unit", panel.unit.clone().unwrap_or_default());
    push("dataset", panel.dataset.clone().unwrap_or_default());
    push("text", panel.text.clone().unwrap_or_default());
    if let Some(by) = &panel.by {
        push("by.column", by.column.clone());
        push("by.step", by.step.map(|step| step.to_string()).unwrap_or_default());
    }
    if let Some(split) = &panel.split {
        push("split.column", split.column.clone());
        push("split.top", number(split.top));
    }
    push("limit", number(panel.limit));
    push("rows_per_page", number(panel.rows_per_page));
    push("missing", panel.missing.map(|missing| missing.to_string()).unwrap_or_default());
    push("scale", panel.scale.map(|scale| scale.to_string()).unwrap_or_default());
    let switches = [
        ("totals", panel.totals),
        ("stacked", panel.stacked),
        ("horizontal", panel.horizontal),
        ("compare", panel.compare),
    ];
    for (name, _) in switches.into_iter().filter(|(_, is_on)| *is_on) {
        push(name, "on".to_owned());
    }
    sort(&mut typed, panel.sort.as_ref());
    panel.measures.iter().enumerate().for_each(|(at, of)| measure(&mut typed, at, of));
    panel.filters.iter().for_each(|of| filter(&mut typed, of));
    panel.columns.iter().enumerate().for_each(|(at, of)| column(&mut typed, at, of));
    for (at, of) in panel.order.iter().enumerate() {
        typed.push(format!("order[{at}].column"), of.column.clone());
        typed.push(format!("order[{at}].order"), of.order.to_string());
    }
    typed
}

fn sort(typed: &mut Typed, sort: Option<&GroupOrder>) {
    let (by, order) = match sort {
        None => return,
        Some(GroupOrder::Name { order }) => ("name", *order),
        Some(GroupOrder::Value { order }) => ("value", *order),
        Some(GroupOrder::Hand { values }) => {
            typed.push("sort.values", values.iter().map(text_of).collect::<Vec<_>>().join("\n"));
            ("hand", Order::Ascending)
        }
    };
    typed.push("sort.by", by);
    typed.push("sort.order", order.to_string());
}

fn measure(typed: &mut Typed, at: usize, measure: &Measure) {
    let Measure { compute, of, title, unit, decimals, show } = measure;
    let mut push = |name: &str, value: String| typed.push(format!("measures[{at}].{name}"), value);
    push("compute", compute.to_string());
    push("of", of.clone().unwrap_or_default());
    push("title", title.clone().unwrap_or_default());
    push("unit", unit.clone().unwrap_or_default());
    push("decimals", decimals.map(|decimals| decimals.to_string()).unwrap_or_default());
    for column in show {
        push("show", column.clone());
    }
}

fn column(typed: &mut Typed, at: usize, column: &TableColumn) {
    let TableColumn { column, title, unit, decimals } = column;
    let mut push = |name: &str, value: String| typed.push(format!("columns[{at}].{name}"), value);
    push("column", column.clone());
    push("title", title.clone().unwrap_or_default());
    push("unit", unit.clone().unwrap_or_default());
    push("decimals", decimals.map(|decimals| decimals.to_string()).unwrap_or_default());
}

/// One row for each condition: a column may have several.
fn filter(typed: &mut Typed, filter: &Filter) {
    let lines = |values: &Vec<Scalar>| values.iter().map(text_of).collect::<Vec<_>>().join("\n");
    let conditions = [
        ("is", filter.is.as_ref().map(lines)),
        ("is_not", filter.is_not.as_ref().map(lines)),
        ("at_least", filter.at_least.as_ref().map(text_of)),
        ("more_than", filter.more_than.as_ref().map(text_of)),
        ("at_most", filter.at_most.as_ref().map(text_of)),
        ("less_than", filter.less_than.as_ref().map(text_of)),
        ("contains", filter.contains.clone()),
        ("missing", filter.missing.filter(|missing| *missing).map(|_| String::new())),
        ("not_missing", filter.missing.filter(|missing| !missing).map(|_| String::new())),
    ];
    for (how, value) in conditions.into_iter().filter_map(|(how, value)| Some((how, value?))) {
        let at = typed.rows("filters");
        typed.push(format!("filters[{at}].column"), filter.column.clone());
        typed.push(format!("filters[{at}].how"), how);
        typed.push(format!("filters[{at}].value"), value);
    }
}

fn text_of(value: &Scalar) -> String {
    match value {
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Integer(value) => value.to_string(),
        Scalar::Decimal(value) => value.to_string(),
        Scalar::Text(text) => text.clone(),
    }
}
