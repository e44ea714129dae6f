//! The fields of a panel's form that belong together, and those that are there in rows: measures, columns, conditions.

use leptos::prelude::*;
use rolecall_model::data::{Aggregate, ColumnType, DataColumn, TimeStep};
use strum::IntoEnumIterator as _;

use super::fields::{Choice, Form};
use crate::dashboards::FormKind;

/// How a filter can compare: the value of the field, and what people read.
const COMPARISONS: [(&str, &str); 9] = [
    ("is", "is one of these (one a line)"),
    ("is_not", "is none of these (one a line)"),
    ("at_least", "is at least"),
    ("more_than", "is more than"),
    ("at_most", "is at most"),
    ("less_than", "is less than"),
    ("contains", "contains"),
    ("missing", "is missing"),
    ("not_missing", "is not missing"),
];
pub(super) fn named(choices: &[(&str, &str)]) -> Vec<Choice> {
    choices.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect()
}

/// `choices` behind an empty one.
pub(super) fn with_nothing(text: &str, choices: Vec<Choice>) -> Vec<Choice> {
    std::iter::once((String::new(), text.to_owned())).chain(choices).collect()
}

fn names(columns: &[DataColumn], fits: impl Fn(ColumnType) -> bool) -> Vec<Choice> {
    let columns = columns.iter().filter(|column| fits(column.column_type));
    columns.map(|column| (column.name.clone(), column.name.clone())).collect()
}

/// A row a measure, and an empty one.
pub(super) fn measures(form: &Form<'_>, columns: &[DataColumn], kind: FormKind) -> AnyView {
    let computes: Vec<Choice> = Aggregate::iter().map(|of| (of.to_string(), of.to_string())).collect();
    let row = |at: usize| {
        let field = |name: &str| format!("measures[{at}].{name}");
        let compute: Option<Aggregate> = form.typed.get(&field("compute")).parse().ok();
        let of = match compute {
            Some(Aggregate::Sum | Aggregate::Average | Aggregate::Median | Aggregate::Share) => {
                names(columns, ColumnType::is_number)
            }
            Some(Aggregate::Minimum | Aggregate::Maximum) => names(columns, |of| of.is_number() || of.is_time()),
            _ => names(columns, |_| true),
        };
        let is_extreme = matches!(compute, Some(Aggregate::Minimum | Aggregate::Maximum));
        let show = (kind == FormKind::Figure && is_extreme && !form.typed.has("compare"))
            .then(|| form.several(&field("show"), "Also shown of that row", names(columns, |_| true)));
        let details = compute.is_some().then(|| {
            view! {
                {form.text(&field("title"), "Title (made of the above without one)", Some(200))}
                {form.text(&field("unit"), "Unit", Some(50))}
                {form.number(&field("decimals"), "Decimals", (0, 20))}
                {show}
            }
        });
        view! {
            <div class="fields-row field-row">
                {form.choice(&field("compute"), "Compute", with_nothing("(nothing)", computes.clone()), true)}
                {form.choice(&field("of"), "of", with_nothing("(rows)", of), false)}
                {details}
            </div>
        }
    };
    let rows = (0..=form.typed.rows("measures")).map(row).collect_view();
    view! {
        <fieldset>
            <legend>"What is computed"</legend>
            {rows}
            {form.mistake("measures")}
        </fieldset>
    }
    .into_any()
}

pub(super) fn by(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
    let of = columns.iter().find(|column| column.name == form.typed.get("by.column")).map(|column| column.column_type);
    let steps = TimeStep::iter().filter(|step| *step != TimeStep::Hour || of == Some(ColumnType::Timestamp));
    let steps = steps.map(|step| (step.to_string(), step.to_string())).collect();
    let step = of
        .is_some_and(ColumnType::is_time)
        .then(|| form.choice("by.step", "by", with_nothing("(each value)", steps), false));
    view! {
        <fieldset>
            <legend>"Points, bars or rows"</legend>
            <div class="fields-row">
                {form.choice("by.column", "For each", with_nothing("(choose a column)", names(columns, |_| true)), true)}
                {step}
            </div>
        </fieldset>
    }
    .into_any()
}

