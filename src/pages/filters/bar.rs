//! The bar with all filters of a dashboard.

use std::sync::Arc;

use futures_util::future::try_join_all;
use leptos::prelude::*;
use rolecall_core::dashboards::{Chosen, Dashboard, FilterOptions, Filters, JudgedFilter, TableFields};
use rolecall_model::AppError;
use rolecall_model::spec::FilterKind;
use rolecall_panels::with_whole_dates;
use rolecall_ui::caller;
use rolecall_ui::rendered::{Made, rendered};

use super::choices::{Addresses, days, values};
use super::in_force::{in_force, in_words};

/// The filters of `dashboard` for its page at `path`, as HTML; empty if there are no filters and none were requested.
/// Forms and links keep the fields `kept` of the address and the orders of its `tables`, which start at their first
/// page again. HTML that only changes with the data is cached.
/// changes with the data is made once.
///
/// # Errors
/// When the values cannot be read.
pub async fn filter_bar(
    path: &str,
    dashboard: &Dashboard,
    filters: &Filters<'_>,
    tables: &TableFields,
    kept: &[(String, String)],
) -> Result<Arc<str>, AppError> {
    if filters.is_empty() {
        return Ok("".into());
    }
    let orders = tables.orders().map(|(name, sort)| (name, sort.to_owned()));
    let kept: Vec<(String, String)> = kept.iter().cloned().chain(orders).collect();
    let key = dashboard.key().zip(filters.key()).filter(|_| !tables.has_unknown_sort(dashboard));
    let key = key.map(|(dashboard, filters)| format!("filters/{dashboard}{path}/{kept:?}/{filters}"));
    let make = async || {
        let dashboards = caller::dashboards()?;
        let options = filters.all().iter().map(async |filter| match filter.spec.kind {
            FilterKind::Values => dashboards.filter_options(dashboard, filter).await,
            FilterKind::DateRange => Ok(FilterOptions::default()),
        });
        let options = try_join_all(options).await.map_err(|error| caller::internal(&error))?;
        let all: Vec<_> = filters.all().iter().zip(options).collect();
        let is_passing = all.iter().any(|(_, options)| options.is_unavailable || !options.absent.is_empty());
        let html = bar(&Addresses { path, filters, kept: &kept }, &all);
        Ok(if is_passing { Made::Passing(html) } else { Made::Lasting(html) })
    };
    rendered(key, make).await
}

fn bar(addresses: &Addresses<'_>, all: &[(&JudgedFilter<'_>, FilterOptions)]) -> String {
    let kept = addresses.kept.iter().map(|(name, value)| {
        view! { <input type="hidden" name=name.clone() value=value.clone()/> }
    });
    let fields = all.iter().map(|(filter, options)| field(addresses, filter, options)).collect_view();
    let strays = addresses.filters.strays().map(|sentence| {
        view! {
            <p class="bad" dir="auto">
                {sentence.to_owned()}
            </p>
        }
    });
    view! {
        <section class="filters" aria-label="Filters">
            <form class="filter-bar" action=addresses.path.to_owned() data-filters="">
                {kept.collect_view()}
                {fields}
            </form>
            {strays.collect_view()}
            {in_force(addresses, all)}
        </section>
    }
    .to_html()
}

/// One filter: its choice in force, and below it the possible choices.
fn field(addresses: &Addresses<'_>, filter: &JudgedFilter<'_>, options: &FilterOptions) -> AnyView {
    let id = format!("filter-{}", filter.spec.id);
    let title = filter.spec.title().to_owned();
    let choices = match &filter.chosen {
        Chosen::Days(asked, range) => days(addresses, filter, *asked, *range),
        Chosen::Values(_) => values(filter, options),
    };
    let absent = (!options.absent.is_empty()).then(|| {
        let absent = options.absent.iter().map(|value| format!("“{value}”")).collect::<Vec<_>>().join(", ");
        format!("{title}: no row that you can see has {absent}.")
    });
    let sentences: Vec<String> = filter.mistakes.iter().cloned().chain(absent).collect();
    let mistake = (!sentences.is_empty()).then(|| {
        view! {
            <p class="bad" dir="auto">
                {sentences.join(" ")}
            </p>
        }
    });
    view! {
        <div class="filter">
            <details id=id name="filters" open=filter.search.is_some()>
                <summary class="button">
                    <span class="filter-name">
                        <bdi>{title}</bdi>
                        ": "
                    </span>
                    <bdi class="filter-value" inner_html=with_whole_dates(&in_words(filter, options))></bdi>
                </summary>
                <div class="filter-choices">{choices} <button class="button button-primary" type="submit">"Apply"</button></div>
            </details>
            {mistake}
        </div>
    }
    .into_any()
}
