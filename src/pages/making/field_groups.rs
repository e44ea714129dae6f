//! Groups of fields in a panel's form, and repeated rows of fields: measures, columns, conditions.

use leptos::prelude::*;
use rolecall_core::dashboards::{FormKind, can_compute};
use rolecall_model::data::{Aggregate, ColumnType, DataColumn};

use super::choices::{ORDERS, calculations, comparisons, named, periods, with_nothing};
use super::fields::{Choice, Form};

fn names(columns: &[DataColumn], fits: impl Fn(ColumnType) -> bool) -> Vec<Choice> {
    let columns = columns.iter().filter(|column| fits(column.column_type));
    columns.map(|column| (column.name.clone(), column.name.clone())).collect()
}

fn type_of(columns: &[DataColumn], name: &str) -> Option<ColumnType> {
    columns.iter().find(|column| column.name == name).map(|column| column.column_type)
}

/// One row for each measure, and an empty one.
pub(super) fn measures(form: &Form<'_>, columns: &[DataColumn], kind: FormKind) -> AnyView {
    let row = |at: usize| {
        let field = |name: &str| format!("measures[{at}].{name}");
        let compute: Option<Aggregate> = form.typed.get(&field("compute")).parse().ok();
        let of = names(columns, |of| compute.is_none_or(|compute| can_compute(compute, Some(of))));
        let calculations = with_nothing("(none)", calculations(columns, compute));
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
                {form.text(&field("unit"), "Unit of this value (that of all values if empty)", Some(50))}
                {form.number(&field("decimals"), "Decimal places", (0, 20))}
                {show}
            }
        });
        view! {
            <div class="fields-row field-row">
                {form.choice(&field("compute"), "Calculate", calculations, true)}
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
    // Only periods have a previous one.
    let is_compared = kind == FormKind::Figure;
    let names = names(columns, |of| of.is_time() || !is_compared);
    let only = names.first().filter(|_| is_compared && names.len() == 1).map(|(name, _)| name.as_str());
    let of = type_of(columns, only.unwrap_or_else(|| form.typed.get("by.column")));
    let has_choice = only.is_none();
    let names = if has_choice { with_nothing("(choose a column)", names) } else { names };
    let no_period = if is_compared { "(choose a period)" } else { "(each value)" };
    let period = of
        .is_some_and(ColumnType::is_time)
        .then(|| form.choice("by.step", "Grouped by", with_nothing(no_period, periods(of)), false));
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
                {form.choice("by.column", label, names, true)}
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

/// One row for each column of the table, and three empty ones.
pub(super) fn rows(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
    let row = |at: usize| {
        let field = |name: &str| format!("columns[{at}].{name}");
        let details = (!form.typed.get(&field("column")).is_empty()).then(|| {
            view! {
                {form.text(&field("title"), "Heading", Some(200))}
                {form.text(&field("unit"), "Unit of this column", Some(50))}
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

/// One row for each condition, and an empty one.
pub(super) fn filters(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
    let row = |at: usize| {
        let field = |name: &str| format!("filters[{at}].{name}");
        let column = form.typed.get(&field("column"));
        let details = (!column.is_empty()).then(|| {
            let how = form.typed.get(&field("how"));
            let has_value = !matches!(how, "missing" | "not_missing");
            view! {
                {form.choice(&field("how"), "Comparison", comparisons(type_of(columns, column), how), true)}
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
