//! The fields of a panel's form that belong together, and those that are there in rows: measures, columns, conditions.

use leptos::prelude::*;
use rolecall_model::data::{Aggregate, ColumnType, DataColumn};

use super::choices::{COMPARISONS, ORDERS, calculations, named, periods, with_nothing};
use super::fields::{Choice, Form};
use crate::dashboards::FormKind;

fn names(columns: &[DataColumn], fits: impl Fn(ColumnType) -> bool) -> Vec<Choice> {
    let columns = columns.iter().filter(|column| fits(column.column_type));
    columns.map(|column| (column.name.clone(), column.name.clone())).collect()
}

/// A row a measure, and an empty one.
pub(super) fn measures(form: &Form<'_>, columns: &[DataColumn], kind: FormKind) -> AnyView {
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
        let of_nothing = match compute {
            None | Some(Aggregate::Count | Aggregate::Share) => "(all rows)",
            Some(_) => "(choose a column)",
        };
        let is_extreme = matches!(compute, Some(Aggregate::Minimum | Aggregate::Maximum));
        let show = (kind == FormKind::Figure && is_extreme && !form.typed.has("compare"))
            .then(|| form.several(&field("show"), "Also show from that row", names(columns, |_| true)));
        let details = compute.is_some().then(|| {
            view! {
                {form.text(&field("title"), "Name (made from the above if empty)", Some(200))}
                {form.text(&field("unit"), "Unit", Some(50))}
                {form.number(&field("decimals"), "Decimal places", (0, 20))}
                {show}
            }
        });
        view! {
            <div class="fields-row field-row">
                {form.choice(&field("compute"), "Calculate", with_nothing("(none)", calculations()), true)}
                {form.choice(&field("of"), "Of the column", with_nothing(of_nothing, of), false)}
                {details}
            </div>
        }
    };
    let rows = (0..=form.typed.rows("measures")).map(row).collect_view();
    view! {
        <fieldset id="field-measures">
            <legend>"Values"</legend>
            {rows}
            {form.mistake("measures")}
        </fieldset>
    }
    .into_any()
}

pub(super) fn by(form: &Form<'_>, columns: &[DataColumn], kind: FormKind) -> AnyView {
    let of = columns.iter().find(|column| column.name == form.typed.get("by.column")).map(|column| column.column_type);
    let period = of
        .is_some_and(ColumnType::is_time)
        .then(|| form.choice("by.step", "Grouped by", with_nothing("(each value)", periods(of)), false));
    let (legend, label) = match kind {
        FormKind::Line | FormKind::Area => ("Horizontal axis", "One point for each"),
        FormKind::Bar => ("Bars", "One bar for each"),
        FormKind::Figure => ("Periods that are compared", "Column with dates"),
        _ => ("Rows", "One row for each"),
    };
    view! {
        <fieldset>
            <legend>{legend}</legend>
            <div class="fields-row">
                {form.choice("by.column", label, with_nothing("(choose a column)", names(columns, |_| true)), true)}
                {period}
            </div>
        </fieldset>
    }
    .into_any()
}

pub(super) fn split(form: &Form<'_>, columns: &[DataColumn], kind: FormKind) -> AnyView {
    let (legend, label, nothing) = match kind {
        FormKind::Line => ("Several lines", "One line for each", "(a single line)"),
        FormKind::Area => ("Several areas", "One area for each", "(a single area)"),
        FormKind::Bar => ("Several colours", "One colour for each", "(a single colour)"),
        _ => ("Rows within rows", "Within each, one row for each", "(no more rows)"),
    };
    view! {
        <fieldset>
            <legend>{legend}</legend>
            <div class="fields-row">
                {form.choice("split.column", label, with_nothing(nothing, names(columns, |_| true)), false)}
                {form.number("split.top", "How many of the largest (12 if empty); the rest become “Others”", (1, 50))}
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
                {form.number(&field("decimals"), "Decimal places", (0, 20))}
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
        <fieldset id="field-columns">
            <legend>"Columns, from left to right"</legend>
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
                {form.choice(&field("column"), "Sort by", with_nothing("(none)", names(columns, |_| true)), true)}
                {form.choice(&field("order"), "Direction", named(&ORDERS), false)}
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
            <legend>"Only some rows (optional)"</legend>
            {rows}
        </fieldset>
    }
    .into_any()
}

pub(super) fn sort(form: &Form<'_>) -> AnyView {
    let by = [("", "(usual order)"), ("name", "Name or date"), ("value", "Value"), ("hand", "My own order")];
    let more = match form.typed.get("sort.by") {
        "" => None,
        "hand" => Some(form.lines("sort.values", "The names in their order, one per line", 4)),
        _ => Some(form.choice("sort.order", "Direction", named(&ORDERS), false)),
    };
    view! {
        <fieldset>
            <legend>"Order"</legend>
            <div class="fields-row">{form.choice("sort.by", "Sort by", named(&by), true)} {more}</div>
        </fieldset>
    }
    .into_any()
}