pub(super) fn split(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
    view! {
        <fieldset>
            <legend>"Series"</legend>
            <div class="fields-row">
                {form.choice("split.column", "One for each", with_nothing("(a single one)", names(columns, |_| true)), false)}
                {form.number("split.top", "The largest so many; the others together (12 without a number)", (1, 50))}
            </div>
        </fieldset>
    }
    .into_any()
}

/// A row a column of the table, and three empty ones.
pub(super) fn rows(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
    let row = |at: usize| {
        let field = |name: &str| format!("columns[{at}].{name}");
        let details = (!form.typed.get(&field("column")).is_empty()).then(|| {
            view! {
                {form.text(&field("title"), "Heading", Some(200))}
                {form.text(&field("unit"), "Unit", Some(50))}
                {form.number(&field("decimals"), "Decimals", (0, 20))}
            }
        });
        view! {
            <div class="fields-row field-row">
                {form.choice(&field("column"), "Column", with_nothing("(none)", names(columns, |_| true)), true)}
                {details}
            </div>
        }
    };
    let rows = (0..form.typed.rows("columns") + 3).map(row).collect_view();
    view! {
        <fieldset>
            <legend>"Columns of the table, in their order"</legend>
            {rows}
            {form.mistake("columns")}
        </fieldset>
    }
    .into_any()
}

pub(super) fn row_order(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
    let row = |at: usize| {
        let field = |name: &str| format!("order[{at}].{name}");
        view! {
            <div class="fields-row field-row">
                {form.choice(&field("column"), "Sorted by", with_nothing("(nothing)", names(columns, |_| true)), true)}
                {form.choice(&field("order"), "from", named(&ORDERS), false)}
            </div>
        }
    };
    let rows = (0..=form.typed.rows("order")).map(row).collect_view();
    view! {
        <fieldset>
            <legend>"Order of the rows"</legend>
            {rows}
        </fieldset>
    }
    .into_any()
}

/// The directions of an order.
const ORDERS: [(&str, &str); 2] = [("ascending", "the smallest up"), ("descending", "the largest down")];

/// A row a condition, and an empty one.
pub(super) fn filters(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
    let row = |at: usize| {
        let field = |name: &str| format!("filters[{at}].{name}");
        let details = (!form.typed.get(&field("column")).is_empty()).then(|| {
            let has_value = !matches!(form.typed.get(&field("how")), "missing" | "not_missing");
            view! {
                {form.choice(&field("how"), "Comparison", named(&COMPARISONS), true)}
                {has_value.then(|| form.lines(&field("value"), "Value", 1))}
            }
        });
        view! {
            <div class="fields-row field-row">
                {form.choice(&field("column"), "Column", with_nothing("(all rows)", names(columns, |_| true)), true)}
                {details}
            </div>
        }
    };
    let rows = (0..=form.typed.rows("filters")).map(row).collect_view();
    view! {
        <fieldset>
            <legend>"Which rows count"</legend>
            {rows}
        </fieldset>
    }
    .into_any()
}

pub(super) fn sort(form: &Form<'_>) -> AnyView {
    let by = [("", "as usual, by name"), ("name", "by name"), ("value", "by value"), ("hand", "by hand")];
    let more = match form.typed.get("sort.by") {
        "" => None,
        "hand" => Some(form.lines("sort.values", "The values in their order, one a line", 4)),
        _ => Some(form.choice("sort.order", "from", named(&ORDERS), false)),
    };
    view! {
        <fieldset>
            <legend>"Order"</legend>
            <div class="fields-row">{form.choice("sort.by", "Sorted", named(&by), true)} {more}</div>
        </fieldset>
    }
    .into_any()
}
