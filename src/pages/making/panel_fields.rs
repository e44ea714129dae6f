//! The fields of a panel's form: those that its kind and its data set have. What was typed into others goes along unseen, so that
//! it is there again when the kind is.

use std::collections::BTreeSet;

use leptos::prelude::*;
use rolecall_model::data::{Aggregate, ColumnType, DataColumn, TimeStep};
use rolecall_model::{AppError, Role};
use strum::IntoEnumIterator as _;

use super::fields::{Choice, Form, hidden};
use super::new::roles;
use crate::caller;
use crate::dashboards::{FormKind, is_offered, read_panel};

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
/// The fields that every panel has, and what the form itself sends.
const ALWAYS: [&str; 7] = ["kind", "id", "title", "role", "width", "version", "do"];

/// The fields of `form`, where the chosen data set has `columns`, for somebody with `role`.
///
/// # Errors
/// When the data sets cannot be read.
pub(super) async fn panel_fields(
    form: &Form<'_>,
    columns: &[DataColumn],
    role: Option<Role>,
) -> Result<AnyView, AppError> {
    let kind: FormKind = form.typed.get("kind").parse().unwrap_or(FormKind::Figure);
    let catalogue = caller::dashboards()?.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let datasets = catalogue.values().filter(|dataset| dataset.is_open_to(role));
    let datasets = datasets.map(|dataset| (dataset.name.clone(), format!("{} ({})", dataset.title, dataset.name)));
    let spec = read_panel(form.typed, columns).spec;
    let offers = |name: &str| match name {
        // Rows are columns as they are; everything else computes something.
        "measures" => kind.has_data() && kind != FormKind::Rows,
        // A table of groups has these before it has a measure.
        "by" | "split" | "sort" | "limit" | "totals" if kind == FormKind::Groups => true,
        "columns" | "order" if kind == FormKind::Groups => false,
        _ => is_offered(&spec, name),
    };
    let knows_data = kind.has_data() && !columns.is_empty();
    let mut shown: BTreeSet<&str> = ALWAYS.into_iter().collect();
    let mut show = |name: &'static str, is_shown: bool| {
        if is_shown {
            shown.insert(name);
        }
        is_shown
    };
    let dataset = show("dataset", kind.has_data())
        .then(|| form.choice("dataset", "Data set", with_nothing("(choose one)", datasets.collect()), true));
    let text = show("text", offers("text")).then(|| form.lines("text", "Text, in Markdown", 12));
    let compare = show("compare", knows_data && offers("compare"))
        .then(|| form.tick("compare", "Compare the last period with the one before", true));
    let measures = show("measures", knows_data && offers("measures")).then(|| measures(form, columns, kind));
    let by = show("by", knows_data && offers("by")).then(|| by(form, columns));
    let split = show("split", knows_data && offers("split")).then(|| split(form, columns));
    let rows = show("columns", knows_data && offers("columns")).then(|| rows(form, columns));
    let order = show("order", knows_data && offers("order")).then(|| row_order(form, columns));
    let filters = show("filters", knows_data && offers("filters")).then(|| filters(form, columns));
    let sort = show("sort", knows_data && offers("sort")).then(|| sort(form));
    let limit = show("limit", knows_data && offers("limit"))
        .then(|| form.number("limit", "At most so many groups", (1, 10_000)));
    let rows_per_page = show("rows_per_page", knows_data && offers("rows_per_page"))
        .then(|| form.number("rows_per_page", "Rows on a page (20 without a number)", (1, 500)));
    let unit = show("unit", knows_data && offers("unit"))
        .then(|| form.text("unit", "Unit of the values, such as €", Some(50)));
    let missing = show("missing", knows_data && offers("missing")).then(|| {
        let choices =
            [("", "the line breaks"), ("connect", "it goes on to the next value"), ("zero", "it goes through zero")];
        form.choice("missing", "Where a value is missing", named(&choices), false)
    });
    let scale = show("scale", knows_data && offers("scale")).then(|| {
        let choices = [("", "linear"), ("log", "logarithmic: equal distances are equal ratios")];
        form.choice("scale", "Scale", named(&choices), false)
    });
    let tick = |form: &Form<'_>, name, label, shows| form.tick(name, label, shows);
    let totals = show("totals", knows_data && offers("totals"))
        .then(|| tick(form, "totals", "A last row with the totals", false));
    let stacked = show("stacked", knows_data && offers("stacked"))
        .then(|| tick(form, "stacked", "Series stand on each other", true));
    let horizontal =
        show("horizontal", knows_data && offers("horizontal")).then(|| tick(form, "horizontal", "Bars lie", false));
    let unseen = form.typed.fields().filter(|(name, _)| !shown.contains(group_of(name)));
    let unseen = unseen.map(|(name, value)| hidden(name, value)).collect_view();
    let kinds = FormKind::open_to(role).map(|kind| (kind.to_string(), kind.name().to_owned())).collect();
    let panel_roles = with_nothing("(that of the dashboard)", roles(Role::Read, role));

    Ok(view! {
        {form.choice("kind", "Kind", kinds, true)}
        {dataset}
        <button class="button show-fields" type="submit" name="do" value="show">
            "Show fields"
        </button>
        {form.text("title", "Title", Some(200))}
        {text}
        {compare}
        {measures}
        {by}
        {split}
        {rows}
        {order}
        {filters}
        {sort}
        <div class="fields-row">
            {limit} {rows_per_page} {unit} {missing} {scale}
        </div>
        {totals}
        {stacked}
        {horizontal}
        <div class="fields-row">
            {form.number("width", "Width, in twelfths of the page", (1, 12))}
            {form.choice("role", "The lowest role that sees it", panel_roles, false)}
            {form.text("id", "Name in addresses (made of the title without one)", Some(64))}
        </div>
        {unseen}
    }
    .into_any())
}

/// The field of a document to which the field `name` of the form belongs.
fn group_of(name: &str) -> &str {
    name.split(['[', '.']).next().unwrap_or(name)
}

fn named(choices: &[(&str, &str)]) -> Vec<Choice> {
    choices.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect()
}

/// `choices` behind an empty one.
fn with_nothing(text: &str, choices: Vec<Choice>) -> Vec<Choice> {
    std::iter::once((String::new(), text.to_owned())).chain(choices).collect()
}

fn names(columns: &[DataColumn], fits: impl Fn(ColumnType) -> bool) -> Vec<Choice> {
    let columns = columns.iter().filter(|column| fits(column.column_type));
    columns.map(|column| (column.name.clone(), column.name.clone())).collect()
}

/// A row a measure, and an empty one.
fn measures(form: &Form<'_>, columns: &[DataColumn], kind: FormKind) -> AnyView {
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

fn by(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
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

fn split(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
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
fn rows(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
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

fn row_order(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
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
fn filters(form: &Form<'_>, columns: &[DataColumn]) -> AnyView {
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

fn sort(form: &Form<'_>) -> AnyView {
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
