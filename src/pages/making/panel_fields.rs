//! The fields of a panel's form that its kind and its data set need. Values of other fields are sent along hidden, so
//! that they return with their kind.

use std::collections::BTreeSet;

use leptos::prelude::*;
use rolecall_core::dashboards::{FormKind, is_offered, read_panel};
use rolecall_model::data::DataColumn;
use rolecall_model::{AppError, Role};
use rolecall_ui::caller;

use super::choices::{named, widths, with_nothing};
use super::field_groups::{by, filters, measures, row_order, rows, sort, split};
use super::fields::{Form, hidden};
use super::new::roles;
use super::who_sees::who_will_see_panel;

/// The fields that every panel has, and those that the form itself sends.
const ALWAYS: [&str; 7] = ["kind", "id", "title", "role", "width", "version", "do"];

/// The fields of `form`. The chosen data set has `columns`, the dashboard's lowest role is `dashboard`, and the caller
/// has `role`.
///
/// # Errors
/// If the data sets cannot be read.
pub(super) async fn panel_fields(
    form: &Form<'_>,
    columns: &[DataColumn],
    dashboard: Role,
    role: Option<Role>,
) -> Result<AnyView, AppError> {
    let kind: FormKind = form.typed.get("kind").parse().unwrap_or(FormKind::Figure);
    let catalogue = caller::dashboards()?.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let datasets = catalogue.values().filter(|dataset| dataset.is_open_to(role));
    let datasets = datasets.map(|dataset| (dataset.name.clone(), format!("{} ({})", dataset.title, dataset.name)));
    let spec = read_panel(form.typed, columns).spec;
    let offers = |name: &str| match name {
        // A table of rows shows columns unchanged; all other kinds compute something.
        "measures" => kind.has_data() && kind != FormKind::Rows,
        // A table of groups has these fields even before it has a measure.
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
    let text = show("text", offers("text")).then(|| form.lines("text", "Text (**bold**, # heading, - list)", 12));
    // Without a date column the field is only shown if it was ticked before, so that it can be unticked.
    let can_be_compared = columns.iter().any(|column| column.column_type.is_time()) || form.typed.has("compare");
    let compare = show("compare", knows_data && offers("compare") && can_be_compared)
        .then(|| form.tick("compare", "Compare the latest period with the one before it", true));
    let measures = show("measures", knows_data && offers("measures")).then(|| measures(form, columns, kind));
    let by = show("by", knows_data && offers("by")).then(|| by(form, columns, kind));
    let split = show("split", knows_data && offers("split")).then(|| split(form, columns, kind));
    let rows = show("columns", knows_data && offers("columns")).then(|| rows(form, columns));
    let order = show("order", knows_data && offers("order")).then(|| row_order(form, columns));
    let filters = show("filters", knows_data && offers("filters")).then(|| filters(form, columns));
    let sort = show("sort", knows_data && offers("sort")).then(|| sort(form));
    let limit = show("limit", knows_data && offers("limit")).then(|| form.number("limit", most_of(kind), (1, 10_000)));
    let of_largest = (limit.is_some() && form.typed.get("sort.by") != "value").then(|| {
        view! { <p class="muted">"To keep the largest, sort by value, the largest first."</p> }
    });
    let rows_per_page = show("rows_per_page", knows_data && offers("rows_per_page"))
        .then(|| form.number("rows_per_page", "Rows per page (20 if empty)", (1, 500)));
    let unit = show("unit", knows_data && offers("unit"))
        .then(|| form.text("unit", "Unit of all values, such as €", Some(50)));
    let missing = show("missing", knows_data && offers("missing")).then(|| {
        let choices =
            [("", "leave a gap"), ("connect", "draw the line on to the next value"), ("zero", "count it as zero")];
        form.choice("missing", "Where a value is missing", named(&choices), false)
    });
    let scale = show("scale", knows_data && offers("scale")).then(|| {
        let choices = [("", "Even steps (linear)"), ("log", "1, 10, 100 … (logarithmic)")];
        form.choice("scale", "Value axis", named(&choices), false)
    });
    let tick = |form: &Form<'_>, name, label, shows| form.tick(name, label, shows);
    let totals = show("totals", knows_data && offers("totals"))
        .then(|| tick(form, "totals", "Add a row with the totals", false));
    let stacked = show("stacked", knows_data && offers("stacked")).then(|| {
        tick(form, "stacked", if kind == FormKind::Bar { "Stack the colours" } else { "Stack the areas" }, true)
    });
    let horizontal = show("horizontal", knows_data && offers("horizontal"))
        .then(|| tick(form, "horizontal", "Horizontal bars", false));
    let unseen = form.typed.fields().filter(|(name, _)| !shown.contains(group_of(name)));
    let unseen = unseen.map(|(name, value)| hidden(name, value)).collect_view();
    let kinds = FormKind::open_to(role).map(|kind| (kind.to_string(), kind.name().to_owned())).collect();
    let panel_roles = with_nothing("(as the dashboard)", roles(dashboard, role));
    let who_will_see = who_will_see_panel(spec, dashboard, &catalogue, role);

    Ok(view! {
        {form.choice("kind", "Kind of panel", kinds, true)}
        {dataset}
        <button class="button show-fields without-script" type="submit" name="do" value="show">
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
        {of_largest}
        {totals}
        {stacked}
        {horizontal}
        <div class="fields-row">
            {form.choice("width", "Width", widths(form.typed.get("width")), false)}
            {form.choice("role", "Lowest role that sees it", panel_roles, true)}
            {form.text("id", "Name in web addresses (made from the title if empty)", Some(64))}
        </div>
        {who_will_see}
        {unseen}
    }
    .into_any())
}

/// What a limit counts for this `kind` of panel.
const fn most_of(kind: FormKind) -> &'static str {
    match kind {
        FormKind::Bar => "Number of bars, at most: the first in that order",
        FormKind::Groups => "Number of rows, at most: the first in that order",
        _ => "Number of points, at most: the first in that order",
    }
}

/// The document field that the form field `name` belongs to.
fn group_of(name: &str) -> &str {
    name.split(['[', '.']).next().unwrap_or(name)
}
