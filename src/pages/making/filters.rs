//! The filters of a dashboard, as a form of its editor.

use leptos::prelude::*;
use rolecall_model::AppError;
use rolecall_model::data::DataColumn;
use rolecall_model::spec::{DashboardSpec, DatePreset, FilterKind, LastDay};
use strum::IntoEnumIterator as _;

use super::choices::with_nothing;
use super::fields::{Choice, Form, hidden};
use super::save::open_columns;
use crate::caller;
use crate::dashboards::{Dashboard, FILTER_ROWS, FieldMistake, Origin};
use crate::pages::filters::preset_name;
use crate::routes;

/// The columns that panels of `spec` could be filtered by: of their data sets, as far as these are open to the caller, each name once.
///
/// # Errors
/// When the data sets cannot be read.
pub(super) async fn filter_columns(spec: &DashboardSpec) -> Result<Vec<DataColumn>, AppError> {
    let catalogue = caller::dashboards()?.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let mut columns: Vec<DataColumn> = Vec::new();
    for name in spec.panels.iter().filter_map(|panel| panel.dataset.as_ref()) {
        let dataset = catalogue.get(name).filter(|dataset| dataset.is_open_to(caller::open_role()));
        for column in dataset.iter().flat_map(|dataset| &dataset.data.columns) {
            if columns.iter().all(|known| known.name != column.name) {
                columns.push(column.clone());
            }
        }
    }
    Ok(columns)
}

/// What is wrong with the filters of `spec`: what every document is checked for, and whether they fit the data sets that are open to the
/// caller.
///
/// # Errors
/// When the data sets cannot be read.
pub(super) async fn filter_mistakes(spec: DashboardSpec) -> Result<Vec<FieldMistake>, AppError> {
    let found = match Dashboard::of("", spec, Origin::Draft) {
        Err(mistakes) => mistakes,
        Ok(dashboard) => {
            let catalogue = caller::dashboards()?.datasets().catalogue().await;
            let catalogue = catalogue.map_err(|error| caller::internal(&error))?;
            dashboard.data_mistakes(&open_columns(&catalogue, caller::open_role()))
        }
    };
    Ok(found.into_iter().filter(|mistake| mistake.at.starts_with("filters")).collect())
}

/// The form: a row a filter, and an empty one.
///
/// # Errors
/// When the data sets cannot be read.
pub(super) async fn filters_form(
    slug: &str,
    version: i64,
    form: &Form<'_>,
    spec: &DashboardSpec,
) -> Result<AnyView, AppError> {
    let columns: Vec<Choice> =
        filter_columns(spec).await?.into_iter().map(|column| (column.name.clone(), column.name)).collect();
    let panels: Vec<Choice> = spec
        .panels
        .iter()
        .filter(|panel| panel.dataset.is_some())
        .map(|panel| (panel.id.clone(), panel.title.clone()))
        .collect();
    let rows = (0..=form.typed.rows(FILTER_ROWS)).map(|at| row(form, at, &columns, &panels)).collect_view();
    let count = spec.filters.len();
    let is_open = form.mistakes.iter().any(|mistake| mistake.at.starts_with(FILTER_ROWS));
    Ok(view! {
        <details class="panel" id="filters" open=is_open>
            <summary>
                <h2>{format!("Filters ({count})")}</h2>
            </summary>
            <p class="muted">
                "With a filter, people choose days, or values of a column, on the dashboard itself. To remove one, choose “(no filter)”."
            </p>
            <form class="fields" method="post" action=routes::of_dashboard(routes::DASHBOARD_EDIT, slug)>
                {hidden("version", version)}
                {rows}
                {form.mistake(FILTER_ROWS)}
                <button class="button button-primary" type="submit" name="do" value="filters">
                    "Save filters"
                </button>
            </form>
        </details>
    }
    .into_any())
}

fn row(form: &Form<'_>, at: usize, columns: &[Choice], panels: &[Choice]) -> AnyView {
    let field = |name: &str| format!("{FILTER_ROWS}[{at}].{name}");
    let column = with_nothing("(no filter)", columns.to_vec());
    let details = (!form.typed.get(&field("column")).is_empty()).then(|| {
        let is_range = form.typed.get(&field("kind")) == FilterKind::DateRange.to_string();
        let of_days = is_range.then(|| {
            let last_day = form.typed.get(&field("last_day")).parse().unwrap_or_default();
            let presets =
                DatePreset::iter().map(|preset| (preset.to_string(), preset_name(preset, last_day).to_owned()));
            let last = [(LastDay::Today, "today"), (LastDay::Newest, "the newest day in the data")];
            let last = last.map(|(day, text)| (day.to_string(), text.to_owned())).to_vec();
            view! {
                {form.choice(&field("default"), "Range at first", with_nothing("(all days)", presets.collect()), false)}
                {form.choice(&field("last_day"), "Count days back from", last, false)}
            }
        });
        let except = form.several(&field("except"), "Panels that it does not change", panels.to_vec());
        view! {
            {form.text(&field("title"), "Title (the column’s name if empty)", Some(200))}
            {of_days}
            {except}
            {form.text(&field("id"), "Name in web addresses (made from the title if empty)", Some(64))}
        }
    });
    let kinds = [
        (String::new(), "(what fits the column)".to_owned()),
        (FilterKind::DateRange.to_string(), "a range of days".to_owned()),
        (FilterKind::Values.to_string(), "values from a list".to_owned()),
    ];
    let dataset = hidden(&field("dataset"), form.typed.get(&field("dataset")));
    view! {
        <div class="fields-row field-row">
            {form.choice(&field("column"), "Column", column, false)}
            {form.choice(&field("kind"), "People choose", kinds.to_vec(), false)}
            {details}
            {dataset}
        </div>
    }
    .into_any()
}
