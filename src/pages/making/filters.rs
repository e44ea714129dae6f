//! The form for a dashboard's filters in its editor.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::dashboards::{Dashboard, FILTER_ROWS, Origin, fits, pair, preset_name};
use rolecall_core::datasets::DataSet;
use rolecall_core::spec_files::FieldMistake;
use rolecall_model::AppError;
use rolecall_model::data::DataColumn;
use rolecall_model::spec::{DashboardSpec, DatePreset, FilterKind, LastDay, PanelSpec};
use rolecall_routes as routes;
use rolecall_ui::caller;
use strum::IntoEnumIterator as _;

use super::choices::with_nothing;
use super::fields::{Choice, Form, hidden};
use super::save::open_columns;

/// The data sets of the panels of `spec` that are open to the caller, each once.
async fn shown_datasets(spec: &DashboardSpec) -> Result<Vec<Arc<DataSet>>, AppError> {
    let catalogue = caller::dashboards()?.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let mut shown: Vec<Arc<DataSet>> = Vec::new();
    for name in spec.panels.iter().filter_map(|panel| panel.dataset.as_ref()) {
        let dataset = catalogue.get(name).filter(|dataset| dataset.is_open_to(caller::open_role()));
        if let Some(dataset) = dataset.filter(|_| shown.iter().all(|known| known.name != *name)) {
            shown.push(Arc::clone(dataset));
        }
    }
    Ok(shown)
}

/// The columns that filters of `spec` can use: those of its data sets that are open to the caller, each name once.
///
/// # Errors
/// If the data sets cannot be read.
pub(super) async fn filter_columns(spec: &DashboardSpec) -> Result<Vec<DataColumn>, AppError> {
    let mut columns: Vec<DataColumn> = Vec::new();
    for column in shown_datasets(spec).await?.iter().flat_map(|dataset| &dataset.data.columns) {
        if columns.iter().all(|known| known.name != column.name) {
            columns.push(column.clone());
        }
    }
    Ok(columns)
}

/// The mistakes of the filters of `spec`: those that any document is checked for, and those against the data sets that
/// are open to the caller.
///
/// # Errors
/// If the data sets cannot be read.
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

/// The form: one row for each filter, and an empty one.
///
/// # Errors
/// If the data sets cannot be read.
pub(super) async fn filters_form(
    slug: &str,
    version: i64,
    form: &Form<'_>,
    spec: &DashboardSpec,
) -> Result<AnyView, AppError> {
    let datasets = shown_datasets(spec).await?;
    let offered = Offered { datasets: &datasets, panels: &spec.panels };
    let rows = (0..=form.typed.rows(FILTER_ROWS)).map(|at| row(form, at, &offered)).collect_view();
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

/// The choices for a filter.
struct Offered<'a> {
    datasets: &'a [Arc<DataSet>],
    panels: &'a [PanelSpec],
}

impl Offered<'_> {
    /// Each column of the data sets with each kind of filter that fits it, the usual kind first.
    fn pairs(&self) -> Vec<(FilterKind, &str)> {
        let mut pairs = Vec::new();
        for column in self.datasets.iter().flat_map(|dataset| &dataset.data.columns) {
            for kind in FilterKind::iter().filter(|kind| fits(*kind, column.column_type)) {
                let pair = (kind, column.name.as_str());
                if !pairs.contains(&pair) {
                    pairs.push(pair);
                }
            }
        }
        pairs
    }

    /// The data sets to which a filter of `kind` by `column` can apply.
    fn with_column(&self, kind: FilterKind, column: &str) -> impl Iterator<Item = &DataSet> {
        let has_column =
            move |of: &DataSet| of.data.columns.iter().any(|of| of.name == column && fits(kind, of.column_type));
        self.datasets.iter().map(|dataset| &**dataset).filter(move |dataset| has_column(dataset))
    }
}

fn row(form: &Form<'_>, at: usize, offered: &Offered<'_>) -> AnyView {
    let field = |name: &str| format!("{FILTER_ROWS}[{at}].{name}");
    let column = form.typed.get(&field("column"));
    let pairs = offered.pairs();
    let usual = || pairs.iter().find(|(_, known)| *known == column).map_or(FilterKind::Values, |(kind, _)| *kind);
    let kind = form.typed.get(&field("kind")).parse().unwrap_or_else(|_| usual());
    let choice =
        |kind: FilterKind, column: &str| (pair(&kind.to_string(), column), format!("{column} — {}", of_kind(kind)));
    let mut choices: Vec<Choice> = pairs.iter().map(|(kind, column)| choice(*kind, column)).collect();
    // The column of a saved filter stays, even if no data set has it any more.
    if !column.is_empty() && !pairs.contains(&(kind, column)) {
        choices.push(choice(kind, column));
    }
    let chosen = if column.is_empty() { String::new() } else { choice(kind, column).0 };
    let typed = form.typed.clone().with(&field("of"), &chosen);
    let form = &Form { typed: &typed, mistakes: form.mistakes };
    let details = (!column.is_empty()).then(|| details(form, at, (kind, column), offered));
    view! {
        <div class="fields-row field-row">
            {form.choice(&field("of"), "Column, and what people choose", with_nothing("(no filter)", choices), false)}
            {details}
        </div>
    }
    .into_any()
}

const fn of_kind(kind: FilterKind) -> &'static str {
    match kind {
        FilterKind::DateRange => "a range of days",
        FilterKind::Values => "values from a list",
    }
}

/// The fields of an existing filter.
fn details(form: &Form<'_>, at: usize, (kind, column): (FilterKind, &str), offered: &Offered<'_>) -> AnyView {
    let field = |name: &str| format!("{FILTER_ROWS}[{at}].{name}");
    let of_days = (kind == FilterKind::DateRange).then(|| {
        let last_day = form.typed.get(&field("last_day")).parse().unwrap_or_default();
        let presets = DatePreset::iter().map(|preset| (preset.to_string(), preset_name(preset, last_day).to_owned()));
        let last = [(LastDay::Today, "today"), (LastDay::Newest, "the newest day in the data")];
        let last = last.map(|(day, text)| (day.to_string(), text.to_owned())).to_vec();
        view! {
            {form.choice(&field("default"), "Range at first", with_nothing("(all days)", presets.collect()), false)}
            {form.choice(&field("last_day"), "Count days back from", last, false)}
        }
    });
    let with_column: Vec<&DataSet> = offered.with_column(kind, column).collect();
    let has_column = |name: &str| with_column.iter().any(|dataset| dataset.name == name);
    let excepted = field("except");
    let is_excepted = |panel: &PanelSpec| form.typed.all(&excepted).any(|id| id == panel.id);
    let except = offered.panels.iter().filter(|of| of.dataset.as_deref().is_some_and(has_column) || is_excepted(of));
    let except = except.map(|panel| (panel.id.clone(), panel.title.clone())).collect();
    // If only one data set has the column, there is nothing to choose.
    let only = field("dataset");
    let chosen = form.typed.get(&only);
    let dataset = if with_column.len() > 1 || !(chosen.is_empty() || has_column(chosen)) {
        let choices = with_column.iter().map(|dataset| (dataset.name.clone(), dataset.title.clone())).collect();
        form.choice(&only, "Panels of which data", with_nothing("All data sets that have it", choices), false)
    } else {
        hidden(&only, chosen)
    };
    view! {
        {form.text(&field("title"), "Title (the column’s name if empty)", Some(200))}
        {of_days}
        {dataset}
        {form.several(&excepted, "Panels that it does not change", except)}
        {form.text(&field("id"), "Name in web addresses (made from the title if empty)", Some(64))}
    }
    .into_any()
}
